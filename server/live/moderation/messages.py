"""What who runs a class may ask: one handler for each message (docs/protocol.md)."""

from typing import Annotated, Literal

import msgspec

from server.live.messages import Numbered
from server.live.moderation.desk import Moderator
from server.live.seat import Seat
from server.live.text import short
from server.web.registry import message

MOST_PEOPLE = 1000
REASON = 300

PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
People = Annotated[list[PersonId], msgspec.Meta(max_length=MOST_PEOPLE)]


class MuteBody(msgspec.Struct):
    """`people` left out: everybody who does not run the class."""

    people: People | None = None


class AskBody(msgspec.Struct):
    person: PersonId
    source: Literal["mic", "cam"] = "mic"


class RuleBody(msgspec.Struct):
    """What is left out stays as it is."""

    mics: bool | None = None
    cams: bool | None = None
    screens: bool | None = None
    lobby: bool | None = None
    guests: bool | None = None


class LockBody(msgspec.Struct):
    locked: bool


class RemoveBody(msgspec.Struct):
    person: PersonId
    reason: str


class OnePerson(msgspec.Struct):
    person: PersonId


class HostBody(msgspec.Struct):
    person: PersonId
    on: bool


class AdmitBody(msgspec.Struct):
    """`people` left out: everybody who waits."""

    people: People | None = None


def _moderator(seat: Seat) -> Moderator:
    return seat.desk.house.part(Moderator)


@message("class.mute", action="class.moderate")
async def class_mute(seat: Seat, body: MuteBody) -> Numbered:
    return Numbered(await _moderator(seat).mute(seat, body.people))


@message("class.ask", action="class.moderate")
async def class_ask(seat: Seat, body: AskBody) -> None:
    """Ask somebody to switch on; they decide."""
    _moderator(seat).ask(seat, body.person, body.source)


@message("class.rule", action="class.moderate")
async def class_rule(seat: Seat, body: RuleBody) -> Numbered:
    changes = {name: on for name in body.__struct_fields__ if (on := getattr(body, name)) is not None}
    return Numbered(await _moderator(seat).rule(seat, changes))


@message("class.lock", action="class.moderate")
async def class_lock(seat: Seat, body: LockBody) -> Numbered:
    return Numbered(await _moderator(seat).lock(seat, body.locked))


@message("class.remove", action="class.moderate")
async def class_remove(seat: Seat, body: RemoveBody) -> Numbered:
    """The reason stands in the record; the person is told it."""
    return Numbered(await _moderator(seat).remove(seat, body.person, short(body.reason, REASON)))


@message("class.readmit", action="class.moderate")
async def class_readmit(seat: Seat, body: OnePerson) -> Numbered:
    return Numbered(await _moderator(seat).readmit(seat, body.person))


@message("class.host", action="class.moderate")
async def class_host(seat: Seat, body: HostBody) -> Numbered:
    """Let somebody present run the class as well, or no longer."""
    return Numbered(await _moderator(seat).host(seat, body.person, body.on))


@message("class.admit", action="class.moderate")
async def class_admit(seat: Seat, body: AdmitBody) -> Numbered:
    return Numbered(await _moderator(seat).admit(seat, body.people))


@message("class.refuse", action="class.moderate")
async def class_refuse(seat: Seat, body: OnePerson) -> Numbered:
    return Numbered(await _moderator(seat).refuse(seat, body.person))
