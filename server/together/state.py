"""Which devices stand for several people, folded from the trace; and for whom that makes presence. Pure.

A device says who sits with it (`together.set`), who runs the class confirms whom they believe
(`together.confirmed`). Until then it is a word of the device's and marks nobody.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from server.live.folds import RUNS, Audience, fold, tell

if TYPE_CHECKING:
    from server.live.state import ClassState

Span = tuple[int, int]
FOR_EVER = 2**62
TICKING = 5 * 60 * 1_000_000
"""µs after coming in within which a device says who sits at it."""

KINDS = frozenset({"together.set", "together.confirmed", "session.closed"})


class Gathered(msgspec.Struct):
    """`people`: who sits there beside the device's own person; `confirmed` of them by a teacher."""

    name: str
    people: list[str]
    confirmed: set[str]

    @property
    def count(self) -> int:
        return len(self.people) + 1


class Together:
    """The rooms of one class, by the person whose device it is. They end with the class."""

    def __init__(self) -> None:
        self.rooms: dict[str, Gathered] = {}

    def apply(
        self, state: "ClassState", n: int, time: int, kind: str, actor: str, data: Mapping[str, Any]
    ) -> list[int]:
        """Take in an entry; see server.live.folds.Fold."""
        if kind == "together.set":
            known = self.rooms.pop(actor, None)
            if data["people"]:
                kept = known.confirmed & set(data["people"]) if known else set()
                self.rooms[actor] = Gathered(data["name"], list(data["people"]), kept)
        elif kind == "together.confirmed":
            room = self.rooms.get(data["person"])
            if room is not None:
                room.confirmed = set(data["people"]) & set(room.people)
        elif kind == "session.closed":
            self.rooms.clear()
        return []


class Claim(msgspec.Struct):
    """One student in one room: when they were said to be there, in µs of session time."""

    host: str
    room: str
    spans: list[Span]


def claims(entries: Iterable[tuple[int, str, str, Mapping[str, Any]]]) -> dict[str, list[Claim]]:
    """Of entries (time, kind, actor, data) in order: for each confirmed student the rooms they sat in.
    What was never confirmed is left out; a confirmation holds for the whole stay."""
    found: dict[tuple[str, str], Claim] = {}
    now: dict[str, list[str]] = {}
    confirmed: set[tuple[str, str]] = set()
    for time, kind, actor, data in entries:
        if kind == "together.confirmed":
            host = data["person"]
            confirmed -= {(host, person) for person in now.get(host, ())}
            confirmed |= {(host, person) for person in data["people"]}
            continue
        hosts = list(now) if kind == "session.closed" else [actor]
        for host in hosts:
            people = data["people"] if kind == "together.set" else []
            for person in now.get(host, ()):
                if person not in people:
                    claim = found[host, person]
                    claim.spans[-1] = (claim.spans[-1][0], time)
            for person in people:
                if person not in now.get(host, ()):
                    claim = found.setdefault((host, person), Claim(host, "", []))
                    claim.spans.append((time, FOR_EVER))
                found[host, person].room = data["name"]
            now[host] = list(people)
    wanted: dict[str, list[Claim]] = {}
    for (host, person), claim in found.items():
        if (host, person) in confirmed:
            wanted.setdefault(person, []).append(claim)
    return wanted


def stay(device: Iterable[Span], said: Iterable[Span]) -> list[Span]:
    """When somebody was there: as they were said to be, while the device was. Who is named in the first
    minutes of the device's stay sat there from its beginning: ticking a list takes a moment."""
    found: list[Span] = []
    for begin, end in said:
        for came, left in device:
            starts = came if came <= begin <= came + TICKING else max(begin, came)
            if starts < min(end, left):
                found.append((starts, min(end, left)))
    return found


def _told(state: "ClassState", n: int, data: dict[str, Any]) -> dict[str, Any]:
    """Everybody hears how many, who they are only the device and who runs the class (over HTTP)."""
    people = data.get("people", [])
    return {"name": data["name"] if people else "", "count": len(people) + 1 if people else 0}


def _confirmed_audience(state: "ClassState", n: int, actor: str, data: dict[str, Any]) -> Audience:
    return frozenset((RUNS, data["person"]))


fold(Together)
tell("together.set", shown=_told)
tell("together.confirmed", audience=_confirmed_audience)
