"""Who could sit together, and who does, over HTTP: names do not go to everybody in the class."""

import msgspec

from server.live.desk import LiveDesk
from server.plan.names import names_of
from server.plan.roster import lesson_roster
from server.plan.sorting import sort_key
from server.plan.tables import Lesson
from server.together.state import Together
from server.web.registry import route
from server.web.request import Request


class Mate(msgspec.Struct):
    id: str
    name: str


class Mates(msgspec.Struct):
    items: list[Mate]


class Seated(msgspec.Struct):
    """One of a room: whether the teacher has confirmed them, and whether they are in the class by
    themselves too."""

    id: str
    name: str
    confirmed: bool
    alone: bool


class RoomView(msgspec.Struct):
    """One device with several people; `person` is whose it is."""

    person: str
    name: str
    people: list[Seated]


class RoomViews(msgspec.Struct):
    items: list[RoomView]


@route("GET", "/api/v1/lessons/{id}/mates", action="class.together", target="lesson")
async def list_mates(request: Request) -> Mates:
    """The students of the lesson, to tick who sits at this device."""
    async with request.house.store.read() as db:
        lesson = await db.get(Lesson, request.object_id)
        roster = await lesson_roster(db, lesson) if lesson is not None else {}
        students = {person for person, part in roster.items() if part == "student"}
        names = await names_of(db, students - {request.actor.id})
    items = [Mate(person, name) for person, name in names.items()]
    return Mates(sorted(items, key=lambda one: (sort_key(one.name), one.id)))


@route("GET", "/api/v1/lessons/{id}/together", action="class.lead", target="lesson")
async def list_rooms(request: Request) -> RoomViews:
    """Who sits at which device, for who runs the class."""
    room = await request.house.part(LiveDesk).classroom(request.object_id)
    rooms = room.state.part(Together).rooms
    async with request.house.store.read() as db:
        names = await names_of(db, {person for each in rooms.values() for person in each.people})
    items = []
    for host, each in rooms.items():
        people = [
            Seated(one, names.get(one, ""), one in each.confirmed, one in room.state.people)
            for one in each.people
        ]
        items.append(RoomView(host, each.name, sorted(people, key=lambda one: sort_key(one.name))))
    return RoomViews(items)
