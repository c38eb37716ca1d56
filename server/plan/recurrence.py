"""From one line of the timetable to its lessons: weekday, odd or even weeks, holidays, zone.

Pure: a `Rule`, the semester and the holidays go in, occurrences in UTC come out. Nothing here knows
the store or the clock.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from server.plan.weeks import Semester, Weeks, fits, instant, monday, week_number

MAX_SPAN_DAYS = 366
"""A line of the timetable lives at most a year; so it makes at most 53 lessons."""

MIN_MINUTES = 5
MAX_MINUTES = 12 * 60
"""No lesson is longer than half a day; a longer one is a slip of the keyboard."""


class Rule(msgspec.Struct, frozen=True):
    """One line of the timetable.

    `weekday` is ISO: 1 Monday to 7 Sunday. `starts` is wall-clock time; `minutes` is real time, so a
    lesson keeps its length over midnight and over a change of the clocks. `first` and `last` are
    both inside.
    """

    weekday: int
    starts: time
    minutes: int
    first: date
    last: date
    weeks: Weeks = "every"


class Occurrence(msgspec.Struct, frozen=True):
    day: date
    starts: datetime
    ends: datetime


class BadRule(ValueError):
    """The line makes no sense. `code` is stable and goes to the client."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(rule: Rule, semester: Semester | None) -> None:
    """Raises:
    BadRule: ``timetable.weekday``, ``timetable.minutes``, ``timetable.range`` (ends before it
        begins), ``timetable.too_long`` (over a year), ``timetable.semester`` (odd or even weeks
        need a semester that holds the whole range).
    """
    if not 1 <= rule.weekday <= 7:
        raise BadRule("timetable.weekday")
    if not MIN_MINUTES <= rule.minutes <= MAX_MINUTES:
        raise BadRule("timetable.minutes")
    if rule.last < rule.first:
        raise BadRule("timetable.range")
    if (rule.last - rule.first).days > MAX_SPAN_DAYS:
        raise BadRule("timetable.too_long")
    if rule.weeks != "every" and (
        semester is None or not (semester.covers(rule.first) and semester.covers(rule.last))
    ):
        raise BadRule("timetable.semester")


def occurrences(
    rule: Rule, semester: Semester | None, holidays: Collection[date], zone: ZoneInfo
) -> list[Occurrence]:
    """Every lesson of the line, in order of time. Holidays are left out, not moved.

    Raises:
        BadRule: see `check`.
    """
    check(rule, semester)
    found = []
    day = monday(rule.first) + timedelta(days=rule.weekday - 1)
    if day < rule.first:
        day += timedelta(days=7)
    while day <= rule.last:
        fitting = semester is None or fits(rule.weeks, week_number(semester, day))
        if fitting and day not in holidays:
            starts = instant(day, rule.starts, zone)
            found.append(Occurrence(day, starts, starts + timedelta(minutes=rule.minutes)))
        day += timedelta(days=7)
    return found
