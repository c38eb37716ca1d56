"""What the plan knows about a lesson and about a person's memberships, read in a few queries.

In flow a session and rows of `lessons`; out flow plain frozen values, from which `standing` decides
how a person stands to a lesson and `views` shows it. Any number of lessons costs the same queries.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.permissions import Scope
from server.plan.state import State
from server.plan.tables import (
    Department,
    Discipline,
    Enrolment,
    Group,
    Lesson,
    LessonGroup,
    LessonPerson,
    LessonState,
    Taking,
)

CHUNK = 400
"""Ids in one IN list; SQLite takes 32,766 and PostgreSQL more, but plans get worse."""

T = TypeVar("T")


class Unit(msgspec.Struct, frozen=True):
    """A group or discipline with where it lies."""

    id: str
    name: str
    department: str
    faculty: str

    def lies_in(self) -> frozenset[Scope]:
        return frozenset({Scope("department", self.department), Scope("faculty", self.faculty)})


class LessonFacts(msgspec.Struct, frozen=True):
    """`starts`, `ends` and `opened`, `closed` (first opening, last closing, None for never) in microseconds;
    `people` maps a person to their part; `reason` of a cancellation."""

    id: str
    title: str
    kind: str
    starts: int
    ends: int
    series: str | None = None
    discipline: Unit | None = None
    groups: tuple[Unit, ...] = ()
    people: dict[str, str] = {}
    state: State = "planned"
    opened: int | None = None
    closed: int | None = None
    reason: str = ""


class Spell(msgspec.Struct, frozen=True):
    """Being in a group or taking a discipline, from `since` to just before `until` (None: still)."""

    unit: str
    since: int
    until: int | None

    def meets(self, starts: int, ends: int) -> bool:
        """Whether it holds at any moment of `[starts, ends)`."""
        return self.since < ends and (self.until is None or self.until > starts)

    def holds(self, moment: int) -> bool:
        return self.since <= moment and (self.until is None or self.until > moment)


class Membership(msgspec.Struct, frozen=True):
    """All the spells of one person."""

    groups: tuple[Spell, ...] = ()
    disciplines: tuple[Spell, ...] = ()


NO_MEMBERSHIP = Membership()


def chunks(items: Collection[T]) -> Iterator[Sequence[T]]:
    listed = list(items)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


async def membership(db: AsyncSession, person: str) -> Membership:
    """Every spell of `person` in groups and, by name, in disciplines."""
    groups = await db.execute(
        select(Enrolment.group, Enrolment.since, Enrolment.until).where(Enrolment.student == person)
    )
    takings = await db.execute(
        select(Taking.discipline, Taking.since, Taking.until).where(Taking.student == person)
    )
    return Membership(tuple(Spell(*row) for row in groups), tuple(Spell(*row) for row in takings))


async def groups_by_id(db: AsyncSession, ids: Collection[str]) -> dict[str, Unit]:
    """The groups among `ids` that exist."""
    found: dict[str, Unit] = {}
    for part in chunks(ids):
        rows = await db.execute(
            select(Group.id, Group.name, Group.department, Department.faculty)
            .join(Department, Department.id == Group.department)
            .where(Group.id.in_(part))
        )
        found.update({row.id: Unit(*row) for row in rows})
    return found


async def disciplines_by_id(db: AsyncSession, ids: Collection[str]) -> dict[str, Unit]:
    """The disciplines among `ids` that exist."""
    found: dict[str, Unit] = {}
    for part in chunks(ids):
        rows = await db.execute(
            select(Discipline.id, Discipline.name, Discipline.department, Department.faculty)
            .join(Department, Department.id == Discipline.department)
            .where(Discipline.id.in_(part))
        )
        found.update({row.id: Unit(*row) for row in rows})
    return found


async def lesson_facts(db: AsyncSession, lessons: Iterable[Lesson]) -> list[LessonFacts]:
    """The facts of each lesson, in the order given."""
    rows = list(lessons)
    ids = [row.id for row in rows]
    of_lesson: dict[str, list[str]] = defaultdict(list)
    people: dict[str, dict[str, str]] = defaultdict(dict)
    states: dict[str, tuple[State, int | None, int | None, str]] = {}
    for part in chunks(ids):
        for lesson, group in await db.execute(
            select(LessonGroup.lesson, LessonGroup.group).where(LessonGroup.lesson.in_(part))
        ):
            of_lesson[lesson].append(group)
        for lesson, person, what in await db.execute(
            select(LessonPerson.lesson, LessonPerson.person, LessonPerson.part)
            .where(LessonPerson.lesson.in_(part))
            .order_by(LessonPerson.lesson, LessonPerson.part.desc(), LessonPerson.person)
        ):
            people[lesson][person] = what
        marked = await db.execute(
            select(
                LessonState.lesson,
                LessonState.state,
                LessonState.opened,
                LessonState.closed,
                LessonState.reason,
            ).where(LessonState.lesson.in_(part))
        )
        states.update({row.lesson: (row.state, row.opened, row.closed, row.reason) for row in marked})
    groups = await groups_by_id(db, {group for each in of_lesson.values() for group in each})
    disciplines = await disciplines_by_id(db, {row.discipline for row in rows if row.discipline})

    def facts(row: Lesson) -> LessonFacts:
        state, opened, closed, reason = states.get(row.id, ("planned", None, None, ""))
        return LessonFacts(
            id=row.id,
            title=row.title,
            kind=row.kind,
            starts=row.starts,
            ends=row.ends,
            series=row.series,
            discipline=disciplines.get(row.discipline or ""),
            groups=tuple(sorted((groups[g] for g in of_lesson[row.id]), key=lambda unit: unit.name)),
            people=people[row.id],
            state=state,
            opened=opened,
            closed=closed,
            reason=reason,
        )

    return [facts(row) for row in rows]
