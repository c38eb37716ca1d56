"""Lines of the timetable over HTTP: list, make with all their lessons, remove with those ahead."""

from sqlalchemy import select

from server.permissions import UNIVERSITY
from server.plan import timetable
from server.plan.facts import disciplines_by_id, groups_by_id
from server.plan.lesson_shapes import (
    NewSeries,
    SeriesMade,
    SeriesPage,
    SeriesQuery,
    SeriesRemoved,
    SeriesView,
)
from server.plan.names import names_of
from server.plan.relations import planned_scopes
from server.plan.routes.lessons import judge_plan
from server.plan.shapes import Named
from server.plan.tables import Series
from server.web.registry import route
from server.web.request import Request

MAX_SERIES = 20_000


@route("GET", "/api/v1/timetable", action="timetable.create", narrows=True)
async def list_series(request: Request, query: SeriesQuery) -> SeriesPage:
    """The lines that the caller may change, in the order they were made."""
    scopes = request.reach()
    found: list[Series] = []
    async with request.house.store.read() as db:
        rows = await db.scalars(
            select(Series).where(Series.id > query.after).order_by(Series.id).limit(MAX_SERIES)
        )
        for row in rows:
            if (query.group and query.group not in row.groups) or (
                query.teacher and query.teacher not in row.teachers
            ):
                continue
            if UNIVERSITY in scopes or scopes & await planned_scopes(db, row.groups, row.discipline):
                found.append(row)
            if len(found) > query.limit:
                break
        shown = found[: query.limit]
        groups = await groups_by_id(db, {group for row in shown for group in row.groups})
        names = await names_of(db, {teacher for row in shown for teacher in row.teachers})
        subjects = await disciplines_by_id(db, {row.discipline for row in shown if row.discipline})
    items = [
        SeriesView(
            id=row.id,
            kind=row.kind,
            title=row.title,
            discipline=Named(row.discipline, subjects[row.discipline].name) if row.discipline else None,
            groups=[Named(group, groups[group].name) for group in row.groups],
            teachers=[Named(teacher, names.get(teacher, "")) for teacher in row.teachers],
            weekday=row.weekday,
            starts=row.starts,
            minutes=row.minutes,
            first=row.first,
            last=row.last,
            weeks=row.weeks,
        )
        for row in shown
    ]
    return SeriesPage(items, shown[-1].id if len(found) > query.limit else "")


@route("POST", "/api/v1/timetable", action="timetable.create", narrows=True, status=201)
async def make_series(request: Request, body: NewSeries) -> SeriesMade:
    await judge_plan(request, "timetable.create", body.groups, body.discipline, body.teachers)
    return await timetable.make(request.house, request.actor.id, body)


@route("DELETE", "/api/v1/timetable/{id}", action="timetable.create", target="series")
async def remove_series(request: Request) -> SeriesRemoved:
    return await timetable.remove(request.house, request.actor.id, request.object_id)
