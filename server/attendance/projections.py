"""The projection of attendance: what was computed, scanned and corrected, one mark a student and lesson."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.tables import AttendanceMark, AttendanceScan
from server.trace.chain import Entry


class Attendance:
    """The projection `attendance`. A correction stays when a class that goes on is computed again."""

    name = "attendance"
    version = 1
    kinds = ("attendance.computed", "attendance.corrected", "attendance.scanned")

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        match entry.kind:
            case "attendance.computed":
                for each in data["marks"]:
                    await self._computed(db, data["lesson"], each)
            case "attendance.corrected":
                row = await self._row(db, data["lesson"], data["student"])
                row.mark, row.source = data["mark"], "corrected"
                row.note, row.author = data["reason"], entry.actor
            case "attendance.scanned":
                if await db.get(AttendanceScan, (entry.session, entry.actor)) is None:
                    db.add(
                        AttendanceScan(
                            session=entry.session, student=entry.actor, lesson=data["lesson"],
                            time=entry.time, login=data["login"], in_class=data["in_class"],
                        )
                    )  # fmt: skip
        await db.flush()

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(AttendanceMark))
        await db.execute(delete(AttendanceScan))

    async def _computed(self, db: AsyncSession, lesson: str, data: dict[str, Any]) -> None:
        row = await self._row(db, lesson, data["student"])
        row.computed, row.present = data["mark"], data["present"]
        row.share, row.late_by = data["share"], data["late_by"]
        if row.source != "corrected":
            row.mark, row.source = data["mark"], data["source"]

    async def _row(self, db: AsyncSession, lesson: str, student: str) -> AttendanceMark:
        row = await db.get(AttendanceMark, (lesson, student))
        if row is None:
            row = AttendanceMark(
                lesson=lesson, student=student, mark="absent", computed="", present=0, share=0.0,
                late_by=0, source="computed", note="", author="",
            )  # fmt: skip
            db.add(row)
        return row


PROJECTIONS = (Attendance(),)
