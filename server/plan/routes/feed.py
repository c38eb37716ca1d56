"""The own calendar over HTTP: its address is made and withdrawn; calendar programs read it by the secret."""

import msgspec
from aiohttp import web
from sqlalchemy import select

from server.errors import ApiError
from server.plan import ical
from server.plan.tables import CalendarFeed
from server.web.registry import route
from server.web.request import Request

LONGEST = 64


class FeedState(msgspec.Struct):
    """Whether there is an address; it is shown only when it is made."""

    made: bool


class Feed(msgspec.Struct):
    url: str


@route("GET", "/api/v1/me/calendar", action="me.calendar")
async def show_feed(request: Request) -> FeedState:
    """Whether the own calendar has an address."""
    async with request.house.store.read() as db:
        row = await db.scalar(select(CalendarFeed.user).where(CalendarFeed.user == request.actor.id))
    return FeedState(row is not None)


@route("POST", "/api/v1/me/calendar", action="me.calendar")
async def make_feed(request: Request) -> Feed:
    """A new address of the own calendar; an earlier one ends."""
    token = await ical.make_address(request.house, request.actor.id)
    return Feed(f"{request.house.settings.url}/calendar/{token}.ics")


@route("DELETE", "/api/v1/me/calendar", action="me.calendar")
async def withdraw_feed(request: Request) -> None:
    """End the address of the own calendar."""
    await ical.withdraw_address(request.house, request.actor.id)


@route("GET", "/calendar/{file}", action="calendar.read")
async def read_feed(request: Request) -> web.Response:
    """The calendar behind a secret address."""
    token, dot, ending = request.path["file"].rpartition(".")
    if (dot, ending) != (".", "ics") or len(token) > LONGEST:
        raise ApiError("calendar.unknown", 404)
    response = web.Response(body=await ical.calendar_of(request.house, token))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
