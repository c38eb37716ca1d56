"""Erasing what entries say (R20): data, idempotency key and commitment key go, the chain stays.

In flow numbers of entries, out flow `trace.erased` entries that say which were erased and why, in the
same transaction as the deletion, so that a verifier can tell an erased entry from a robbed one. What
the entry said cannot be guessed from the chain: its commitment was made under a random key that is
gone too. Projected rows are the caller's to clear.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.trace.log import Trace
from server.trace.tables import DataRow, EntryRow, KeyRow
from server.trace.verifier import ERASED, Range, to_ranges

PAGE = 1000
"""Numbers erased with one entry: at most 1,000 ranges, and a short transaction."""


async def erase(trace: Trace, seqs: Collection[int], *, actor: str, reason: str) -> int:
    """Erase the data of the entries `seqs`. Returns how many had data.

    Numbers without data and `trace.erased` entries are left out. Stopping half-way is safe: call again.

    Raises:
        TraceError: as `Trace.record`.
    """
    erased = 0
    wanted = sorted(set(seqs))
    for start in range(0, len(wanted), PAGE):
        there = await _with_data(trace, wanted[start : start + PAGE])
        if there:
            ranges = to_ranges(there)
            await trace.record(
                ERASED,
                {"ranges": ranges, "reason": reason},
                actor=actor,
                work=lambda db, ranges=ranges: _delete(db, ranges),  # type: ignore[misc]
            )
            erased += len(there)
    if erased:
        await trace.store.truncate_log()
    return erased


async def _with_data(trace: Trace, seqs: Sequence[int]) -> list[int]:
    statement = (
        select(DataRow.seq)
        .join(EntryRow, EntryRow.seq == DataRow.seq)
        .where(DataRow.seq.in_(seqs), EntryRow.kind != ERASED)
        .order_by(DataRow.seq)
    )
    async with trace.store.read() as db:
        return list((await db.execute(statement)).scalars())


async def _delete(db: AsyncSession, ranges: Sequence[Range]) -> None:
    for low, high in ranges:
        for table in (DataRow, KeyRow):
            await db.execute(delete(table).where(table.seq >= low, table.seq <= high))
