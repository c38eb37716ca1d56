"""The state of one class, folded from its trace entries. Pure: an entry in, the next state held.

The same reducer serves the running class (each entry after its commit), the start of the server
(all entries of the session read back) and the tests. It holds nothing that is not in the trace, so a
class that was rebuilt equals the class that ran.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from server.live.words import PersonView, Phase

KINDS = {"session.opened", "session.closed", "person.joined", "person.left", "chat.said", "media.state"}
"""The kinds that clients are told. Other entries of the session pass by and only move `n` on. Rooms add
theirs by `tell_of` when they are imported."""


class Part(Protocol):
    """What another room keeps of a class, folded from its own kinds of entries; pure."""

    kinds: ClassVar[frozenset[str]]

    def apply(self, kind: str, actor: str, data: Mapping[str, Any], /) -> None: ...


P = TypeVar("P", bound=Part)
_parts: list[type[Part]] = []


def tell_of(part: type[Part]) -> None:
    """Tell clients of the kinds of `part`, and keep one for each class."""
    if part not in _parts:
        _parts.append(part)
        KINDS.update(part.kinds)


SOURCES = ("mic", "cam", "screen")


class Person(msgspec.Struct):
    """Somebody in the class. `since` is the session time (µs) at which they joined."""

    id: str
    name: str
    role: str
    since: int
    mic: bool = False
    cam: bool = False
    screen: bool = False

    def view(self, away: bool = False) -> PersonView:
        return PersonView(self.id, self.name, self.role, self.mic, self.cam, self.screen, away=away)

    def media(self) -> tuple[bool, bool, bool]:
        return (self.mic, self.cam, self.screen)


class ClassState:
    """What everybody in the class may know. `n` is the number of the last entry seen."""

    def __init__(self) -> None:
        self.phase: Phase = "planned"
        self.n = 0
        self.time = 0
        self.opened_at = 0
        self.closed_at = 0
        self.people: dict[str, Person] = {}
        self._parts: dict[type[Part], Any] = {made: made() for made in _parts}

    def part(self, kind: type[P]) -> P:
        """What the room of `kind` keeps of this class."""
        found = self._parts[kind]
        assert isinstance(found, kind)
        return found

    def apply(self, n: int, time: int, kind: str, actor: str, data: dict[str, Any]) -> None:
        """Take in the entry `n` of the session; entries come in order, repeated ones are ignored."""
        if n <= self.n:
            return
        self.n = n
        self.time = time
        match kind:
            case "session.opened":
                self.phase = "open"
                self.opened_at = self.opened_at or time
            case "session.closed":
                self.phase = "closed"
                self.closed_at = time
                self.people.clear()
            case "person.joined" if self.phase == "open":  # else overtaken by the end of the class
                self.people[actor] = Person(actor, data["name"], data["role"], time)
            case "person.left":
                self.people.pop(actor, None)
            case "media.state":
                person = self.people.get(actor)
                if person is not None:
                    for source in SOURCES:
                        setattr(person, source, bool(data[source]))
        for part in self._parts.values():
            if kind in part.kinds:
                part.apply(kind, actor, data)
