"""`Trace`: what the rest of the house calls. Appends, reads back, hands out, rebuilds, erases.

In flow `record` calls of any task, out flow `Recorded` values: to the caller after the commit, to
subscribers in order, to readers from the store. It owns the writer's task and the subscribers'.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, true

from server.clock import Anchor, Clock
from server.errors import TraceClosed
from server.store import Store
from server.trace import rows
from server.trace.chain import Entry, Recorded
from server.trace.projections import Projection, Projections
from server.trace.requests import Request, Work, request
from server.trace.subscribers import Callback, Subscription
from server.trace.tables import EntryRow
from server.trace.writer import Writer

STARTED = "server.started"
"""Kind of the entry that each start of the server writes: the anchor of its clock."""

MAX_PAGE = 5000

__all__ = ["STARTED", "Entry", "Recorded", "Trace"]


class Trace:
    """Made by `open`, ended by `close` (or used as an async context manager).

    One writer at a time is ensured by the database, not by this object: a `sabak` command may record
    beside the running server, whose projections and subscribers then get those entries with its next.
    """

    def __init__(self, store: Store, clock: Clock, projections: Sequence[Projection] = ()) -> None:
        self.store = store
        self.clock = clock
        self.projections = Projections(projections)
        self._subscriptions: list[Subscription] = []
        self.writer = Writer(store.writer, self.projections, self._publish)
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        store: Store,
        projections: Sequence[Projection] = (),
        *,
        clock: Clock | None = None,
        speed: float = 1.0,
    ) -> "Trace":
        """Start writing to `store`; projections that are behind are brought up first.

        Without a `clock` the one of the last server start goes on, or a new one is anchored
        (see `server.clock`); `speed` is the demo clock's.
        """
        trace = cls(store, clock or Clock.start(await last_anchor(store), speed=speed), projections)
        trace._task = asyncio.create_task(trace.writer.run(), name="trace writer")
        try:
            await trace.unrecorded(_nothing)
        except BaseException:
            await trace.close()
            raise
        return trace

    async def __aenter__(self) -> "Trace":
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def announce(self, version: str) -> Recorded:
        """Record that the server started, with the anchor of its clock."""
        anchor = self.clock.anchor
        return await self.record(
            STARTED,
            {
                "version": version,
                "offset": anchor.offset,
                "boot": anchor.boot,
                "origin": anchor.origin,
                "speed": anchor.speed,
            },
            actor="system",
        )

    async def record(
        self,
        kind: str,
        data: Any,
        *,
        actor: str,
        session: str = "",
        key: str = "",
        work: Work | None = None,
    ) -> Recorded:
        """Append one entry, and return once it is committed.

        Args:
            kind: dotted and lower-case, such as ``chat.said``.
            data: anything msgspec turns into JSON, at most 256 KiB. No secrets, ever: a trace is kept.
            actor: user id, guest id, or ``system``.
            session: the live session, or "" for the house's own entries.
            key: idempotency key, unique per session and actor; "" for none. A known key writes nothing,
                does not run `work`, and returns the first entry with `repeat`.
            work: changes tables in the same transaction. If it raises, nothing is written and the
                exception comes out here. It must not call `record`, commit or roll back.

        Raises:
            TraceUnwritable: the database refused; with a key the call can be repeated safely.
            TraceBusy: too many entries wait.
            TraceClosed: the trace is closing.
            KeyReused: the key belongs to an entry of another kind.
            ValueError, TypeError: an argument is malformed.
        """
        mono = self.clock.mono()
        made = request(
            kind,
            data,
            session=session,
            actor=actor,
            key=key,
            time=self.clock.at(mono),
            mono=mono,
            work=work,
            done=asyncio.get_running_loop().create_future(),
        )
        self.writer.submit(made)
        recorded: Recorded = await made.done
        return recorded

    async def unrecorded(self, work: Work) -> Any:
        """Run `work` in the writer's transaction without an entry, and return what it returns.

        For what must not be in the trace: secret votes, when somebody was last seen. Raises as `record`.
        """
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.writer.submit(Request("", "", "", "", b"", b"", None, 0, 0, work, done))
        return await done

    async def read(
        self, session: str | None = None, after: int = 0, limit: int = 1000, *, kinds: Collection[str] = ()
    ) -> list[Recorded]:
        """Entries in order, at most `limit` (5,000 at most).

        With a `session` (which may be "") those of that session whose `session_seq` is above `after`;
        without, those of all whose `seq` is above `after`. `kinds` narrows further.
        """
        chosen: ColumnElement[bool] = EntryRow.kind.in_(kinds) if kinds else true()
        async with self.store.read() as db:
            if session is None:
                return await rows.page(db, EntryRow.seq > after, chosen, limit=min(limit, MAX_PAGE))
            return await rows.page(
                db,
                EntryRow.session == session,
                EntryRow.session_seq > after,
                chosen,
                limit=min(limit, MAX_PAGE),
                order=EntryRow.session_seq,
            )

    def subscribe(self, callback: Callback, *, after: int | None = None) -> Subscription:
        """Call `callback` (plain or async) with each entry after its commit, in order.

        Args:
            after: begin behind this entry number; None: with the next entry.
        """
        if self._task is None or self._task.done():
            raise TraceClosed("the trace is closed")
        start = self.writer.head if after is None else after
        subscription = Subscription(
            callback, start, lambda at, limit: self.read(after=at, limit=limit), behind=after is not None
        )
        self._subscriptions = [each for each in self._subscriptions if not each.closed]
        self._subscriptions.append(subscription)
        return subscription

    async def rebuild(self, names: Collection[str] | None = None) -> int:
        """Clear the projections (those of `names`) and replay them in one transaction.

        Nothing is written meanwhile. Returns the number of the last entry applied.
        """
        upto: int = await self.unrecorded(lambda db: self.projections.rebuild(db, names))
        return upto

    async def close(self) -> None:
        """Write what waits, then end the writer and the subscribers."""
        self.writer.close()
        if self._task is not None:
            try:
                await self._task
            finally:
                self._task.cancel()
                for subscription in self._subscriptions:
                    await subscription.close()

    def _publish(self, recorded: Sequence[Recorded]) -> None:
        if recorded:
            for subscription in self._subscriptions:
                subscription.offer(recorded)


async def _nothing(_db: Any) -> None:
    """Work that does nothing: the batch around it finds the head and catches projections up."""


async def last_anchor(store: Store) -> Anchor | None:
    """The clock's anchor of the last server start."""
    async with store.read() as db:
        found = await rows.page(db, EntryRow.kind == STARTED, limit=1, order=EntryRow.seq.desc())
    if not found or found[0].data is None:
        return None
    data = found[0].data
    return Anchor(data["offset"], data["boot"], data["origin"], data["speed"])
