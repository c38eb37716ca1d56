"""Retention over HTTP: terms, what goes when, holds, runs, and requests for erasure (R20)."""

from datetime import date
from typing import Annotated

import msgspec

from server.permissions import decide as judged
from server.plan.names import names_of
from server.retention import desk
from server.retention.desk import Scope
from server.retention.plan import calendar
from server.retention.views import ErasureView, RetentionView, erasure_view, view
from server.web.registry import route
from server.web.request import Request

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]


class RetentionTermBody(msgspec.Struct):
    """`lesson`: for this lesson or exam alone. `protocol`: number and day of the decision, where the term
    is shorter than the rules say."""

    kind: Annotated[str, msgspec.Meta(max_length=32)]
    days: Annotated[int, msgspec.Meta(ge=1, le=36_500)]
    reason: Reason
    protocol: Annotated[str, msgspec.Meta(max_length=200)] = ""
    lesson: Annotated[str, msgspec.Meta(max_length=16)] = ""


class RetentionHoldBody(msgspec.Struct):
    scope: Scope
    object: Key
    reason: Reason


class RetentionReason(msgspec.Struct):
    reason: Reason


class ErasureBody(msgspec.Struct):
    person: Key
    reason: Reason


class ErasureDecision(msgspec.Struct):
    approve: bool
    answer: Reason


class RetentionMade(msgspec.Struct):
    id: str


class MonthView(msgspec.Struct):
    """What of a kind goes in a month (its first day); `held` of them stay."""

    month: date
    kind: str
    items: int
    bytes: int
    held: int


class CalendarView(msgspec.Struct):
    months: list[MonthView]


@route("GET", "/api/v1/retention", action="retention.read")
async def show_retention(request: Request) -> RetentionView:
    decides = judged(request.actor, "retention.decide", request.standing) == "allowed"
    async with request.house.store.read() as db:
        return await view(request.house, db, request.language, decides)


@route("GET", "/api/v1/retention/calendar", action="retention.read")
async def show_retention_calendar(request: Request) -> CalendarView:
    """The next twelve months."""
    months = await calendar(request.house)
    return CalendarView([MonthView(row.month, row.kind, row.items, row.bytes, row.held) for row in months])


@route("PUT", "/api/v1/retention/terms", action="retention.manage")
async def set_retention_term(request: Request, body: RetentionTermBody) -> None:
    await desk.set_term(
        request.house, request.actor.id, body.kind, body.days, body.reason, body.protocol, body.lesson
    )


@route("POST", "/api/v1/retention/holds", action="retention.manage", status=201)
async def add_hold(request: Request, body: RetentionHoldBody) -> RetentionMade:
    key = await desk.hold(request.house, request.actor.id, body.scope, body.object, body.reason)
    return RetentionMade(key)


@route("POST", "/api/v1/retention/holds/{id}/release", action="retention.manage")
async def release_hold(request: Request, body: RetentionReason) -> None:
    await desk.release(request.house, request.actor.id, request.path["id"], body.reason)


@route("POST", "/api/v1/retention/requests", action="retention.manage", status=201)
async def ask_erasure(request: Request, body: ErasureBody) -> RetentionMade:
    """Write down that a person has asked for erasure."""
    return RetentionMade(await desk.ask(request.house, request.actor.id, body.person, body.reason))


@route("POST", "/api/v1/me/erasure", action="retention.ask", status=201)
async def ask_own_erasure(request: Request, body: RetentionReason) -> RetentionMade:
    """Ask for the erasure of what is recorded of oneself."""
    return RetentionMade(await desk.ask(request.house, request.actor.id, request.actor.id, body.reason))


@route("POST", "/api/v1/retention/requests/{id}/decide", action="retention.decide")
async def decide_erasure(request: Request, body: ErasureDecision) -> ErasureView:
    """Approve or decline; approved, what no rule keeps goes at once."""
    row = await desk.decide(request.house, request.actor.id, request.path["id"], body.approve, body.answer)
    async with request.house.store.read() as db:
        names = await names_of(db, {row.person, row.author, row.decided_by})
    return erasure_view(request.house, row, names)
