"""The projection of attendance: what was computed, scanned, excused and corrected; one mark a student and
lesson, and the sums of each lesson and group."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.records import forget_documents, forget_lessons
from server.attendance.tables import (
    AttendanceCount,
    AttendanceExcuse,
    AttendanceMark,
    AttendanceScan,
    AttendanceTotal,
    JournalReopening,
)
from server.trace.chain import Entry

TABLES = (
    AttendanceMark, AttendanceScan, AttendanceTotal, AttendanceExcuse, AttendanceCount, JournalReopening,
)  # fmt: skip


class Attendance:
    """The projection `attendance`. A correction stays when a class that goes on is computed again."""

    name = "attendance"
    version = 2
    kinds = (
        "attendance.computed",
        "attendance.corrected",
        "attendance.scanned",
        "attendance.excused",
        "attendance.excuse_withdrawn",
        "attendance.counted",
        "journal.reopened",
        "retention.removed",
    )

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        match entry.kind:
            case "attendance.computed":
                await self._computed(db, data["lesson"], data["marks"])
            case "attendance.corrected":
                row = await self._row(db, data["lesson"], data["student"])
                row.mark, row.source = data["mark"], "corrected"
                row.note, row.author = data["reason"], entry.actor
                row.group = row.group or data.get("group", "")
                await self._add_up(db, [data["lesson"]])
            case "attendance.scanned":
                if await db.get(AttendanceScan, (entry.session, entry.actor)) is None:
                    db.add(
                        AttendanceScan(
                            session=entry.session, student=entry.actor, lesson=data["lesson"],
                            time=entry.time, login=data["login"], in_class=data["in_class"],
                        )
                    )  # fmt: skip
            case "attendance.excused":
                await self._excused(db, entry, data)
            case "attendance.excuse_withdrawn":
                await self._withdrawn(db, data["excuse"], data["lessons"])
            case "attendance.counted":
                await db.merge(
                    AttendanceCount(
                        lesson=data["lesson"], count=data["count"], author=entry.actor, time=entry.time
                    )
                )
            case "journal.reopened":
                await db.merge(
                    JournalReopening(
                        group=data["group"], semester=data["semester"], until=data["until"],
                        reason=data["reason"], author=entry.actor, time=entry.time,
                    )
                )  # fmt: skip
            case "retention.removed" if data["kind"] == "journals":
                await forget_lessons(db, data["note"]["lessons"])
            case "retention.removed" if data["kind"] == "excuse_documents":
                await forget_documents(db, data["note"]["excuses"])
        await db.flush()

    async def clear(self, db: AsyncSession) -> None:
        for table in TABLES:
            await db.execute(delete(table))

    async def _computed(self, db: AsyncSession, lesson: str, marks: list[dict[str, Any]]) -> None:
        asked = select(AttendanceMark).where(AttendanceMark.lesson == lesson)
        known = {row.student: row for row in await db.scalars(asked)}
        for each in marks:
            row = known.get(each["student"]) or _new(db, lesson, each["student"])
            row.computed, row.present = each["mark"], each["present"]
            row.share, row.late_by = each["share"], each["late_by"]
            row.group = each.get("group", "")
            if row.source != "corrected":
                row.mark, row.source, row.note = each["mark"], each["source"], each.get("note", "")
        await self._add_up(db, [lesson])

    async def _excused(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        fields = ("student", "group", "reason", "document")
        db.add(
            AttendanceExcuse(
                id=data["excuse"], first=_day(data["first"]), last=_day(data["last"]), author=entry.actor,
                time=entry.time, **{name: data[name] for name in fields},
            )
        )  # fmt: skip
        for lesson in data["lessons"]:
            row = await self._row(db, lesson, data["student"])
            if row.mark == "absent" and row.source != "corrected":
                row.mark, row.source = "excused", "excuse"
                row.note, row.author = data["reason"], entry.actor
        await self._add_up(db, data["lessons"])

    async def _withdrawn(self, db: AsyncSession, key: str, lessons: list[str]) -> None:
        excuse = await db.get(AttendanceExcuse, key)
        if excuse is None:
            return
        excuse.withdrawn = True
        for lesson in lessons:
            row = await self._row(db, lesson, excuse.student)
            if row.source == "excuse":
                row.mark, row.source, row.note = "absent", "computed", ""
        await self._add_up(db, lessons)

    async def _row(self, db: AsyncSession, lesson: str, student: str) -> AttendanceMark:
        return await db.get(AttendanceMark, (lesson, student)) or _new(db, lesson, student)

    async def _add_up(self, db: AsyncSession, lessons: Collection[str]) -> None:
        """The sums of these lessons anew."""
        await db.flush()
        for lesson in lessons:
            await db.execute(delete(AttendanceTotal).where(AttendanceTotal.lesson == lesson))
            found = await db.execute(
                select(AttendanceMark.group, AttendanceMark.mark, func.count())
                .where(AttendanceMark.lesson == lesson)
                .group_by(AttendanceMark.group, AttendanceMark.mark)
            )
            sums: dict[str, dict[str, int]] = {}
            for group, mark, count in found:
                sums.setdefault(group, {"present": 0, "late": 0, "absent": 0, "excused": 0})[mark] = count
            if sums:
                rows = [{"lesson": lesson, "group": group, **counts} for group, counts in sums.items()]
                await db.execute(insert(AttendanceTotal), rows)


def _new(db: AsyncSession, lesson: str, student: str) -> AttendanceMark:
    row = AttendanceMark(
        lesson=lesson, student=student, mark="absent", computed="", present=0, share=0.0, late_by=0,
        group="", source="computed", note="", author="",
    )  # fmt: skip
    db.add(row)
    return row


def _day(value: str) -> date:
    return date.fromisoformat(value)


PROJECTIONS = (Attendance(),)
