"""Facts of lessons that many ask for at once, such as a class that loads the same page of slides.

In flow a lesson's id, out flow its facts as the store has them. They are remembered until this process
writes again, and for a moment at most: a `sabak` command beside the server may write as well. Who asks
while they are being read waits for that reading.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from server.house import House
from server.plan.facts import LessonFacts, lesson_facts
from server.plan.tables import Lesson

MOMENT = 1.0
"""Seconds for which another process's change may be missed."""

MOST = 1000
"""Lessons remembered."""


class _Page:
    """What is known of one lesson, and of which state of the store; None for a lesson that is not there."""

    def __init__(self) -> None:
        self.reading = asyncio.Lock()
        self.facts: LessonFacts | None = None
        self.writes = -1
        self.read = 0.0


class LessonMemory:
    """A part of the house. `now` is in seconds, so tests can move it."""

    def __init__(self, house: House, now: Callable[[], float] = time.monotonic) -> None:
        self._house = house
        self._now = now
        self._pages: OrderedDict[str, _Page] = OrderedDict()

    async def facts(self, lesson: str) -> LessonFacts | None:
        """The facts of a lesson; None when there is none. Whatever this process wrote before is in them."""
        page = self._pages.setdefault(lesson, _Page())
        self._pages.move_to_end(lesson)
        if len(self._pages) > MOST:
            self._pages.popitem(last=False)
        async with page.reading:
            writes, now = self._house.trace.writer.writes, self._now()
            if page.writes != writes or now - page.read > MOMENT:
                page.facts = await self._read(lesson)
                page.writes, page.read = writes, now
            return page.facts

    async def _read(self, lesson: str) -> LessonFacts | None:
        async with self._house.store.read() as db:
            row = await db.get(Lesson, lesson)
            if row is None:
                return None
            (facts,) = await lesson_facts(db, [row])
            return facts
