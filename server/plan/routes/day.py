"""What is on today and this week, for the one who asks (R2)."""

from server.plan import listing
from server.plan.lesson_shapes import TodayQuery, TodayView, WeekQuery, WeekView
from server.web.registry import route
from server.web.request import Request


@route("GET", "/api/v1/today", action="today.read", narrows=True)
async def today(request: Request, query: TodayQuery) -> TodayView:
    return await listing.day(request, query.day)


@route("GET", "/api/v1/week", action="today.read", narrows=True)
async def week(request: Request, query: WeekQuery) -> WeekView:
    return await listing.week(request, query.since)
