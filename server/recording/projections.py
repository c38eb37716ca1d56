"""The projection of recordings: entries in, rows of tables.py out."""

from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.live.tables import LiveSession
from server.recording.tables import RecordingAgreement, RecordingPause, RecordingPiece
from server.trace.chain import Entry


class Recordings:
    """The projection `recordings`."""

    name = "recordings"
    version = 2
    kinds = (
        "recording.started",
        "recording.piece",
        "recording.paused",
        "recording.resumed",
        "recording.agreed",
        "session.closed",
    )

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        match entry.kind:
            case "recording.started":
                await self._piece(db, entry.session, {**data, "ends": None})
            case "recording.piece":
                await self._piece(db, entry.session, data)
            case "recording.paused":
                await db.execute(delete(RecordingPause).where(RecordingPause.session == entry.session))
                await db.execute(insert(RecordingPause).values(session=entry.session, since=entry.time))
            case "recording.agreed":
                key = {"session": entry.session, "person": entry.actor}
                await db.execute(delete(RecordingAgreement).filter_by(**key))
                if data["agree"]:
                    await db.execute(insert(RecordingAgreement).values(**key))
            case "session.closed":
                for table in (RecordingPause, RecordingAgreement):
                    await db.execute(delete(table).where(table.session == entry.session))
            case _:
                await db.execute(delete(RecordingPause).where(RecordingPause.session == entry.session))

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(RecordingPiece))
        await db.execute(delete(RecordingPause))
        await db.execute(delete(RecordingAgreement))

    async def _piece(self, db: AsyncSession, session: str, data: dict[str, Any]) -> None:
        lesson = await db.scalar(select(LiveSession.lesson).where(LiveSession.session == session))
        row = await db.get(RecordingPiece, data["piece"])
        if row is None:
            row = RecordingPiece(piece=data["piece"], session=session, lesson=lesson or "")
            db.add(row)
        elif row.state == "finished" and data["ends"] is None:
            return
        row.person, row.source, row.codec = data["person"], data["source"], data["codec"]
        row.file, row.starts, row.ends = data["file"], data["starts"], data["ends"]
        row.width, row.height = data["width"], data["height"]
        row.bytes, row.sha256 = data.get("bytes", 0), data.get("sha256", "")
        row.gaps = data.get("gaps", [])
        row.state = "growing" if data["ends"] is None else "finished"
        await db.flush()


PROJECTIONS = (Recordings(),)
