"""Notices that follow from what happens: entries of the trace in, notices out.

The trace is read from where it was left, so that nothing is forgotten by a server that was down; an entry
that is seen twice tells nobody twice. What is over by then is not told.
"""

import asyncio
import contextlib
import logging
from collections.abc import Collection
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError, TraceError
from server.exams.tables import ExamRow
from server.house import House
from server.notices.book import Notices
from server.notices.due import about
from server.plan.roster import lesson_roster
from server.plan.tables import Lesson
from server.review.desk import ReviewDesk
from server.trace import Recorded

log = logging.getLogger(__name__)

NOTE = 5.0
"""Seconds between two notes of how far we are."""

AGAIN = 2.0
"""Seconds until an entry is tried again that could not be told because the trace was busy."""

LESSONS = frozenset({"lesson.changed", "lesson.cancelled", "lesson.restored"})
REVIEWS = frozenset(
    {
        "review.gathered", "review.noticed", "review.stated", "review.found", "review.signed",
        "review.appealed", "review.appeal_decided",
    }
)  # fmt: skip
IMPORTS = frozenset({"import.finished", "import.failed"})
JUDGES = ("chair", "commission")


class Told:
    """Follows the trace; `run` owns what goes on."""

    def __init__(self, house: House, book: Notices) -> None:
        self._house = house
        self._book = book
        self._seen = 0

    async def run(self) -> None:
        """For ever. The owner cancels."""
        after = await self._book.reached()
        if after is None:
            after = self._house.trace.writer.head
            await self._book.note_reached(after)
        noted = self._seen = after
        subscription = self._house.trace.subscribe(self.take, after=after)
        try:
            while True:
                await asyncio.sleep(NOTE)
                if self._seen > noted:
                    noted = self._seen
                    with contextlib.suppress(Exception):  # a busy store: the next time does it
                        await self._book.note_reached(noted)
        finally:
            await subscription.close()

    async def take(self, recorded: Recorded) -> None:
        """The trace's subscriber."""
        kind, data = recorded.entry.kind, recorded.data
        if isinstance(data, dict):
            while True:
                try:
                    if kind in LESSONS:
                        await self._lesson(recorded)
                    elif kind in REVIEWS:
                        await self._review(recorded)
                    elif kind in IMPORTS:
                        await self._import(recorded)
                    break
                except TraceError as error:
                    log.warning("a notice waits: %s", error)
                    await asyncio.sleep(AGAIN)
        self._seen = recorded.entry.seq

    async def _give(
        self, recorded: Recorded, kind: str, people: Collection[str], subject: str, facts: dict[str, Any]
    ) -> None:
        key = f"{recorded.entry.seq} {kind}"
        others = [person for person in people if person != recorded.entry.actor]
        await self._book.give(kind, others, subject, facts, key=key)

    # --- lessons --------------------------------------------------------------------------------------

    async def _lesson(self, recorded: Recorded) -> None:
        entry, data = recorded.entry, recorded.data
        async with self._house.store.read() as db:
            lesson = await db.get(Lesson, data["lesson"])
            if lesson is None or lesson.kind == "rehearsal" or await _rehearsal(db, lesson.id):
                return
            roster = await lesson_roster(db, lesson)
        was = data.get("was_starts")
        if max(lesson.ends, was or 0) <= self._house.clock.now():
            return
        word = "exam" if lesson.kind == "exam" else "lesson"
        facts = about(lesson)
        if "private" not in facts:
            facts["reason"] = str(data.get("reason", ""))[:300]
        if entry.kind == "lesson.cancelled":
            await self._give(recorded, f"{word}_cancelled", roster, lesson.id, facts)
        elif entry.kind == "lesson.restored":
            if word == "lesson":
                await self._give(recorded, "lesson_restored", roster, lesson.id, facts)
        else:
            stands_in = [person for person in data.get("substitutes") or () if person in roster]
            if was is not None and was != data.get("starts", was):
                moved = {**facts, "was_at": was, "starts_at": data["starts"]}
                await self._give(recorded, f"{word}_moved", roster, lesson.id, moved)
            if stands_in:
                await self._give(recorded, "lesson_yours", stands_in, lesson.id, facts)
                rest = set(roster) - set(stands_in)
                await self._give(recorded, "lesson_substituted", rest, lesson.id, facts)

    # --- reviews --------------------------------------------------------------------------------------

    async def _review(self, recorded: Recorded) -> None:
        entry, data = recorded.entry, recorded.data
        desk = self._house.part(ReviewDesk)
        lesson, student = data["lesson"], data["person"]
        async with self._house.store.read() as db:
            row = await db.get(Lesson, lesson)
            if row is None:
                return
            roster = await lesson_roster(db, row)
        judges = {person for person, part in roster.items() if part in JUDGES}
        facts: dict[str, Any] = {"title": row.title}
        try:
            exam = await desk.exams.find(lesson)
            case = await desk.case(lesson, student)
        except ApiError:
            return  # the exam was removed since
        terms = desk.terms(exam)
        match entry.kind:
            case "review.gathered" if data["items"]:
                # one notice an exam and day: a hundred students are one evening's work
                key = f"review {lesson} {entry.time // 86_400_000_000}"
                await self._book.give("review_waits", judges, lesson, facts, key=key)
            case "review.noticed":
                until = entry.time + terms.statement * 86_400_000_000
                facts["until_at"] = until
                if until > self._house.clock.now():
                    await self._give(recorded, "statement_wanted", [student], lesson, facts)
            case "review.stated":
                await self._give(recorded, "statement_made", judges - set(case.recused), lesson, facts)
            case "review.found" | "review.signed":
                if len(case.signatures) >= terms.quorum:
                    key = f"decision {lesson} {student}"
                    await self._book.give("decision_made", [student], lesson, facts, key=key)
            case "review.appealed":
                fresh = judges - case.first_reviewers() - set(case.recused)
                await self._give(recorded, "appeal_waits", fresh or judges, lesson, facts)
            case "review.appeal_decided":
                await self._give(recorded, "appeal_decided", [student], lesson, facts)

    # --- imports --------------------------------------------------------------------------------------

    async def _import(self, recorded: Recorded) -> None:
        entry, data = recorded.entry, recorded.data
        kind = entry.kind.replace(".", "_")
        facts = {name: data.get(name, 0) for name in ("new", "changed", "errors")}
        key = f"{entry.seq} {kind}"
        await self._book.give(kind, [entry.actor], str(data.get("import", ""))[:16], facts, key=key)


async def _rehearsal(db: AsyncSession, lesson: str) -> bool:
    exam = await db.get(ExamRow, lesson)
    return exam is not None and exam.rehearsal
