"""Handing out what was committed: each subscriber gets every entry once, in order, at its own pace.

In flow committed entries from the writer, out flow calls of the subscriber's callback, in a task of
its own: one that is slow or raises hurts nobody else. What a slow one has waiting is bounded; past
the bound, and whenever numbers are missing (another process wrote them), it reads the store instead
and comes back to the live ones, so nothing is skipped.
"""

import asyncio
import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from server.trace.chain import Recorded

log = logging.getLogger(__name__)

Callback = Callable[[Recorded], Awaitable[None] | None]
Reader = Callable[[int, int], Awaitable[list[Recorded]]]
"""(after, limit) -> entries in order."""

MAX_WAITING = 2048
PAGE = 500
RETRY = 1.0
"""Seconds until the store is read again after it failed."""


class Subscription:
    """One subscriber. `close` ends it; the trace ends all when it closes."""

    def __init__(self, callback: Callback, after: int, read: Reader, behind: bool) -> None:
        self._callback = callback
        self._after = after
        self._read = read
        self._live: deque[Recorded] = deque()
        self._behind = behind
        self._wake = asyncio.Event()
        if behind:
            self._wake.set()
        self._task = asyncio.create_task(self._run(), name="trace subscriber")

    def offer(self, recorded: Sequence[Recorded]) -> None:
        """Called by the writer; returns at once."""
        if len(self._live) + len(recorded) > MAX_WAITING:
            self._live.clear()
            self._behind = True
        if not self._behind:
            self._live.extend(recorded)
        self._wake.set()

    @property
    def closed(self) -> bool:
        return self._task.done()

    async def close(self) -> None:
        """Stop calling the callback; waits for a call that is running to end or be cancelled."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._behind or self._live:
                if self._behind:
                    await self._catch_up()
                else:
                    await self._next()

    async def _next(self) -> None:
        if self._live[0].entry.seq > self._after + 1:
            self._behind = True  # numbers are missing: another process wrote them
            return
        await self._call(self._live.popleft())

    async def _catch_up(self) -> None:
        """Read the store up to its end. What is committed meanwhile stays waiting or is read too."""
        self._behind = False
        try:
            found = await self._read(self._after, PAGE)
        except Exception as error:
            log.warning("a subscriber cannot read the trace, trying again: %s", error)
            self._behind = True
            await asyncio.sleep(RETRY)
            return
        for each in found:
            await self._call(each)
        if len(found) == PAGE:
            self._behind = True

    async def _call(self, recorded: Recorded) -> None:
        if recorded.entry.seq <= self._after:
            return  # was read from the store already
        self._after = recorded.entry.seq
        try:
            waiting = self._callback(recorded)
            if inspect.isawaitable(waiting):
                await waiting
        except Exception:
            log.exception("a subscriber failed at entry %d (%s)", recorded.entry.seq, recorded.entry.kind)
