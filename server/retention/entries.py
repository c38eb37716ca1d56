"""Which entries of the trace belong to some items: statements that several kinds use. Erased ones are
left out."""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.trace.tables import DataRow, EntryRow

T = TypeVar("T")

MANY = 500
"""Values in one list of a statement."""

PAGE = 2000


def parts(values: Iterable[T]) -> Iterator[list[T]]:
    """`values` in lists of at most `MANY`."""
    listed = list(values)
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]


async def of_sessions(db: AsyncSession, sessions: Collection[str], kinds: Collection[str]) -> list[int]:
    """Entries of these kinds in these sessions."""
    found: list[int] = []
    for part in parts(sessions):
        asked = select(EntryRow.seq).join(DataRow, DataRow.seq == EntryRow.seq)
        found += await db.scalars(asked.where(EntryRow.session.in_(part), EntryRow.kind.in_(kinds)))
    return found


async def naming(db: AsyncSession, kinds: Collection[str], field: str, values: Collection[str]) -> list[int]:
    """Entries of these kinds whose data has one of `values` in `field`. Reads all of these kinds."""
    wanted, found, after = set(values), list[int](), 0
    asked = (
        select(EntryRow.seq, DataRow.data)
        .join(DataRow, DataRow.seq == EntryRow.seq)
        .where(EntryRow.kind.in_(kinds))
        .order_by(EntryRow.seq)
        .limit(PAGE)
    )
    while True:
        rows = (await db.execute(asked.where(EntryRow.seq > after))).all()
        found += [row.seq for row in rows if msgspec.json.decode(row.data).get(field) in wanted]
        if len(rows) < PAGE:
            return found
        after = rows[-1].seq
