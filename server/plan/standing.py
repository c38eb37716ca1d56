"""How a person stands to a lesson: pure, from the lesson's facts and the person's memberships.

In flow what `facts` read, an actor and the moment; out flows a `Standing` for the judge, and the one
relation that a client is shown. Rights themselves are decided by `server.permissions` alone.
"""

from server.permissions import Actor, Grant, Relation, Scope, Standing
from server.plan.facts import LessonFacts, Membership
from server.plan.kinds import KINDS, TRIAL

PARTS: dict[str, Relation] = {
    "teacher": "own",
    "substitute": "assigned",
    "proctor": "assigned",
    "commission": "assigned",
    "chair": "assigned",
    "secretary": "assigned",
    "student": "enrolled",
}
"""What a part in a lesson means to the judge."""

SHOWN: tuple[Relation, ...] = ("own", "assigned", "enrolled", "stranger")
"""The strongest first: what `LessonView.relation` tells."""


def scopes_of(lesson: LessonFacts) -> frozenset[Scope]:
    """Everything the lesson lies in: itself, its groups, their and its discipline's units."""
    scopes = {Scope("lesson", lesson.id)}
    for group in lesson.groups:
        scopes |= {Scope("group", group.id), *group.lies_in()}
    if lesson.discipline is not None:
        scopes |= lesson.discipline.lies_in()
    return frozenset(scopes)


def is_enrolled(lesson: LessonFacts, member: Membership, now: int) -> bool:
    """On the roster by group or discipline.

    While the lesson runs it is who is in the group at this moment: who was taken out cannot come
    back in. Before and after it is everybody who was in it at any moment of the lesson, so that a
    roster changed later does not change the past (R6).
    """
    groups = {group.id for group in lesson.groups}
    discipline = lesson.discipline.id if lesson.discipline else ""
    spells = [spell for spell in member.groups if spell.unit in groups]
    spells += [spell for spell in member.disciplines if spell.unit == discipline]
    if lesson.starts <= now < lesson.ends:
        return any(spell.holds(now) for spell in spells)
    return any(spell.meets(lesson.starts, lesson.ends) for spell in spells)


def standing_of(lesson: LessonFacts, actor: Actor, member: Membership, now: int) -> Standing:
    """The standing of `actor` to `lesson` at `now` (microseconds).

    Of a private lesson (a psychologist's meeting) whoever takes no part is not even a stranger: it
    has no relation, so no role and no scope opens it.
    """
    relations: set[Relation] = set()
    part = lesson.people.get(actor.id) if actor.id else None
    if part is not None:
        relations.add(PARTS[part])
    if actor.kind == "guest" and any(grant.scope == Scope("lesson", lesson.id) for grant in actor.grants):
        relations.add("assigned")
    if is_enrolled(lesson, member, now):
        relations.add("enrolled")
    if not relations and not KINDS[lesson.kind].private:
        relations.add("stranger")
    lends: tuple[Grant, ...] = ()
    if lesson.kind == TRIAL and part is not None:
        lends = (Grant("teacher" if part == "teacher" else "student", Scope("lesson", lesson.id)),)
    return Standing(frozenset(relations), scopes_of(lesson), lends)


def shown_relation(standing: Standing) -> Relation:
    return next((each for each in SHOWN if each in standing.relations), "stranger")
