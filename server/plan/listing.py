"""Lists of lessons for one person: a day, a week, pages over any stretch of days.

In flow who asks and which days, out flow views in the order of time. The condition of SQL keeps the
candidates few; the judge has the last word on each (`views`).
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from server.clock import as_datetime
from server.errors import ApiError
from server.plan.calendar import check_day, semester_of
from server.plan.lesson_shapes import LessonPage, LessonQuery, LessonView, TodayView, WeekView
from server.plan.roster import micro
from server.plan.tables import Lesson
from server.plan.views import lesson_views, local
from server.plan.visible import of_group, of_teacher, visible, within
from server.plan.weeks import day_bounds, local_date, monday, week_number
from server.web.request import Request

MAX_DAY = 500
"""Lessons in one answer of a day or week; a faculty of 3,000 students has about 150 a day."""

MAX_DAYS = 366


def zone_of(request: Request) -> ZoneInfo:
    return ZoneInfo(request.house.settings.time_zone)


def today_of(request: Request) -> date:
    """The date by the university's calendar."""
    return local_date(as_datetime(request.house.clock.now()), zone_of(request))


def bounds(request: Request, first: date, last: date) -> tuple[int, int]:
    """From the beginning of `first` to the end of `last`, in microseconds."""
    zone = zone_of(request)
    return micro(day_bounds(first, zone)[0]), micro(day_bounds(last, zone)[1])


async def _stretch(request: Request, first: date, last: date) -> tuple[list[LessonView], bool]:
    starts, ends = bounds(request, first, last)
    async with request.house.store.read() as db:
        rows = list(
            await db.scalars(
                select(Lesson)
                .where(within(starts, ends), visible(request.actor))
                .order_by(Lesson.starts, Lesson.id)
                .limit(MAX_DAY + 1)
            )
        )
        views = await lesson_views(request.house, db, request.actor, rows[:MAX_DAY])
    return views, len(rows) > MAX_DAY


async def day(request: Request, wanted: date | None) -> TodayView:
    """Lessons that have a moment of the day, those over midnight on both days."""
    the_day = check_day(wanted) if wanted else today_of(request)
    views, more = await _stretch(request, the_day, the_day)
    now = local(request.house, request.house.clock.now())
    return TodayView(the_day, now, request.house.settings.time_zone, views, more)


async def week(request: Request, wanted: date | None) -> WeekView:
    """The week of a day, from Monday to Sunday."""
    the_day = check_day(wanted) if wanted else today_of(request)
    first = monday(the_day)
    last = first + timedelta(days=6)
    views, more = await _stretch(request, first, last)
    async with request.house.store.read() as db:
        semester = await semester_of(db, the_day)
    return WeekView(
        since=first,
        until=last,
        now=local(request.house, request.house.clock.now()),
        zone=request.house.settings.time_zone,
        week=week_number(semester, the_day) if semester else None,
        lessons=views,
        more=more,
    )


async def listed(request: Request, query: LessonQuery) -> LessonPage:
    """One page. `next` is the id of the last lesson looked at.

    Raises:
        ApiError: 422 `plan.date`, 422 `lesson.range` (more than a year, or backwards).
    """
    first = check_day(query.since) if query.since else today_of(request)
    last = check_day(query.until) if query.until else first + timedelta(days=30)
    if not 0 <= (last - first).days <= MAX_DAYS:
        raise ApiError("lesson.range", 422, days=MAX_DAYS)
    starts, ends = bounds(request, first, last)
    wanted = [within(starts, ends), visible(request.actor), of_group(query.group), of_teacher(query.teacher)]
    async with request.house.store.read() as db:
        if query.after:
            last_seen = await db.get(Lesson, query.after)
            if last_seen is None:
                raise ApiError("lesson.after", 422)
            wanted.append(
                or_(
                    Lesson.starts > last_seen.starts,
                    and_(Lesson.starts == last_seen.starts, Lesson.id > last_seen.id),
                )
            )
        rows = list(
            await db.scalars(
                select(Lesson).where(*wanted).order_by(Lesson.starts, Lesson.id).limit(query.limit + 1)
            )
        )
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        views = await lesson_views(request.house, db, request.actor, rows)
    return LessonPage(views, rows[-1].id if more else "")
