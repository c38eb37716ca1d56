"""A semester of a large university, written straight into the tables: what pages are measured on.

800 groups of 25 students, 600 teachers, 400 disciplines; 2,500 lines of the timetable over 16 weeks are
40,000 lessons. Of a hundred past lessons 3 did not take place, 2 were cancelled, 5 began late, 3 ended
early, 4 had a substitute. Everything follows from a seed; `scale` makes it smaller.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.tables import AttendanceMark, AttendanceTotal
from server.ids import new_id
from server.people.tables import RoleRow, UserRow
from server.plan.tables import (
    Department,
    Discipline,
    Enrolment,
    Faculty,
    Group,
    Lesson,
    LessonGroup,
    LessonPerson,
    LessonState,
    SemesterRow,
    Taking,
)
from server.trace import Trace

MINUTE = 60_000_000
WEEKS, STUDENTS = 16, 25
GROUPS, TEACHERS, DISCIPLINES, LINES = 800, 600, 400, 2500
FIRST = date(2026, 9, 7)
CHUNK = 20_000
MARKS = ("present", "late", "absent", "excused")


@dataclass
class Semester:
    first: date
    last: date
    groups: list[str] = field(default_factory=list)
    lessons: int = 0
    students: int = 0


async def write(trace: Trace, scale: float = 1.0, seed: int = 1, first: date = FIRST) -> Semester:
    """Fill an empty database; the semester begins on `first`, a Monday."""
    made = Semester(first, first + timedelta(weeks=WEEKS))
    chance = random.Random(seed)
    rows: dict[Any, list[dict[str, Any]]] = {}
    _units(rows, made, chance, scale)
    teachers = rows.pop("teachers")
    await _put(trace, rows)
    for batch in _lessons(rows, teachers, made, chance, scale):
        await _put(trace, batch)
    return made


async def _put(trace: Trace, rows: dict[Any, list[dict[str, Any]]]) -> None:
    async def work(db: AsyncSession) -> None:
        for table, values in rows.items():
            for at in range(0, len(values), CHUNK):
                await db.execute(insert(table), values[at : at + CHUNK])

    await trace.unrecorded(work)


def _units(
    rows: dict[Any, list[dict[str, Any]]], made: Semester, chance: random.Random, scale: float
) -> None:
    faculties = [{"id": new_id(), "name": f"Факультет {n}"} for n in range(12)]
    departments = [
        {"id": new_id(), "name": f"Кафедра {n}", "faculty": faculties[n % 12]["id"]} for n in range(60)
    ]
    groups = [
        {"id": new_id(), "name": f"ТОП-{n}", "department": departments[n % 60]["id"]}
        for n in range(round(GROUPS * scale))
    ]
    disciplines = [
        {"id": new_id(), "name": f"Дисциплина {n}", "department": departments[n % 60]["id"], "hours": 120,
         "contact_hours": 60, "mooc": n % 10 == 0}
        for n in range(round(DISCIPLINES * scale))
    ]  # fmt: skip
    since = int(datetime.combine(made.first - timedelta(days=30), time(), UTC).timestamp() * 1e6)
    people, enrolments, roles = [], [], []
    for n in range(round(TEACHERS * scale)):
        people.append(_person(f"teacher.{n}", f"Окутуучу {n}"))
        roles.append(
            {
                "id": new_id(),
                "user": people[-1]["id"],
                "role": "teacher",
                "scope_kind": "university",
                "scope": "",
            }
        )
    rows["teachers"] = list(people)
    for group in groups:
        for n in range(STUDENTS):
            person = _person(f"s{made.students}", f"Студент {chance.choice('АБВГДЕЖЗ')}{n} {group['name']}")
            made.students += 1
            people.append(person)
            enrolments.append(
                {"id": new_id(), "group": group["id"], "student": person["id"], "since": since, "until": None}
            )
    made.groups = [group["id"] for group in groups]
    rows |= {
        Faculty: faculties, Department: departments, Group: groups, Discipline: disciplines, UserRow: people,
        RoleRow: roles, Enrolment: enrolments,
        SemesterRow: [{"id": new_id(), "name": "2026 күз", "starts": made.first, "ends": made.last}],
    }  # fmt: skip


def _person(login: str, name: str) -> dict[str, Any]:
    return {
        "id": new_id(), "login": login, "folded": login, "name": name,
        "searched": f"{name.casefold()} {login}", "password": "", "created": 0,
    }  # fmt: skip


def _lessons(
    rows: dict[Any, list[dict[str, Any]]],
    teachers: list[dict[str, Any]],
    made: Semester,
    chance: random.Random,
    scale: float,
) -> Iterator[dict[Any, list[dict[str, Any]]]]:
    """Rows of lessons and marks, a part at a time."""
    enrolled: dict[str, list[str]] = {}
    for row in rows[Enrolment]:
        enrolled.setdefault(row["group"], []).append(row["student"])
    begins = datetime.combine(made.first, time(3), UTC)
    batch: dict[Any, list[dict[str, Any]]] = {}
    takings: set[tuple[str, str]] = set()
    for line in range(round(LINES * scale)):
        group = made.groups[line % len(made.groups)]
        discipline = rows[Discipline][line * 7 % len(rows[Discipline])]["id"]
        if (discipline, group) not in takings:
            takings.add((discipline, group))
            taking = {"id": new_id(), "discipline": discipline, "group": group, "since": 0, "until": None}
            batch.setdefault(Taking, []).append(taking)
        pair = chance.sample(teachers, 2)
        for week in range(WEEKS):
            at = begins + timedelta(weeks=week, days=line % 6, minutes=90 * (line // 6 % 6))
            _lesson(batch, chance, int(at.timestamp() * 1e6), discipline, group, enrolled[group], pair)
            made.lessons += 1
        if line % 100 == 99:
            yield batch
            batch = {}
    yield batch


def _lesson(
    batch: dict[Any, list[dict[str, Any]]], chance: random.Random, starts: int, discipline: str, group: str,
    students: list[str], teachers: list[dict[str, Any]],
) -> None:  # fmt: skip
    def add(table: Any, **values: Any) -> None:
        batch.setdefault(table, []).append(values)

    key, ends, luck = new_id(), starts + 80 * MINUTE, chance.randrange(100)
    add(
        Lesson, id=key, title="", kind="lecture", discipline=discipline, series=None, starts=starts, ends=ends
    )
    add(LessonGroup, lesson=key, group=group)
    add(LessonPerson, lesson=key, person=teachers[0]["id"], part="teacher")
    if 90 <= luck < 94:
        add(LessonPerson, lesson=key, person=teachers[1]["id"], part="substitute")
    if luck < 3:
        return
    if luck < 5:
        add(LessonState, lesson=key, state="cancelled", session="", opened=None, closed=None, held=0,
            since=None, reason="")  # fmt: skip
        return
    opened = starts + (chance.randrange(6, 20) if luck < 10 else 0) * MINUTE
    closed = ends - (chance.randrange(6, 30) if luck < 13 else 0) * MINUTE
    add(LessonState, lesson=key, state="closed", session=key, opened=opened, closed=closed,
        held=closed - opened, since=None, reason="")  # fmt: skip
    marks = chance.choices(MARKS, (85, 5, 8, 2), k=len(students))
    for student, mark in zip(students, marks, strict=True):
        add(AttendanceMark, lesson=key, student=student, mark=mark, computed=mark, present=0, share=0.9,
            late_by=0, group=group, source="computed", note="", author="")  # fmt: skip
    add(AttendanceTotal, lesson=key, group=group, **{mark: marks.count(mark) for mark in MARKS})


def files(scale: float = 1.0) -> Iterator[tuple[str, str]]:
    """The same university as files to be imported: kind and text, in the order in which they build on each
    other. The timetable has no clashes: a teacher and a group are at one place at a time."""
    groups, teachers = round(GROUPS * scale), round(TEACHERS * scale)
    disciplines, lines = round(DISCIPLINES * scale), round(LINES * scale)
    today = date.today()
    first = today - timedelta(days=today.weekday())
    last = first + timedelta(weeks=WEEKS, days=-1)
    yield (
        "groups",
        _csv(
            "Факультет;Кафедра;Группа",
            (f"Факультет {n % 12};Кафедра {n % 60};ТОП-{n}" for n in range(groups)),
        ),
    )
    people = [f"t{n};Окутуучу {n};преподаватель;;Кафедра {n % 60}" for n in range(teachers)]
    people += [f"s{n};Студент {n};студент;ТОП-{n // STUDENTS};" for n in range(groups * STUDENTS)]
    yield "users", _csv("Логин;ФИО;Роль;Группа;Кафедра", people)
    yield (
        "disciplines",
        _csv(
            "Предмет;Кафедра;Часы;Контактные часы",
            (f"Дисциплина {n};Кафедра {n % 60};120;60" for n in range(disciplines)),
        ),
    )
    yield (
        "timetable",
        _csv(
            "Предмет;Вид занятия;Группы;Преподаватель;День недели;Время начала;Длительность;С;По",
            (
                f"Дисциплина {n % disciplines};лекция;ТОП-{n % groups};t{n % teachers};{n // groups % 6 + 1};"
                f"{8 + n // teachers % 6 * 2:02}:00;80;{first:%d.%m.%Y};{last:%d.%m.%Y}"
                for n in range(lines)
            ),
        ),
    )


def _csv(head: str, rows: Iterable[str]) -> str:
    return "\n".join((head, *rows)) + "\n"
