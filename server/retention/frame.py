"""What kinds of records have in common: a forced kind is nobody's alone, rows go a part at a time and are
counted, and people are looked up only for holds."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Executable, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from server.house import House
from server.retention.entries import parts
from server.retention.kinds import Item, Rows

Column = InstrumentedAttribute[str]


class Kind:
    """A kind whose terms are in no document."""

    async def terms(self, db: AsyncSession) -> Mapping[str, int]:
        return {}


class Forced(Kind):
    """A kind that rules force the university to keep until its term, whoever asks for erasure."""

    rule = "R20"
    forced = True

    async def of_person(self, house: House, db: AsyncSession, person: str) -> Sequence[Item]:
        return []


async def nothing(db: AsyncSession) -> int:
    """No table knows of these items."""
    return 0


async def changed(db: AsyncSession, *statements: Executable) -> int:
    """Run statements; how many rows they removed or changed."""
    return sum([int(getattr(await db.execute(each), "rowcount", 0)) for each in statements])


async def forget(db: AsyncSession, values: Collection[str], *columns: Column) -> int:
    """Remove the rows of each column's table where it is one of `values`; how many."""
    gone = 0
    for part in parts(values):
        gone += await changed(db, *(delete(column.class_).where(column.in_(part)) for column in columns))
    return gone


def forgetting(values: Collection[str], *columns: Column) -> Rows:
    """`forget` as the rows of a removal."""

    async def rows(db: AsyncSession) -> int:
        return await forget(db, values, *columns)

    return rows


async def people_of(
    db: AsyncSession, of: Column, person: Column, among: Iterable[str], *where: ColumnElement[Any]
) -> dict[str, frozenset[str]]:
    """By the value of `of`: those of its people who are `among`."""
    found: dict[str, set[str]] = {}
    for part in parts(among):
        asked = select(of, person).where(person.in_(part), *where).distinct()
        for key, who in await db.execute(asked):
            found.setdefault(key, set()).add(who)
    return {key: frozenset(people) for key, people in found.items()}
