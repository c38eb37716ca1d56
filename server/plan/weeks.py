"""Semesters, weeks and days: which week of the semester a date is in, and where a day begins.

Pure calendar arithmetic on dates and a zone; no clock. A week runs from Monday to Sunday. The week
that holds the semester's first day is week 1, whatever weekday that day is, so "odd" weeks are
1, 3, 5... as dispatchers count them (числитель / знаменатель).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

Weeks = Literal["every", "odd", "even"]


class Semester(msgspec.Struct, frozen=True):
    """`starts` and `ends` are both inside the semester."""

    starts: date
    ends: date

    def covers(self, day: date) -> bool:
        return self.starts <= day <= self.ends


def monday(day: date) -> date:
    """The Monday of the week `day` is in."""
    return day - timedelta(days=day.weekday())


def week_number(semester: Semester, day: date) -> int:
    """1 for the week of the semester's first day; 0 and below before it."""
    return (monday(day) - monday(semester.starts)).days // 7 + 1


def fits(weeks: Weeks, number: int) -> bool:
    """Whether week `number` is one of `weeks`."""
    return weeks == "every" or (number % 2 == 1) == (weeks == "odd")


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall-clock time.

    A time that the clocks skip (spring) is read with the offset from before the change, so it falls
    just after the gap; a time that comes twice (autumn) is the first of the two.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of `day` and of the next one, in UTC: 23, 24 or 25 hours apart."""
    return instant(day, time.min, zone), instant(day + timedelta(days=1), time.min, zone)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the wall calendar of `zone` at `moment`."""
    return moment.astimezone(zone).date()
