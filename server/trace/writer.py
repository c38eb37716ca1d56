"""The one writer: takes waiting requests, commits them in batches, answers each caller.

A single request is committed at once. When several come at a time the next batch waits until 20 ms
after the one before began, so that a busy house commits at most 50 times a second whatever it does:
the flush to the disk and the work of a transaction are shared by everybody in the batch. A caller
waits for at most these 20 ms and the commit. When the database refuses a batch, each of its callers
gets `TraceUnwritable` and the next batch tries again with a new connection.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from server.errors import TraceBusy, TraceClosed, TraceUnwritable
from server.trace.batch import Batch, Head
from server.trace.chain import Recorded
from server.trace.projections import Projections
from server.trace.requests import Request

log = logging.getLogger(__name__)

INTERVAL = 0.02
"""Seconds between the beginnings of two batches under load."""

MAX_BATCH = 500
MAX_WAITING = 10_000
"""Requests. Some seconds of the fastest database; beyond it callers are told to come back."""

BATCH_SECONDS = 60.0
"""A batch that takes longer (a `work` that hangs) is given up."""

_inside: ContextVar[bool] = ContextVar("inside the writer", default=False)


class Writer:
    """Owns the writing connection. `publish` is called with what was committed, in order."""

    def __init__(
        self,
        engine: AsyncEngine,
        projections: Projections,
        publish: Callable[[Sequence[Recorded]], None],
    ) -> None:
        self._engine = engine
        self._projections = projections
        self._publish = publish
        self._waiting: deque[Request] = deque()
        self._wake = asyncio.Event()
        self._closing = False
        self._connection: AsyncConnection | None = None
        self._head = Head()
        self._began = 0.0
        self._size = 0
        self.batches = 0
        self.entries = 0
        self.failures = 0

    @property
    def head(self) -> int:
        """Number of the newest entry this process knows, -1 before the first batch."""
        return self._head.seq

    @property
    def writes(self) -> int:
        """Grows with whatever may have changed the store, before who asked for it is told."""
        return self.batches + self.failures

    def submit(self, request: Request) -> None:
        """Put a request into the queue; its future is settled later.

        Raises:
            TraceClosed, TraceBusy.
        """
        assert not _inside.get(), "work must not record: its own entry is being written"
        if self._closing:
            raise TraceClosed("the trace is closing")
        if len(self._waiting) >= MAX_WAITING:
            raise TraceBusy(f"{MAX_WAITING} entries are waiting to be written")
        self._waiting.append(request)
        self._wake.set()

    def close(self) -> None:
        """Take no more requests; `run` returns when those that wait are written."""
        self._closing = True
        self._wake.set()

    async def run(self) -> None:
        """Write until closed. The owner awaits it."""
        _inside.set(True)
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._linger()
                    await self._write(self._take())
                if self._closing:
                    return
        finally:
            for request in self._waiting:
                request.finish(TraceClosed("the writer was stopped"))
            await self._disconnect()

    async def _linger(self) -> None:
        if self._size > 1 and len(self._waiting) < MAX_BATCH and not self._closing:
            pause = self._began + INTERVAL - asyncio.get_running_loop().time()
            if pause > 0:
                await asyncio.sleep(pause)

    def _take(self) -> list[Request]:
        taken: list[Request] = []
        while self._waiting and len(taken) < MAX_BATCH:
            request = self._waiting.popleft()
            if not request.done.done():  # else its caller has gone, and nothing was promised
                taken.append(request)
        return taken

    async def _write(self, requests: list[Request]) -> None:
        self._began = asyncio.get_running_loop().time()
        self._size = len(requests)
        if not requests:
            return
        try:
            async with asyncio.timeout(BATCH_SECONDS):
                outcomes = await self._commit(requests)
        except Exception as error:
            self.failures += 1
            await self._failed(requests, error)
            return
        except asyncio.CancelledError:
            for request in requests:
                request.finish(TraceClosed("the writer was stopped"))
            raise
        self.batches += 1
        fresh = [each for each in outcomes if isinstance(each, Recorded) and not each.repeat]
        self.entries += len(fresh)
        self._publish(fresh)
        for request, outcome in zip(requests, outcomes, strict=True):
            request.finish(outcome)

    async def _commit(self, requests: list[Request]) -> list[Any]:
        if self._connection is None:
            self._connection = await self._engine.connect()
        async with self._connection.begin():
            batch = Batch(self._connection, self._head, self._projections)
            await batch.run(requests)
        return batch.outcomes

    async def _failed(self, requests: list[Request], error: Exception) -> None:
        """Whether the batch was committed is unknown: look again where the chain ends."""
        self._head.forget()
        await self._disconnect(broken=True)
        reason = str(getattr(error, "orig", error)) or type(error).__name__
        log.error("the trace cannot be written, %d callers are told: %s", len(requests), reason)
        log.debug("the batch failed with", exc_info=error)
        for request in requests:
            request.finish(TraceUnwritable(f"the database refused the batch: {reason}"))

    async def _disconnect(self, broken: bool = False) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if broken:
                await connection.invalidate()
            await connection.close()
        except Exception as error:
            log.warning("closing the writing connection: %s", error)
