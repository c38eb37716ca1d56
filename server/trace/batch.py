"""One batch of requests inside one transaction: what the writer commits at a time.

In flow requests in the order of their calls, out flows an outcome for each: what was recorded, or the
exception of its `work`. A failing work is rolled back to its own savepoint; it takes no number in the
chain and the others do not notice. Entries are inserted together at the end, so an entry costs far
less than a statement. Anything that breaks the transaction itself is raised, and fails the batch.
"""

import asyncio
import logging
import secrets
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import KeyReused, TraceUnwritable
from server.trace import rows
from server.trace.chain import KEY_BYTES, Entry, Recorded, commitment, link
from server.trace.projections import Projections
from server.trace.requests import Request, WorkSession
from server.trace.tables import DataRow, EntryRow, KeyRow

log = logging.getLogger(__name__)

ADVISORY_LOCK = 0x53616262
"""PostgreSQL: held by the transaction that appends, so that two processes cannot fork the chain."""

MAX_SESSIONS = 4096
"""Sessions whose last number is remembered; past it all are forgotten and looked up again."""


class Head:
    """Where the chain ends, as this process knows it. Forgotten whenever that may be wrong."""

    def __init__(self) -> None:
        self.seq = -1
        self.hash = b""
        self.sessions: dict[str, int] = {}

    def forget(self) -> None:
        self.__init__()  # type: ignore[misc]


class Batch:
    """Runs once. `connection` is in a transaction that the caller commits."""

    def __init__(self, connection: AsyncConnection, head: Head, projections: Projections) -> None:
        self._db = connection
        self._head = head
        self._projections = projections
        self._entries: list[dict[str, Any]] = []
        self._data: list[dict[str, Any]] = []
        self._keys: list[dict[str, Any]] = []
        self._fresh: dict[int, Recorded] = {}
        self._seq_of: dict[bytes, int] = {}
        self.outcomes: list[Any] = []

    async def run(self, requests: list[Request]) -> None:
        await self._find_head()
        await self._find_keys(requests)
        for request in requests:
            self.outcomes.append(await self._one(request))
        await self._insert()

    async def _find_head(self) -> None:
        """Take the lock, and look where the chain ends: another process may have gone on."""
        if self._db.dialect.name == "postgresql":
            await self._db.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        seq, digest = await rows.head(self._db)
        if (seq, digest) != (self._head.seq, self._head.hash):
            self._head.sessions.clear()
            self._head.seq, self._head.hash = seq, digest
            if self._projections.all:
                session = WorkSession(bind=self._db, join_transaction_mode="create_savepoint")
                try:
                    await self._projections.catch_up(session, seq)
                    await session.keep()
                finally:
                    await session.close()

    async def _find_keys(self, requests: list[Request]) -> None:
        wanted = {request.digest for request in requests if request.digest}
        if wanted:
            found = await self._db.execute(select(KeyRow.digest, KeyRow.seq).where(KeyRow.digest.in_(wanted)))
            self._seq_of = {row.digest: row.seq for row in found}

    async def _one(self, request: Request) -> Any:
        if request.digest in self._seq_of:
            return await self._repeat(request, self._seq_of[request.digest])
        applied = self._projections.of(request.kind)
        number = await self._session_seq(request.session) + 1 if request.kind else 0
        if request.work is None and not applied:
            return self._append(request, self._link(request, number), None)
        session = WorkSession(bind=self._db, join_transaction_mode="create_savepoint", expire_on_commit=False)
        try:
            try:
                result = await request.work(session) if request.work else None
                if not request.kind:
                    await session.keep()
                    return result
                row = self._link(request, number)
                if applied:
                    await session.flush()
                for projection in applied:
                    await projection.apply(session, row[0], request.data)
                await session.keep()
            except asyncio.CancelledError as error:
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise  # the writer itself is being stopped
                await session.undo()
                return TraceUnwritable(f"{request.kind}: its work was cancelled ({error})")
            except Exception as error:
                await session.undo()
                return _plain(error)
        finally:
            await session.close()
        return self._append(request, row, result)

    def _link(self, request: Request, session_seq: int) -> tuple[Entry, bytes]:
        key = secrets.token_bytes(KEY_BYTES)
        entry = link(
            self._head.seq + 1,
            request.session,
            session_seq,
            request.time,
            request.mono,
            request.actor,
            request.kind,
            commitment(key, request.key, request.encoded),
            self._head.hash,
        )
        return entry, key

    def _append(self, request: Request, row: tuple[Entry, bytes], result: Any) -> Recorded:
        entry, key = row
        self._head.seq, self._head.hash = entry.seq, entry.hash
        self._head.sessions[entry.session] = entry.session_seq
        self._entries.append({name: getattr(entry, name) for name in rows.COLUMNS})
        self._data.append({"seq": entry.seq, "key": key, "idem": request.key, "data": request.encoded})
        if request.digest:
            self._keys.append({"digest": request.digest, "seq": entry.seq})
            self._seq_of[request.digest] = entry.seq
        recorded = Recorded(entry, request.data, result)
        self._fresh[entry.seq] = recorded
        return recorded

    async def _repeat(self, request: Request, seq: int) -> Recorded | KeyReused:
        first = self._fresh.get(seq) or (await rows.by_seq(self._db, [seq]))[seq]
        if first.entry.kind != request.kind:
            return KeyReused(f"the key of {first.entry.kind} is used again for {request.kind}")
        return Recorded(first.entry, first.data, None, repeat=True)

    async def _session_seq(self, session: str) -> int:
        known = self._head.sessions
        if session not in known:
            if len(known) >= MAX_SESSIONS:
                known.clear()
                # numbers given out in this batch are not in the table yet
                known.update({each["session"]: each["session_seq"] for each in self._entries})
            if session not in known:
                found = await self._db.execute(
                    select(func.max(EntryRow.session_seq)).where(EntryRow.session == session)
                )
                known[session] = found.scalar_one() or 0
        return known[session]

    async def _insert(self) -> None:
        for table, values in ((EntryRow, self._entries), (DataRow, self._data), (KeyRow, self._keys)):
            if values:
                await self._db.execute(insert(table), values)
        if self._entries:
            await self._projections.mark(self._db, self._head.seq)


def _plain(error: Exception) -> Exception:
    """The exception for the caller of `record`: its own, or `TraceUnwritable` for the database's."""
    if isinstance(error, InterfaceError | DatabaseError) and not isinstance(error, IntegrityError):
        return TraceUnwritable(f"the database refused the change: {getattr(error, 'orig', error)}")
    return error
