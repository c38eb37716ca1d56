"""Between the trace's tables and its values: the statements that several of its modules use."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from server.trace.chain import GENESIS, Entry, Recorded
from server.trace.tables import DataRow, EntryRow

COLUMNS = ("seq", "session", "session_seq", "time", "mono", "actor", "kind", "commit", "prev", "hash")

_entry_columns = [getattr(EntryRow, name).label(name) for name in COLUMNS]

Db = AsyncConnection | AsyncSession


def entry_of(row: RowMapping) -> Entry:
    return Entry(*(row[name] for name in COLUMNS))


def recorded_of(row: RowMapping) -> Recorded:
    data = row["data"]
    return Recorded(entry_of(row), None if data is None else msgspec.json.decode(data))


def entries_with_data() -> Select[Any]:
    """Every entry with its data (NULL once erased), idempotency key and commitment key."""
    return select(*_entry_columns, DataRow.data, DataRow.idem, DataRow.key.label("data_key")).outerjoin_from(
        EntryRow, DataRow, DataRow.seq == EntryRow.seq
    )


async def page(db: Db, *where: ColumnElement[bool], limit: int, order: Any = EntryRow.seq) -> list[Recorded]:
    """Up to `limit` entries with their data, in order."""
    found = await db.execute(entries_with_data().where(*where).order_by(order).limit(limit))
    return [recorded_of(row) for row in found.mappings()]


async def by_seq(db: Db, seqs: Collection[int]) -> dict[int, Recorded]:
    found = await page(db, EntryRow.seq.in_(seqs), limit=len(seqs))
    return {each.entry.seq: each for each in found}


async def head(db: Db) -> tuple[int, bytes]:
    """Number and hash of the newest entry; (0, GENESIS) of an empty trace."""
    found = await db.execute(select(EntryRow.seq, EntryRow.hash).order_by(EntryRow.seq.desc()).limit(1))
    row = found.first()
    return (row[0], row[1]) if row else (0, GENESIS)
