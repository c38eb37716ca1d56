"""Semesters and holidays over HTTP. They are the whole university's: a scoped role may only look."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from server.errors import ApiError
from server.plan import calendar
from server.plan.lesson_shapes import (
    HolidayPage,
    HolidayView,
    NewHoliday,
    NewSemester,
    SemesterPage,
    SemesterView,
)
from server.plan.shapes import Limit
from server.web.registry import route
from server.web.request import Request


class HolidayQuery(msgspec.Struct):
    """`after`: the day after which the page begins."""

    after: Annotated[str, Meta(max_length=10)] = ""
    limit: Limit = 200


def _date(text: str) -> date:
    try:
        return calendar.check_day(date.fromisoformat(text))
    except ValueError:
        raise ApiError("plan.date", 422) from None


@route("GET", "/api/v1/semesters", action="unit.read", narrows=True)
async def list_semesters(request: Request) -> SemesterPage:
    async with request.house.store.read() as db:
        rows = await calendar.semesters(db)
    return SemesterPage([SemesterView(row.id, row.name, row.starts, row.ends) for row in rows], "")


@route("POST", "/api/v1/semesters", action="unit.create", status=201)
async def add_semester(request: Request, body: NewSemester) -> SemesterView:
    key = await calendar.add_semester(
        request.house, request.actor.id, body.name.strip(), body.starts, body.ends
    )
    return SemesterView(key, body.name.strip(), body.starts, body.ends)


@route("DELETE", "/api/v1/semesters/{id}", action="unit.edit")
async def remove_semester(request: Request) -> None:
    await calendar.remove_semester(request.house, request.actor.id, request.path["id"][:64])


@route("GET", "/api/v1/holidays", action="unit.read", narrows=True)
async def list_holidays(request: Request, query: HolidayQuery) -> HolidayPage:
    after = _date(query.after) if query.after else date.min
    async with request.house.store.read() as db:
        rows = await calendar.holidays(db, after, query.limit + 1)
    items = [HolidayView(row.day, row.name) for row in rows[: query.limit]]
    return HolidayPage(items, items[-1].day.isoformat() if len(rows) > query.limit else "")


@route("POST", "/api/v1/holidays", action="unit.create", status=201)
async def add_holiday(request: Request, body: NewHoliday) -> HolidayView:
    await calendar.add_holiday(request.house, request.actor.id, body.day, body.name.strip())
    return HolidayView(body.day, body.name.strip())


@route("DELETE", "/api/v1/holidays/{day}", action="unit.edit")
async def remove_holiday(request: Request) -> None:
    await calendar.remove_holiday(request.house, request.actor.id, _date(request.path["day"]))
