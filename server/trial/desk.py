"""The desk of trial classes: begins one for whoever asks, ends those that are over.

A trial is a lesson of its own kind with one person in it: in no journal, recording, report or board, in
nobody's day. It ends some minutes after it was begun, or soon after its person has gone. How many there
may be at once is a setting, so that trying never costs a real class.
"""

import asyncio
import logging
from contextlib import suppress

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError, TraceError
from server.house import House
from server.ids import new_id
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.permissions import Actor
from server.plan.kinds import TRIAL
from server.plan.tables import Lesson, LessonPerson, LessonState

log = logging.getLogger(__name__)

MINUTES = 30
LEAST = 5
"""Minutes that a trial must have left to be gone on with instead of a new one."""

EMPTY = 60
"""Seconds with nobody there after which a trial is over."""

TICK = 5.0
MINUTE = 60_000_000


class TrialDesk:
    """A part of the house; `run` owns what goes on by itself."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._live = house.part(LiveDesk)
        self._gate = asyncio.Lock()

    async def begin(self, actor: Actor) -> str:
        """The lesson of the actor's trial: the one under way, or a new one.

        Raises:
            ApiError: 409 `trial.full`.
        """
        async with self._gate:
            now = self._house.clock.now()
            async with self._house.store.read() as db:
                known = await db.scalar(_current(now + LEAST * MINUTE).where(_of(actor.id)).limit(1))
                many = await db.scalar(select(func.count()).select_from(_current(now).subquery()))
            if known is not None:
                return known
            if (many or 0) >= self._house.settings.trial_classes:
                raise ApiError("trial.full", 409)
            return await self._make(actor, now)

    async def _make(self, actor: Actor, now: int) -> str:
        lesson, teaches = new_id(), actor.has("teacher")

        async def work(db: AsyncSession) -> None:
            db.add(Lesson(id=lesson, title="", kind=TRIAL, starts=now, ends=now + MINUTES * MINUTE))
            await db.flush()
            part = "teacher" if teaches else "student"
            db.add(LessonPerson(lesson=lesson, person=actor.id, part=part))
            await db.flush()

        await self._house.trace.record("trial.begun", {"lesson": lesson}, actor=actor.id, work=work)
        if not teaches:  # a teacher begins the class by the button, as they will in earnest
            await self._live.open(await self._live.classroom(lesson), "system")
        return lesson

    async def run(self) -> None:
        """End what is over, for ever. The owner cancels."""
        while True:
            await asyncio.sleep(TICK)
            for room in self._live.running():
                if room.open and room.lesson.kind == TRIAL and self._over(room):
                    with suppress(ApiError, TraceError):
                        await self._live.close(room, "system", "trial")

    def _over(self, room: Classroom) -> bool:
        now = self._house.clock.now()
        empty = not (room.presence.people() or room.state.people)
        return now >= room.ends or (empty and now >= room.empty_since + EMPTY * 1_000_000)


def _current(now: int) -> Select[str]:
    """Trials that have not ended by `now` and were not closed."""
    closed = exists().where(LessonState.lesson == Lesson.id, LessonState.state == "closed")
    return select(Lesson.id).where(Lesson.kind == TRIAL, Lesson.ends > now, ~closed)


def _of(person: str) -> ColumnElement[bool]:
    return exists().where(LessonPerson.lesson == Lesson.id, LessonPerson.person == person)
