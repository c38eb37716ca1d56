"""Writes the demo university into an empty house, through the same functions as the office's pages.

In flow the pure parts (`people`, `subjects`, `week`), out flow accounts, units, rosters, a timetable
and single lessons, each an entry of the trace by ``system``.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server.clock import as_datetime
from server.demo import exam, week
from server.demo.people import DEPARTMENTS, GROUPS, STAFF, Post, Somebody, students
from server.demo.subjects import SUBJECTS
from server.house import House
from server.people.accounts import Accounts
from server.people.tables import UserRow
from server.permissions import UNIVERSITY, Grant, Scope
from server.plan import calendar, lessons, roster, timetable, units
from server.plan.lesson_shapes import LessonChange, NewLesson, NewSeries
from server.plan.roster import micro
from server.plan.tables import Discipline, Group, Lesson, LessonGroup, LessonPerson, LessonState
from server.plan.weeks import day_bounds

ACTOR = "system"


class University:
    """The ids of what has been made, by name."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.zone = ZoneInfo(house.settings.time_zone)
        self.faculties: dict[str, str] = {}
        self.departments: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.subjects: dict[str, str] = {}
        self.people: dict[str, str] = {}

    def scope(self, post: Post) -> Scope:
        match post.place:
            case "university":
                return UNIVERSITY
            case "faculty":
                return Scope("faculty", self.faculties[post.where])
            case "department":
                return Scope("department", self.departments[post.where])
            case "group":
                return Scope("group", self.groups[post.where])


async def fill_house(house: House, password: str, now: int) -> list[Somebody]:
    """Make everything around the moment `now` (microseconds). Returns everybody with an account."""
    made = University(house)
    local = as_datetime(now).astimezone(made.zone)
    first, last = week.semester(local)
    await calendar.add_semester(house, ACTOR, f"Семестр {first:%m.%Y}", first, last)
    await _units(made)
    everybody = [*STAFF, *students()]
    await _accounts(made, everybody, password)
    since = micro(day_bounds(first, made.zone)[0])
    for group in GROUPS:
        ids = [made.people[each.login] for each in everybody if each.group == group]
        await roster.enrol(house, ACTOR, made.groups[group], ids, since, None)
    await together(
        roster.take(house, ACTOR, made.subjects[subject.name], made.groups[group], None, since, None)
        for subject in SUBJECTS
        for group in subject.groups
    )
    await _timetable(made, local)
    rules = await exam.approve_rules(house, ACTOR, first)
    for single in week.singles(local):
        lesson = await _single(made, single)
        if single.kind == "exam":
            await exam.set_up(house, ACTOR, lesson, rules)
    return everybody


async def together(work: Iterable[Coroutine[Any, Any, object]]) -> None:
    """Run them side by side: the trace then commits many at a time, which is most of the time saved."""
    async with asyncio.TaskGroup() as tasks:
        for each in work:
            tasks.create_task(each)


async def _units(made: University) -> None:
    house = made.house
    for room, (department, faculty) in enumerate(DEPARTMENTS.items(), start=201):
        if faculty not in made.faculties:
            row = await units.create(house, ACTOR, "faculty", {"name": faculty})
            made.faculties[faculty] = row.id
        contact = f"+996 312 000-{room}, {room}-бөлмө"
        fields = {"faculty": made.faculties[faculty], "name": department, "contact": contact}
        made.departments[department] = (await units.create(house, ACTOR, "department", fields)).id
    for group, (department, language, _) in GROUPS.items():
        fields = {"department": made.departments[department], "name": group, "language": language}
        made.groups[group] = (await units.create(house, ACTOR, "group", fields)).id
    for subject in SUBJECTS:
        row = await units.create(
            house,
            ACTOR,
            "discipline",
            {
                "department": made.departments[subject.department],
                "name": subject.name,
                "language": subject.language,
                "hours": subject.hours,
                "contact_hours": subject.contact,
                "mooc": subject.mooc,
            },
        )
        made.subjects[subject.name] = row.id


