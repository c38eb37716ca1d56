"""Verification of a store or of an export, streaming: a few pages in memory, however long the trace.

In flow a `Store` or a file of `export`, out flows a `Report` with the first bad place, if any. Not
only the chain is looked at: the tables of data and of idempotency keys must hold a row for each entry
that has one, and none besides.
"""

from pathlib import Path

import msgspec
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from server.store import Store
from server.trace.export import MAX_LINE, ExportHead, ExportLine, row_of
from server.trace.rows import entries_with_data, entry_of
from server.trace.tables import DataRow, EntryRow, KeyRow
from server.trace.verifier import Report, Row, Verifier

PAGE = 2000


async def verify(store: Store, *, known: tuple[int, bytes] | None = None) -> Report:
    """Check the whole trace of `store`, as of one moment.

    Args:
        known: number and hash of an entry noted earlier; finds what a chain alone cannot show, that
            its end was cut off or written anew.
    """
    verifier = Verifier(known)
    async with store.read() as db:
        try:
            if not store.is_sqlite:  # SQLite's readers have one snapshot anyway
                await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            await _entries(db, verifier)
            report = verifier.finish()
            if report.good:
                await _counts(db, verifier)
        except (SQLAlchemyError, UnicodeDecodeError) as error:
            reason = str(getattr(error, "orig", error)).splitlines()[0]
            verifier.bad(verifier.report.entries + 1, "unreadable", f"the database cannot be read: {reason}")
    return verifier.report


async def _entries(db: AsyncSession, verifier: Verifier) -> None:
    statement = (
        entries_with_data()
        .add_columns(KeyRow.digest)
        .outerjoin(KeyRow, KeyRow.seq == EntryRow.seq)
        .order_by(EntryRow.seq)
        .limit(PAGE)
    )
    after: int | None = None
    while True:
        page = statement if after is None else statement.where(EntryRow.seq > after)
        found = (await db.execute(page)).mappings().all()
        for each in found:
            digest = b"" if each["digest"] is None else each["digest"]
            row = Row(entry_of(each), each["data"], each["idem"], each["data_key"], digest)
            if not verifier.feed(row):
                return
        if len(found) < PAGE:
            return
        after = found[-1]["seq"]


async def _counts(db: AsyncSession, verifier: Verifier) -> None:
    """Rows of data or keys without an entry: `_entries` joins from the entries and misses them."""
    report = verifier.report
    data = (await db.execute(select(func.count()).select_from(DataRow))).scalar_one()
    if data != report.entries - report.erased:
        verifier.bad(report.entries + 1, "data.orphan", "there is data that belongs to no entry")
        return
    keyed = select(func.count()).select_from(DataRow).where(DataRow.idem != "")
    keys = (await db.execute(select(func.count()).select_from(KeyRow))).scalar_one()
    if keys != (await db.execute(keyed)).scalar_one():
        verifier.bad(report.entries + 1, "key.orphan", "there are idempotency keys that belong to no entry")


def verify_export(path: Path, *, known: tuple[int, bytes] | None = None) -> Report:
    """Check a file that `sabak trace export` wrote. Raises OSError when it cannot be read."""
    verifier = Verifier(known)
    lines = msgspec.json.Decoder(ExportLine)
    with path.open("rb") as file:
        try:
            head = msgspec.json.decode(file.readline(MAX_LINE), type=ExportHead)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            verifier.bad(0, "malformed", "the first line is not the head of an export")
            return verifier.report
        while line := file.readline(MAX_LINE):
            seq = verifier.report.entries + 1
            try:
                row = row_of(lines.decode(line))
            except (msgspec.MsgspecError, ValueError):
                verifier.bad(seq, "malformed", f"line {seq + 1} is not an entry")
                return verifier.report
            if not verifier.feed(row):
                return verifier.report
    if (verifier.report.entries, verifier.report.head.hex()) != (head.entries, head.hash):
        verifier.bad(verifier.report.entries + 1, "truncated", "the file does not end where its head says")
        return verifier.report
    return verifier.finish()
