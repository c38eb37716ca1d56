"""Semesters and holidays: kept, and read for the timetable.

In flow the office's dates, out flow the pure values of `weeks`. Semesters do not overlap, so a day
is in one at most.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.plan.tables import Holiday, SemesterRow
from server.plan.weeks import Semester

MAX_SEMESTER_DAYS = 366
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Dates outside are a slip of the keyboard, and close to where calendars overflow."""


def check_day(day: date) -> date:
    """Raises:
    ApiError: 422 `plan.date`.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ApiError("plan.date", 422, date=day.isoformat())
    return day


async def semester_of(db: AsyncSession, day: date) -> Semester | None:
    """The semester `day` is in."""
    row = await db.scalar(
        select(SemesterRow).where(SemesterRow.starts <= day, SemesterRow.ends >= day).limit(1)
    )
    return None if row is None else Semester(row.starts, row.ends)


async def holidays_between(db: AsyncSession, first: date, last: date) -> Collection[date]:
    rows = await db.scalars(select(Holiday.day).where(Holiday.day >= first, Holiday.day <= last))
    return frozenset(rows)


async def semesters(db: AsyncSession) -> list[SemesterRow]:
    return list(await db.scalars(select(SemesterRow).order_by(SemesterRow.starts).limit(500)))


async def holidays(db: AsyncSession, after: date, limit: int) -> list[Holiday]:
    return list(
        await db.scalars(select(Holiday).where(Holiday.day > after).order_by(Holiday.day).limit(limit))
    )


async def add_semester(house: House, actor: str, name: str, starts: date, ends: date) -> str:
    """Returns the new id.

    Raises:
        ApiError: 422 `plan.date` or `semester.range`; 409 `semester.overlap` or `unit.name_taken`.
    """
    check_day(starts)
    check_day(ends)
    if not 0 < (ends - starts).days <= MAX_SEMESTER_DAYS:
        raise ApiError("semester.range", 422, days=MAX_SEMESTER_DAYS)
    key = new_id()

    async def work(db: AsyncSession) -> None:
        met = select(SemesterRow.id).where(SemesterRow.starts <= ends, SemesterRow.ends >= starts)
        if (await db.execute(met.limit(1))).first():
            raise ApiError("semester.overlap", 409)
        named = select(SemesterRow.id).where(SemesterRow.name == name)
        if (await db.execute(named.limit(1))).first():
            raise ApiError("unit.name_taken", 409)
        db.add(SemesterRow(id=key, name=name, starts=starts, ends=ends))
        await db.flush()

    await house.trace.record(
        "semester.created",
        {"semester": key, "name": name, "starts": starts, "ends": ends},
        actor=actor,
        work=work,
    )
    return key


async def remove_semester(house: House, actor: str, key: str) -> None:
    """Lessons already made stay as they are.

    Raises:
        ApiError: 404 `object.unknown`.
    """

    async def work(db: AsyncSession) -> None:
        row = await db.get(SemesterRow, key)
        if row is None:
            raise ApiError("object.unknown", 404, kind="semester")
        await db.delete(row)
        await db.flush()

    await house.trace.record("semester.removed", {"semester": key}, actor=actor, work=work)


async def add_holiday(house: House, actor: str, day: date, name: str) -> None:
    """Name a day a holiday, or name it anew. Lessons already planned on it stay: the office cancels
    them, so that everybody is told."""
    check_day(day)

    async def work(db: AsyncSession) -> None:
        await db.merge(Holiday(day=day, name=name))
        await db.flush()

    await house.trace.record("holiday.set", {"day": day, "name": name}, actor=actor, work=work)


async def remove_holiday(house: House, actor: str, day: date) -> None:
    """Raises:
    ApiError: 404 `object.unknown`.
    """

    async def work(db: AsyncSession) -> None:
        row = await db.get(Holiday, day)
        if row is None:
            raise ApiError("object.unknown", 404, kind="holiday")
        await db.delete(row)
        await db.flush()

    await house.trace.record("holiday.removed", {"day": day}, actor=actor, work=work)
