"""Rights that change while people sit in a class: whose, noticed from the trace, and looked up again.

Flows in: revoked logins and changed people (server.people), entries of the plan. Flows out: seats with
new rights, told to the page and to the media worker, or sent away: `login.revoked` when the login is
over, `permission.denied` when they may not be in the class any more. Every seat is looked at once a
minute in any case; that also keeps its login from going idle.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from server.live.classroom import Classroom
from server.live.rights import may
from server.live.seat import Seat
from server.live.words import RightsNews, encode
from server.people.sessions import Sessions
from server.permissions import standing_to
from server.trace import Recorded

if TYPE_CHECKING:
    from server.live.desk import LiveDesk

EVERY = 60_000_000
"""µs between two looks at a seat that nothing happened to."""

AT_ONCE = 50
"""Seats looked at in one tick; each costs about two queries."""

PLAN = ("lesson.", "group.", "discipline.", "timetable.", "department.", "faculty.")
"""Beginnings of kinds that may change how somebody stands to a lesson."""

REFUSED = 1008
"""Close code: policy violation; the same answer would come again."""


class Rechecks:
    """`sessions` knows whose token is good; `_people` and `_all` are to be looked at."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._people: set[str] = set()
        self._ended: set[str] = set()
        self._lessons: set[str] = set()
        sessions.on_revoked.append(self._ended.add)
        sessions.on_changed.append(self._people.add)

    def note(self, recorded: Recorded, rooms: Collection[Classroom]) -> None:
        """An entry outside the classes: whom may it concern?"""
        data = recorded.data
        if not recorded.entry.kind.startswith(PLAN) or not isinstance(data, dict):
            return
        named = set(_texts(data))
        lessons = {room.lesson.id for room in rooms}
        people = {seat.person for room in rooms for seat in room.seats.values()}
        self._people |= named & people
        self._lessons |= named & lessons
        if not named & (lessons | people):
            self._lessons |= lessons  # a unit moved, a timetable went: rare, and cheap enough

    def due(self, rooms: Iterable[Classroom], now: int) -> list[Seat]:
        """Seats to look at now, the concerned ones first."""
        concerned: list[Seat] = []
        others: list[Seat] = []
        for room in rooms:
            for seat in room.seats.values():
                if seat.ending:
                    continue
                if (
                    seat.person in self._people
                    or seat.login in self._ended
                    or room.lesson.id in self._lessons
                ):
                    concerned.append(seat)
                elif now - seat.checked > EVERY:
                    others.append(seat)
        self._people.clear()
        self._ended.clear()
        self._lessons.clear()
        chosen = concerned + others[: max(0, AT_ONCE - len(concerned))]
        for seat in chosen:
            seat.checked = now
        return chosen

    async def check(self, desk: "LiveDesk", seat: Seat) -> None:
        """Look the seat's rights up again."""
        room = seat.classroom
        actor = await seat.holder(self._sessions)
        if actor is None:
            seat.bye("login.revoked", REFUSED)
            return
        self._sessions.touch(seat.login)
        if room is None:
            return
        standing = await standing_to(desk.house, actor, "lesson", room.lesson.id)
        if standing is None or not all(may(actor, action, standing) for action in seat.needs):
            seat.bye("permission.denied", REFUSED)
            return
        seat.actor, seat.standing = actor, standing
        rights = desk.rights_of(room, seat)
        if rights != seat.rights:
            seat.rights = rights
            seat.tell("rights", encode(RightsNews(rights)))
            desk.media.rights_changed(seat)


def _texts(value: Any, depth: int = 3) -> Iterable[str]:
    """Every text inside, to a depth that entries of the plan have."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict):
        for each in value.values():
            yield from _texts(each, depth - 1)
    elif depth and isinstance(value, list):
        for each in value:
            yield from _texts(each, depth - 1)
