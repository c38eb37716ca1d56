"""What the page may ask in a class: one handler for each message type (docs/protocol.md).

Flows in: a seat and a decoded body; the right was judged before. Flows out: the fields of the `ok`.
`hello` stands here for the registry's sake: the socket answers it itself, and again is an error.
"""

from typing import Annotated

import msgspec

from media.messages import View
from server.errors import ApiError
from server.live.rights import SOURCES, may
from server.live.seat import NORMAL, Seat
from server.live.text import clean
from server.permissions import slot_action
from server.web.registry import Nothing, message

TAB = r"[A-Za-z0-9_-]{4,40}"
KEY = r"[A-Za-z0-9_.:-]{1,64}"

Tab = Annotated[str, msgspec.Meta(pattern=f"^{TAB}$", max_length=40)]
Key = Annotated[str, msgspec.Meta(pattern=f"^{KEY}$", max_length=64)]
SlotName = Annotated[str, msgspec.Meta(max_length=16)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Purposes = Annotated[dict[SlotName, SlotName], msgspec.Meta(max_length=32)]


class Hello(msgspec.Struct):
    """The first message. `after`: the last event seen, 0 for none. `tab`: random, the page's own."""

    after: Number
    tab: Tab


class ChatSend(msgspec.Struct):
    """`key` is made once for the line and sent again with it. `to`: one person who alone reads it."""

    key: Key
    text: str
    to: Annotated[str, msgspec.Meta(max_length=128)] = ""


class Numbered(msgspec.Struct):
    n: int


class MediaOffer(msgspec.Struct):
    sdp: str
    purposes: Purposes


class MediaAnswer(msgspec.Struct):
    sdp: str
    epoch: str


class MediaRestart(msgspec.Struct):
    """`purposes` may be left out when the m-lines stand in the order of the contract."""

    sdp: str
    purposes: Purposes | None = None


class MediaRestarted(msgspec.Struct):
    sdp: str


class MediaState(msgspec.Struct):
    mic: bool
    cam: bool
    screen: bool


class MediaView(msgspec.Struct):
    page: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    pinned: Annotated[str, msgspec.Meta(max_length=128)] = ""
    hidden: Annotated[list[SlotName], msgspec.Meta(max_length=32)] = []
    heights: Annotated[
        dict[SlotName, Annotated[int, msgspec.Meta(ge=0, le=8640)]], msgspec.Meta(max_length=32)
    ] = {}


@message("hello", action="lesson.join")
async def hello(seat: Seat, body: Hello) -> None:
    raise ApiError("hello.again", 409)


@message("ping", action="lesson.join")
async def ping(seat: Seat, body: Nothing) -> None:
    """A sign of life."""


@message("leave", action="lesson.join")
async def leave(seat: Seat, body: Nothing) -> None:
    """Leave for good: no 15 s of grace."""
    await seat.desk.leave(seat)
    seat.end(NORMAL, "left")


@message("chat.send", action="class.chat")
async def chat_send(seat: Seat, body: ChatSend) -> Numbered:
    return Numbered(await seat.desk.say(seat, body.key, clean(body.text), body.to))


@message("lesson.open", action="lesson.open")
async def lesson_open(seat: Seat, body: Nothing) -> Numbered:
    assert seat.classroom is not None
    return Numbered(await seat.desk.open(seat.classroom, seat.person))


@message("lesson.close", action="lesson.close")
async def lesson_close(seat: Seat, body: Nothing) -> Numbered:
    assert seat.classroom is not None
    return Numbered(await seat.desk.close(seat.classroom, seat.person, "closed"))


@message("media.offer", action="media.receive")
async def media_offer(seat: Seat, body: MediaOffer) -> MediaAnswer:
    """A new connection; a slot that the seat has no right to is refused in the answer."""
    async with seat.media_lock:
        sdp, epoch = await seat.desk.media.offer(seat, body.sdp, body.purposes)
    return MediaAnswer(sdp, epoch)


@message("media.restart", action="media.receive")
async def media_restart(seat: Seat, body: MediaRestart) -> MediaRestarted:
    async with seat.media_lock:
        return MediaRestarted(await seat.desk.media.restart(seat, body.sdp, body.purposes))


@message("media.state", action="lesson.join")
async def media_state(seat: Seat, body: MediaState) -> None:
    """What is switched on. What the seat may not send counts as off."""
    wanted = (body.mic, body.cam, body.screen)
    mic, cam, screen = (
        on and may(seat.actor, slot_action(source), seat.standing)
        for on, source in zip(wanted, SOURCES, strict=True)
    )
    await seat.desk.media_state(seat, (mic, cam, screen))


@message("media.view", action="media.receive")
async def media_view(seat: Seat, body: MediaView) -> None:
    view = View(body.page, body.pinned, tuple(body.hidden), body.heights)
    seat.desk.media.view(seat, view)
