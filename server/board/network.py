"""What the server itself knows about a disrupted lesson: network facts beside the explanation (R11).

Flows in: the spans in which teachers were in class, when the class was open, when the server started.
Flows out: facts with their times; which of them excuses what is for people to say. Pure but for `read`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.rules import Span, union
from server.live.tables import LiveSession, LiveSpan
from server.plan.facts import LessonFacts
from server.plan.views import SHOWN_PARTS
from server.trace.log import STARTED
from server.trace.tables import EntryRow

BRIDGED = 2_000_000
"""Microseconds of absence that are no lost link."""

Kind = Literal["came", "left", "lost", "restarted", "never_came"]


class Fact(msgspec.Struct, frozen=True):
    """`at` in microseconds; `seconds`: how long a teacher was lost, else 0."""

    kind: Kind
    at: int
    seconds: int = 0


def network_facts(spans: Sequence[Span], starts: int, ends: int, restarts: Sequence[int]) -> list[Fact]:
    """Facts of a lesson planned for `[starts, ends)`; a span may begin before and end after."""
    there = union(spans)
    found = [Fact("restarted", at) for at in restarts if starts <= at < ends]
    if not there:
        return sorted([*found, Fact("never_came", ends)], key=lambda fact: fact.at)
    found.append(Fact("came", there[0][0]))
    for (_, left), (back, _) in pairwise(there):
        if back - left > BRIDGED:
            found.append(Fact("lost", left, (back - left) // 1_000_000))
    found.append(Fact("left", there[-1][1]))
    return sorted(found, key=lambda fact: fact.at)


async def read(db: AsyncSession, lesson: LessonFacts, now: int) -> list[Fact]:
    """The facts of a lesson as the tables have them; none once who was there is no longer kept."""
    teachers = [who for who, part in lesson.people.items() if part in SHOWN_PARTS]
    rows = await db.execute(
        select(LiveSpan.joined, LiveSpan.left).where(
            LiveSpan.lesson == lesson.id, LiveSpan.person.in_(teachers)
        )
    )
    spans = [(joined, now if left is None else left) for joined, left in rows]
    started = await db.scalars(
        select(EntryRow.time).where(
            EntryRow.kind == STARTED, EntryRow.time >= lesson.starts, EntryRow.time < lesson.ends
        )
    )
    if not spans and await _forgotten(db, lesson.id):
        return []
    return network_facts(spans, lesson.starts, min(lesson.ends, now), list(started))


async def _forgotten(db: AsyncSession, lesson: str) -> bool:
    """A class that was on has somebody's span; without any, their term is over (`server.retention`), and
    nobody may be said not to have come."""
    was_on = await db.scalar(select(LiveSession.session).where(LiveSession.lesson == lesson))
    if was_on is None:
        return False
    return await db.scalar(select(LiveSpan.n).where(LiveSpan.lesson == lesson).limit(1)) is None
