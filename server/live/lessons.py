"""What the class needs to know of its lesson, read from the plan."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.live.words import LessonInfo, NamedInfo
from server.plan.facts import lesson_facts
from server.plan.names import names_of
from server.plan.tables import Lesson
from server.plan.views import SHOWN_PARTS, local


class Planned(NamedTuple):
    """`ends` in µs of session time."""

    info: LessonInfo
    ends: int
    cancelled: bool


async def find_lesson(house: House, db: AsyncSession, lesson: str) -> Planned:
    """The lesson as it is planned now.

    Raises:
        ApiError: 404 `object.unknown`.
    """
    row = await db.scalar(select(Lesson).where(Lesson.id == lesson))
    if row is None:
        raise ApiError("object.unknown", 404, kind="lesson")
    (facts,) = await lesson_facts(db, [row])
    teachers = [person for person, part in facts.people.items() if part in SHOWN_PARTS]
    names = await names_of(db, set(teachers))
    info = LessonInfo(
        id=facts.id,
        title=facts.title,
        kind=facts.kind,
        discipline=facts.discipline.name if facts.discipline is not None else "",
        teachers=[NamedInfo(person, names.get(person, "")) for person in teachers],
        starts=local(house, facts.starts).isoformat(),
        ends=local(house, facts.ends).isoformat(),
    )
    return Planned(info, facts.ends, facts.state == "cancelled")
