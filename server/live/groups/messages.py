"""What who runs a class may ask of its groups: one handler for each message (docs/protocol.md)."""

from typing import Annotated

import msgspec

from server.live.groups.desk import GroupsDesk, Wanted
from server.live.messages import Key, Numbered
from server.live.moderation.messages import People, PersonId
from server.live.seat import Seat
from server.live.text import clean, short
from server.web.registry import Nothing, message

MOST_GROUPS = 50
NAME = 60
LONGEST = 6 * 3600
"""Seconds that groups may be open by their timer."""

GroupId = Annotated[str, msgspec.Meta(max_length=32)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=LONGEST)]


class GroupWanted(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(max_length=4 * NAME)]
    people: People = []


class GroupsOpen(msgspec.Struct):
    """`seconds`: after which they close by themselves, 0 for never."""

    groups: Annotated[list[GroupWanted], msgspec.Meta(min_length=1, max_length=MOST_GROUPS)]
    seconds: Seconds = 0


class GroupsMove(msgspec.Struct):
    """An empty `group` is the main room."""

    person: PersonId
    group: GroupId


class GroupsVisit(msgspec.Struct):
    groups: Annotated[list[GroupId], msgspec.Meta(max_length=MOST_GROUPS)]


class GroupsTime(msgspec.Struct):
    seconds: Seconds


class GroupsTell(msgspec.Struct):
    key: Key
    text: str


def _groups(seat: Seat) -> GroupsDesk:
    return seat.desk.house.part(GroupsDesk)


@message("groups.open", action="class.groups")
async def groups_open(seat: Seat, body: GroupsOpen) -> Numbered:
    wanted = [Wanted(short(each.name, NAME), each.people) for each in body.groups]
    return Numbered(await _groups(seat).open(seat, wanted, body.seconds))


@message("groups.move", action="class.groups")
async def groups_move(seat: Seat, body: GroupsMove) -> Numbered:
    return Numbered(await _groups(seat).move(seat, body.person, body.group))


@message("groups.visit", action="class.groups")
async def groups_visit(seat: Seat, body: GroupsVisit) -> Numbered:
    """Go into one group or several; into none: back to the main room."""
    return Numbered(await _groups(seat).visit(seat, body.groups))


@message("groups.time", action="class.groups")
async def groups_time(seat: Seat, body: GroupsTime) -> Numbered:
    return Numbered(await _groups(seat).time(seat, body.seconds))


@message("groups.tell", action="class.groups")
async def groups_tell(seat: Seat, body: GroupsTell) -> Numbered:
    """A word to all groups at once."""
    return Numbered(await _groups(seat).tell(seat, clean(body.text), body.key))


@message("groups.close", action="class.groups")
async def groups_close(seat: Seat, body: Nothing) -> Numbered:
    return Numbered(await _groups(seat).close(seat))
