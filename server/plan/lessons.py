"""Lessons: planned, changed, cancelled, removed. The rules of what may still be changed are here.

In flow checked bodies (rights were judged before), out flow ids and warnings about overlaps. Once a
lesson has been opened its time, groups and kind are history and stay; what went wrong is cancelled
with a reason and not removed (R2, R11).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.plan.kinds import TRIAL
from server.plan.lesson_checks import FIELD_OF_PART, Plan, check, check_people, clashes, parts, times
from server.plan.lesson_shapes import LessonChange, NewLesson
from server.plan.overlaps import Clash
from server.plan.roster import micro
from server.plan.state import state_of
from server.plan.tables import Lesson, LessonGroup, LessonPerson, LessonState

TIMING = ("kind", "starts", "ends", "discipline", "groups")
"""Fields that are history once a lesson was opened."""


async def create(house: House, actor: str, body: NewLesson) -> tuple[str, list[Clash]]:
    """Plan one lesson. Returns its id and the overlaps.

    Raises:
        ApiError: see `times`, `parts`, `check`.
    """
    starts, ends = times(house.clock.now(), body.starts, body.ends)
    plan = Plan(
        new_id(), body.kind, body.title.strip(), body.discipline, starts, ends,
        tuple(dict.fromkeys(body.groups)), parts(body),
    )  # fmt: skip

    async def work(db: AsyncSession) -> list[Clash]:
        return await insert(db, [plan])

    recorded = await house.trace.record("lesson.created", plan.entry(), actor=actor, work=work)
    return plan.id, recorded.result


async def insert(db: AsyncSession, plans: Sequence[Plan]) -> list[Clash]:
    """Write checked lessons that share kind, discipline, groups and people, as one line of the timetable
    does. Returns the overlaps with what was planned before, and among themselves."""
    first = plans[0]
    title = await check(db, first.kind, first.title, first.discipline, first.groups)
    await check_people(db, first.people)
    db.add_all(
        Lesson(
            id=plan.id, title=title, kind=plan.kind, discipline=plan.discipline, series=plan.series,
            starts=plan.starts, ends=plan.ends,
        )
        for plan in plans
    )  # fmt: skip
    await db.flush()
    for plan in plans:
        await _write_people(db, plan.id, plan.groups, plan.people)
    return await clashes(db, [plan.booking() for plan in plans])


async def change(house: House, actor: str, key: str, body: LessonChange) -> list[Clash]:
    """Change a lesson; returns the overlaps it now has.

    Raises:
        ApiError: 404 `object.unknown`; 409 `lesson.has_history` (it was opened: time, groups and kind
            stay; closed: people too), 409 `lesson.cancelled`; 422 as for a new lesson.
    """
    fields = {
        name: value
        for name in body.__struct_fields__
        if name not in ("state", "reason") and (value := getattr(body, name)) is not UNSET
    }
    if body.state is not UNSET:
        if fields:
            raise ApiError("lesson.state_alone", 422)
        await _set_state(house, actor, key, body.state, body.reason.strip())
        return []
    if not fields:
        return []
    now = house.clock.now()

    async def work(db: AsyncSession) -> list[Clash]:
        lesson = await db.get(Lesson, key)
        if lesson is None:
            raise ApiError("object.unknown", 404, kind="lesson")
        if lesson.kind == TRIAL:
            raise ApiError("lesson.state", 409)
        state, opened = await state_of(db, key)
        _refuse_history(state, opened, fields)
        plan = await _changed(db, lesson, body, fields, now)
        title = await check(db, plan.kind, plan.title, plan.discipline, plan.groups)
        await check_people(db, {p: part for p, part in plan.people.items() if _named(body, part)})
        if any(name in fields for name in TIMING):
            lesson.series = None  # it goes its own way now: removing the series must not remove it
        lesson.title, lesson.kind, lesson.discipline = title, plan.kind, plan.discipline
        lesson.starts, lesson.ends = plan.starts, plan.ends
        await db.execute(delete(LessonGroup).where(LessonGroup.lesson == key))
        await db.execute(delete(LessonPerson).where(LessonPerson.lesson == key))
        await _write_people(db, key, plan.groups, plan.people)
        return await clashes(db, [plan.booking()])

    was: dict[str, int] = {}
    if "starts" in fields or "ends" in fields:
        async with house.store.read() as db:
            row = await db.get(Lesson, key)
            was = {"was_starts": row.starts, "was_ends": row.ends} if row is not None else {}
    told = {name: micro(value) if name in ("starts", "ends") else value for name, value in fields.items()}
    data = {"lesson": key, **told, **was, "reason": body.reason.strip()}
    recorded = await house.trace.record("lesson.changed", data, actor=actor, work=work)
    return list(recorded.result)


def _named(body: LessonChange, part: str) -> bool:
    return getattr(body, FIELD_OF_PART[part]) is not UNSET


def _refuse_history(state: str, opened: bool, fields: Mapping[str, Any]) -> None:
    if state == "cancelled":
        raise ApiError("lesson.cancelled", 409)
    frozen = set(TIMING) if opened else set()
    if state == "closed":
        frozen |= set(FIELD_OF_PART.values())
    if frozen & fields.keys():
        raise ApiError("lesson.has_history", 409, fields=sorted(frozen & fields.keys()))


async def _changed(
    db: AsyncSession, lesson: Lesson, body: LessonChange, fields: Mapping[str, Any], now: int
) -> Plan:
    """The lesson as it will be."""
    groups = fields.get("groups")
    if groups is None:
        groups = list(await db.scalars(select(LessonGroup.group).where(LessonGroup.lesson == lesson.id)))
    people = {
        row.person: row.part
        for row in await db.execute(
            select(LessonPerson.person, LessonPerson.part).where(LessonPerson.lesson == lesson.id)
        )
        if not _named(body, row.part)
    }
    for person, part in parts(body).items():
        if person in people:
            raise ApiError("lesson.person_twice", 422, person=person)
        people[person] = part
    starts, ends = lesson.starts, lesson.ends
    if "starts" in fields or "ends" in fields:
        starts, ends = times(
            now, fields.get("starts", as_datetime(starts)), fields.get("ends", as_datetime(ends))
        )
    title = str(fields.get("title", lesson.title)).strip()
    discipline = fields.get("discipline", lesson.discipline)
    return Plan(
        lesson.id, fields.get("kind", lesson.kind), title, discipline, starts, ends,
        tuple(dict.fromkeys(groups)), people,
    )  # fmt: skip


async def _set_state(house: House, actor: str, key: str, wanted: str, reason: str) -> None:
    async def work(db: AsyncSession) -> None:
        if await db.get(Lesson, key) is None:
            raise ApiError("object.unknown", 404, kind="lesson")
        state, _ = await state_of(db, key)
        if (wanted, state) not in (("cancelled", "planned"), ("planned", "cancelled")):
            raise ApiError("lesson.state", 409, state=state)

    kind = "lesson.cancelled" if wanted == "cancelled" else "lesson.restored"
    await house.trace.record(kind, {"lesson": key, "reason": reason}, actor=actor, work=work)


async def remove(house: House, actor: str, key: str) -> None:
    """Remove a lesson that has not begun and was never opened or cancelled.

    Raises:
        ApiError: 404 `object.unknown`, 409 `lesson.has_history` (cancel it instead).
    """
    now = house.clock.now()

    async def work(db: AsyncSession) -> None:
        lesson = await db.get(Lesson, key)
        if lesson is None:
            raise ApiError("object.unknown", 404, kind="lesson")
        if lesson.starts <= now or await db.get(LessonState, key) is not None:
            raise ApiError("lesson.has_history", 409)
        await delete_rows(db, [key])

    await house.trace.record("lesson.deleted", {"lesson": key}, actor=actor, work=work)


async def delete_rows(db: AsyncSession, lessons: Sequence[str]) -> None:
    """Take lessons out of the tables."""
    await db.execute(delete(LessonGroup).where(LessonGroup.lesson.in_(lessons)))
    await db.execute(delete(LessonPerson).where(LessonPerson.lesson.in_(lessons)))
    await db.execute(delete(Lesson).where(Lesson.id.in_(lessons)))


async def _write_people(
    db: AsyncSession, lesson: str, groups: Sequence[str], people: Mapping[str, str]
) -> None:
    db.add_all(LessonGroup(lesson=lesson, group=group) for group in groups)
    db.add_all(LessonPerson(lesson=lesson, person=person, part=part) for person, part in people.items())
    await db.flush()
