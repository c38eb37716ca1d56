"""Who belongs where, over HTTP: students of a group, takers of a discipline, a lesson's roster."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from server.errors import ApiError
from server.plan import roster
from server.plan.calendar import check_day
from server.plan.facts import groups_by_id
from server.plan.lesson_shapes import RosterEntry, RosterPage
from server.plan.names import names_of
from server.plan.roster import micro
from server.plan.shapes import (
    Enrol,
    Enrolled,
    Named,
    NewTaking,
    PageQuery,
    StudentPage,
    StudentQuery,
    StudentView,
    TakingPage,
    TakingView,
)
from server.plan.sorting import page
from server.plan.tables import Lesson, Taking
from server.plan.views import local
from server.plan.weeks import day_bounds
from server.web.registry import route
from server.web.request import Request


@route("GET", "/api/v1/groups/{id}/students", action="roster.read", target="group")
async def list_students(request: Request, query: StudentQuery) -> StudentPage:
    """Who was in the group at any moment of a day; without one, who is in it now."""
    house = request.house
    start = house.clock.now()
    end = start + 1
    if query.on is not None:
        start, end = _day(request, query.on)
    async with house.store.read() as db:
        rows = await roster.students_of(db, request.object_id, start, end)
        names = await names_of(db, {row.student for row in rows})
    items = [
        StudentView(
            row.student,
            names.get(row.student, ""),
            local(house, row.since),
            None if row.until is None else local(house, row.until),
        )
        for row in rows
    ]
    found, after = page(items, lambda item: item.name, lambda item: item.id, query.after, query.limit)
    return StudentPage(found, after)


@route("POST", "/api/v1/groups/{id}/students", action="roster.edit", target="group")
async def enrol(request: Request, body: Enrol) -> Enrolled:
    since, until = roster.span(request.house, body.since, body.until)
    added = await roster.enrol(
        request.house, request.actor.id, request.object_id, body.students, since, until
    )
    return Enrolled(added)


@route("DELETE", "/api/v1/groups/{id}/students/{user}", action="roster.edit", target="group")
async def leave(request: Request) -> None:
    """The student leaves the group now; the past stays."""
    await roster.leave(request.house, request.actor.id, request.object_id, request.path["user"][:64])


@route("GET", "/api/v1/disciplines/{id}/takers", action="roster.read", target="discipline")
async def list_takers(request: Request, query: PageQuery) -> TakingPage:
    """Groups and single students who take the discipline now or will."""
    house = request.house
    now = house.clock.now()
    async with house.store.read() as db:
        rows = list(
            await db.scalars(
                select(Taking)
                .where(
                    Taking.discipline == request.object_id,
                    or_(Taking.until.is_(None), Taking.until > now),
                    Taking.id > query.after,
                )
                .order_by(Taking.id)
                .limit(query.limit + 1)
            )
        )
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        names = await names_of(db, {row.student for row in rows if row.student})
        groups = await groups_by_id(db, {row.group for row in rows if row.group})
    items = [
        TakingView(
            row.id,
            Named(row.group, groups[row.group].name) if row.group else None,
            Named(row.student, names.get(row.student, "")) if row.student else None,
            local(house, row.since),
            None if row.until is None else local(house, row.until),
        )
        for row in rows
    ]
    return TakingPage(items, items[-1].id if more else "")


@route("POST", "/api/v1/disciplines/{id}/takers", action="roster.edit", target="discipline", status=201)
async def take(request: Request, body: NewTaking) -> Named:
    """Answers the taking's id, with the discipline's id as its name."""
    since, until = roster.span(request.house, body.since, body.until)
    key = await roster.take(
        request.house, request.actor.id, request.object_id, body.group, body.student, since, until
    )
    return Named(key, request.object_id)


@route("DELETE", "/api/v1/disciplines/{id}/takers/{taking}", action="roster.edit", target="discipline")
async def stop_taking(request: Request) -> None:
    await roster.stop_taking(request.house, request.actor.id, request.object_id, request.path["taking"][:64])


@route("GET", "/api/v1/lessons/{id}/roster", action="roster.read", target="lesson")
async def list_roster(request: Request, query: PageQuery) -> RosterPage:
    """Everybody who belongs to the lesson, by part; the absent too."""
    async with request.house.store.read() as db:
        lesson = await db.get(Lesson, request.object_id)
        if lesson is None:
            raise ApiError("object.unknown", 404, kind="lesson")
        people = await roster.lesson_roster(db, lesson)
        names = await names_of(db, people)
    items = [RosterEntry(person, names.get(person, ""), part) for person, part in people.items()]
    found, after = page(items, lambda item: item.name, lambda item: item.id, query.after, query.limit)
    return RosterPage(found, after)


def _day(request: Request, day: date) -> tuple[int, int]:
    zone = ZoneInfo(request.house.settings.time_zone)
    first, last = day_bounds(check_day(day), zone)
    return micro(first), micro(last)
