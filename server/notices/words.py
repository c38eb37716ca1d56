"""The sentences of notices in three languages, for the page and for mails.

Flows in: a kind, its facts, a language and a time zone. Flows out: a title and a text. Facts that end in
`_at` are instants (µs) and come out as day and time in that zone; numbers say it alike in each language.
"""

import functools
import json
import re
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from server.clock import as_datetime
from server.web.catalogue import DEFAULT, LANGUAGES

_GAP = re.compile(r"\{([a-z_]+)\}")


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    name = language if language in LANGUAGES else DEFAULT
    text = resources.files("server.notices").joinpath("words", f"{name}.json").read_text("utf-8")
    return {str(key): str(value) for key, value in json.loads(text).items()}


def moment(micro: int, zone: str) -> str:
    """An instant as people of every language read it: 28.11.2026, 09:30."""
    at: datetime = as_datetime(micro).astimezone(ZoneInfo(zone))
    return at.strftime("%d.%m.%Y, %H:%M")


def say(key: str, language: str, facts: Mapping[str, Any], zone: str) -> str:
    """The sentence of a key with its facts. What is not known stays empty; it is never looked for in what
    a person wrote, since gaps are filled once."""

    def fill(gap: re.Match[str]) -> str:
        name = gap[1]
        value = facts.get(name, "")
        return moment(value, zone) if name.endswith("_at") and isinstance(value, int) else str(value)

    return " ".join(_GAP.sub(fill, catalogue(language)[key]).split())


def told(kind: str, language: str, facts: Mapping[str, Any], zone: str) -> tuple[str, str]:
    """Title and text of a notice. A reason that somebody gave stands at the end. What a private
    meeting is called is told to nobody: screens are shared and mails are read by others."""
    if facts.get("private"):
        facts = {**facts, "title": say("private", language, {}, zone)}
    if "place" in facts:
        facts = {**facts, "place": say(f"place.{facts['place']}", language, {}, zone)}
    title = say(f"{kind}.title", language, facts, zone)
    parts = [say(f"{kind}.text", language, facts, zone)]
    if facts.get("reason"):
        parts.append(say("reason", language, facts, zone))
    return title, " ".join(part for part in parts if part)
