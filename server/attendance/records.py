"""Journals and excuses, for retention (R6, R20): marks with what they came from, excuses, documents."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.tables import (
    AttendanceCount,
    AttendanceExcuse,
    AttendanceMark,
    AttendanceScan,
    AttendanceTotal,
)
from server.house import House
from server.live.tables import LiveSession, LiveVisit
from server.plan.roster import micro
from server.plan.tables import Lesson
from server.plan.weeks import day_bounds
from server.retention.entries import naming, of_sessions, parts
from server.retention.frame import Forced, Kind, changed, forget, forgetting, people_of
from server.retention.kinds import File, Item, Language, Removal, Words

EXCUSES = ("attendance.excused", "attendance.excuse_withdrawn")


class Journals(Forced):
    """An item is one lesson's marks, scans, counted heads and visits."""

    name = "journals"
    days = 1825
    least = 1825
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Журналдар", "Сабакка катышуу белгилери, оңдоолор, QR-visit, байкоочулардын келиши"),
        "ru": Words("Журналы", "Отметки о посещении, исправления, QR-visit, визиты наблюдателей"),
        "en": Words("Journals", "Marks of attendance, corrections, QR-visit, visits of observers"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people = await people_of(db, AttendanceMark.lesson, AttendanceMark.student, among)
        marks = select(AttendanceMark.lesson).where(AttendanceMark.lesson == Lesson.id).exists()
        asked_lessons = select(Lesson.id, Lesson.ends).where(Lesson.ends <= before, marks)
        return [
            Item(row.id, row.ends, frozenset({row.id}), people.get(row.id, frozenset()))
            for row in await db.execute(asked_lessons)
        ]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        lessons = [item.key for item in items]
        sessions: list[str] = []
        for part in parts(lessons):
            sessions += await db.scalars(select(LiveSession.session).where(LiveSession.lesson.in_(part)))
        seqs = await of_sessions(db, sessions, ("attendance.computed", "attendance.scanned"))
        named = ("attendance.corrected", "attendance.counted", "lesson.visited")
        seqs += await naming(db, named, "lesson", lessons)

        async def rows(db: AsyncSession) -> int:
            return await forget_lessons(db, lessons)

        return Removal([], seqs, rows, note={"lessons": lessons})


async def forget_lessons(db: AsyncSession, lessons: Sequence[str]) -> int:
    """Remove what the tables have of these lessons; how many rows."""
    tables = (AttendanceMark, AttendanceScan, AttendanceTotal, AttendanceCount, LiveVisit)
    return await forget(db, lessons, *(table.lesson for table in tables))


class Excuses(Forced):
    """An item is one excuse: days, reason, who gave it. It goes with the journals it explains."""

    name = "excuses"
    days = 1825
    least = 1825
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Жүйөлүү себептер", "Күндөрү жана себеби; документтин өзү өзүнчө сакталат"),
        "ru": Words("Уважительные причины", "Дни и причина; сам документ хранится отдельно"),
        "en": Words("Excuses", "Days and the reason; the document is kept apart"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return [item for item in await _excuses(house, db) if item.ended <= before]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        keys = [item.key for item in items]
        files = await _documents(house, db, keys)
        seqs = await naming(db, EXCUSES, "excuse", keys)
        return Removal(files, seqs, forgetting(keys, AttendanceExcuse.id))


class ExcuseDocuments(Kind):
    """An item is the picture or PDF of one excuse; that there was one, with its hash, stays."""

    name = "excuse_documents"
    days = 180
    least = 30
    rule = "R20"
    forced = False
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Себептердин документтери", "Маалымкаттардын сүрөттөрү жана PDF файлдары"),
        "ru": Words("Документы о причинах", "Снимки и PDF справок"),
        "en": Words("Documents of excuses", "Pictures and PDF files of certificates"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return [item for item in await _excuses(house, db, documents=True) if item.ended <= before]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return [item for item in await _excuses(house, db, documents=True) if person in item.people]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        keys = [item.key for item in items]
        files = await _documents(house, db, keys)

        async def rows(db: AsyncSession) -> int:
            return await forget_documents(db, keys)

        return Removal(files, [], rows, note={"excuses": keys})


async def forget_documents(db: AsyncSession, excuses: Sequence[str]) -> int:
    gone = 0
    for part in parts(excuses):
        change = update(AttendanceExcuse).where(AttendanceExcuse.id.in_(part)).values(document="")
        gone += await changed(db, change)
    return gone


async def _documents(house: House, db: AsyncSession, keys: Sequence[str]) -> list[File]:
    folder = house.settings.data / "excuses"
    files: list[File] = []
    for part in parts(keys):
        asked = select(AttendanceExcuse.document).where(
            AttendanceExcuse.id.in_(part), AttendanceExcuse.document != ""
        )
        files += [File(folder / name) for name in await db.scalars(asked)]
    return files


async def _excuses(house: House, db: AsyncSession, documents: bool = False) -> list[Item]:
    """Excuses with the lessons they cover, so that a hold on one of these holds them too."""
    zone, folder = ZoneInfo(house.settings.time_zone), house.settings.data / "excuses"
    asked = select(AttendanceExcuse)
    if documents:
        asked = asked.where(AttendanceExcuse.document != "")
    found: list[Item] = []
    for row in await db.scalars(asked):
        starts, ends = _day(row.first, zone, 0), _day(row.last, zone, 1)
        lessons = await db.scalars(
            select(AttendanceMark.lesson)
            .join(Lesson, Lesson.id == AttendanceMark.lesson)
            .where(AttendanceMark.student == row.student, Lesson.starts >= starts, Lesson.starts < ends)
        )
        size = 0
        if row.document:
            path = folder / row.document
            size = path.stat().st_size if path.is_file() else 0
        found.append(Item(row.id, ends, frozenset(lessons), frozenset({row.student}), size))
    return found


def _day(day: date, zone: ZoneInfo, edge: int) -> int:
    return micro(day_bounds(day, zone)[edge])


RECORDS = (Journals(), Excuses(), ExcuseDocuments())
