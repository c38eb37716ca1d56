"""Opening and closing a class over HTTP: for programs, and for those who may not sit in it."""

import msgspec

from server.live.desk import LiveDesk
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