async def _accounts(made: University, everybody: list[Somebody], password: str) -> None:
    """Consents are not accepted for them: each sees the texts at the first login, as people do (R17)."""
    accounts = made.house.part(Accounts)

    async def add(each: Somebody) -> None:
        grants = [Grant(post.role, made.scope(post)) for post in each.posts]
        slip = await accounts.add(ACTOR, each.login, each.name, grants, password=password, must_change=False)
        made.people[each.login] = slip.id

    await add(everybody[0])  # hashes the password; the others find it hashed
    await together(add(each) for each in everybody[1:])


async def _timetable(made: University, local: datetime) -> None:
    _, last = week.semester(local)

    async def make(line: week.Line) -> None:
        body = NewSeries(
            kind=line.kind,
            weekday=line.weekday,
            starts=f"{line.starts:%H:%M}",
            minutes=week.MINUTES,
            first=week.began(local).date(),
            last=last,
            weeks=line.weeks,
            title=line.title,
            discipline=made.subjects[line.subject] if line.subject else None,
            groups=[made.groups[group] for group in line.groups],
            teachers=[made.people[line.teacher]],
        )
        await timetable.make(made.house, ACTOR, body)

    await together(make(line) for line in week.timetable(local))


async def _single(made: University, single: week.Single) -> str:
    people = made.people
    body = NewLesson(
        kind=single.kind,
        title=single.title,
        starts=single.starts,
        ends=single.starts + timedelta(minutes=single.minutes),
        discipline=made.subjects[single.subject] if single.subject else None,
        groups=[made.groups[group] for group in single.groups],
        teachers=[people[single.teacher]],
        substitutes=[people[single.substitute]] if single.substitute else [],
        students=[people[login] for login in single.students],
        proctors=[people[login] for login in single.proctors],
        commission=[people[login] for login in single.commission],
        chair=people[single.chair] if single.chair else None,
        secretary=people[single.secretary] if single.secretary else None,
    )
    key, _ = await lessons.create(made.house, ACTOR, body)
    if single.cancelled:
        change = LessonChange(state="cancelled", reason=single.cancelled)
        await lessons.change(made.house, ACTOR, key, change)
    return key


async def lesson_on_now(house: House, now: int) -> str:
    """See that `teacher` has a lesson with ИТ-21 that is on now and not over; returns its id.

    For a demo that is started again on another day. Empty when somebody has renamed or archived what
    it needs: then it is no longer ours to touch.
    """
    async with house.store.read() as db:
        teacher = await db.scalar(select(UserRow.id).where(UserRow.login == "teacher"))
        group = await db.scalar(
            select(Group.id).where(Group.name == week.TEACHER_GROUP, Group.archived.is_(False))
        )
        subject = await db.scalar(select(Discipline.id).where(Discipline.name == SUBJECTS[0].name))
        over = select(LessonState.lesson).where(LessonState.state.in_(("closed", "cancelled")))
        there = await db.scalar(
            select(Lesson.id)
            .join(LessonPerson, LessonPerson.lesson == Lesson.id)
            .join(LessonGroup, LessonGroup.lesson == Lesson.id)
            .where(
                LessonPerson.person == teacher,
                LessonGroup.group == group,
                Lesson.starts <= now,
                Lesson.ends > now,
                Lesson.id.not_in(over),
            )
            .limit(1)
        )
    if there is not None:
        return there
    if teacher is None or group is None or subject is None:
        return ""
    starts = week.began(as_datetime(now).astimezone(ZoneInfo(house.settings.time_zone)))
    body = NewLesson(
        kind="lecture",
        starts=starts,
        ends=starts + timedelta(minutes=week.MINUTES),
        discipline=subject,
        groups=[group],
        teachers=[teacher],
    )
    key, _ = await lessons.create(house, ACTOR, body)
    return key
