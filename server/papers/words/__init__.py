"""The words on papers in three languages: `say("ru", "share.title")`. The catalogues are the files beside.

A word that a catalogue misses is a defect that a test finds; until then its key stands on the paper.
"""

import functools
import json
from importlib import resources


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Every word of one language by key."""
    text = resources.files(__name__).joinpath(f"{language}.json").read_text("utf-8")
    return {str(key): str(word) for key, word in json.loads(text).items()}


def say(language: str, key: str, **values: object) -> str:
    return catalogue(language).get(key, key).format(**values)
