"""Projections of exams: documents of rules, settings, candidates, and every line of every exam."""

from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.exams.tables import ExamCandidate, ExamLine, ExamRow, ExamRulesRow, RegisteredPhoto
from server.trace.chain import Entry

CANDIDATE = ("extra", "off", "place", "seat", "note", "room", "proctor")


class Documents:
    """The projection `exams.rules`."""

    name = "exams.rules"
    version = 1
    kinds = ("exam_rules.drafted", "exam_rules.changed", "exam_rules.approved")

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        key = data["rules"]
        match entry.kind:
            case "exam_rules.drafted":
                await db.execute(
                    insert(ExamRulesRow).values(
                        id=key, title=data["title"], version=data["version"], state="draft", protocol="",
                        author=entry.actor, approved_by="", body=data["body"], time=entry.time,
                    )
                )  # fmt: skip
            case "exam_rules.changed":
                changed = update(ExamRulesRow).where(ExamRulesRow.id == key)
                await db.execute(changed.values(title=data["title"], body=data["body"], time=entry.time))
            case _:
                title = await db.scalar(select(ExamRulesRow.title).where(ExamRulesRow.id == key))
                await db.execute(
                    update(ExamRulesRow)
                    .where(ExamRulesRow.title == title, ExamRulesRow.state == "approved")
                    .values(state="retired")
                )
                await db.execute(
                    update(ExamRulesRow)
                    .where(ExamRulesRow.id == key)
                    .values(
                        state="approved", protocol=data["protocol"], date=date.fromisoformat(data["date"]),
                        approved_by=entry.actor, time=entry.time,
                    )
                )  # fmt: skip

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(ExamRulesRow))


class Exams:
    """The projection `exams.exams`."""

    name = "exams.exams"
    version = 1
    kinds = ("exam.set", "exam.sheet", "exam.candidate", "exam.seat_asked", "lesson.deleted")

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        lesson = data["lesson"]
        match entry.kind:
            case "exam.set":
                await _put(db, lesson, entry.time, data)
            case "exam.sheet":
                await db.execute(
                    update(ExamRow).where(ExamRow.lesson == lesson).values(pages=data["pages"])
                )  # fmt: skip
            case "exam.candidate":
                await _candidate(db, lesson, data["person"], {k: data[k] for k in CANDIDATE if k in data})
            case "exam.seat_asked":
                await _candidate(db, lesson, data["person"], {"asked": data["why"]})
            case _:
                await db.execute(delete(ExamRow).where(ExamRow.lesson == lesson))
                await db.execute(delete(ExamCandidate).where(ExamCandidate.lesson == lesson))

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(ExamRow))
        await db.execute(delete(ExamCandidate))


async def _put(db: AsyncSession, lesson: str, time: int, data: Any) -> None:
    values = {"rules": data["rules"], "settings": data["settings"], "time": time}
    row = await db.get(ExamRow, lesson)
    if row is None:
        rehearsal = data.get("rehearsal", False)
        await db.execute(insert(ExamRow).values(lesson=lesson, rehearsal=rehearsal, pages=0, **values))
    else:
        await db.execute(update(ExamRow).where(ExamRow.lesson == lesson).values(**values))


async def _candidate(db: AsyncSession, lesson: str, person: str, values: dict[str, Any]) -> None:
    here = (ExamCandidate.lesson == lesson, ExamCandidate.person == person)
    if (await db.execute(select(ExamCandidate.person).where(*here))).first() is None:
        start = {"extra": 0, "off": [], "place": "home", "seat": "", "note": "", **values}
        await db.execute(insert(ExamCandidate).values(lesson=lesson, person=person, **start))
    elif values:
        await db.execute(update(ExamCandidate).where(*here).values(**values))


class Lines:
    """The projection `exams.lines`."""

    name = "exams.lines"
    version = 1
    kinds = (
        "attempt.opened", "attempt.step", "attempt.photo", "attempt.ready", "attempt.check_asked",
        "attempt.admitted", "attempt.started", "attempt.based", "attempt.break", "attempt.back",
        "attempt.paused", "attempt.resumed", "attempt.extended", "attempt.away", "attempt.here",
        "attempt.suspended", "attempt.submitted", "attempt.answered", "attempt.file_added",
        "attempt.file_removed", "attempt.events", "attempt.said", "attempt.seen_messages",
        "attempt.helped", "attempt.flag", "attempt.flag_seen", "attempt.gap", "attempt.taken_up",
        "attempt.confirmed", "attempt.listened",
        "exam.duty", "exam.watching",
    )  # fmt: skip

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        await db.execute(
            insert(ExamLine).values(
                n=entry.seq, lesson=data["lesson"], person=data.get("person", ""), kind=entry.kind,
                actor=entry.actor, time=entry.time, data=data,
            )
        )  # fmt: skip

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(ExamLine))


class Photos:
    """The projection `exams.photos`: whose registered photo there is, and what they say against it."""

    name = "exams.photos"
    version = 1
    kinds = ("exam.photo_registered", "exam.photo_erased", "exam.photo_objected")

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        here = RegisteredPhoto.person == data["user"]
        if entry.kind == "exam.photo_objected":
            objected = {"objection": data["words"], "objected": entry.time}
            await db.execute(update(RegisteredPhoto).where(here).values(**objected))
            return
        await db.execute(delete(RegisteredPhoto).where(here))
        if entry.kind == "exam.photo_registered":
            await db.execute(
                insert(RegisteredPhoto).values(
                    person=data["user"], sha256=data["sha256"], by=entry.actor, time=entry.time,
                    objection="", objected=0,
                )
            )  # fmt: skip

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(RegisteredPhoto))


PROJECTIONS = (Documents(), Exams(), Lines(), Photos())
