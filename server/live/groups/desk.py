"""The desk of breakout groups: opens, moves, calls back; closes them when their time is up.

Flows in: requests of who runs the class, committed entries, the time. Flows out: entries
(`groups.opened`, `groups.moved` ...), the `groups` news, and through the folded state the labels by which
the media workers keep groups apart.
"""

import asyncio
import logging
from typing import Any, NamedTuple

import msgspec

from server.errors import ApiError, TraceError
from server.ids import new_id
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.live.groups.state import Groups
from server.live.seat import Seat
from server.live.words import Word, encode, iso
from server.trace import Recorded

log = logging.getLogger(__name__)

TICK = 0.5
SECOND = 1_000_000


class GroupView(msgspec.Struct):
    """`visitors`: who runs the class and is there now."""

    id: str
    name: str
    people: list[str]
    visitors: list[str]


class GroupsNews(Word, tag_field="type", tag="groups"):
    """Which groups there are now; who is in none of them is in the main room. `ends`: empty for no end."""

    open: bool
    since: str
    ends: str
    groups: list[GroupView]


class Wanted(NamedTuple):
    """A group to be made."""

    name: str
    people: list[str]


class GroupsDesk:
    """A part of the house; `run` closes groups whose time is up."""

    def __init__(self, desk: LiveDesk) -> None:
        self._desk = desk
        desk.on_taken.append(self._taken)
        desk.on_admitted.append(self._seated)

    # --- what who runs the class asks -------------------------------------------------------------------

    async def open(self, seat: Seat, wanted: list[Wanted], seconds: int) -> int:
        """Open groups. People who have gone meanwhile are left out; `seconds` 0 for no end.

        Raises:
            ApiError: 409 `groups.are_open`, `session.not_open`; 422 `groups.twice`.
        """
        room = self._desk.open_room(seat)
        named = [person for group in wanted for person in group.people]
        if len(named) != len(set(named)):
            raise ApiError("groups.twice", 422)
        async with room.gate:
            self._desk.open_room(seat)
            if room.state.part(Groups).open:
                raise ApiError("groups.are_open", 409)
            here = room.state.people
            groups = [
                {
                    "id": new_id(),
                    "name": group.name,
                    "people": [one for one in group.people if one in here and here[one].role != "teacher"],
                }
                for group in wanted
            ]
            return await self._record(
                room, seat, "groups.opened", {"groups": groups, "ends": self._end(seconds)}
            )

    async def move(self, seat: Seat, person: str, group: str) -> int:
        """Put somebody into a group; an empty `group` is the main room.

        Raises:
            ApiError: 404 `groups.unknown`, `person.unknown`; 409 `groups.not_open`, `class.teacher`.
        """
        room, groups = self._running(seat)
        found = room.state.people.get(person)
        if found is None:
            raise ApiError("person.unknown", 404)
        if found.role == "teacher":
            raise ApiError("class.teacher", 409)
        if group and group not in groups.groups:
            raise ApiError("groups.unknown", 404)
        if groups.place.get(person, "") == group:
            return room.state.n
        return await self._record(room, seat, "groups.moved", {"person": person, "group": group})

    async def visit(self, seat: Seat, chosen: list[str]) -> int:
        """Be heard and seen in these groups; none: back in the main room.

        Raises:
            ApiError: 404 `groups.unknown`; 409 `groups.not_open`.
        """
        room, groups = self._running(seat)
        chosen = list(dict.fromkeys(chosen))
        if any(each not in groups.groups for each in chosen):
            raise ApiError("groups.unknown", 404)
        if groups.visits.get(seat.person, ()) == tuple(chosen):
            return room.state.n
        return await self._record(room, seat, "groups.visited", {"groups": chosen})

    async def time(self, seat: Seat, seconds: int) -> int:
        """Let the groups end in so many seconds, 0 for no end."""
        room, _ = self._running(seat)
        return await self._record(room, seat, "groups.timed", {"ends": self._end(seconds)})

    async def tell(self, seat: Seat, text: str, key: str) -> int:
        """A word to everybody, in whichever group they are."""
        room, _ = self._running(seat)
        return await self._record(room, seat, "groups.told", {"text": text, "key": key}, key=f"groups {key}")

    async def close(self, seat: Seat) -> int:
        """Call everybody back; nothing happens where no groups are open."""
        return await self._close(self._desk.open_room(seat), seat.person)

    async def run(self) -> None:
        """Close groups whose time is up, for ever. The owner cancels."""
        while True:
            await asyncio.sleep(TICK)
            now = self._desk.now()
            for room in self._desk.running():
                groups = room.state.part(Groups)
                if room.open and groups.open and groups.ends and groups.ends <= now:
                    try:
                        await self._close(room, "system")
                    except (TraceError, ApiError) as error:
                        log.warning(
                            "cannot close the groups of %s, trying again: %s", room.session, error.code
                        )

    async def _close(self, room: Classroom, actor: str) -> int:
        async with room.gate:
            if not room.open or not room.state.part(Groups).open:
                return room.state.n
            return await self._desk.record(room, "groups.closed", {}, actor=actor)

    def _running(self, seat: Seat) -> tuple[Classroom, Groups]:
        room = self._desk.open_room(seat)
        groups = room.state.part(Groups)
        if not groups.open:
            raise ApiError("groups.not_open", 409)
        return room, groups

    def _end(self, seconds: int) -> int:
        return self._desk.now() + seconds * SECOND if seconds else 0

    async def _record(
        self, room: Classroom, seat: Seat, kind: str, data: dict[str, Any], key: str = ""
    ) -> int:
        return await self._desk.record(room, kind, data, actor=seat.person, key=key)

    # --- what follows from it ---------------------------------------------------------------------------

    def _taken(self, room: Classroom, recorded: Recorded) -> None:
        kind = recorded.entry.kind
        if kind not in Groups.told or kind == "groups.told":
            return
        for seat in list(room.seats.values()):
            self._desk.media.rights_changed(seat)
        frame = self._frame(room)
        for seat in room.hearers():
            seat.tell("groups", frame)

    def _seated(self, room: Classroom, seat: Seat) -> None:
        if room.state.part(Groups).open and room.hears(seat):  # a welcome without this news has no groups
            seat.tell("groups", self._frame(room))

    def _frame(self, room: Classroom) -> bytes:
        groups = room.state.part(Groups)
        views = [
            GroupView(
                group.id,
                group.name,
                list(group.people),
                [person for person, visited in groups.visits.items() if group.id in visited],
            )
            for group in groups.groups.values()
        ]
        since = iso(groups.opened_at) if groups.opened_at else ""
        return encode(GroupsNews(groups.open, since, iso(groups.ends) if groups.ends else "", views))
