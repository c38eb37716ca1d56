"""Who sits on the commission of an exam, and who of them must keep out of a student's case."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.tables import RoleRow
from server.plan.names import names_of
from server.plan.roster import groups_of
from server.plan.tables import Lesson, LessonPerson

PARTS = ("chair", "commission", "secretary")
TEACHES = ("teacher", "substitute")


class Member(NamedTuple):
    person: str
    name: str
    part: str


class Commission(NamedTuple):
    """`kept_out`: member to the students whose teacher or curator they are."""

    members: tuple[Member, ...]
    kept_out: dict[str, frozenset[str]]

    def part(self, person: str) -> str:
        return next((each.part for each in self.members if each.person == person), "")

    def may_judge(self, person: str, student: str) -> bool:
        return self.part(person) in ("chair", "commission") and student not in self.kept_out.get(
            person, frozenset()
        )


async def commission_of(db: AsyncSession, lesson: str, students: dict[str, tuple[str, str]]) -> Commission:
    """Read from the plan: who is named to the exam, who teaches it, who is curator of whose group."""
    row = await db.get(Lesson, lesson)
    named = list(
        await db.execute(select(LessonPerson.person, LessonPerson.part).where(LessonPerson.lesson == lesson))
    )
    people = [each.person for each in named if each.part in PARTS]
    names = await names_of(db, people)
    members = tuple(
        sorted(
            (
                Member(each.person, names.get(each.person, ""), each.part)
                for each in named
                if each.part in PARTS
            ),
            key=lambda each: (PARTS.index(each.part), each.name),
        )
    )
    teachers = {each.person for each in named if each.part in TEACHES}
    groups = await groups_of(db, row) if row is not None else {}
    curators = await db.execute(
        select(RoleRow.user, RoleRow.scope).where(RoleRow.user.in_(people), RoleRow.role == "curator")
    )
    cares: dict[str, set[str]] = {}
    for each in curators:
        cares.setdefault(each.user, set()).add(each.scope)
    everybody = frozenset(students)
    kept_out = {
        person: everybody
        if person in teachers
        else frozenset(who for who in students if groups.get(who, "-") in cares.get(person, set()))
        for person in people
    }
    return Commission(members, kept_out)
