"""What may be said of captions in a class (docs/protocol.md)."""

from typing import Annotated

import msgspec

from server.captions.desk import TEXT, say
from server.captions.state import Captions
from server.errors import ApiError
from server.live.messages import Key, Numbered
from server.live.seat import Seat
from server.web.registry import message


class CaptionSay(msgspec.Struct):
    """`key` is made once for the line and sent again with it."""

    key: Key
    text: Annotated[str, msgspec.Meta(max_length=4 * TEXT)]


class CaptionLend(msgspec.Struct):
    person: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    on: bool


@message("caption.say", action="class.chat")
async def caption_say(seat: Seat, body: CaptionSay) -> Numbered:
    """A line of what is being said: by who runs the class, or by whom they let write."""
    room = seat.desk.open_room(seat)
    if not (seat.rights.open or seat.person in room.state.part(Captions).writers):
        raise ApiError("caption.writer", 403)
    return Numbered(await say(seat.desk.house, room, seat.person, body.key, body.text))


@message("caption.lend", action="class.caption")
async def caption_lend(seat: Seat, body: CaptionLend) -> Numbered:
    """Let somebody in the class write captions, or no longer. It ends with the class."""
    room = seat.desk.open_room(seat)
    if body.on and body.person not in room.state.people:
        raise ApiError("person.unknown", 404)
    if (body.person in room.state.part(Captions).writers) == body.on:
        return Numbered(room.state.n)
    data = {"person": body.person, "on": body.on}
    return Numbered(await seat.desk.record(room, "caption.lent", data, actor=seat.person))
