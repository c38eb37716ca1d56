"""Who comes in, who waits, and what the class lends or takes: judged by the folded state. Pure.

Flows in: a class and somebody's own standing. Flows out: whether they may enter, whether they wait to be
let in, and the rights they have in here: a host's are those of a substitute, everybody else's are
narrowed by the class's rules.
"""

from typing import TYPE_CHECKING

import msgspec

from media.messages import Rights
from server.errors import ApiError
from server.live.groups.state import Groups
from server.live.moderation.state import SWITCHES, Moderation
from server.live.rights import SOURCES, exam_rights, media_rights
from server.live.words import SeatRights
from server.permissions import Actor, Standing
from server.permissions.model import Grant, Scope

if TYPE_CHECKING:
    from server.live.classroom import Classroom
    from server.live.seat import Seat


def lent(room: "Classroom", actor: Actor, standing: Standing) -> tuple[Actor, Standing]:
    """As whom somebody acts in this class: a host as one named to teach this lesson, and nowhere else."""
    if actor.id not in room.state.part(Moderation).hosts:
        return actor, standing
    scope = Scope("lesson", room.lesson.id)
    grants = (*actor.grants, Grant("teacher", scope))
    host = Actor(actor.id, actor.kind, grants, actor.state, actor.program, actor.only)
    return host, Standing(standing.relations | {"assigned"}, standing.scopes | {scope}, standing.lends)


def rights_in(room: "Classroom", seat: "Seat") -> SeatRights:
    """What the seat may do in this room now: by its own standing, in an exam, and by the class's rules."""
    rights = seat.rights_for(seat.actor, seat.standing)
    if room.apart is not None:
        rights = exam_rights(room.apart, seat.role, rights)
    if rights.open:
        return rights
    rules = room.state.part(Moderation).rules
    publish = tuple(source for source in rights.publish if getattr(rules, SWITCHES[source]))
    return msgspec.structs.replace(rights, publish=publish)


def rights_now(room: "Classroom", seat: "Seat") -> Rights:
    """What the media worker lets the seat's connection do now."""
    labels = room.state.part(Groups).labels(seat.person)
    rights = media_rights(seat.actor, seat.standing, seat.rights, labels, room.apart, seat.role)
    if not seat.hushed:
        return rights
    publish = tuple(source for source in rights.publish if source != "mic")
    return Rights(publish, rights.audience, rights.labels, rights.presenter)


def refuse_entry(room: "Classroom", seat: "Seat") -> None:
    """Raises:
    ApiError: 403 `class.removed` (with `reason`), `class.locked`.
    """
    moderation = room.state.part(Moderation)
    removed = moderation.removed.get(seat.person)
    if removed is not None:
        raise ApiError("class.removed", 403, reason=removed.reason)
    if moderation.locked and not seat.rights.open and seat.person not in moderation.known:
        raise ApiError("class.locked", 403)


def waits(room: "Classroom", seat: "Seat") -> bool:
    """Whether the seat is held in the lobby: students and guests, not who comes by their office."""
    moderation = room.state.part(Moderation)
    if seat.rights.open or seat.person in moderation.known:
        return False
    if seat.role == "guest" or seat.actor.kind == "guest":  # by a link, also one to look on only
        return moderation.rules.guests
    return seat.role == "student" and moderation.rules.lobby


def counted(seat: "Seat", media: tuple[bool, bool, bool]) -> tuple[bool, bool, bool]:
    """What counts as on of what a page says is. Whoever was muted must first have said that the microphone
    is off: what was on its way at that moment does not unmute."""
    mic, cam, screen = (
        on and source in seat.rights.publish for on, source in zip(media, SOURCES, strict=True)
    )
    if seat.hushed:
        if not mic:
            seat.hush_seen = True
        elif seat.hush_seen:
            seat.hushed = False
        else:
            mic = False
    return mic, cam, screen
