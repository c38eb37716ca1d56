"""The shapes of lessons, the day, the timetable and the calendar: what clients send and get.

As in `shapes`, every bound is in the type. Times carry an offset; days are the university's calendar.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.permissions import Relation
from server.plan.kinds import LessonKind
from server.plan.overlaps import Clash
from server.plan.shapes import After, Id, Limit, Moment, Named, Title
from server.plan.state import MAX_REASON, State
from server.plan.weeks import Weeks

Reason = Annotated[str, Meta(max_length=MAX_REASON)]
Groups = Annotated[list[Id], Meta(max_length=30)]
People = Annotated[list[Id], Meta(max_length=20)]
Students = Annotated[list[Id], Meta(max_length=300)]


class Names(msgspec.Struct, kw_only=True):
    """People named to a lesson by their part (R4, R15)."""

    substitutes: People = []
    students: Students = []
    proctors: People = []
    commission: People = []
    chair: Id | None = None
    secretary: Id | None = None


class NewLesson(Names, kw_only=True):
    """An empty title becomes the discipline's name."""

    kind: LessonKind
    starts: Moment
    ends: Moment
    title: Title = ""
    discipline: Id | None = None
    groups: Groups = []
    teachers: Annotated[list[Id], Meta(min_length=1, max_length=20)]


class LessonChange(msgspec.Struct):
    """`state`: cancelled (say why) or planned, which takes a cancellation back."""

    title: Title | UnsetType = UNSET
    kind: LessonKind | UnsetType = UNSET
    starts: Moment | UnsetType = UNSET
    ends: Moment | UnsetType = UNSET
    discipline: Id | UnsetType | None = UNSET
    groups: Groups | UnsetType = UNSET
    teachers: Annotated[list[Id], Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    substitutes: People | UnsetType = UNSET
    students: Students | UnsetType = UNSET
    proctors: People | UnsetType = UNSET
    commission: People | UnsetType = UNSET
    chair: Id | UnsetType | None = UNSET
    secretary: Id | UnsetType | None = UNSET
    state: Literal["planned", "cancelled"] | UnsetType = UNSET
    reason: Reason = ""


class May(msgspec.Struct, frozen=True):
    join: bool
    open: bool
    edit: bool
    invite: bool


class LessonView(msgspec.Struct, kw_only=True):
    id: str
    title: str
    kind: str
    discipline: Named | None
    groups: list[Named]
    teachers: list[Named]
    starts: Moment
    ends: Moment
    state: State
    relation: Relation
    may: May


class LessonSaved(LessonView, kw_only=True):
    """A lesson as it is now, and what the office should know about it."""

    warnings: list[Clash]


class LessonQuery(msgspec.Struct, rename={"since": "from"}):
    """Days, both inside; `from` is today by default, `until` 30 days after it."""

    since: date | None = None
    until: date | None = None
    group: Annotated[str, Meta(max_length=16)] = ""
    teacher: Annotated[str, Meta(max_length=16)] = ""
    after: After = ""
    limit: Limit = 100


class TodayQuery(msgspec.Struct, rename={"day": "date"}):
    day: date | None = None


class WeekQuery(msgspec.Struct, rename={"since": "from"}):
    since: date | None = None


class TodayView(msgspec.Struct, rename={"day": "date"}):
    """`now` in the university's zone, so that clients count from the server's clock."""

    day: date
    now: Moment
    zone: str
    lessons: list[LessonView]
    more: bool = False
    """More than fits in one answer: ask `GET /api/v1/lessons` for pages."""


class WeekView(msgspec.Struct, rename={"since": "from"}):
    since: date
    until: date
    now: Moment
    zone: str
    week: int | None
    """Number of the week in its semester, None outside of one."""
    lessons: list[LessonView]
    more: bool = False


class RosterEntry(msgspec.Struct):
    id: str
    name: str
    part: str


# --- timetable and calendar ------------------------------------------------------------------------

ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class NewSeries(msgspec.Struct, rename={"first": "from", "last": "until"}, kw_only=True):
    """One line of the timetable; `weekday` 1 Monday to 7 Sunday, `from` and `until` inside."""

    kind: LessonKind
    weekday: Annotated[int, Meta(ge=1, le=7)]
    starts: ClockTime
    minutes: int
    first: date
    last: date
    weeks: Weeks = "every"
    title: Title = ""
    discipline: Id | None = None
    groups: Groups = []
    teachers: Annotated[list[Id], Meta(min_length=1, max_length=20)]


class SeriesMade(msgspec.Struct):
    """`skipped`: holidays on which the lesson would have been."""

    id: str
    lessons: list[str]
    skipped: list[date]
    warnings: list[Clash]


class SeriesView(msgspec.Struct, rename={"first": "from", "last": "until"}, kw_only=True):
    id: str
    kind: str
    title: str
    discipline: Named | None
    groups: list[Named]
    teachers: list[Named]
    weekday: int
    starts: str
    minutes: int
    first: date
    last: date
    weeks: str


class SeriesQuery(msgspec.Struct):
    group: Annotated[str, Meta(max_length=16)] = ""
    teacher: Annotated[str, Meta(max_length=16)] = ""
    after: After = ""
    limit: Limit = 100


class SeriesRemoved(msgspec.Struct):
    """`kept`: lessons that were held, are over, or were changed by hand; they stay."""

    removed: int
    kept: int


class NewSemester(msgspec.Struct):
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    starts: date
    ends: date


class SemesterView(msgspec.Struct):
    id: str
    name: str
    starts: date
    ends: date


class NewHoliday(msgspec.Struct):
    day: date
    name: Annotated[str, Meta(max_length=80)] = ""


class HolidayView(msgspec.Struct):
    day: date
    name: str


class LessonPage(msgspec.Struct):
    items: list[LessonView]
    next: str


class SeriesPage(msgspec.Struct):
    items: list[SeriesView]
    next: str


class RosterPage(msgspec.Struct):
    items: list[RosterEntry]
    next: str


class SemesterPage(msgspec.Struct):
    items: list[SemesterView]
    next: str


class HolidayPage(msgspec.Struct):
    items: list[HolidayView]
    next: str
