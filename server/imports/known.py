"""What the house knows already, loaded once into maps, so that no row of a file asks the database.

In flow a reading session and the kind of the file, out flows `Known`: only what that kind needs. Rows are
read in portions, so that the event loop serves the classes in between. Names are compared without case.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.house import House
from server.imports.fields import Kind
from server.imports.reading import plain
from server.people.tables import RoleRow, UserRow
from server.permissions import Role
from server.plan.overlaps import Booking
from server.plan.tables import (
    Department,
    Discipline,
    Enrolment,
    Faculty,
    Group,
    Holiday,
    Lesson,
    LessonGroup,
    LessonPerson,
    LessonState,
    SemesterRow,
    Series,
    Taking,
)
from server.plan.weeks import Semester, local_date

PORTION = 1000

Held = tuple[str, str, str]
"""Role, kind of scope, id of scope."""


@dataclass
class Unit:
    """A faculty, department, group or discipline. `parent` is empty for a faculty."""

    id: str
    name: str
    parent: str = ""
    archived: bool = False
    language: str = ""
    hours: int = 0
    contact_hours: int = 0
    mooc: bool = False


@dataclass
class Account:
    id: str
    name: str
    email: str
    phone: str
    language: str
    disabled: bool
    roles: set[Held] = field(default_factory=set)


@dataclass
class Spell:
    """A time in a group or with a discipline, in microseconds."""

    id: str
    since: int
    until: int | None


@dataclass
class Known:
    """`now` in microseconds; `created` in seconds of the real clock; `allowed`: roles the file may give."""

    now: int
    created: int
    zone: ZoneInfo
    allowed: frozenset[Role]
    file: str = ""
    """The import that makes accounts."""
    faculties: dict[str, Unit] = field(default_factory=dict)
    departments: dict[tuple[str, str], Unit] = field(default_factory=dict)
    groups: dict[str, Unit] = field(default_factory=dict)
    disciplines: dict[tuple[str, str], Unit] = field(default_factory=dict)
    named: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    """Disciplines by name alone."""
    chairs: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    """Departments by name alone."""
    accounts: dict[str, Account] = field(default_factory=dict)
    enrolled: dict[tuple[str, str], list[Spell]] = field(default_factory=lambda: defaultdict(list))
    """Student and group."""
    taken: dict[tuple[str, str], list[Spell]] = field(default_factory=lambda: defaultdict(list))
    """Student or group, and discipline."""
    series: set[tuple[Any, ...]] = field(default_factory=set)
    bookings: list[Booking] = field(default_factory=list)
    holidays: dict[date, str] = field(default_factory=dict)
    semesters: list[Semester] = field(default_factory=list)

    @property
    def today(self) -> date:
        return local_date(as_datetime(self.now), self.zone)

    def semester(self, day: date) -> Semester | None:
        return next((each for each in self.semesters if each.covers(day)), None)


def fold(name: str) -> str:
    """What names are compared by."""
    return plain(name).casefold()


def series_key(
    discipline: str | None,
    title: str,
    kind: str,
    groups: list[str],
    teachers: list[str],
    weekday: int,
    starts: str,
    minutes: int,
    first: date,
    last: date,
    weeks: str,
) -> tuple[Any, ...]:
    """What makes two lines of the timetable the same."""
    name = discipline or fold(title)
    return (name, kind, *map(frozenset, (groups, teachers)), weekday, starts, minutes, first, last, weeks)


async def load(house: House, kind: Kind, allowed: frozenset[Role], created: int, file: str) -> Known:
    """Everything that a file of this kind is compared with."""
    known = Known(house.clock.now(), created, ZoneInfo(house.settings.time_zone), allowed, file)
    async with house.store.read() as db:
        if kind == "holidays":
            known.holidays = {row.day: row.name async for row in _rows(db, select(Holiday.day, Holiday.name))}
            return known
        await _load_units(db, known)
        if kind in ("users", "enrolments", "timetable"):
            await _load_accounts(db, known)
        if kind in ("users", "enrolments"):
            query = select(
                Enrolment.id, Enrolment.student, Enrolment.group, Enrolment.since, Enrolment.until
            ).order_by(Enrolment.since)
            async for row in _rows(db, query):
                known.enrolled[row.student, row.group].append(Spell(row.id, row.since, row.until))
        if kind in ("disciplines", "enrolments"):
            await _load_takings(db, known)
        if kind == "timetable":
            await _load_timetable(db, known)
    return known


async def _rows(db: AsyncSession, query: Executable) -> AsyncIterator[Row[Any]]:
    async for portion in (await db.stream(query)).partitions(PORTION):
        for row in portion:
            yield row


async def _load_units(db: AsyncSession, known: Known) -> None:
    async for row in _rows(db, select(Faculty.id, Faculty.name, Faculty.archived)):
        known.faculties[fold(row.name)] = Unit(row.id, row.name, archived=row.archived)
    query = select(Department.id, Department.name, Department.faculty, Department.archived)
    async for row in _rows(db, query):
        unit = Unit(row.id, row.name, row.faculty, row.archived)
        known.departments[row.faculty, fold(row.name)] = unit
        known.chairs[fold(row.name)].append(unit)
    found = select(Group.id, Group.name, Group.department, Group.archived, Group.language)
    async for row in _rows(db, found):
        known.groups[fold(row.name)] = Unit(row.id, row.name, row.department, row.archived, row.language)
    columns = (
        Discipline.id, Discipline.name, Discipline.department, Discipline.archived, Discipline.language,
        Discipline.hours, Discipline.contact_hours, Discipline.mooc,
    )  # fmt: skip
    async for row in _rows(db, select(*columns)):
        unit = Unit(*tuple(row))
        known.disciplines[row.department, fold(row.name)] = unit
        known.named[fold(row.name)].append(unit)


async def _load_accounts(db: AsyncSession, known: Known) -> None:
    roles: dict[str, set[Held]] = defaultdict(set)
    query = select(RoleRow.user, RoleRow.role, RoleRow.scope_kind, RoleRow.scope)
    async for row in _rows(db, query):
        roles[row.user].add((row.role, row.scope_kind, row.scope))
    columns = (
        UserRow.folded, UserRow.id, UserRow.name, UserRow.email, UserRow.phone, UserRow.language,
        UserRow.disabled,
    )  # fmt: skip
    async for row in _rows(db, select(*columns)):
        known.accounts[row.folded] = Account(
            row.id, row.name, row.email, row.phone, row.language, row.disabled, roles.get(row.id, set())
        )


async def _load_takings(db: AsyncSession, known: Known) -> None:
    columns = (Taking.id, Taking.group, Taking.student, Taking.discipline, Taking.since, Taking.until)
    async for row in _rows(db, select(*columns).order_by(Taking.since)):
        spell = Spell(row.id, row.since, row.until)
        known.taken[row.group or row.student, row.discipline].append(spell)


async def _load_timetable(db: AsyncSession, known: Known) -> None:
    async for row in _rows(db, select(Holiday.day, Holiday.name)):
        known.holidays[row.day] = row.name
    async for row in _rows(db, select(SemesterRow.starts, SemesterRow.ends).order_by(SemesterRow.starts)):
        known.semesters.append(Semester(row.starts, row.ends))
    columns = (
        Series.discipline, Series.title, Series.kind, Series.groups, Series.teachers, Series.weekday,
        Series.starts, Series.minutes, Series.first, Series.last, Series.weeks,
    )  # fmt: skip
    async for row in _rows(db, select(*columns)):
        known.series.add(series_key(*tuple(row)))
    ahead = Lesson.ends > known.now
    planned = Lesson.id.not_in(select(LessonState.lesson).where(LessonState.state == "cancelled"))
    groups: dict[str, set[str]] = defaultdict(set)
    teachers: dict[str, set[str]] = defaultdict(set)
    query = select(LessonGroup.lesson, LessonGroup.group).join(Lesson, Lesson.id == LessonGroup.lesson)
    async for row in _rows(db, query.where(ahead)):
        groups[row.lesson].add(row.group)
    people = select(LessonPerson.lesson, LessonPerson.person).join(Lesson, Lesson.id == LessonPerson.lesson)
    async for row in _rows(db, people.where(ahead, LessonPerson.part.in_(("teacher", "substitute")))):
        teachers[row.lesson].add(row.person)
    async for row in _rows(db, select(Lesson.id, Lesson.starts, Lesson.ends).where(ahead, planned)):
        known.bookings.append(
            Booking(
                row.id,
                as_datetime(row.starts),
                as_datetime(row.ends),
                frozenset(teachers.get(row.id, ())),
                frozenset(groups.get(row.id, ())),
            )
        )
