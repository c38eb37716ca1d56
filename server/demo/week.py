"""The demo's timetable, made around a moment so that a lesson is on just then. Pure and seeded.

In flow the local time, out flow lines of the timetable and single lessons by the names of `people`.
The day's lessons stand 90 minutes apart (80 and a break of 10), moved so that one of them began about
ten minutes ago: whoever starts the demo finds a lesson to open, others before and after it.
"""

from datetime import date, datetime, time, timedelta

import msgspec

from server.demo.people import GROUPS
from server.demo.subjects import SUBJECTS, Subject
from server.plan.kinds import LessonKind
from server.plan.weeks import Weeks

MINUTES = 80
STEP = timedelta(minutes=90)
FIRST, LAST = time(8, 0), time(18, 30)
"""Lessons begin between these, but for the one that is on now."""

WEEKS_BEFORE, WEEKS_ALL = 6, 18
"""The semester began six weeks ago and has eighteen."""

TEACHER_GROUP = "ИТ-21"


class Line(msgspec.Struct, frozen=True):
    """A line of the timetable. `subject` may be empty for lessons with a title of their own."""

    subject: str
    kind: LessonKind
    groups: tuple[str, ...]
    teacher: str
    weekday: int
    starts: time
    weeks: Weeks = "every"
    title: str = ""


class Single(msgspec.Struct, frozen=True, kw_only=True):
    """One lesson. `starts` is local time with its zone; `cancelled` the reason, when it was called off."""

    title: str
    kind: LessonKind
    teacher: str
    starts: datetime
    minutes: int = MINUTES
    subject: str = ""
    groups: tuple[str, ...] = ()
    substitute: str = ""
    students: tuple[str, ...] = ()
    proctors: tuple[str, ...] = ()
    commission: tuple[str, ...] = ()
    chair: str = ""
    secretary: str = ""
    cancelled: str = ""


def began(now: datetime) -> datetime:
    """When the lesson that is on began: ten to fifteen minutes ago, on five minutes."""
    earlier = now - timedelta(minutes=10)
    return earlier.replace(minute=earlier.minute - earlier.minute % 5, second=0, microsecond=0)


def semester(now: datetime) -> tuple[date, date]:
    """First (a Monday) and last day."""
    monday = now.date() - timedelta(days=now.weekday())
    first = monday - timedelta(weeks=WEEKS_BEFORE)
    return first, first + timedelta(weeks=WEEKS_ALL, days=-1)


def slots(now: datetime) -> list[time]:
    """When lessons begin on any day, in order."""
    on_now = began(now)
    day = datetime.combine(on_now.date(), time.min, tzinfo=on_now.tzinfo)
    moments = (on_now + STEP * n for n in range(-16, 17))
    return [m.time() for m in moments if day <= m < day + timedelta(days=1) and FIRST <= m.time() <= LAST]


