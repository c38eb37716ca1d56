"""What a teacher has ordered in a class, folded from its entries. Pure.

Rules bind everybody who does not run the class. A mute lasts until the person switches the microphone
on again themselves. Who was in the class once, or was let in, comes back without waiting; who was
removed does not come back until somebody readmits them. The end of the class ends all of it but that.
"""

from typing import Any, Literal

import msgspec

from media.messages import Source
from server.live.folds import fold, tell
from server.live.state import ClassState

Rule = Literal["mics", "cams", "screens", "lobby", "guests"]
RULES: tuple[Rule, ...] = ("mics", "cams", "screens", "lobby", "guests")
SWITCHES: dict[Source, Rule] = {"mic": "mics", "cam": "cams", "screen": "screens"}


class Rules(msgspec.Struct):
    """`mics`, `cams`, `screens`: whether who does not run the class may switch theirs on. `lobby`: students
    wait to be let in; `guests`: guests do."""

    mics: bool = True
    cams: bool = True
    screens: bool = True
    lobby: bool = False
    guests: bool = True


class Removed(msgspec.Struct):
    """Who was taken out of the class, and why."""

    name: str
    reason: str


class Moderation:
    """`hushed`: muted and not unmuted by themselves; `known`: were in the class or let in; `hosts`: run it
    because a teacher said so."""

    told = frozenset(
        {
            "class.muted",
            "class.ruled",
            "class.locked",
            "class.unlocked",
            "person.removed",
            "person.readmitted",
        }
    ) | {"host.named", "host.ended"}
    quiet = frozenset({"people.admitted", "person.refused"})

    def __init__(self) -> None:
        self.rules = Rules()
        self.locked = False
        self.hushed: set[str] = set()
        self.hosts: set[str] = set()
        self.known: set[str] = set()
        self.removed: dict[str, Removed] = {}

    def apply(
        self, state: ClassState, n: int, time: int, kind: str, actor: str, data: dict[str, Any]
    ) -> list[int]:
        """Take in an entry; see server.live.folds.Fold."""
        match kind:
            case "person.joined":
                self.known.add(actor)
            case "person.left":
                self.hushed.discard(actor)
            case "media.state" if data["mic"]:
                self.hushed.discard(actor)
            case "class.muted":
                for person in data["people"]:
                    self.hushed.add(person)
                    if person in state.people:
                        state.people[person].mic = False
            case "class.ruled":
                for rule in RULES:
                    if rule in data:
                        setattr(self.rules, rule, bool(data[rule]))
                self._switch_off(state)
            case "class.locked" | "class.unlocked":
                self.locked = kind == "class.locked"
            case "people.admitted":
                self.known.update(data["people"])
            case "person.refused":
                self.known.discard(data["person"])
            case "person.removed":
                self.removed[data["person"]] = Removed(data["name"], data["reason"])
                self.known.discard(data["person"])
                self.hosts.discard(data["person"])
            case "person.readmitted":
                self.removed.pop(data["person"], None)
                self.known.add(data["person"])
            case "host.named":
                self.hosts.add(data["person"])
            case "host.ended":
                self.hosts.discard(data["person"])
            case "session.closed":
                self.rules, self.locked = Rules(), False
                self.hushed.clear()
                self.hosts.clear()
        return []

    def _switch_off(self, state: ClassState) -> None:
        """What a rule forbids is off, whatever a page says or does not say."""
        for person in state.people.values():
            if person.role == "teacher" or person.id in self.hosts:
                continue
            for source, rule in SWITCHES.items():
                if not getattr(self.rules, rule):
                    setattr(person, source, False)


def _removed(state: ClassState, n: int, data: dict[str, Any]) -> dict[str, Any]:
    """The reason is between the teachers, the person and the record."""
    return {name: value for name, value in data.items() if name != "reason"}


fold(Moderation)
for _kind in Moderation.told:
    tell(_kind)
tell("person.removed", shown=_removed)
