"""Faculties, departments, groups and disciplines: made, changed, archived, removed, listed.

One table of kinds drives all four: where a kind's rows live, what holds them and what makes them
history. In flow checked bodies, out flow rows; every change is an entry of the trace with its table
change in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.permissions import Scope, Standing
from server.plan.sorting import page
from server.plan.tables import (
    Department,
    Discipline,
    Enrolment,
    Faculty,
    Group,
    Lesson,
    LessonGroup,
    Series,
    Taking,
)

Row = Faculty | Department | Group | Discipline

MAX_UNITS = 20_000
"""Of one kind. Lists are sorted here and not in the database, which cannot order Kyrgyz words."""


@dataclass(frozen=True)
class Kind:
    """`parent` is the column that names what holds it; `history` the columns that refer to it: one
    row there, and it can only be archived."""

    name: str
    table: type[Any]
    parent: str
    parent_kind: str
    history: tuple[InstrumentedAttribute[Any], ...]


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("faculty", Faculty, "", "", (Department.faculty,)),
        Kind("department", Department, "faculty", "faculty", (Group.department, Discipline.department)),
        Kind(
            "group",
            Group,
            "department",
            "department",
            (Enrolment.group, LessonGroup.group, Taking.group),
        ),
        Kind(
            "discipline",
            Discipline,
            "department",
            "department",
            (Lesson.discipline, Taking.discipline, Series.discipline),
        ),
    )
}


async def listed(
    db: AsyncSession, kind: str, *, of: str, query: str, archived: bool, after: str, limit: int
) -> tuple[list[Any], str]:
    """One page of a kind in the order of the alphabet; `query` is a part of the name in any case."""
    spec = KINDS[kind]
    where: list[ColumnElement[bool]] = []
    if of and spec.parent:
        where.append(getattr(spec.table, spec.parent) == of)
    if not archived:
        where.append(spec.table.archived.is_(False))
    rows = await db.scalars(select(spec.table).where(*where).limit(MAX_UNITS))
    wanted = query.strip().casefold()
    found = (row for row in rows if wanted in row.name.casefold())
    return page(found, lambda row: row.name, lambda row: row.id, after, limit)


async def lies_in(db: AsyncSession, kind: str, key: str) -> frozenset[Scope] | None:
    """Every scope that a unit lies in, without itself; None when there is no such unit."""
    if kind == "faculty":
        row = (await db.execute(select(Faculty.id).where(Faculty.id == key))).first()
        return None if row is None else frozenset()
    if kind == "department":
        faculty = await db.scalar(select(Department.faculty).where(Department.id == key))
        return None if faculty is None else frozenset({Scope("faculty", faculty)})
    table = KINDS[kind].table
    found = (
        await db.execute(
            select(Department.id, Department.faculty)
            .join(table, table.department == Department.id)
            .where(table.id == key)
        )
    ).first()
    if found is None:
        return None
    return frozenset({Scope("department", found[0]), Scope("faculty", found[1])})


async def standing_inside(db: AsyncSession, parent_kind: str, parent: str) -> Standing:
    """The standing of anybody to a unit that is about to be made inside `parent`.

    Raises:
        ApiError: 404 `object.unknown`.
    """
    outer = await lies_in(db, parent_kind, parent)
    if outer is None:
        raise ApiError("object.unknown", 404, kind=parent_kind)
    own = Scope("faculty", parent) if parent_kind == "faculty" else Scope("department", parent)
    return Standing(scopes=outer | {own})


async def create(house: House, actor: str, kind: str, fields: Mapping[str, Any]) -> Any:
    """Make a unit; returns its row.

    Raises:
        ApiError: 409 `unit.name_taken`, 404 `object.unknown` for a holder that is not there, 409
            `unit.archived` for one that is archived.
    """
    spec = KINDS[kind]
    key = new_id()

    async def work(db: AsyncSession) -> Any:
        if spec.parent:
            holder = await db.get(KINDS[spec.parent_kind].table, fields[spec.parent])
            if holder is None:
                raise ApiError("object.unknown", 404, kind=spec.parent_kind)
            if holder.archived:
                raise ApiError("unit.archived", 409)
        row = spec.table(id=key, archived=False, **fields)
        db.add(row)
        await _flush(db)
        return row

    recorded = await house.trace.record(f"{kind}.created", {kind: key, **fields}, actor=actor, work=work)
    return recorded.result


async def change(house: House, actor: str, kind: str, key: str, fields: Mapping[str, Any]) -> Any:
    """Change some fields; returns the row. Nothing to change writes nothing.

    Raises:
        ApiError: 404 `object.unknown`, 409 `unit.name_taken`.
    """
    table = KINDS[kind].table
    if not fields:
        async with house.store.read() as db:
            return _known(await db.get(table, key), kind)

    async def work(db: AsyncSession) -> Any:
        row = _known(await db.get(table, key), kind)
        for name, value in fields.items():
            setattr(row, name, value)
        await _flush(db)
        return row

    recorded = await house.trace.record(f"{kind}.changed", {kind: key, **fields}, actor=actor, work=work)
    return recorded.result


async def remove(house: House, actor: str, kind: str, key: str) -> None:
    """Remove a unit that nothing refers to.

    Raises:
        ApiError: 404 `object.unknown`, 409 `unit.has_history` (archive it instead).
    """
    spec = KINDS[kind]

    async def work(db: AsyncSession) -> None:
        row = _known(await db.get(spec.table, key), kind)
        for column in spec.history:
            if (await db.execute(select(column).where(column == key).limit(1))).first():
                raise ApiError("unit.has_history", 409, kind=kind)
        if kind == "group" and await _in_a_series(db, key):
            raise ApiError("unit.has_history", 409, kind=kind)
        await db.delete(row)
        await db.flush()

    await house.trace.record(f"{kind}.removed", {kind: key}, actor=actor, work=work)


def _known(row: Any, kind: str) -> Any:
    if row is None:
        raise ApiError("object.unknown", 404, kind=kind)
    return row


async def _in_a_series(db: AsyncSession, group: str) -> bool:
    rows = await db.scalars(select(Series.groups))
    return any(group in groups for groups in rows)


async def _flush(db: AsyncSession) -> None:
    try:
        await db.flush()
    except IntegrityError:
        raise ApiError("unit.name_taken", 409) from None
