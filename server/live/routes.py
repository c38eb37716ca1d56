"""Opening and closing a class over HTTP, for programs and for those who may not sit in it; and the
addresses and tokens of a teacher's encoder (R1)."""

from typing import Annotated

import msgspec

from server.live.desk import LiveDesk
from server.live.feeds import Feeds
from server.live.ingest import Ingests
from server.live.lessons import find_lesson
from server.live.visits import announce
from server.live.words import iso
from server.web.registry import route
from server.web.request import Request


class LiveView(msgspec.Struct):
    """`session` is empty and `state` planned before the first opening; `n` numbers the last entry."""

    session: str
    state: str
    n: int
    people: int


@route("POST", "/api/v1/lessons/{id}/open", action="lesson.open", target="lesson")
async def open_lesson(request: Request) -> LiveView:
    """Open the class; an open one stays as it is."""
    return await _change(request, True)


@route("POST", "/api/v1/lessons/{id}/close", action="lesson.close", target="lesson")
async def close_lesson(request: Request) -> LiveView:
    """Close the class for everybody; a closed one stays as it is."""
    return await _change(request, False)


async def _change(request: Request, to_open: bool) -> LiveView:
    desk = request.house.part(LiveDesk)
    room = await desk.classroom(request.object_id)
    if to_open:
        await desk.open(room, request.actor.id)
    else:
        await desk.close(room, request.actor.id, "closed")
    return LiveView(room.session, room.state.phase, room.state.n, len(room.state.people))


class Visit(msgspec.Struct):
    """Why somebody without a part in the lesson comes to see it."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


@route("POST", "/api/v1/lessons/{id}/visits", action="lesson.visit", target="lesson")
async def visit_lesson(request: Request, body: Visit) -> None:
    """Say why one visits a class; it then lets one in for some hours."""
    await announce(request.house, request.actor.id, request.object_id, body.reason)


class IngestView(msgspec.Struct):
    """Where an encoder sends to. `expires` is empty while there is no token for it."""

    url: str
    expires: str


class MadeIngest(msgspec.Struct):
    """`token` is shown once: in OBS the "Bearer Token" beside the server's address."""

    url: str
    token: str
    expires: str


@route("GET", "/api/v1/lessons/{id}/ingest", action="lesson.ingest", target="lesson")
async def show_ingest(request: Request) -> IngestView:
    """Whether the own token for an encoder in this lesson holds."""
    row = await request.house.part(Ingests).of(request.actor.id, request.object_id)
    return IngestView(_address(request), iso(row.expires) if row is not None else "")


@route("POST", "/api/v1/lessons/{id}/ingest", action="lesson.ingest", target="lesson", status=201)
async def make_ingest(request: Request) -> MadeIngest:
    """Make a token for an encoder in this lesson; it ends the one before."""
    async with request.house.store.read() as db:
        planned = await find_lesson(request.house, db, request.object_id)
    row, secret, old = await request.house.part(Ingests).make(
        request.actor.id, request.object_id, planned.ends
    )
    request.house.part(Feeds).revoked(old)
    return MadeIngest(_address(request), secret, iso(row.expires))


@route("DELETE", "/api/v1/lessons/{id}/ingest", action="lesson.ingest", target="lesson")
async def withdraw_ingest(request: Request) -> None:
    """End the token; an encoder that sends by it is out."""
    old = await request.house.part(Ingests).withdraw(request.actor.id, request.object_id)
    request.house.part(Feeds).revoked(old)


def _address(request: Request) -> str:
    return f"{request.house.settings.url}/whip/{request.object_id}"
