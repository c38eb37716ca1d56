"""What goes on in the classes by itself: restoring after a start, the end of graces, empty classes.

Flows in: the desk's classrooms and the time. Flows out: calls of the desk (`gone`, `close`), the media
workers' rooms after a restart, and every few seconds a note of who is alive (tables.LivePulse), so that
a killed server ends the spans of those who never come back at their last sign of life.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError, TraceError
from server.live.classroom import Classroom
from server.live.tables import LivePulse, LiveSession

if TYPE_CHECKING:
    from server.live.desk import LiveDesk

log = logging.getLogger(__name__)

EMPTY_AFTER = 10 * 60
"""Seconds past the planned end, with nobody there, after which a class closes by itself (R11: the
office sees when it really ended)."""

PULSE = 3.0
"""Seconds between two notes of who is alive; a killed server is that wrong about a last sign."""

TICK = 0.5

SETTLE = 2.0
"""Seconds after the start within which the media workers' snapshots are waited for."""


def over(room: Classroom, now: int) -> bool:
    """Whether nobody has been there for long enough past the planned end. `now` in µs."""
    if room.presence.people() or room.state.people:
        return False
    return now >= max(room.ends, room.empty_since) + EMPTY_AFTER * 1_000_000


class Upkeep:
    """Owns every task of the desk that no socket owns."""

    def __init__(self, desk: "LiveDesk") -> None:
        self._desk = desk
        self._tasks: asyncio.TaskGroup | None = None
        self._pulsed = 0.0

    async def run(self, ready: asyncio.Event) -> None:
        """Restore the open classes, then keep time. The owner cancels; sockets are told to come back."""
        subscription = self._desk.house.trace.subscribe(self._desk.take)
        try:
            await self._restore()
            async with asyncio.TaskGroup() as group:
                self._tasks = group
                group.create_task(self._desk.media.links.run(), name="media links")
                group.create_task(self._settle(), name="settle media rooms")
                ready.set()
                while True:
                    await self._tick()
                    await asyncio.sleep(TICK)
        finally:
            self._desk.end_sockets()
            await self.pulse()
            await subscription.close()

    async def _restore(self) -> None:
        """Classes that were open when the server ended go on; who was there is away until they return."""
        async with self._desk.house.store.read() as db:
            rows = (await db.execute(select(LiveSession).where(LiveSession.closed.is_(None)))).scalars().all()
            pulses = {row.session: row for row in (await db.execute(select(LivePulse))).scalars()}
        now = time.monotonic()
        for row in rows:
            try:
                room = await self._desk.classroom(row.lesson)
            except ApiError:
                log.error("session %s: its lesson %s is gone from the plan", row.session, row.lesson)
                continue
            pulse = pulses.get(row.session)
            for person in room.state.people.values():
                sign = max(person.since, min(room.state.time, self._desk.now()))
                if pulse is not None:
                    sign = max(person.since, pulse.away.get(person.id, pulse.time))
                room.presence.restore(person.id, sign, now)
            self._desk.media.links.restore(row.session)
        self._desk.count()

    async def _settle(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE):
                await self._desk.media.all_back.wait()
        for session in [room.session for room in self._desk.running()]:
            self._desk.media.links.settle(session)
        for settled in self._desk.on_settled:
            await _logged(settled())
        self._desk.settled.set()

    async def _tick(self) -> None:
        now = time.monotonic()
        here = self._desk.now()
        for room in list(self._desk.running()):
            if not room.open:
                continue
            for gone in room.presence.due(now):
                self._spawn(self._desk.gone(room, gone))
            if over(room, here):
                self._spawn(self._close_empty(room))
        self._desk.media.tick([room for room in self._desk.running() if room.open], now)
        for child in self._desk.media.links.children:
            self._desk.metrics.children.labels(child.name).set(child.up)
        for seat in self._desk.rechecks.due(self._desk.rooms(), here):
            self._spawn(self._desk.rechecks.check(self._desk, seat))
        if now - self._pulsed >= PULSE:
            self._pulsed = now
            self._spawn(self.pulse())

    async def _close_empty(self, room: Classroom) -> None:
        if over(room, self._desk.now()):
            with suppress(ApiError, TraceError):
                await self._desk.close(room, "system", "empty")

    async def pulse(self) -> None:
        """Note that the open classes are alive now, and who in them is not."""
        now = self._desk.now()
        rows = [
            {"session": room.session, "time": now, "away": room.presence.away()}
            for room in self._desk.running()
            if room.open
        ]

        async def work(db: AsyncSession) -> None:
            await db.execute(delete(LivePulse))
            if rows:
                await db.execute(insert(LivePulse), rows)

        if rows:
            with suppress(TraceError):
                await self._desk.house.trace.unrecorded(work)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._tasks is not None
        self._tasks.create_task(_logged(work))


async def _logged(work: Awaitable[None]) -> None:
    """One failed piece of housekeeping must not end the others."""
    try:
        await work
    except Exception:
        log.exception("live: a piece of work failed")
