"""What happened in a class, moment by moment, for the playback page: entries of the trace in, moments out.

A projection made when it is asked for; `TIMELINE` says for each kind what of an entry is shown. Rooms
that add something to a class add a line for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

import server.talk.state  # noqa: F401 - how what was said is told
from server.house import House
from server.live.classroom import audience_of
from server.live.folds import may_hear, telling
from server.live.state import ClassState
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
    "chat.said": lambda data: {"text": data["text"], "to": data.get("to", "")},
    "hand.raised": _nothing,
    "floor.given": lambda data: {"person": data["person"]},
    "question.asked": lambda data: {"question": data["n"], "text": data["text"]},
    "question.answered": lambda data: {"question": data["question"], "text": data["text"]},
    "poll.opened": lambda data: {
        "poll": data["n"],
        "question": data["question"],
        "options": data["options"],
    },
    "poll.results": lambda data: {
        name: data[name] for name in ("poll", "votes", "counts", "texts", "withheld")
    },
    "class.speaking": lambda data: {"person": data["person"]},
    "slides.shown": lambda data: {"deck": data["deck"], "page": data["page"]},
    "slides.closed": _nothing,
    "recording.paused": _nothing,
    "recording.resumed": _nothing,
    "session.opened": _nothing,
    "session.closed": _nothing,
}


CHANGES = frozenset({"chat.edited", "chat.removed", "question.removed"})
"""Not shown themselves: they say what earlier entries say by now."""


async def timeline(house: House, session: str, begins: int, who: frozenset[str]) -> list[Moment]:
    """The moments of a session in order that `who` may see (the own id, and folds.RUNS for who runs the
    class), as they stand now; `begins`: session time (µs) of the recording's zero."""
    found: list[Recorded] = []
    state = ClassState()
    after = 0
    kinds = frozenset(TIMELINE) | CHANGES
    while True:
        page = await house.trace.read(session, after, PAGE, kinds=kinds)
        for each in page:
            if each.data is None:  # erased: that it was there is all that is left of it
                continue
            entry = each.entry
            state.apply(entry.session_seq, entry.time, entry.kind, entry.actor, each.data)
            shown = entry.kind in TIMELINE and may_hear(audience_of(each, state), who)
            if shown and len(found) < MOST:
                found.append(each)
        if len(page) < PAGE:
            break
        after = page[-1].entry.session_seq
    return [moment for each in found if (moment := _moment(each, state, begins)) is not None]


def _moment(recorded: Recorded, state: ClassState, begins: int) -> Moment | None:
    entry = recorded.entry
    data = telling(entry.kind).shown(state, entry.session_seq, {**recorded.data, "n": entry.session_seq})
    if data.get("removed"):
        return None
    if recorded.data.get("group"):  # said in a breakout group, and to nobody else
        return None
    at = max(0, (entry.time - begins) // 1000)
    return Moment(at, entry.kind, entry.actor, TIMELINE[entry.kind](data))
