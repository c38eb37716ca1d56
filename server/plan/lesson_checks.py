"""What a lesson must satisfy before it is written, and whom it gets in the way of.

In flow a lesson about to be planned, out flow refusals with a code or warnings about overlaps. The
first half is pure; the second looks into the tables of the transaction that will write.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.errors import ApiError
from server.permissions import Role
from server.plan.facts import disciplines_by_id, groups_by_id
from server.plan.kinds import KINDS
from server.plan.names import require_people
from server.plan.overlaps import Booking, Clash, overlaps
from server.plan.recurrence import MAX_MINUTES, MIN_MINUTES
from server.plan.roster import micro
from server.plan.tables import Lesson, LessonGroup, LessonPerson, LessonState

FAR = timedelta(days=800)
"""Nothing is planned further away from now than this, either way."""

NEEDS: Mapping[str, tuple[Role, ...]] = {
    "teacher": ("teacher",),
    "substitute": ("teacher",),
    "student": ("student",),
    "proctor": ("proctor",),
    "commission": ("commission", "commission_chair"),
    "chair": ("commission_chair",),
    "secretary": ("secretary",),
}
"""A part in a lesson is worth something only together with a role."""

FIELD_OF_PART = {
    "teacher": "teachers",
    "substitute": "substitutes",
    "student": "students",
    "proctor": "proctors",
    "commission": "commission",
    "chair": "chair",
    "secretary": "secretary",
}


class Plan(msgspec.Struct, frozen=True):
    """A lesson before it is written. Times in microseconds; `people` maps a person to their part."""

    id: str
    kind: str
    title: str
    discipline: str | None
    starts: int
    ends: int
    groups: tuple[str, ...]
    people: Mapping[str, str]
    series: str | None = None

    def booking(self) -> Booking:
        busy = frozenset(p for p, part in self.people.items() if part in ("teacher", "substitute"))
        return Booking(
            self.id, as_datetime(self.starts), as_datetime(self.ends), busy, frozenset(self.groups)
        )

    def entry(self) -> dict[str, Any]:
        """What the trace says."""
        return {
            "lesson": self.id,
            "kind": self.kind,
            "title": self.title,
            "discipline": self.discipline,
            "starts": self.starts,
            "ends": self.ends,
            "groups": list(self.groups),
            "people": dict(self.people),
        }


def times(now: int, starts: datetime, ends: datetime) -> tuple[int, int]:
    """Start and end in microseconds.

    Raises:
        ApiError: 422 `plan.date` (too far from now), 422 `lesson.minutes` (too short or too long).
    """
    if not timedelta(minutes=MIN_MINUTES) <= ends - starts <= timedelta(minutes=MAX_MINUTES):
        raise ApiError("lesson.minutes", 422, least=MIN_MINUTES, most=MAX_MINUTES)
    if abs(starts - as_datetime(now)) > FAR:
        raise ApiError("plan.date", 422, days=FAR.days)
    return micro(starts), micro(ends)


def parts(body: Any) -> dict[str, str]:
    """Person to part, of a NewLesson or of the fields set in a LessonChange.

    Raises:
        ApiError: 422 `lesson.person_twice`.
    """
    found: dict[str, str] = {}
    for part, field in FIELD_OF_PART.items():
        value = getattr(body, field, UNSET)
        if value is UNSET or value is None:
            continue
        for person in [value] if isinstance(value, str) else dict.fromkeys(value):
            if person in found:
                raise ApiError("lesson.person_twice", 422, person=person)
            found[person] = part
    return found


async def check(
    db: AsyncSession, kind: str, title: str, discipline: str | None, groups: Collection[str]
) -> str:
    """The title to use.

    Raises:
        ApiError: 422 `lesson.discipline` (the kind needs one, or there is no such), 422
            `lesson.group` (there is no such), 422 `lesson.title` (neither a title nor a discipline).
    """
    subject = (await disciplines_by_id(db, [discipline])).get(discipline) if discipline else None
    if subject is None and (discipline or KINDS[kind].needs_discipline):
        raise ApiError("lesson.discipline", 422)
    known = await groups_by_id(db, groups)
    missing = [group for group in groups if group not in known]
    if missing:
        raise ApiError("lesson.group", 422, groups=missing[:10])
    if title:
        return title
    if subject is None:
        raise ApiError("lesson.title", 422)
    return subject.name


async def check_people(db: AsyncSession, people: Mapping[str, str]) -> None:
    for part, roles in NEEDS.items():
        await require_people(db, [each for each, had in people.items() if had == part], *roles)


async def clashes(db: AsyncSession, new: Sequence[Booking]) -> list[Clash]:
    """Overlaps of these lessons with everything planned that is not cancelled."""
    earliest = micro(min(booking.starts for booking in new))
    latest = micro(max(booking.ends for booking in new))
    teachers = {teacher for booking in new for teacher in booking.teachers}
    groups = {group for booking in new for group in booking.groups}
    window = (
        (Lesson.starts < latest)
        & (Lesson.starts > earliest - MAX_MINUTES * 60_000_000)
        & (Lesson.ends > earliest)
        & Lesson.id.not_in(select(LessonState.lesson).where(LessonState.state == "cancelled"))
    )
    spans: dict[str, tuple[int, int]] = {}
    taken: dict[str, tuple[set[str], set[str]]] = {}
    busy = select(Lesson.id, Lesson.starts, Lesson.ends, LessonPerson.person).join(
        LessonPerson, LessonPerson.lesson == Lesson.id
    )
    busy = busy.where(
        window, LessonPerson.person.in_(teachers), LessonPerson.part.in_(("teacher", "substitute"))
    )
    grouped = select(Lesson.id, Lesson.starts, Lesson.ends, LessonGroup.group).join(
        LessonGroup, LessonGroup.lesson == Lesson.id
    )
    grouped = grouped.where(window, LessonGroup.group.in_(groups))
    for place, query in enumerate((busy, grouped)):
        for lesson, starts, ends, who in await db.execute(query):
            spans[lesson] = (starts, ends)
            taken.setdefault(lesson, (set(), set()))[place].add(who)
    existing = [
        Booking(
            lesson,
            as_datetime(starts),
            as_datetime(ends),
            teachers=frozenset(taken[lesson][0]),
            groups=frozenset(taken[lesson][1]),
        )
        for lesson, (starts, ends) in spans.items()
    ]
    return overlaps(new, existing)
