"""Questions and polls of a lesson over HTTP, also after class: what there is, and the late answer (R3)."""

from typing import Annotated

import msgspec
from sqlalchemy import select

from server.errors import ApiError
from server.live.desk import LiveDesk
from server.live.rights import may
from server.live.tables import LiveSession
from server.live.text import clean
from server.talk.desk import LEADS, TalkDesk
from server.talk.views import TalkView, read_talk, talk_view
from server.web.registry import route
from server.web.request import Request


class AnswerBody(msgspec.Struct):
    """`text` may be empty: it was answered aloud."""

    text: Annotated[str, msgspec.Meta(max_length=8000)] = ""


@route("GET", "/api/v1/lessons/{id}/talk", action="lesson.talk", target="lesson")
async def show_talk(request: Request) -> TalkView:
    """The questions and polls of a lesson; nothing before its first opening."""
    house = request.house
    async with house.store.read() as db:
        asked = select(LiveSession.session).where(LiveSession.lesson == request.object_id)
        session = await db.scalar(asked)
    if session is None:
        return TalkView([], [])
    talk = await read_talk(house, session)
    runs = may(request.actor, LEADS, request.standing)
    return talk_view(talk, house.part(TalkDesk).polls, session, runs)


@route("POST", "/api/v1/lessons/{id}/questions/{n}/answer", action="class.lead", target="lesson")
async def answer_question(request: Request, body: AnswerBody) -> None:
    """Answer a question that stayed open, in class or after it."""
    number = request.path["n"]
    if not (number.isdecimal() and len(number) < 16):
        raise ApiError("question.unknown", 404)
    room = await request.house.part(LiveDesk).classroom(request.object_id)
    if not room.session:
        raise ApiError("question.unknown", 404)
    text = clean(body.text) if body.text.strip() else ""
    await request.house.part(TalkDesk).answer(room, request.actor.id, int(number), text)
