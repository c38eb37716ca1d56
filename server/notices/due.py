"""Notices that follow from the time: what begins soon, what is still to be checked, what was left open.

Each look finds who should have been told by now and was not; so a server that was down for an hour tells
what still matters, and a student who joins the group later hears of the exam as well.
"""

import asyncio
import hashlib
import logging
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from server.board.standing import ATTENTION
from server.board.tables import BoardEntry
from server.board.views import stands
from server.errors import TraceError
from server.exams.tables import ExamLine, ExamRow
from server.house import House
from server.notices.book import Notices
from server.plan.facts import chunks, lesson_facts
from server.plan.kinds import PRIVATE
from server.plan.roster import lesson_roster
from server.plan.tables import Lesson, LessonState

log = logging.getLogger(__name__)

TICK = 20.0
FAR_TURNS = 15
"""Of so many looks one goes days ahead (each 5 minutes): an exam week has hundreds of exams."""

TIDY_TURNS = 180
MOST_DONE = 20_000
MINUTE = 60_000_000
DAY = 86_400_000_000

LESSON_SOON = 10 * MINUTE
EXAM_SOON = 30 * MINUTE
EXAM_PLANNED = 30 * DAY
"""How long before an exam people first hear of it."""

EQUIPMENT = 4 * DAY
"""How long before an exam who has not checked the equipment is asked to (R16: days, not hours, ahead)."""

EXPLAIN_WITHIN = DAY
"""How old a disrupted lesson may be when an explanation is first asked for."""

GOOD = frozenset({"good", "weak"})
"""Verdicts of the equipment check with which an exam can be sat."""

WATCHES = ("proctor", "teacher", "substitute")
NAMED = ("proctor", "commission", "chair", "secretary")
TEACHES = ("teacher", "substitute")


