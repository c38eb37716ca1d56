"""Writing a draft: portions of about 500 rows, each one entry of the trace with its table changes.

Between two portions everybody else's entries are written, so classes wait for one portion at most. A
portion holds whole steps: what a row of the file makes is there completely or not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.imports.draft import Step, Write
from server.imports.tables import ImportAccount
from server.people.tables import RoleRow, UserRow
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
    Series,
    Taking,
)
from server.store.base import Base

PORTION = 500
"""Rows of tables in one transaction, or those of one step where it has more."""

ORDER: Sequence[type[Base]] = (
    Faculty, Department, Group, Discipline, UserRow, RoleRow, ImportAccount, Enrolment, Taking, Holiday,
    Series, Lesson, LessonGroup, LessonPerson,
)  # fmt: skip
"""A row is written after those it refers to."""

TOLD = (Faculty, Department, Group, Discipline, UserRow, Enrolment, Taking, Series)
"""Whose ids the trace tells; those of lessons follow from their line."""


def portions(steps: Sequence[Step]) -> Iterator[list[Step]]:
    portion: list[Step] = []
    size = 0
    for step in steps:
        if portion and size + len(step.writes) > PORTION:
            yield portion
            portion, size = [], 0
        portion.append(step)
        size += len(step.writes)
    if portion:
        yield portion


def entry(steps: Sequence[Step]) -> Mapping[str, Any]:
    """What the trace says of a portion: counts, and ids of what was made or changed."""
    counts: dict[str, int] = {}
    made: dict[str, list[str]] = {}
    changed: dict[str, list[str]] = {}
    for write in (write for step in steps for write in step.writes):
        name = write.table.__tablename__
        counts[name] = counts.get(name, 0) + 1
        if write.table in TOLD:
            ids = made if write.key is None else changed
            ids.setdefault(name, []).append(write.values["id"] if write.key is None else write.key)
    return {"rows": len(steps), "counts": counts, "made": made, "changed": changed}


async def write(db: AsyncSession, steps: Sequence[Step]) -> None:
    """Raises:
    IntegrityError: somebody made the same meanwhile.
    """
    writes = [write for step in steps for write in step.writes]
    for model in ORDER:
        table = model.__table__
        assert isinstance(table, Table)
        mine = [write for write in writes if write.table is model]
        fresh = [dict(write.values) for write in mine if write.key is None]
        if fresh:
            await db.execute(insert(table), fresh)
        await _change(db, table, [write for write in mine if write.key is not None])


async def _change(db: AsyncSession, table: Table, writes: Sequence[Write]) -> None:
    """One statement for all rows of which the same columns change."""
    (key,) = table.primary_key.columns if writes else (None,)
    if key is None:
        return
    ordered = sorted(writes, key=lambda write: sorted(write.values))
    for _, same in groupby(ordered, key=lambda write: sorted(write.values)):
        statement = update(table).where(key == bindparam("the_key"))  # sets what the rows bring
        await db.execute(statement, [{**write.values, "the_key": write.key} for write in same])
