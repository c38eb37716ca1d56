"""What many ask for at once, such as a class that loads the same page of slides: read once for all of them.

In flow the key of something in the store, out flows what a subclass reads of it. It is remembered until
this process writes again, and for a moment at most: a `sabak` command beside the server may write as well.
Who asks while it is being read waits for that reading.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from server.trace.log import Trace

MOMENT = 1.0
"""Seconds for which another process's change may be missed."""

MOST = 1000
"""Things remembered."""

T = TypeVar("T")


class _Page(Generic[T]):
    """What is known of one thing, and after how many writes; None for what is not there."""

    def __init__(self) -> None:
        self.reading = asyncio.Lock()
        self.known: T | None = None
        self.writes = -1
        self.read = 0.0


class Remembered(Generic[T]):
    """`now` is in seconds, so tests can move it."""

    def __init__(self, trace: Trace, now: Callable[[], float] = time.monotonic) -> None:
        self._trace = trace
        self._now = now
        self._pages: OrderedDict[str, _Page[T]] = OrderedDict()

    async def read(self, key: str) -> T | None:
        """As the store has it; None when there is no such thing."""
        raise NotImplementedError

    async def of(self, key: str) -> T | None:
        """The same, with all that this process wrote before. It is shared, so nobody changes it."""
        page = self._pages.setdefault(key, _Page())
        self._pages.move_to_end(key)
        if len(self._pages) > MOST:
            self._pages.popitem(last=False)
        async with page.reading:
            writes, now = self._trace.writer.writes, self._now()
            if page.writes != writes or now - page.read > MOMENT:
                page.known = await self.read(key)
                page.writes, page.read = writes, now
                if page.known is None:
                    self._pages.pop(key, None)  # names that nobody bears would push out the others
            return page.known
