"""Excuses: days on which a student is excused, with a reason and a document (R6).

Flows in: a student of a group, days, a reason, perhaps a picture or PDF of the certificate. Flows out: an
entry of the trace that names the lessons it covers. Absent marks of these days become excused; a lesson
that is marked later looks here first. The document is a file of the data folder; the trace keeps its hash.
"""

import asyncio
import hashlib
import os
from collections.abc import Collection
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.lock import refuse_locked
from server.attendance.tables import AttendanceExcuse, AttendanceMark
from server.clock import as_datetime
from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.plan.names import names_of
from server.plan.roster import micro, students_of
from server.plan.tables import Lesson, LessonGroup
from server.plan.views import local
from server.plan.weeks import day_bounds, local_date

DOCUMENT_LIMIT = 10 * 1024 * 1024
KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
)
"""What a document may be, told by its first bytes and not by its name."""


class ExcuseView(msgspec.Struct):
    """`document`: there is one to look at."""

    id: str
    student: str
    name: str
    first: date
    last: date
    reason: str
    document: bool
    author: str
    time: str
    withdrawn: bool


async def excuse(
    house: House, actor: str, group: str, student: str, first: date, last: date, reason: str, document: bytes
) -> str:
    """Excuse a student of the group from `first` to `last`. Returns the excuse's id.

    Raises:
        ApiError: 422 `excuse.range`, `excuse.document`, `attendance.reason`; 404 `person.unknown`; 409
            `journal.locked`.
    """
    if not 0 <= (last - first).days < house.settings.attendance_excuse_days:
        raise ApiError("excuse.range", 422, days=house.settings.attendance_excuse_days)
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise ApiError("attendance.reason", 422)
    starts, ends = _bounds(house, first, last)
    async with house.store.read() as db:
        if student not in {row.student for row in await students_of(db, group, starts, ends)}:
            raise ApiError("person.unknown", 404)
        await refuse_locked(house, db, group, first)
        lessons = await _lessons(db, group, student, starts, ends)
    key = new_id()
    name = await asyncio.to_thread(_keep, house, key, document) if document else ""
    data = {
        "excuse": key, "student": student, "group": group, "first": first.isoformat(),
        "last": last.isoformat(), "reason": reason,
        "document": name, "sha256": hashlib.sha256(document).hexdigest() if document else "",
        "lessons": lessons,
    }  # fmt: skip
    await house.trace.record("attendance.excused", data, actor=actor)
    return key


async def withdraw(house: House, actor: str, group: str, key: str, reason: str) -> None:
    """Take an excuse back; marks it has changed are absent again.

    Raises:
        ApiError: 404 `object.unknown`, 409 `journal.locked`.
    """
    async with house.store.read() as db:
        row = await db.get(AttendanceExcuse, key)
        if row is None or row.group != group or row.withdrawn:
            raise ApiError("object.unknown", 404, kind="excuse")
        await refuse_locked(house, db, group, row.first)
        lessons = await _lessons(db, group, row.student, *_bounds(house, row.first, row.last))
    data = {"excuse": key, "lessons": lessons, "reason": " ".join(reason.split())}
    await house.trace.record("attendance.excuse_withdrawn", data, actor=actor)


async def listed(house: House, group: str) -> list[ExcuseView]:
    """The group's excuses, the newest first."""
    async with house.store.read() as db:
        asked = (
            select(AttendanceExcuse)
            .where(AttendanceExcuse.group == group)
            .order_by(AttendanceExcuse.time.desc())
            .limit(500)
        )
        rows = list(await db.scalars(asked))
        names = await names_of(db, {who for row in rows for who in (row.student, row.author)})
    return [
        ExcuseView(
            row.id, row.student, names.get(row.student, ""), row.first, row.last, row.reason,
            bool(row.document), names.get(row.author, ""), local(house, row.time).isoformat(), row.withdrawn,
        )
        for row in rows
    ]  # fmt: skip


async def document(house: House, group: str, key: str) -> tuple[bytes, str]:
    """The document of an excuse and its type.

    Raises:
        ApiError: 404 `object.unknown`.
    """
    async with house.store.read() as db:
        row = await db.get(AttendanceExcuse, key)
    if row is None or row.group != group or not row.document:
        raise ApiError("object.unknown", 404, kind="document")
    types = {ending: kind for _, ending, kind in KINDS}
    try:
        body = await asyncio.to_thread((_folder(house) / row.document).read_bytes)
    except OSError:
        raise ApiError("object.unknown", 404, kind="document") from None
    return body, types[row.document.rpartition(".")[2]]


async def excused(house: House, db: AsyncSession, students: Collection[str], moment: int) -> dict[str, str]:
    """Who of these is excused on the day of `moment`, with the reason."""
    day = local_date(as_datetime(moment), ZoneInfo(house.settings.time_zone))
    asked = select(AttendanceExcuse.student, AttendanceExcuse.reason).where(
        AttendanceExcuse.first <= day, AttendanceExcuse.last >= day, AttendanceExcuse.withdrawn.is_(False)
    )
    wanted = set(students)
    return {student: reason for student, reason in await db.execute(asked) if student in wanted}


def _bounds(house: House, first: date, last: date) -> tuple[int, int]:
    zone = ZoneInfo(house.settings.time_zone)
    return micro(day_bounds(first, zone)[0]), micro(day_bounds(last, zone)[1])


async def _lessons(db: AsyncSession, group: str, student: str, starts: int, ends: int) -> list[str]:
    """Lessons of the group in that time in which the student has a mark."""
    asked = (
        select(Lesson.id)
        .join(LessonGroup, LessonGroup.lesson == Lesson.id)
        .join(AttendanceMark, AttendanceMark.lesson == Lesson.id)
        .where(
            LessonGroup.group == group, Lesson.starts >= starts, Lesson.starts < ends,
            AttendanceMark.student == student,
        )
        .order_by(Lesson.starts)
    )  # fmt: skip
    return list(await db.scalars(asked))


def _folder(house: House) -> Path:
    return house.settings.data / "excuses"


def _keep(house: House, key: str, body: bytes) -> str:
    """Write the document; returns the name of its file.

    Raises:
        ApiError: 422 `excuse.document`.
    """
    endings = [ending for begins, ending, _ in KINDS if body.startswith(begins)]
    if not endings:
        raise ApiError("excuse.document", 422)
    folder = _folder(house)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{key}.{endings[0]}"
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    return name
