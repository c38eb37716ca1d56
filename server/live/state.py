"""The state of one class, folded from its trace entries. Pure: an entry in, the next state held.

The same reducer serves the running class (each entry after its commit), the start of the server
(all entries of the session read back) and the tests. It holds nothing that is not in the trace, so a
class that was rebuilt equals the class that ran.
"""

from typing import Any

import msgspec

from server.live.folds import FOLDS, AnyFold
from server.live.words import PersonView, Phase

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
    hand: bool = False

    def view(self, away: bool = False) -> PersonView:
        return PersonView(
            self.id, self.name, self.role, self.mic, self.cam, self.screen, hand=self.hand, away=away
        )

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
        self.folds = [make() for make in FOLDS]

    def part(self, kind: type[AnyFold]) -> AnyFold:
        """The fold of this class that a room has added."""
        return next(each for each in self.folds if isinstance(each, kind))

    def apply(self, n: int, time: int, kind: str, actor: str, data: dict[str, Any]) -> list[int]:
        """Take in the entry `n` of the session; entries come in order, repeated ones are ignored.

        Returns the numbers of earlier entries that are told differently from now on.
        """
        if n <= self.n:
            return []
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
        return [each for fold in self.folds for each in fold.apply(self, n, time, kind, actor, data)]
