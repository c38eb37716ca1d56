"""Which lessons a person has to do with, as a condition of SQL: the day's and week's pages, lists.

In flow an actor, out flows a condition that is never too narrow: every lesson that the judge would
let them see within their role's scope or by their own part. `views` asks the judge again for each.
"""

from sqlalchemy import ColumnElement, exists, false, or_, select, true

from server.permissions import UNIVERSITY, Actor, reach
from server.plan.kinds import PRIVATE, UNLISTED
from server.plan.recurrence import MAX_MINUTES
from server.plan.tables import (
    Department,
    Discipline,
    Enrolment,
    Group,
    Lesson,
    LessonGroup,
    LessonPerson,
    Taking,
)

Condition = ColumnElement[bool]


def within(starts: int, ends: int) -> Condition:
    """Lessons with a moment in `[starts, ends)`; the lower bound lets the index work."""
    return (
        (Lesson.starts < ends) & (Lesson.starts > starts - MAX_MINUTES * 60_000_000) & (Lesson.ends > starts)
    )


def mine(actor: Actor) -> Condition:
    """Lessons the actor has a part in: by name, by group, by discipline, by a guest link."""
    if actor.kind == "guest":
        return Lesson.id.in_([grant.scope.id for grant in actor.grants if grant.scope.kind == "lesson"])
    named = exists().where(LessonPerson.lesson == Lesson.id, LessonPerson.person == actor.id)
    grouped = exists().where(
        LessonGroup.lesson == Lesson.id,
        Enrolment.group == LessonGroup.group,
        Enrolment.student == actor.id,
        meets_lesson(Enrolment),
    )
    taken = exists().where(
        Taking.discipline == Lesson.discipline, Taking.student == actor.id, meets_lesson(Taking)
    )
    return Lesson.kind.not_in(UNLISTED) & or_(named, grouped, taken)


def meets_lesson(table: type[Enrolment] | type[Taking]) -> Condition:
    return (table.since < Lesson.ends) & or_(table.until.is_(None), table.until > Lesson.starts)


def in_reach(actor: Actor, action: str = "lesson.read") -> Condition:
    """Lessons within the scopes in which the actor may do `action`; never private ones."""
    scopes = reach(actor, action)
    if not scopes:
        return false()
    open_to_offices = Lesson.kind.not_in(PRIVATE)
    if UNIVERSITY in scopes:
        return open_to_offices
    ids = {
        kind: [scope.id for scope in scopes if scope.kind == kind]
        for kind in ("group", "department", "faculty")
    }
    in_units = or_(Department.id.in_(ids["department"]), Department.faculty.in_(ids["faculty"]))
    groups = (
        select(LessonGroup.lesson)
        .join(Group, Group.id == LessonGroup.group)
        .join(Department, Department.id == Group.department)
        .where(or_(Group.id.in_(ids["group"]), in_units))
    )
    disciplines = (
        select(Discipline.id).join(Department, Department.id == Discipline.department).where(in_units)
    )
    return open_to_offices & or_(Lesson.id.in_(groups), Lesson.discipline.in_(disciplines))


def visible(actor: Actor) -> Condition:
    return or_(mine(actor), in_reach(actor))


def of_group(group: str) -> Condition:
    if not group:
        return true()
    return Lesson.id.in_(select(LessonGroup.lesson).where(LessonGroup.group == group))


def of_teacher(teacher: str) -> Condition:
    if not teacher:
        return true()
    return Lesson.id.in_(
        select(LessonPerson.lesson).where(
            LessonPerson.person == teacher, LessonPerson.part.in_(("teacher", "substitute"))
        )
    )


def of_faculty(faculty: str) -> Condition:
    """Lessons of the faculty's groups or disciplines; all of them without one."""
    if not faculty:
        return true()
    units = select(Department.id).where(Department.faculty == faculty)
    groups = select(Group.id).where(Group.department.in_(units))
    through = select(LessonGroup.lesson).where(LessonGroup.group.in_(groups))
    courses = select(Discipline.id).where(Discipline.department.in_(units))
    return or_(Lesson.id.in_(through), Lesson.discipline.in_(courses))
