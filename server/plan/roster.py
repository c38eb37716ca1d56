"""Who belongs where, over time: students in groups, groups and students in disciplines.

In flow enrolments with their days, out flow who was in a group at a moment and a lesson's roster.
Leaving ends an interval; it never removes one, so that what was true yesterday stays true (R6).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.plan.calendar import check_day
from server.plan.names import require_people
from server.plan.tables import Discipline, Enrolment, Group, Lesson, LessonGroup, LessonPerson, Taking
from server.plan.weeks import day_bounds

MAX_GROUP = 1000
"""Students in one group at a time: a stream of a whole year is below."""

FOREVER = 2**62
"""Microseconds; stands for an open end where two intervals are compared."""

Since = InstrumentedAttribute[int]
Until = InstrumentedAttribute[int | None]


def micro(moment: datetime) -> int:
    """An aware datetime in microseconds since 1970, exactly."""
    return (moment - datetime.fromtimestamp(0, moment.tzinfo)) // timedelta(microseconds=1)


def meets(since: Since, until: Until, starts: int, ends: int) -> ColumnElement[bool]:
    """SQL: the interval has a moment in common with `[starts, ends)`."""
    return (since < ends) & or_(until.is_(None), until > starts)


def span(house: House, since: date | None, until: date | None) -> tuple[int, int | None]:
    """The interval of the days `since` to `until`, both inside; from now without `since`.

    Raises:
        ApiError: 422 `plan.date`, `enrolment.range` (ends before it begins).
    """
    zone = ZoneInfo(house.settings.time_zone)
    start = house.clock.now() if since is None else micro(day_bounds(check_day(since), zone)[0])
    end = None if until is None else micro(day_bounds(check_day(until), zone)[1])
    if end is not None and end <= start:
        raise ApiError("enrolment.range", 422)
    return start, end


async def enrol(
    house: House, actor: str, group: str, students: Sequence[str], since: int, until: int | None
) -> int:
    """Put students into a group. Who is in it at any moment of the interval already is left alone.

    Returns:
        How many were added.

    Raises:
        ApiError: 404 `object.unknown`, 409 `unit.archived`, 409 `group.full`, 422
            `person.unknown` or `person.role`.
    """
    wanted = sorted(set(students))

    async def work(db: AsyncSession) -> int:
        row = await db.get(Group, group)
        if row is None:
            raise ApiError("object.unknown", 404, kind="group")
        if row.archived:
            raise ApiError("unit.archived", 409)
        await require_people(db, wanted, "student")
        end = until if until is not None else FOREVER
        present = set(
            await db.scalars(
                select(Enrolment.student).where(
                    Enrolment.group == group, meets(Enrolment.since, Enrolment.until, since, end)
                )
            )
        )
        fresh = [student for student in wanted if student not in present]
        if len(present) + len(fresh) > MAX_GROUP:
            raise ApiError("group.full", 409, limit=MAX_GROUP)
        db.add_all(
            Enrolment(id=new_id(), group=group, student=student, since=since, until=until)
            for student in fresh
        )
        await db.flush()
        return len(fresh)

    recorded = await house.trace.record(
        "group.enrolled",
        {"group": group, "students": wanted, "since": since, "until": until},
        actor=actor,
        work=work,
    )
    return int(recorded.result)


async def leave(house: House, actor: str, group: str, student: str) -> None:
    """End the student's time in the group now. A time that has not begun is removed.

    Raises:
        ApiError: 404 `enrolment.unknown`.
    """
    now = house.clock.now()

    async def work(db: AsyncSession) -> None:
        rows = list(
            await db.scalars(
                select(Enrolment).where(
                    Enrolment.group == group,
                    Enrolment.student == student,
                    or_(Enrolment.until.is_(None), Enrolment.until > now),
                )
            )
        )
        if not rows:
            raise ApiError("enrolment.unknown", 404)
        for row in rows:
            if row.since >= now:
                await db.delete(row)
            else:
                row.until = now
        await db.flush()

    await house.trace.record(
        "group.left", {"group": group, "student": student, "time": now}, actor=actor, work=work
    )


async def students_of(db: AsyncSession, group: str, starts: int, ends: int) -> list[Enrolment]:
    """Enrolments of a group that have a moment in `[starts, ends)`."""
    return list(
        await db.scalars(
            select(Enrolment)
            .where(Enrolment.group == group, meets(Enrolment.since, Enrolment.until, starts, ends))
            .order_by(Enrolment.since, Enrolment.id)
        )
    )


async def take(
    house: House,
    actor: str,
    discipline: str,
    group: str | None,
    student: str | None,
    since: int,
    until: int | None,
) -> str:
    """Let a whole group or one student take a discipline. Returns the taking's id.

    Raises:
        ApiError: 422 `taking.who` (not exactly one of both), 409 `taking.known`, 404
            `object.unknown`, 409 `unit.archived`, 422 `person.unknown` or `person.role`.
    """
    if (group is None) == (student is None):
        raise ApiError("taking.who", 422)
    key = new_id()

    async def work(db: AsyncSession) -> None:
        row = await db.get(Discipline, discipline)
        if row is None or (group is not None and await db.get(Group, group) is None):
            raise ApiError("object.unknown", 404, kind="discipline" if row is None else "group")
        if row.archived:
            raise ApiError("unit.archived", 409)
        if student is not None:
            await require_people(db, [student], "student")
        end = until if until is not None else FOREVER
        who = Taking.group == group if group is not None else Taking.student == student
        known = select(Taking.id).where(
            Taking.discipline == discipline, who, meets(Taking.since, Taking.until, since, end)
        )
        if (await db.execute(known.limit(1))).first():
            raise ApiError("taking.known", 409)
        db.add(Taking(id=key, discipline=discipline, group=group, student=student, since=since, until=until))
        await db.flush()

    data = {"taking": key, "discipline": discipline, "group": group, "student": student}
    await house.trace.record(
        "discipline.taken", {**data, "since": since, "until": until}, actor=actor, work=work
    )
    return key


async def stop_taking(house: House, actor: str, discipline: str, key: str) -> None:
    """End a taking now; one that has not begun is removed.

    Raises:
        ApiError: 404 `enrolment.unknown`.
    """
    now = house.clock.now()

    async def work(db: AsyncSession) -> None:
        row = await db.get(Taking, key)
        if row is None or row.discipline != discipline or (row.until is not None and row.until <= now):
            raise ApiError("enrolment.unknown", 404)
        if row.since >= now:
            await db.delete(row)
        else:
            row.until = now
        await db.flush()

    await house.trace.record(
        "discipline.left",
        {"discipline": discipline, "taking": key, "time": now},
        actor=actor,
        work=work,
    )


async def lesson_roster(db: AsyncSession, lesson: Lesson) -> dict[str, str]:
    """Everybody who belongs to a lesson: person to part. Students are those who were in one of its
    groups, or took its discipline by name, at any moment of it; a part by name wins."""
    through_groups = (
        select(Enrolment.student)
        .join(LessonGroup, LessonGroup.group == Enrolment.group)
        .where(
            LessonGroup.lesson == lesson.id,
            meets(Enrolment.since, Enrolment.until, lesson.starts, lesson.ends),
        )
    )
    found = dict.fromkeys(await db.scalars(through_groups), "student")
    if lesson.discipline is not None:
        takers = select(Taking.student).where(
            Taking.discipline == lesson.discipline,
            Taking.student.is_not(None),
            meets(Taking.since, Taking.until, lesson.starts, lesson.ends),
        )
        found.update({student: "student" for student in await db.scalars(takers) if student})
    named = select(LessonPerson.person, LessonPerson.part).where(LessonPerson.lesson == lesson.id)
    found.update({row.person: row.part for row in await db.execute(named)})
    return found


async def groups_of(db: AsyncSession, lesson: Lesson) -> dict[str, str]:
    """Through which of the lesson's groups each student came to it; who is in two is in the first by id."""
    asked = (
        select(Enrolment.student, Enrolment.group)
        .join(LessonGroup, LessonGroup.group == Enrolment.group)
        .where(
            LessonGroup.lesson == lesson.id,
            meets(Enrolment.since, Enrolment.until, lesson.starts, lesson.ends),
        )
        .order_by(Enrolment.group.desc())
    )
    return {row.student: row.group for row in await db.execute(asked)}