class Planner:
    """Puts lines into free places: a teacher and a group are in one room at a time."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._taken: set[tuple[int, time, str, str]] = set()

    def put(self, line: Line) -> bool:
        """Take the place for the line, if everybody is free."""
        weeks = ("odd", "even") if line.weeks == "every" else (line.weeks,)
        places = {
            (line.weekday, line.starts, week, who) for week in weeks for who in (*line.groups, line.teacher)
        }
        if places & self._taken:
            return False
        self._taken |= places
        self.lines.append(line)
        return True


def timetable(now: datetime) -> list[Line]:
    """The lines of the semester. The first is the one that is on now: `teacher` with ИТ-21.

    Every group has lessons on the day of `now` and on four more days; where a subject has lectures
    and labs, odd weeks have the one and even weeks the other.
    """
    on_now = began(now)
    today = on_now.isoweekday()
    planner = Planner()
    main = SUBJECTS[0]
    planner.put(Line(main.name, "lecture", (TEACHER_GROUP,), "teacher", today, on_now.time()))
    begins = [each for each in slots(now) if each != on_now.time()]
    planner.put(
        Line(
            "",
            "office_hours",
            ("ИТ-21", "ИТ-22"),
            "teacher",
            _later(today, 1),
            begins[-1],
            title="Онлайн кабыл алуу",
        )
    )
    planner.put(
        Line(
            "",
            "curator_hour",
            ("ИТ-21",),
            "curator",
            _later(today, 2),
            begins[0],
            title="Куратордук саат: ИТ-21",
        )
    )
    days = [today, *(_later(today, n) for n in (1, 2, 3, 5))]
    for turn, group in enumerate(GROUPS):
        subjects = [subject for subject in SUBJECTS if group in subject.groups]
        for place, weekday in enumerate(days):
            _fill_day(planner, group, subjects, weekday, begins, turn + place, weekday == today)
    return planner.lines


def _fill_day(
    planner: Planner,
    group: str,
    subjects: list[Subject],
    weekday: int,
    begins: list[time],
    turn: int,
    is_today: bool,
) -> None:
    """Two or three lessons of a group on one day; those of today are on in every week."""
    wanted = 2 + turn % 2
    for step in range(len(begins) * len(subjects)):
        if wanted == 0:
            return
        slot = step // len(subjects)
        subject = subjects[(turn + step + slot) % len(subjects)]  # another subject first in each slot
        starts = begins[(turn + slot) % len(begins)]
        first, second = subject.kinds
        if not is_today and (turn + step) % 3 == 0:
            odd = Line(subject.name, first, (group,), subject.teacher, weekday, starts, "odd")
            even = Line(subject.name, second, (group,), subject.teacher, weekday, starts, "even")
            placed = [planner.put(odd), planner.put(even)]
            wanted -= int(any(placed))
        else:
            kind = first if weekday % 2 else second
            wanted -= int(planner.put(Line(subject.name, kind, (group,), subject.teacher, weekday, starts)))


def _later(weekday: int, days: int) -> int:
    """The ISO weekday some days on, Sunday left out."""
    found = (weekday - 1 + days) % 7 + 1
    return 1 if found == 7 else found


def singles(now: datetime) -> list[Single]:
    """Lessons that do not repeat: an exam today, a psychologist's meeting, a defence, a webinar..."""
    on_now = began(now)
    tomorrow = on_now + timedelta(days=1)
    board = ("commission1", "commission2", "commission3")  # one more than the looks need: for an appeal
    return [
        Single(
            title="Базы данных: экзамен",
            subject="Базы данных",
            kind="exam",
            groups=("ИТ-22",),
            teacher="kubanych.turgunov",
            starts=on_now + STEP,
            minutes=120,
            proctors=("proctor",),
            commission=board,
            chair="chair",
            secretary="secretary",
        ),
        Single(
            title="Алгоритмдер: онлайн экзамен",
            subject="Программалоо негиздери",
            kind="exam",
            teacher="kubanych.turgunov",
            students=("student1", "student2", "student3"),
            starts=on_now,
            minutes=300,
            proctors=("proctor",),
            commission=board,
            chair="chair",
            secretary="secretary",
        ),
        Single(
            title="Психологдун кабыл алуусу",
            kind="psychologist",
            teacher="psychologist",
            starts=on_now + 2 * STEP,
            minutes=50,
            students=("student2",),
        ),
        Single(
            title="Экзамен алдындагы консультация",
            subject="Программалоо негиздери",
            kind="consultation",
            groups=("ИТ-21",),
            teacher="teacher",
            starts=tomorrow + STEP,
            minutes=60,
        ),
        Single(
            title="Линейная алгебра: замена",
            subject="Линейная алгебра",
            kind="practical",
            groups=("ПМ-21",),
            teacher="olga.petrova",
            starts=tomorrow,
            substitute="azamat.zhusupov",
        ),
        Single(
            title="Манас таануу",
            subject="Манас таануу",
            kind="seminar",
            groups=("КФ-11",),
            teacher="sayra.mambetova",
            starts=tomorrow + 2 * STEP,
            cancelled="Окутуучу ооруп калды",
        ),
        Single(
            title="Онлайн окууга киришүү",
            kind="webinar",
            groups=tuple(GROUPS),
            teacher="curator",
            starts=on_now + timedelta(days=2),
            minutes=60,
        ),
        Single(
            title="Дипломдук ишти коргоо",
            kind="defence",
            groups=("ПМ-21",),
            teacher="azamat.zhusupov",
            starts=on_now + timedelta(days=5),
            minutes=120,
            proctors=("proctor",),
            commission=board,
            chair="chair",
            secretary="secretary",
        ),
    ]
