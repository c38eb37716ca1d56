"""Captions as WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format"). Lines in, cues and text out. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LEAST = 2000
LONGEST = 8000
"""Milliseconds for which a line stands, unless the next one takes its place."""

READING = 70
"""Milliseconds that a letter takes to read."""


class Cue(NamedTuple):
    """Milliseconds of the recording, [begins, ends)."""

    begins: int
    ends: int
    text: str


def cues(lines: Sequence[tuple[int, str]]) -> list[Cue]:
    """Lines with their times, in order, each until the next or until it can have been read."""
    found: list[Cue] = []
    for at, (begins, text) in enumerate(lines):
        ends = begins + min(LONGEST, max(LEAST, READING * len(text)))
        if at + 1 < len(lines):
            ends = max(begins + 1, min(ends, lines[at + 1][0]))
        found.append(Cue(begins, ends, text))
    return found


def webvtt(found: Iterable[Cue]) -> str:
    """The file. Text is escaped, so that nothing that was written is taken as markup or as a time."""
    blocks = [f"{_time(cue.begins)} --> {_time(cue.ends)}\n{_escaped(cue.text)}\n" for cue in found]
    return "\n".join(["WEBVTT\n", *blocks])


def _time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
