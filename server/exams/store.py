"""Reading exams back: settings, rules, candidates and lines of the store, folded into `Exam`s."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.exams import rules as documents
from server.exams.attempt import Attempt
from server.exams.exam import Candidate, Exam, Facts, Place, Settings
from server.exams.tables import ExamCandidate, ExamLine, ExamRow, ExamRulesRow
from server.house import House
from server.plan.facts import LessonFacts, lesson_facts
from server.plan.tables import Lesson


def facts_of(found: LessonFacts) -> Facts:
    return Facts(
        found.title, found.discipline.name if found.discipline is not None else "",
        tuple(group.name for group in found.groups), found.starts, found.ends, found.state == "cancelled",
    )  # fmt: skip


async def load(db: AsyncSession, lesson: str) -> Exam | None:
    """An exam as the store has it; None for a lesson without settings of one."""
    row = await db.get(ExamRow, lesson)
    planned = await db.get(Lesson, lesson)
    if row is None or planned is None:
        return None
    (found,) = await lesson_facts(db, [planned])
    rules = await db.get(ExamRulesRow, row.rules) if row.rules else None
    exam = Exam(
        lesson,
        facts_of(found),
        msgspec.convert(row.settings, Settings, strict=False),
        row.rules,
        documents.read(rules.body) if rules is not None else None,
        pages=row.pages,
        rehearsal=row.rehearsal,
    )
    for each in await db.scalars(select(ExamCandidate).where(ExamCandidate.lesson == lesson)):
        exam.candidates[each.person] = candidate_of(each)
    asked = select(ExamLine).where(ExamLine.lesson == lesson).order_by(ExamLine.n)
    for line in await db.scalars(asked):
        take(exam, line.n, line.time, line.kind, line.actor, line.data)
    return exam


def candidate_of(row: ExamCandidate) -> Candidate:
    place: Place = "class" if row.place == "class" else "home"
    return Candidate(
        row.extra, tuple(row.off), place, row.seat, row.note, row.asked, row.room, row.proctor
    )  # fmt: skip


def take(exam: Exam, n: int, time: int, kind: str, actor: str, data: dict[str, object]) -> None:
    """One line into the exam in memory; lines come in order, repeated ones are ignored."""
    if n <= exam.n:
        return
    exam.n = n
    if kind == "exam.duty":
        (exam.duty.add if data["on"] else exam.duty.discard)(str(data["proctor"]))
        return
    if kind == "exam.watching":
        people = data["people"]
        assert isinstance(people, list)
        exam.watchers.update(dict.fromkeys(people, str(data["proctor"])))
        return
    person = str(data.get("person", ""))
    if person not in exam.attempts:
        exam.attempts[person] = Attempt(person)
    exam.attempts[person].apply(n, time, kind, actor, data)


async def coming(db: AsyncSession, now: int, ahead: int, behind: int) -> list[str]:
    """Exams that begin within `ahead` or ended less than `behind` ago (microseconds)."""
    asked = (
        select(ExamRow.lesson)
        .join(Lesson, Lesson.id == ExamRow.lesson)
        .where(Lesson.starts < now + ahead, Lesson.ends > now - behind)
    )
    return list(await db.scalars(asked))


async def all_exams(db: AsyncSession) -> dict[str, str]:
    """Every exam's lesson, with its rules."""
    return {row.lesson: row.rules for row in await db.execute(select(ExamRow.lesson, ExamRow.rules))}


async def sounds(db: AsyncSession, rules: Iterable[str]) -> set[str]:
    """Of these documents, those that turn sound on."""
    asked = select(ExamRulesRow).where(ExamRulesRow.id.in_(set(rules)))
    return {row.id for row in await db.scalars(asked) if row.body.get("sound")}


def iso(house: House, moment: int) -> str:
    """Microseconds as ISO 8601 in the university's zone."""
    zone = ZoneInfo(house.settings.time_zone)
    return as_datetime(moment).astimezone(zone).isoformat(timespec="milliseconds")
