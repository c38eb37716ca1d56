"""The projection of live sessions and spans of presence: entries in, rows of tables.py out."""

from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.live.tables import LiveSession, LiveSpan, LiveVisit
from server.trace.chain import Entry


class LiveSessions:
    """The projection `live.sessions`."""

    name = "live.sessions"
    version = 1
    kinds = ("session.opened", "session.closed", "person.joined", "person.left", "retention.removed")

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        match entry.kind:
            case "session.opened":
                await self._opened(db, entry, data["lesson"])
            case "session.closed":
                await self._closed(db, entry, data)
            case "person.joined":
                await self._joined(db, entry, data)
            case "person.left":
                await _end(db, entry.session, entry.actor, data["at"])
            case "retention.removed" if data["kind"] == "presence":
                # the ends of these classes named people and are erased; that they ended is kept here
                for session, closed, reason, _ in data["note"]["ends"]:
                    await db.execute(
                        update(LiveSession)
                        .where(LiveSession.session == session)
                        .values(closed=closed, reason=reason)
                    )

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(LiveSpan))
        await db.execute(delete(LiveSession))

    async def _opened(self, db: AsyncSession, entry: Entry, lesson: str) -> None:
        known = await db.get(LiveSession, entry.session)
        if known is None:
            await db.execute(
                insert(LiveSession).values(
                    session=entry.session, lesson=lesson, opened=entry.time, closed=None, reason=""
                )
            )
        else:
            known.closed, known.reason = None, ""

    async def _closed(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        for person, at in data["away"].items():
            await _end(db, entry.session, person, at)
        await db.execute(
            update(LiveSpan)
            .where(LiveSpan.session == entry.session, LiveSpan.left.is_(None))
            .values(left=entry.time)
        )
        await db.execute(
            update(LiveSession)
            .where(LiveSession.session == entry.session)
            .values(closed=entry.time, reason=data["reason"])
        )

    async def _joined(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        found = await db.execute(
            select(LiveSession.lesson, LiveSession.closed).where(LiveSession.session == entry.session)
        )
        row = found.one_or_none()
        if row is None or row.closed is not None:
            return  # overtaken by the end of the class
        await db.execute(
            insert(LiveSpan).values(
                session=entry.session,
                n=entry.session_seq,
                lesson=row.lesson,
                person=entry.actor,
                name=data["name"],
                role=data["role"],
                joined=entry.time,
                left=None,
            )
        )


async def _end(db: AsyncSession, session: str, person: str, at: int) -> None:
    """End the open span at the last sign of life, but never before it began."""
    spans = await db.scalars(
        select(LiveSpan).where(
            LiveSpan.session == session, LiveSpan.person == person, LiveSpan.left.is_(None)
        )
    )
    for span in spans:
        span.left = max(at, span.joined)
    await db.flush()


class Visits:
    """The projection `live.visits`."""

    name = "live.visits"
    version = 1
    kinds = ("lesson.visited",)

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        await db.execute(
            insert(LiveVisit).values(
                n=entry.seq, lesson=data["lesson"], person=entry.actor, time=entry.time, reason=data["reason"]
            )
        )

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(LiveVisit))


PROJECTIONS = (LiveSessions(), Visits())
