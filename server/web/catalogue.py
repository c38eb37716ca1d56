"""Sentences for error codes in three languages, and which language a request wants.

Flows in: a code, the Accept-Language header or the user's language. Flows out: one sentence for people.
The catalogues are `messages/{ky,ru,en}.json`; a test fails when a code that the source raises is
missing, or a language misses a code.
"""

import functools
import json
from importlib import resources
from typing import Literal, get_args

Language = Literal["ky", "ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "ky"

MAX_HEADER = 500


@functools.cache
def messages(language: str) -> dict[str, str]:
    """Every sentence of one language by code."""
    text = resources.files("server.web").joinpath("messages", f"{language}.json").read_text("utf-8")
    return {str(code): str(sentence) for code, sentence in json.loads(text).items()}


def sentence(code: str, language: str) -> str:
    """The sentence for a code; a code without one (a defect that a test finds) gets the general one."""
    found = messages(language if language in LANGUAGES else DEFAULT)
    return found.get(code) or found["server.failed"]


def preferred(header: str) -> Language:
    """The best of our languages by an Accept-Language header (RFC 9110, 12.5.4); Kyrgyz by default."""
    best, best_quality = DEFAULT, 0.0
    for part in header[:MAX_HEADER].split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = _quality(parameter)
        for ours in LANGUAGES:
            if language == ours and quality > best_quality:
                best, best_quality = ours, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
