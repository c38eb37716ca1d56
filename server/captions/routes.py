"""Captions over HTTP: lines of a captioner's program in, the timed text of a lesson out."""

from typing import Annotated

import msgspec
from aiohttp import web

from server.captions.desk import TEXT, CaptionsDesk, say
from server.captions.vtt import webvtt
from server.errors import ApiError
from server.live.desk import LiveDesk
from server.live.messages import Key
from server.playback.views import session_of
from server.web.registry import route
from server.web.request import Request


class CaptionLine(msgspec.Struct):
    """`key` is made once for the line and sent again with it."""

    key: Key
    text: Annotated[str, msgspec.Meta(max_length=4 * TEXT)]


class CaptionKept(msgspec.Struct):
    n: int


@route("POST", "/api/v1/lessons/{id}/captions", action="class.caption", target="lesson")
async def send_caption(request: Request, body: CaptionLine) -> CaptionKept:
    """A line of captions into an open class, from a program."""
    room = await request.house.part(LiveDesk).classroom(request.object_id)
    request.house.part(CaptionsDesk).pace(room)
    return CaptionKept(await say(request.house, room, request.actor.id, body.key, body.text))


@route("GET", "/api/v1/lessons/{id}/captions.vtt", action="recording.watch", target="lesson")
async def captions_file(request: Request) -> web.Response:
    """The captions of a lesson as WebVTT, in the time of its recording."""
    async with request.house.store.read() as db:
        session = await session_of(db, request.object_id)
    if session is None:
        raise ApiError("recording.none", 404)
    found = await request.house.part(CaptionsDesk).cues(session.session, session.opened)
    headers = {"Cache-Control": "private, no-cache"}
    return web.Response(text=webvtt(found), content_type="text/vtt", charset="utf-8", headers=headers)
