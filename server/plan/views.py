"""Lessons as a client sees them: facts, the viewer's relation, and what the judge lets them do.

In flow lessons and an actor, out flow `LessonView`s of those that the actor may see. No right is
decided here: each `may` is the judge's word, and a lesson's state only switches off what it ends.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.house import House
from server.permissions import Actor, Standing, decide
from server.plan.facts import NO_MEMBERSHIP, LessonFacts, Membership, lesson_facts, membership
from server.plan.lesson_shapes import LessonView, May
from server.plan.names import names_of
from server.plan.shapes import Named
from server.plan.standing import shown_relation, standing_of
from server.plan.tables import Lesson

SHOWN_PARTS = ("teacher", "substitute")


def local(house: House, moment: int) -> datetime:
    """Microseconds as an aware datetime in the university's zone."""
    return as_datetime(moment).astimezone(ZoneInfo(house.settings.time_zone))


async def member_of(db: AsyncSession, actor: Actor) -> Membership:
    return await membership(db, actor.id) if actor.kind == "account" else NO_MEMBERSHIP


def may(actor: Actor, standing: Standing, lesson: LessonFacts, now: int) -> May:
    """What to offer: the judge's word, as long as the lesson's state and end leave anything to do.

    A class that runs over its time goes on; one that was closed by mistake can be opened again until
    its end.
    """
    ahead = now < lesson.ends
    enter = lesson.state == "open" or (lesson.state == "planned" and ahead)
    return May(
        join=enter and decide(actor, "lesson.join", standing) == "allowed",
        open=lesson.state in ("planned", "closed")
        and ahead
        and decide(actor, "lesson.open", standing) == "allowed",
        edit=decide(actor, "lesson.edit", standing) == "allowed",
        invite=enter and decide(actor, "lesson.invite", standing) == "allowed",
    )


async def judged(
    db: AsyncSession, actor: Actor, lessons: Iterable[Lesson], action: str, now: int
) -> list[tuple[LessonFacts, Standing]]:
    """Those lessons that the judge lets the actor do `action` with, in the order given."""
    member = await member_of(db, actor)
    stands = [(facts, standing_of(facts, actor, member, now)) for facts in await lesson_facts(db, lessons)]
    return [each for each in stands if decide(actor, action, each[1]) == "allowed"]


async def lesson_views(
    house: House, db: AsyncSession, actor: Actor, lessons: Iterable[Lesson]
) -> list[LessonView]:
    """The views of those lessons that the actor may see, in the order given."""
    now = house.clock.now()
    seen = await judged(db, actor, lessons, "lesson.read", now)
    names = await names_of(
        db, {person for facts, _ in seen for person, part in facts.people.items() if part in SHOWN_PARTS}
    )
    return [
        _view(house, facts, standing, names, may(actor, standing, facts, now)) for facts, standing in seen
    ]


def _view(
    house: House, facts: LessonFacts, standing: Standing, names: dict[str, str], allowed: May
) -> LessonView:
    teachers = [person for person, part in facts.people.items() if part in SHOWN_PARTS]
    return LessonView(
        id=facts.id,
        title=facts.title,
        kind=facts.kind,
        discipline=Named(facts.discipline.id, facts.discipline.name) if facts.discipline else None,
        groups=[Named(group.id, group.name) for group in facts.groups],
        teachers=[Named(person, names.get(person, "")) for person in teachers],
        starts=local(house, facts.starts),
        ends=local(house, facts.ends),
        state=facts.state,
        relation=shown_relation(standing),
        may=allowed,
    )
