"""How an actor stands to units, lessons and lines of the timetable: the resolvers the judge asks.

In flow an actor and an id, out flows a standing, or None when there is no such object. Scopes nest as
the university does: a group and a discipline lie in a department, that in a faculty.
"""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.permissions import Actor, Relation, Scope, Standing
from server.permissions.relations import encloses, members_of, names, relation_of
from server.plan.facts import disciplines_by_id, groups_by_id
from server.plan.memory import LessonMemory
from server.plan.roster import students_of
from server.plan.standing import scopes_of, standing_of
from server.plan.tables import (
    Department,
    Enrolment,
    Faculty,
    Group,
    Lesson,
    LessonGroup,
    LessonPerson,
    Series,
    Taking,
)
from server.plan.units import lies_in
from server.plan.views import member_of

TEACHES = ("teacher", "substitute")
TAUGHT_DAYS = 366
"""A teacher keeps seeing the roster of a group for a year after the last lesson with it."""


def _relations(own: bool, enrolled: bool) -> frozenset[Relation]:
    found: set[Relation] = set()
    if own:
        found.add("own")
    if enrolled:
        found.add("enrolled")
    return frozenset(found or {"stranger"})


async def taught_groups(house: House, db: AsyncSession, teacher: str) -> set[str]:
    """The groups that `teacher` has lessons with, in the last year or ahead."""
    since = house.clock.now() - TAUGHT_DAYS * 86_400_000_000
    return set(
        await db.scalars(
            select(LessonGroup.group)
            .join(Lesson, Lesson.id == LessonGroup.lesson)
            .join(LessonPerson, LessonPerson.lesson == Lesson.id)
            .where(LessonPerson.person == teacher, LessonPerson.part.in_(TEACHES), Lesson.ends > since)
            .distinct()
        )
    )


async def _unit(house: House, kind: str, key: str) -> frozenset[Scope] | None:
    async with house.store.read() as db:
        return await lies_in(db, kind, key)


@relation_of("faculty")
async def faculty_standing(house: House, actor: Actor, key: str) -> Standing | None:
    outer = await _unit(house, "faculty", key)
    return None if outer is None else Standing(scopes=outer | {Scope("faculty", key)})


@relation_of("department")
async def department_standing(house: House, actor: Actor, key: str) -> Standing | None:
    outer = await _unit(house, "department", key)
    return None if outer is None else Standing(scopes=outer | {Scope("department", key)})


@relation_of("group")
async def group_standing(house: House, actor: Actor, key: str) -> Standing | None:
    """own: teaches it; enrolled: a student of it now."""
    async with house.store.read() as db:
        outer = await lies_in(db, "group", key)
        if outer is None:
            return None
        now = house.clock.now()
        member = select(Enrolment.id).where(
            Enrolment.group == key,
            Enrolment.student == actor.id,
            Enrolment.since <= now,
            or_(Enrolment.until.is_(None), Enrolment.until > now),
        )
        enrolled = (await db.execute(member.limit(1))).first() is not None
        own = actor.has("teacher") and key in await taught_groups(house, db, actor.id)
    return Standing(_relations(own, enrolled), outer | {Scope("group", key)})


@relation_of("discipline")
async def discipline_standing(house: House, actor: Actor, key: str) -> Standing | None:
    """own: has lessons of it; enrolled: takes it by name."""
    async with house.store.read() as db:
        outer = await lies_in(db, "discipline", key)
        if outer is None:
            return None
        now = house.clock.now()
        taking = select(Taking.id).where(
            Taking.discipline == key,
            Taking.student == actor.id,
            Taking.since <= now,
            or_(Taking.until.is_(None), Taking.until > now),
        )
        teaching = (
            select(Lesson.id)
            .join(LessonPerson, LessonPerson.lesson == Lesson.id)
            .where(Lesson.discipline == key, LessonPerson.person == actor.id, LessonPerson.part.in_(TEACHES))
        )
        enrolled = (await db.execute(taking.limit(1))).first() is not None
        own = (await db.execute(teaching.limit(1))).first() is not None
    return Standing(_relations(own, enrolled), outer)


@relation_of("lesson")
async def lesson_standing(house: House, actor: Actor, key: str) -> Standing | None:
    facts = await house.part(LessonMemory).of(key)
    if facts is None:
        return None
    async with house.store.read() as db:
        return standing_of(facts, actor, await member_of(db, actor), house.clock.now())


@relation_of("series")
async def series_standing(house: House, actor: Actor, key: str) -> Standing | None:
    async with house.store.read() as db:
        series = await db.get(Series, key)
        if series is None:
            return None
        scopes = await planned_scopes(db, series.groups, series.discipline)
    return Standing(_relations(actor.id in series.teachers, False), scopes)


async def planned_scopes(db: AsyncSession, groups: list[str], discipline: str | None) -> frozenset[Scope]:
    """Everything that these groups and this discipline lie in, the groups themselves included."""
    scopes: set[Scope] = set()
    for unit in (await groups_by_id(db, groups)).values():
        scopes |= {Scope("group", unit.id), *unit.lies_in()}
    for unit in (await disciplines_by_id(db, [discipline] if discipline else [])).values():
        scopes |= unit.lies_in()
    return frozenset(scopes)


@encloses("group")
async def group_lies_in(house: House, key: str) -> frozenset[Scope]:
    return await _unit(house, "group", key) or frozenset()


@encloses("department")
async def department_lies_in(house: House, key: str) -> frozenset[Scope]:
    return await _unit(house, "department", key) or frozenset()


@encloses("lesson")
async def lesson_lies_in(house: House, key: str) -> frozenset[Scope]:
    facts = await house.part(LessonMemory).of(key)
    return frozenset() if facts is None else scopes_of(facts) - {Scope("lesson", key)}


async def _name(house: House, table: type[Faculty] | type[Department] | type[Group], key: str) -> str | None:
    async with house.store.read() as db:
        return await db.scalar(select(table.name).where(table.id == key))


@names("faculty")
async def faculty_name(house: House, key: str) -> str | None:
    return await _name(house, Faculty, key)


@names("department")
async def department_name(house: House, key: str) -> str | None:
    return await _name(house, Department, key)


@names("group")
async def group_name(house: House, key: str) -> str | None:
    return await _name(house, Group, key)


@members_of("group")
async def group_members(house: House, key: str) -> Collection[str]:
    now = house.clock.now()
    async with house.store.read() as db:
        return {row.student for row in await students_of(db, key, now, now + 1)}
