"""What happened in a class, moment by moment, for the playback page: entries of the trace in, moments out.

A projection made when it is asked for; `TIMELINE` says for each kind what of an entry is shown. Rooms
that add something to a class add a line for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from server.house import House
from server.trace import Recorded

PAGE = 2000
MOST = 20_000
"""Moments shown at most: two hours of a very lively class."""

Shown = dict[str, Any]


class Moment(msgspec.Struct):
    """`at` in milliseconds of the recording; `data` as TIMELINE says for the kind."""

    at: int
    kind: str
    person: str
    data: Shown


def _nothing(data: Mapping[str, Any]) -> Shown:
    return {}


TIMELINE: dict[str, Callable[[Mapping[str, Any]], Shown]] = {
    "person.joined": lambda data: {"name": data["name"], "role": data["role"]},
    "person.left": _nothing,
    "chat.said": lambda data: {"text": data["text"]},
    "class.speaking": lambda data: {"person": data["person"]},
    "slides.shown": lambda data: {"deck": data["deck"], "page": data["page"]},
    "slides.closed": _nothing,
    "recording.paused": _nothing,
    "recording.resumed": _nothing,
    "session.opened": _nothing,
    "session.closed": _nothing,
}


async def timeline(house: House, session: str, begins: int) -> list[Moment]:
    """The moments of a session in order; `begins`: session time (µs) of the recording's zero."""
    found: list[Moment] = []
    after = 0
    kinds = frozenset(TIMELINE)
    while len(found) < MOST:
        page = await house.trace.read(session, after, PAGE, kinds=kinds)
        found += [moment for each in page if (moment := _moment(each, begins)) is not None]
        if len(page) < PAGE:
            break
        after = page[-1].entry.session_seq
    return found[:MOST]


def _moment(recorded: Recorded, begins: int) -> Moment | None:
    entry = recorded.entry
    if recorded.data is None:  # erased: that it was there is all that is left of it
        return None
    at = max(0, (entry.time - begins) // 1000)
    return Moment(at, entry.kind, entry.actor, TIMELINE[entry.kind](recorded.data))
