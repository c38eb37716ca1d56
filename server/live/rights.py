"""What somebody may do in a class, and as whom they stand in its list. Pure: the judge's verdicts in.

Flows out: the `rights` of the welcome, the role shown beside a name, and the media rights that the
worker enforces. All of it comes from the one table of permissions; nothing is decided here anew.
"""

from typing import NamedTuple

from media.messages import Rights, Source
from server.live.words import SeatRights
from server.permissions import Actor, Standing, decide, slot_action
from server.permissions.table import TABLE

SOURCES: tuple[Source, ...] = ("mic", "cam", "screen")

CLASS = "class"
"""The label of everybody who is in the class (media/messages.py)."""

STAFF = "staff"
"""The label of those who watch an exam; examinees are seen by nobody else."""

EXAMINEE = "student"
"""The role in an exam of whoever is examined."""


class Apart(NamedTuple):
    """How examinees are kept apart (R13): each sends, and sees nobody. `sends`: what they may send."""

    sends: tuple[Source, ...]


RUNS = "lesson.open"
"""Who may open the class runs it: the teacher of the lesson or the one who stands in."""


def may(actor: Actor, action: str, standing: Standing) -> bool:
    return decide(actor, action, standing) == "allowed"


def seat_rights(actor: Actor, standing: Standing) -> SeatRights:
    """What the page may offer."""
    return SeatRights(
        publish=tuple(source for source in SOURCES if may(actor, slot_action(source), standing)),
        chat=may(actor, "class.chat", standing),
        open=may(actor, RUNS, standing),
        close=may(actor, "lesson.close", standing),
        slides=may(actor, "slides.show", standing),
    )


def exam_rights(apart: Apart, role: str, rights: SeatRights) -> SeatRights:
    """Of a seat in an exam: examinees send, the staff looks on; whatever is said goes another way."""
    publish = tuple(source for source in apart.sends if source in rights.publish) if role == EXAMINEE else ()
    return SeatRights(publish=publish, open=rights.open, close=rights.close)


def role_in_class(actor: Actor, standing: Standing) -> str:
    """`teacher` for who runs this class, `student` for who is on its roster, else the role by which
    they may be here."""
    if may(actor, RUNS, standing):
        return "teacher"
    grants = (*actor.grants, *standing.lends)
    if "enrolled" in standing.relations and any(grant.role == "student" for grant in grants):
        return "student"
    joins = TABLE["lesson.join"].who
    for grant in grants:
        if grant.role in joins and may(Actor(actor.id, actor.kind, (grant,)), "lesson.join", standing):
            return grant.role
    return "guest"


def media_rights(
    actor: Actor,
    standing: Standing,
    rights: SeatRights,
    labels: tuple[str, ...] = (CLASS,),
    apart: Apart | None = None,
    role: str = "",
) -> Rights:
    """What the media worker lets this seat's connection do. `labels`: the room or groups it is in; in an
    exam (`apart`) there are none.

    Whoever may not receive gets no label and sees nobody; whoever may not send is seen by nobody.
    """
    receives = may(actor, slot_action("stage"), standing)
    if apart is not None:
        if role == EXAMINEE:
            return Rights(publish=rights.publish, audience=(STAFF,))
        return Rights(labels=(STAFF,) if receives else ())
    return Rights(
        publish=rights.publish,
        audience=labels if rights.publish else (),
        labels=labels if receives else (),
        presenter=rights.open and bool(rights.publish),
    )
