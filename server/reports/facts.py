"""What reports are made of: a period's lessons with what became of them, read in a few queries.

In flow a period and who asks; out flow plain values. Forty thousand lessons are a semester of a large
university, so rows are tuples and names are looked up once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Executable, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.tables import AttendanceTotal
from server.board.log import entries_where
from server.board.tables import BoardEntry
from server.people.tables import UserRow
from server.permissions import Actor
from server.plan.facts import chunks
from server.plan.state import State
from server.plan.tables import (
    Department,
    Discipline,
    Faculty,
    Group,
    Lesson,
    LessonGroup,
    LessonPerson,
    LessonState,
    Taking,
)
from server.plan.visible import in_reach, of_faculty


class Held(NamedTuple):
    """One lesson. Times in microseconds; `held`: how long it was open."""

    id: str
    title: str
    kind: str
    discipline: str
    starts: int
    ends: int
    state: State
    opened: int | None
    closed: int | None
    held: int


class Unit(NamedTuple):
    name: str
    department: str


class Course(NamedTuple):
    """A discipline with its academic hours."""

    name: str
    department: str
    hours: int
    contact_hours: int
    mooc: bool


class Marks(NamedTuple):
    """How many of a group had which mark."""

    present: int
    late: int
    absent: int
    excused: int

    def __add__(self, other: Any) -> "Marks":
        return Marks(self[0] + other[0], self[1] + other[1], self[2] + other[2], self[3] + other[3])

    @property
    def share(self) -> float | None:
        """Attended of those who were expected and not excused."""
        counted = self.present + self.late + self.absent
        return round((self.present + self.late) / counted, 4) if counted else None


NO_MARKS = Marks(0, 0, 0, 0)


class Facts(msgspec.Struct):
    """`takings`: which group takes which discipline in the period; `marks` by lesson and group."""

    lessons: list[Held]
    groups_of: dict[str, list[str]]
    teachers_of: dict[str, list[str]]
    substitutes_of: dict[str, list[str]]
    takings: set[tuple[str, str]]
    groups: dict[str, Unit]
    courses: dict[str, Course]
    departments: dict[str, tuple[str, str]]
    """Name and faculty by id."""
    faculties: dict[str, str]
    people: dict[str, str]
    marks: dict[str, dict[str, Marks]]
    reasons: dict[str, str] = {}
    """Why lessons were cancelled."""
    log: dict[str, list[BoardEntry]] = {}

    def holders(self, lesson: str) -> list[str]:
        """Who really gives it: whoever stands in, else the teachers."""
        return self.substitutes_of.get(lesson) or self.teachers_of.get(lesson, [])

    def department_of(self, lesson: Held) -> str:
        """The discipline's department, else that of the first group; "" for none."""
        course = self.courses.get(lesson.discipline)
        if course is not None:
            return course.department
        groups = self.groups_of.get(lesson.id, [])
        return self.groups[groups[0]].department if groups else ""

    def place(self, department: str) -> tuple[str, str]:
        """Names of the faculty and the department."""
        name, faculty = self.departments.get(department, ("", ""))
        return self.faculties.get(faculty, ""), name


async def read(
    db: AsyncSession,
    actor: Actor,
    action: str,
    starts: int,
    ends: int,
    *,
    faculty: str = "",
    with_marks: bool = False,
    with_log: bool = False,
) -> Facts:
    """The lessons that begin in `[starts, ends)` and lie within the actor's scopes for `action`."""
    where = (Lesson.starts >= starts, Lesson.starts < ends, in_reach(actor, action), of_faculty(faculty))
    connection = await db.connection()

    async def fetch(query: Executable) -> Sequence[Any]:
        """All rows, without the session's objects: they cost as much again for tables of this size."""
        return (await connection.execute(query)).fetchall()

    lessons = list(map(Held._make, await fetch(LESSONS.where(*where))))
    reasons: dict[str, str] = {}
    log: dict[str, list[BoardEntry]] = {}
    if with_log:
        asked = select(LessonState.lesson, LessonState.reason).join(Lesson, Lesson.id == LessonState.lesson)
        cancelled = await fetch(asked.where(*where, LessonState.reason != ""))
        reasons = {row.lesson: row.reason for row in cancelled}
        log = await entries_where(db, *where)
    groups_of: dict[str, list[str]] = defaultdict(list)
    for key, group in await fetch(
        select(LessonGroup.lesson, LessonGroup.group)
        .join(Lesson, Lesson.id == LessonGroup.lesson)
        .where(*where)
    ):
        groups_of[key].append(group)
    parts: dict[str, dict[str, list[str]]] = {"teacher": defaultdict(list), "substitute": defaultdict(list)}
    for key, person, part in await fetch(
        select(LessonPerson.lesson, LessonPerson.person, LessonPerson.part)
        .join(Lesson, Lesson.id == LessonPerson.lesson)
        .where(*where, LessonPerson.part.in_(tuple(parts)))
    ):
        parts[part][key].append(person)
    marks: dict[str, dict[str, Marks]] = defaultdict(dict)
    for key, group, *counts in await fetch(_totals().where(*where)) if with_marks else ():
        marks[key][group] = Marks(*counts)
    taken = await fetch(
        select(Taking.discipline, Taking.group).where(
            Taking.group.is_not(None), Taking.since < ends, (Taking.until.is_(None)) | (Taking.until > starts)
        )
    )
    people = {who for part in parts.values() for listed in part.values() for who in listed}
    return Facts(
        lessons=lessons, groups_of=groups_of, teachers_of=parts["teacher"],
        substitutes_of=parts["substitute"], takings={(row[0], row[1] or "") for row in taken},
        groups={row.id: Unit(*row[1:]) for row in await fetch(GROUPS)},
        courses={row.id: Course(*row[1:]) for row in await fetch(COURSES)},
        departments={key: (name, of) for key, name, of in await fetch(DEPARTMENTS)},
        faculties={row.id: row.name for row in await fetch(select(Faculty.id, Faculty.name))},
        people=await _names(db, people), marks=marks, reasons=reasons,
        log=log,
    )  # fmt: skip


LESSONS = (
    select(
        Lesson.id, Lesson.title, Lesson.kind, func.coalesce(Lesson.discipline, ""), Lesson.starts,
        Lesson.ends, func.coalesce(LessonState.state, "planned"), LessonState.opened, LessonState.closed,
        func.coalesce(LessonState.held, 0),
    )
    .outerjoin(LessonState, LessonState.lesson == Lesson.id)
    .order_by(Lesson.starts, Lesson.id)
)  # fmt: skip
GROUPS = select(Group.id, Group.name, Group.department)
COURSES = select(
    Discipline.id, Discipline.name, Discipline.department, Discipline.hours, Discipline.contact_hours,
    Discipline.mooc,
)  # fmt: skip
DEPARTMENTS = select(Department.id, Department.name, Department.faculty)


def _totals() -> Select[Any]:
    table = AttendanceTotal
    columns: tuple[Any, ...] = (
        table.lesson, table.group, table.present, table.late, table.absent, table.excused,
    )  # fmt: skip
    return select(*columns).join(Lesson, Lesson.id == table.lesson)


async def _names(db: AsyncSession, people: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(set(people)):
        rows = await db.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(part)))
        found.update({row.id: row.name for row in rows})
    return found
