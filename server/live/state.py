"""The state of one class, folded from its trace entries. Pure: an entry in, the next state held.

The same reducer serves the running class (each entry after its commit), the start of the server
(all entries of the session read back) and the tests. It holds nothing that is not in the trace, so a
class that was rebuilt equals the class that ran. What a class has beside people and their devices -
rules, groups - are parts of the state, each with its own kinds, registered by `@part`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import msgspec

from server.live.words import PersonView, Phase

KINDS = {"session.opened", "session.closed", "person.joined", "person.left", "chat.said", "media.state"}
"""The kinds that clients are told, those of the parts too. Other entries of the session pass by and only
move `n` on."""

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


class Part:
    """A part of the state. `told`: its kinds that clients are told; `quiet`: those they are not."""

    told: ClassVar[frozenset[str]] = frozenset()
    quiet: ClassVar[frozenset[str]] = frozenset()

    def apply(
        self, state: "ClassState", n: int, time: int, kind: str, actor: str, data: dict[str, Any]
    ) -> None:
        """Take in an entry of any kind, after the state itself has."""

    def audience(self, n: int, kind: str, data: Mapping[str, Any]) -> frozenset[str] | None:
        """Ids of the people who are told of entry `n`; None: it is not for this part to say."""
        return None

    def shown(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """The data of an own kind as clients are told."""
        return data


P = TypeVar("P", bound=Part)

_parts: list[type[Part]] = []


def part(cls: type[P]) -> type[P]:
    """Register a part of every class's state."""
    _parts.append(cls)
    KINDS.update(cls.told)
    return cls


class ClassState:
    """What everybody in the class may know. `n` is the number of the last entry seen."""

    def __init__(self) -> None:
        self._parts: dict[type[Part], Part] = {each: each() for each in _parts}
        self.phase: Phase = "planned"
        self.n = 0
        self.time = 0
        self.opened_at = 0
        self.closed_at = 0
        self.people: dict[str, Person] = {}

    def part(self, cls: type[P]) -> P:
        """The part of this class, as `@part` registered it."""
        found = self._parts[cls]
        assert isinstance(found, cls)
        return found

    def audience(self, n: int, kind: str, data: Mapping[str, Any]) -> frozenset[str] | None:
        """Who is told of entry `n`; None: everybody. It says the same whenever it is asked."""
        for each in self._parts.values():
            found = each.audience(n, kind, data)
            if found is not None:
                return found
        return None

    def shown(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """The data of an entry as clients are told."""
        for each in self._parts.values():
            if kind in each.told:
                return each.shown(kind, data)
        return data

    def apply(self, n: int, time: int, kind: str, actor: str, data: dict[str, Any]) -> None:
        """Take in the entry `n` of the session; entries come in order, repeated ones are ignored."""
        if n <= self.n:
            return
        self.n = n
        self.time = time
        self._apply(time, kind, actor, data)
        for each in self._parts.values():
            each.apply(self, n, time, kind, actor, data)

    def _apply(self, time: int, kind: str, actor: str, data: dict[str, Any]) -> None:
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
