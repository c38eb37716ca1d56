"""Lines of the timetable: one request makes all the lessons of a semester, or none.

In flow a checked body, out flow lessons (at most 53 a line, see `recurrence`), the holidays left out
and warnings. The lessons live on their own; removing the line removes those still ahead that nobody
touched.
"""

from datetime import date, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.plan.calendar import check_day, holidays_between, semester_of
from server.plan.lesson_checks import FAR, Plan, parts
from server.plan.lesson_shapes import NewSeries, SeriesMade, SeriesRemoved
from server.plan.lessons import delete_rows, insert
from server.plan.recurrence import BadRule, Occurrence, Rule, occurrences
from server.plan.roster import micro
from server.plan.tables import Lesson, LessonState, Series
from server.plan.weeks import local_date


async def make(house: House, actor: str, body: NewSeries) -> SeriesMade:
    """Make a line and its lessons in one transaction.

    Raises:
        ApiError: 422 with a code of `recurrence.check`, `timetable.empty` (no day fits), `plan.date`,
            or as for a single lesson.
    """
    zone = ZoneInfo(house.settings.time_zone)
    async with house.store.read() as db:
        found, skipped = await _days(house, db, body, zone)
    key = new_id()
    people = parts(body)
    groups = tuple(dict.fromkeys(body.groups))
    plans = [
        Plan(
            id=new_id(),
            kind=body.kind,
            title=body.title.strip(),
            discipline=body.discipline,
            starts=micro(each.starts),
            ends=micro(each.ends),
            groups=groups,
            people=people,
            series=key,
        )
        for each in found
    ]

    async def work(db: AsyncSession) -> SeriesMade:
        db.add(
            Series(
                id=key,
                discipline=body.discipline,
                title=body.title.strip(),
                kind=body.kind,
                groups=list(groups),
                teachers=list(people),
                weekday=body.weekday,
                starts=body.starts,
                minutes=body.minutes,
                first=body.first,
                last=body.last,
                weeks=body.weeks,
            )
        )
        warnings = await insert(db, plans)
        return SeriesMade(key, [plan.id for plan in plans], skipped, warnings)

    data = {
        "series": key,
        "rule": body,
        "lessons": [{"lesson": plan.id, "starts": plan.starts, "ends": plan.ends} for plan in plans],
    }
    recorded = await house.trace.record("timetable.created", data, actor=actor, work=work)
    made: SeriesMade = recorded.result
    return made


async def _days(
    house: House, db: AsyncSession, body: NewSeries, zone: ZoneInfo
) -> tuple[list[Occurrence], list[date]]:
    """The occurrences, and the days that holidays took."""
    check_day(body.first)
    check_day(body.last)
    today = local_date(as_datetime(house.clock.now()), zone)
    if abs(body.first - today) > FAR or abs(body.last - today) > FAR:
        raise ApiError("plan.date", 422, days=FAR.days)
    rule = Rule(
        body.weekday, time.fromisoformat(body.starts), body.minutes, body.first, body.last, body.weeks
    )
    semester = await semester_of(db, body.first)
    try:
        wanted = occurrences(rule, semester, (), zone)
    except BadRule as error:
        raise ApiError(error.code, 422) from None
    off = await holidays_between(db, body.first, body.last)
    found = [each for each in wanted if each.day not in off]
    if not found:
        raise ApiError("timetable.empty", 422)
    return found, [each.day for each in wanted if each.day in off]


async def remove(house: House, actor: str, key: str) -> SeriesRemoved:
    """Remove a line and its lessons that have not begun and have no state of their own.

    The line itself stays while lessons of it stay, since they refer to it.

    Raises:
        ApiError: 404 `object.unknown`.
    """
    now = house.clock.now()

    async def work(db: AsyncSession) -> SeriesRemoved:
        row = await db.get(Series, key)
        if row is None:
            raise ApiError("object.unknown", 404, kind="series")
        lessons = {
            each.id: each.starts
            for each in await db.execute(select(Lesson.id, Lesson.starts).where(Lesson.series == key))
        }
        touched = set(
            await db.scalars(select(LessonState.lesson).where(LessonState.lesson.in_(list(lessons))))
        )
        gone = [lesson for lesson, starts in lessons.items() if starts > now and lesson not in touched]
        await delete_rows(db, gone)
        if len(gone) == len(lessons):
            await db.delete(row)
            await db.flush()
        return SeriesRemoved(len(gone), len(lessons) - len(gone))

    recorded = await house.trace.record(
        "timetable.removed", {"series": key, "time": now}, actor=actor, work=work
    )
    removed: SeriesRemoved = recorded.result
    return removed
