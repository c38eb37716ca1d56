"""What may be said of several people at one device (docs/protocol.md)."""

from typing import Annotated

import msgspec

from server.errors import ApiError
from server.live.messages import Numbered
from server.live.seat import Seat
from server.live.text import short
from server.plan.roster import lesson_roster
from server.plan.tables import Lesson
from server.together.state import Together
from server.web.registry import message

NAME = 60
MOST = 60
"""People at one device."""

PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Several = Annotated[list[PersonId], msgspec.Meta(max_length=MOST)]


class TogetherSet(msgspec.Struct):
    """`people`: who sits here beside oneself; nobody: one is alone again."""

    people: Several
    name: Annotated[str, msgspec.Meta(max_length=4 * NAME)] = ""


class TogetherConfirm(msgspec.Struct):
    """`person`: whose device it is; `people`: who really sits there, all others do not."""

    person: PersonId
    people: Several


@message("together.set", action="class.together")
async def together_set(seat: Seat, body: TogetherSet) -> Numbered:
    """Say who sits at this device. It marks nobody until it is confirmed."""
    room = seat.desk.open_room(seat)
    people = sorted(set(body.people) - {seat.person})
    house = seat.desk.house
    async with house.store.read() as db:
        lesson = await db.get(Lesson, room.lesson.id)
        roster = await lesson_roster(db, lesson) if lesson is not None else {}
    if any(roster.get(person) != "student" for person in people):
        raise ApiError("person.unknown", 404)
    known = room.state.part(Together).rooms.get(seat.person)
    if not people and known is None:
        return Numbered(room.state.n)
    data = {"name": short(body.name, NAME) if people else "", "people": people}
    return Numbered(await seat.desk.record(room, "together.set", data, actor=seat.person))


@message("together.confirm", action="class.lead")
async def together_confirm(seat: Seat, body: TogetherConfirm) -> Numbered:
    """Confirm who sits at somebody's device; it can be said anew until the class ends."""
    room = seat.desk.open_room(seat)
    known = room.state.part(Together).rooms.get(body.person)
    if known is None:
        raise ApiError("together.none", 409)
    people = sorted(set(body.people) & set(known.people))
    data = {"person": body.person, "people": people}
    return Numbered(await seat.desk.record(room, "together.confirmed", data, actor=seat.person))
