"""Visits to a class by people who have no part in it: colleagues, the office, auditors (R23).

Flows in: who wants to come, and why. Flows out: an entry of the trace and a row; without one of the last
hours the class lets no stranger in. Teachers, students, people named to the lesson and guests need none.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.live.tables import LiveVisit
from server.permissions import Actor, Standing

HOLDS = 12 * 3600 * 1_000_000
"""Microseconds for which a reason that was given is good: a class, and coming back to it."""
PARTS = frozenset({"own", "assigned", "enrolled"})


async def announce(house: House, actor: str, lesson: str, reason: str) -> None:
    """Write a visit down.

    Raises:
        ApiError: 422 `visit.reason`.
    """
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise ApiError("visit.reason", 422)
    await house.trace.record("lesson.visited", {"lesson": lesson, "reason": reason}, actor=actor)


async def refuse_unannounced(house: House, actor: Actor, standing: Standing, lesson: str) -> None:
    """Raises:
    ApiError: 403 `visit.reason` for a stranger who has not said why they come.
    """
    if actor.kind != "account" or standing.relations & PARTS:
        return
    async with house.store.read() as db:
        if not await _announced(db, actor.id, lesson, house.clock.now() - HOLDS):
            raise ApiError("visit.reason", 403)


async def _announced(db: AsyncSession, person: str, lesson: str, since: int) -> bool:
    asked = select(LiveVisit.n).where(
        LiveVisit.lesson == lesson, LiveVisit.person == person, LiveVisit.time > since
    )
    return (await db.execute(asked.limit(1))).first() is not None
