"""Notices over HTTP, the socket that says there are new ones, and what one wants to hear of."""

from typing import Annotated

import msgspec
from aiohttp import web

from server.errors import ApiError
from server.notices import words
from server.notices.book import Notices
from server.notices.kinds import BY_NAME, path_of, topics_for
from server.notices.live import Open, Page
from server.notices.post import Post, PostState
from server.plan.views import local
from server.settings_values import time_zone
from server.web.registry import route
from server.web.request import Request

PAGE = 50
HEARTBEAT = 30.0
"""Seconds; proxies close a socket that is silent for a minute."""

Id = Annotated[str, msgspec.Meta(max_length=16)]


class NoticeQuery(msgspec.Struct):
    """`before`: the id of the last notice one has."""

    before: Id = ""


class NoticeView(msgspec.Struct):
    """`path`: the page it leads to, empty for none."""

    id: str
    kind: str
    title: str
    text: str
    path: str
    time: str
    read: bool


class NoticeList(msgspec.Struct):
    items: list[NoticeView]
    unread: int
    more: bool


class NoticesRead(msgspec.Struct):
    """Without `ids` all of them."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=PAGE)] = []


class TopicView(msgspec.Struct):
    """`fixed`: always in the page."""

    topic: str
    words: str
    page: bool
    mail: bool
    fixed: bool


class NoticeChoices(msgspec.Struct):
    """`mail`: the house sends mail at all; `email`: the account's address, which the office keeps."""

    topics: list[TopicView]
    mail: bool
    email: str
    zone: str


class TopicChoice(msgspec.Struct):
    topic: Annotated[str, msgspec.Meta(max_length=32)]
    page: bool
    mail: bool


class ZoneChoice(msgspec.Struct):
    zone: Annotated[str, msgspec.Meta(max_length=64)]


@route("GET", "/api/v1/me/notices", action="me.notices")
async def list_notices(request: Request, query: NoticeQuery) -> NoticeList:
    """The own notices, the newest first."""
    house, person = request.house, request.actor.id
    book = house.part(Notices)
    rows = await book.of(person, query.before, PAGE + 1)
    *_, zone = await book.choices(person)
    items = []
    for row in rows[:PAGE]:
        title, text = words.told(row.kind, request.language, row.facts, zone)
        items.append(
            NoticeView(
                row.id, row.kind, title, text, path_of(row.kind, row.subject),
                local(house, row.created).isoformat(), row.read != 0,
            )
        )  # fmt: skip
    return NoticeList(items, await book.unread(person), len(rows) > PAGE)


@route("POST", "/api/v1/me/notices/read", action="me.notices")
async def read_notices(request: Request, body: NoticesRead) -> None:
    """Mark notices as read."""
    await request.house.part(Notices).mark_read(request.actor.id, body.ids)


@route("GET", "/api/v1/me/notices/choices", action="me.notices")
async def show_choices(request: Request) -> NoticeChoices:
    """What one hears of, in the page and by mail."""
    chosen, staff, email, zone = await request.house.part(Notices).choices(request.actor.id)
    topics = [
        TopicView(
            topic.name, words.say(f"topic.{topic.name}", request.language, {}, zone),
            chosen[topic.name].page, chosen[topic.name].mail, topic.fixed,
        )
        for topic in topics_for(staff)
    ]  # fmt: skip
    return NoticeChoices(topics, request.house.part(Post).on, email, zone)


@route("PUT", "/api/v1/me/notices/choices", action="me.notices")
async def choose_topic(request: Request, body: TopicChoice) -> NoticeChoices:
    """Choose for one topic."""
    if body.topic not in BY_NAME:
        raise ApiError("object.unknown", 404, kind="topic")
    await request.house.part(Notices).choose(request.actor.id, body.topic, body.page, body.mail)
    return await show_choices(request)


@route("PUT", "/api/v1/me/notices/zone", action="me.notices")
async def choose_zone(request: Request, body: ZoneChoice) -> NoticeChoices:
    """In which time zone notices and mails tell the time."""
    try:
        zone = time_zone(body.zone)
    except ValueError:
        raise ApiError("notice.zone", 422) from None
    await request.house.part(Notices).choose_zone(request.actor.id, zone)
    return await show_choices(request)


@route("GET", "/ws/notices", action="me.notices")
async def notices_socket(request: Request) -> web.WebSocketResponse:
    """Says how many notices are unread, now and whenever that changes, for as long as the page is open."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, compress=False, max_msg_size=1024, timeout=2.0)
    await socket.prepare(request.http)
    await request.house.part(Open).serve(Page(socket, request.actor.id, request.session))
    return socket


@route("GET", "/api/v1/mail", action="mail.read")
async def show_mail(request: Request) -> PostState:
    """How the post stands: what waits, what was given up, what the mail server said last."""
    return await request.house.part(Post).state()
