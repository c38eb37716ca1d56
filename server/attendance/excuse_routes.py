"""Excuses and the lock of the journal over HTTP."""

from datetime import date
from typing import Annotated

import msgspec
from aiohttp import web

from server.attendance import excuses, lock
from server.attendance.excuses import ExcuseView
from server.web.bodies import read_body
from server.web.registry import route
from server.web.request import Request

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class NewExcuse(msgspec.Struct):
    """Days are both inside. The body of the request is the document: PDF, JPEG or PNG, or nothing."""

    student: Annotated[str, msgspec.Meta(max_length=16)]
    first: date
    last: date
    reason: Reason


class Excuses(msgspec.Struct):
    items: list[ExcuseView]


class Made(msgspec.Struct):
    id: str


class Withdrawal(msgspec.Struct):
    reason: Reason


class Reopening(msgspec.Struct):
    """`until`: the last day on which the journal can be changed."""

    semester: Annotated[str, msgspec.Meta(max_length=16)]
    until: date
    reason: Reason


@route("GET", "/api/v1/groups/{id}/excuses", action="attendance.excuses", target="group")
async def list_excuses(request: Request) -> Excuses:
    """The excuses of a group's students, the newest first."""
    return Excuses(await excuses.listed(request.house, request.object_id))


@route(
    "POST", "/api/v1/groups/{id}/excuses", action="attendance.excuse", target="group", raw=True,
    limit=excuses.DOCUMENT_LIMIT,
)  # fmt: skip
async def add_excuse(request: Request, query: NewExcuse) -> Made:
    """Excuse a student for some days; absent marks of these days become excused."""
    body = await read_body(request.http, excuses.DOCUMENT_LIMIT)
    key = await excuses.excuse(
        request.house, request.actor.id, request.object_id, query.student, query.first, query.last,
        query.reason, body,
    )  # fmt: skip
    return Made(key)


@route("POST", "/api/v1/groups/{id}/excuses/{excuse}/withdraw", action="attendance.excuse", target="group")
async def withdraw_excuse(request: Request, body: Withdrawal) -> None:
    """Take an excuse back."""
    house, actor = request.house, request.actor.id
    await excuses.withdraw(house, actor, request.object_id, request.path["excuse"], body.reason)


@route("GET", "/api/v1/groups/{id}/excuses/{excuse}/document", action="attendance.excuses", target="group")
async def show_document(request: Request) -> web.Response:
    """The document of an excuse."""
    body, kind = await excuses.document(request.house, request.object_id, request.path["excuse"])
    response = web.Response(body=body, content_type=kind)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = "inline"
    return response


@route("POST", "/api/v1/groups/{id}/journal/reopen", action="journal.reopen", target="group")
async def reopen_journal(request: Request, body: Reopening) -> None:
    """Let the locked journal of a semester be changed for some days."""
    await lock.reopen(
        request.house, request.actor.id, request.object_id, body.semester, body.until, body.reason
    )
