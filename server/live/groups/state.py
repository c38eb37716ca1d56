"""The groups of a class, folded from its entries. Pure.

While groups are open everybody is in one of them or in the main room; who runs the class may visit one
or several at a time and is then heard and seen there, not in the main room. People keep their place
when they leave and come back. Groups have ids of their own in every opening, so a line of a group is for
whoever was in it when it was said, whatever becomes of the group later.
"""

from typing import Any

import msgspec

from server.live.folds import Audience, fold, private, tell
from server.live.state import ClassState

MAIN = "class"
"""The label of the main room in the media worker (rights.CLASS)."""


class Group(msgspec.Struct):
    """One group. `people` in the order in which they came."""

    id: str
    name: str
    people: list[str]


class _Stay(msgspec.Struct):
    """Somebody was in a group from entry `since` to entry `until`, None for still."""

    person: str
    since: int
    until: int | None = None


class Groups:
    """`ends` in µs of session time, 0 for no end; `visits`: whom of the teachers is where."""

    told = frozenset({"groups.opened", "groups.moved", "groups.visited", "groups.timed", "groups.closed"}) | {
        "groups.told"
    }

    def __init__(self) -> None:
        self.open = False
        self.opened_at = 0
        self.ends = 0
        self.groups: dict[str, Group] = {}
        self.place: dict[str, str] = {}
        """Person to group; who is not here is in the main room."""
        self.visits: dict[str, tuple[str, ...]] = {}
        self._stays: dict[str, list[_Stay]] = {}

    # --- what follows from it ---------------------------------------------------------------------------

    def rooms_of(self, person: str) -> tuple[str, ...]:
        """Ids of the groups the person is in or visits; empty: the main room."""
        if not self.open:
            return ()
        visited = self.visits.get(person)
        if visited:
            return visited
        group = self.place.get(person)
        return (group,) if group is not None else ()

    def labels(self, person: str) -> tuple[str, ...]:
        """What the media worker separates people by (media/messages.py)."""
        return tuple(f"group.{each}" for each in self.rooms_of(person)) or (MAIN,)

    def meet(self, one: str, other: str) -> bool:
        """Whether the two hear one another."""
        return not set(self.labels(one)).isdisjoint(self.labels(other))

    def line(self, person: str) -> dict[str, str]:
        """What a chat line of the person carries: the group it is for, where they are in just one."""
        rooms = self.rooms_of(person)
        return {"group": rooms[0]} if len(rooms) == 1 else {}

    def in_group(self, group: str, n: int) -> frozenset[str]:
        """Who was in the group, or visited it, at entry `n`."""
        return frozenset(
            stay.person
            for stay in self._stays.get(group, ())
            if stay.since < n and (stay.until is None or n < stay.until)
        )

    # --- entries ------------------------------------------------------------------------------------------

    def apply(
        self, state: ClassState, n: int, time: int, kind: str, actor: str, data: dict[str, Any]
    ) -> list[int]:
        """Take in an entry; see server.live.folds.Fold."""
        match kind:
            case "groups.opened":
                self._close(n)
                self.open, self.opened_at, self.ends = True, time, data["ends"]
                for each in data["groups"]:
                    self.groups[each["id"]] = Group(each["id"], each["name"], [])
                    for person in each["people"]:
                        self._move(n, person, each["id"])
            case "groups.moved" if self.open:
                self._move(n, data["person"], data["group"])
            case "groups.visited" if self.open:
                self._visit(n, actor, tuple(each for each in data["groups"] if each in self.groups))
            case "groups.timed" if self.open:
                self.ends = data["ends"]
            case "groups.closed" | "session.closed":
                self._close(n)
            case "person.left":
                self._visit(n, actor, ())
        return []

    def _move(self, n: int, person: str, group: str) -> None:
        before = self.place.pop(person, None)
        if before is not None:
            self.groups[before].people.remove(person)
            self._out(n, person, before)
        if group in self.groups:
            self.place[person] = group
            self.groups[group].people.append(person)
            self._stays.setdefault(group, []).append(_Stay(person, n))

    def _visit(self, n: int, person: str, groups: tuple[str, ...]) -> None:
        for group in self.visits.pop(person, ()):
            self._out(n, person, group)
        if groups:
            self.visits[person] = groups
            for group in groups:
                self._stays.setdefault(group, []).append(_Stay(person, n))

    def _out(self, n: int, person: str, group: str) -> None:
        for stay in self._stays.get(group, ()):
            if stay.person == person and stay.until is None:
                stay.until = n

    def _close(self, n: int) -> None:
        for person in list(self.place):
            self._move(n, person, "")
        for person in list(self.visits):
            self._visit(n, person, ())
        self.open, self.opened_at, self.ends = False, 0, 0
        self.groups = {}


def line_audience(state: ClassState, n: int, actor: str, data: dict[str, Any]) -> Audience:
    """Who hears a line of the chat, or a change of it: where it has a `group`, whoever was in that group when
    the line was said."""
    group = data.get("group")
    if not group:
        return private(state, n, actor, data)
    return state.part(Groups).in_group(group, data.get("line", n))


fold(Groups)
for _kind in Groups.told:
    tell(_kind)
tell("chat.said", audience=line_audience)