class Due:
    """Looks every `TICK`; `run` owns what goes on."""

    def __init__(self, house: House, book: Notices) -> None:
        self._house = house
        self._book = book
        self._done: set[str] = set()
        """Lessons with their beginning that were looked at: soon is told once."""

    async def run(self) -> None:
        """For ever. The owner cancels."""
        turn = 0
        while True:
            try:
                await self.look(far=turn % FAR_TURNS == 0)
                if turn % TIDY_TURNS == 0:
                    await self._book.tidy()
            except (TraceError, SQLAlchemyError) as error:
                log.warning("notices wait: %s", error)
            except Exception:
                log.exception("notices failed, trying again")  # classes go on without them
            turn += 1
            await asyncio.sleep(TICK / min(self._house.trace.clock.anchor.speed, 20.0))

    async def look(self, *, far: bool = True) -> None:
        """Tell everything that is due and was not told; with `far` also what is days ahead, or is over."""
        now = self._house.clock.now()
        async with self._house.store.read() as db:
            soon = await _planned(db, now, now + LESSON_SOON, exams=False)
            ahead = await _planned(db, now, now + (EXAM_PLANNED if far else EXAM_SOON), exams=True)
            ended = await self._silent(db, now) if far else []
        for lesson, _ in soon:
            mark = f"{lesson.id} {lesson.starts}"
            if mark not in self._done:
                await self._give("lesson_soon", await self._roster(lesson), lesson)
                self._done.add(mark)
        for lesson, exam in ahead:
            if exam is not None and exam.rules and not exam.rehearsal:
                await self._exam(lesson, now)
        for lesson, teachers in ended:
            await self._give("explanation_wanted", teachers, lesson)
        if len(self._done) > MOST_DONE:
            self._done.clear()  # who was told stands in the table

    async def _roster(self, lesson: Lesson) -> dict[str, str]:
        async with self._house.store.read() as db:
            return await lesson_roster(db, lesson)

    async def _give(self, kind: str, people: Collection[str], lesson: Lesson) -> None:
        """Tell those of these people who were not told yet."""
        missing = sorted(set(people) - await self._book.told(kind, lesson.id, lesson.starts))
        digest = hashlib.sha256(" ".join([str(lesson.starts), *missing]).encode()).hexdigest()[:24]
        key = f"{kind} {lesson.id} {digest}"
        if not missing or key in self._done:
            return
        facts = about(lesson)
        await self._book.give(kind, missing, lesson.id, facts, key=key)
        self._done.add(key)  # those who want no notice of it stay missing

    async def _exam(self, lesson: Lesson, now: int) -> None:
        roster = await self._roster(lesson)
        students = [person for person, part in roster.items() if part == "student"]
        await self._give("exam_planned", students, lesson)
        await self._give("exam_duty", [p for p, part in roster.items() if part in NAMED], lesson)
        if EXAM_SOON < lesson.starts - now <= EQUIPMENT:
            unchecked = set(students) - await self._checked(students)
            await self._give("exam_equipment", unchecked, lesson)
        if lesson.starts - now <= EXAM_SOON:
            await self._give("exam_soon", students, lesson)
            watching = [person for person, part in roster.items() if part in WATCHES]
            await self._give("exam_duty_soon", watching, lesson)

    async def _checked(self, students: Collection[str]) -> set[str]:
        """Whose last check of the equipment was good enough."""
        last: dict[str, str] = {}
        async with self._house.store.read() as db:
            for part in chunks(students):
                asked = (
                    select(ExamLine.person, ExamLine.data)
                    .where(ExamLine.person.in_(part), ExamLine.kind == "attempt.step")
                    .order_by(ExamLine.n)
                )
                for row in await db.execute(asked):
                    if row.data.get("step") == "equipment":
                        last[row.person] = str(row.data["value"])
        return {person for person, verdict in last.items() if verdict in GOOD}

    async def _silent(self, db: AsyncSession, now: int) -> list[tuple[Lesson, list[str]]]:
        """Lessons that are over and did not go as planned, of which no teacher has said a word; with them."""
        asked = select(Lesson).where(
            Lesson.ends <= now, Lesson.ends > now - EXPLAIN_WITHIN, Lesson.kind.not_in(("exam", "rehearsal"))
        )
        lessons = {lesson.id: lesson for lesson in await db.scalars(asked)}
        explained: set[str] = set()
        for part in chunks(lessons):
            said = select(BoardEntry.lesson).where(
                BoardEntry.lesson.in_(part), BoardEntry.kind == "explained"
            )
            explained.update(await db.scalars(said))
        found = []
        for facts in await lesson_facts(db, lessons.values()):
            word = stands(self._house, facts, teacher_in=True, now=now).word
            if facts.id not in explained and word in ATTENTION:
                teachers = [person for person, part in facts.people.items() if part in TEACHES]
                found.append((lessons[facts.id], teachers))
        return found


def about(lesson: Lesson) -> dict[str, Any]:
    """The facts of a lesson that notices tell."""
    private = {"private": True} if lesson.kind in PRIVATE else {}
    return {"title": "" if private else lesson.title, "starts_at": lesson.starts, **private}


async def _planned(
    db: AsyncSession, after: int, until: int, *, exams: bool
) -> list[tuple[Lesson, ExamRow | None]]:
    """Lessons that begin in that time and are still to be: with `exams` these, else the others."""
    cancelled = select(LessonState.lesson).where(
        LessonState.lesson == Lesson.id, LessonState.state.in_(("cancelled", "closed"))
    )
    asked = (
        select(Lesson, ExamRow)
        .outerjoin(ExamRow, ExamRow.lesson == Lesson.id)
        .where(
            Lesson.starts > after, Lesson.starts <= until, ~cancelled.exists(),
            Lesson.kind == "exam" if exams else Lesson.kind.not_in(("exam", "rehearsal")),
        )
        .order_by(Lesson.starts)
    )  # fmt: skip
    return [(row[0], row[1]) for row in await db.execute(asked)]
