"""The facts of lessons for those who ask again and again: every request about a class asks the judge."""

import time
from collections.abc import Callable

from server.house import House
from server.plan.facts import LessonFacts, lesson_facts
from server.plan.tables import Lesson
from server.trace.remembered import Remembered


class LessonMemory(Remembered[LessonFacts]):
    """A part of the house; by the ids of lessons."""

    def __init__(self, house: House, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(house.trace, now)
        self._store = house.store

    async def read(self, key: str) -> LessonFacts | None:
        async with self._store.read() as db:
            lesson = await db.get(Lesson, key)
            if lesson is None:
                return None
            (facts,) = await lesson_facts(db, [lesson])
            return facts
