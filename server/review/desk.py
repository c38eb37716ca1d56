"""The desk of reviews: gathers evidence once an attempt is over, keeps the cases, writes down what is said.

Flows in: ended attempts and their recordings, what members, the chair and the student say. Flows out: lines
of the trace and, from them, the cases in memory.
"""

import asyncio
import logging
import time
from typing import Any

import msgspec
from sqlalchemy import select

from server.errors import ApiError, TraceError
from server.exams.attempt import ENDED, Attempt
from server.exams.desk import ExamDesk
from server.exams.exam import Exam
from server.house import House
from server.ids import new_id
from server.review import evidence
from server.review.case import DAY, Case, Item, Terms
from server.review.projections import Lines
from server.review.tables import ReviewLine
from server.trace import Recorded
from server.trace.checkpoints import sign_now
from server.trace.reached import Reached

log = logging.getLogger(__name__)

TICK = 3.0
SETTLES = 8_000_000
"""µs after the end of an attempt in which its files are finished."""
GIVE_UP = 600_000_000
"""µs after which evidence is cut from what there is."""
UNSEEN = 60_000_000
"""µs after which nobody closes a flag any more: the server was started anew in the middle of it."""
OLD = 30 * DAY
"""µs after which nothing is gathered: what was reviewed may have gone with its term."""
KINDS = frozenset(Lines.kinds)


class ReviewDesk:
    """A part of the house; `run` owns what goes on by itself."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.exams = house.part(ExamDesk)
        self.cases: dict[str, dict[str, Case]] = {}
        """By exam and student, of the exams that were asked for."""
        self._loading = asyncio.Lock()
        self._early: dict[str, list[Recorded]] = {}
        self._reached = Reached()
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}

    def now(self) -> int:
        return self.house.clock.now()

    def lock(self, lesson: str, person: str) -> asyncio.Lock:
        """Held while it is decided what becomes of a case."""
        return self._locks.setdefault((lesson, person), asyncio.Lock())

    def terms(self, exam: Exam) -> Terms:
        """The terms of the exam's rules."""
        rules = exam.rules
        if rules is None:
            return Terms()
        return Terms(rules.review_days, rules.statement_days, rules.appeal_days, rules.quorum)

    # --- cases in memory ------------------------------------------------------------------------------

    async def of(self, lesson: str) -> dict[str, Case]:
        """Every case of an exam, read back if need be."""
        found = self.cases.get(lesson)
        if found is not None:
            return found
        async with self._loading:
            found = self.cases.get(lesson)
            if found is not None:
                return found
            early = self._early[lesson] = []
            try:
                made: dict[str, Case] = {}
                async with self.house.store.read() as db:
                    asked = select(ReviewLine).where(ReviewLine.lesson == lesson).order_by(ReviewLine.n)
                    for line in await db.scalars(asked):
                        case = made.setdefault(line.person, Case(lesson, line.person))
                        case.apply(line.n, line.time, line.kind, line.actor, line.data)
                self.cases[lesson] = made
                for recorded in early:
                    self.take(recorded)
            finally:
                self._early.pop(lesson, None)
        return made

    async def case(self, lesson: str, person: str) -> Case:
        """Raises:
        ApiError: 404 `review.unknown`.
        """
        found = (await self.of(lesson)).get(person)
        if found is None:
            raise ApiError("review.unknown", 404)
        return found

    async def item(self, lesson: str, key: str) -> tuple[Case, Item]:
        """Raises:
        ApiError: 404 `review.unknown`.
        """
        for case in (await self.of(lesson)).values():
            for item in case.items:
                if item.key == key:
                    return case, item
        raise ApiError("review.unknown", 404)

    def take(self, recorded: Recorded) -> None:
        """The trace's subscriber."""
        entry, data = recorded.entry, recorded.data
        if not isinstance(data, dict):
            return
        if entry.kind == "retention.removed" and data["kind"] == "reviews":
            for lesson in data["note"]["lessons"]:
                self.cases.pop(lesson, None)
        if entry.kind not in KINDS:
            return
        lesson = data["lesson"]
        cases = self.cases.get(lesson)
        if cases is not None:
            case = cases.setdefault(data["person"], Case(lesson, data["person"]))
            case.apply(entry.seq, entry.time, entry.kind, entry.actor, data)
        elif lesson in self._early:
            self._early[lesson].append(recorded)
            return
        self._reached.note(entry.seq)

    async def record(self, case: Case, kind: str, data: dict[str, Any], *, actor: str, key: str = "") -> None:
        """Write one line down; returns once the case has it.

        Raises:
            TraceError: nothing was written.
        """
        whole = {"lesson": case.lesson, "person": case.person, **data}
        recorded = await self.house.trace.record(kind, whole, actor=actor, key=key)
        if case.n < recorded.entry.seq:
            await self._reached.until(recorded.entry.seq)

    # --- evidence -------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Gather the evidence of attempts that are over, for ever. The owner cancels."""
        subscription = self.house.trace.subscribe(self.take)
        try:
            while True:
                await asyncio.sleep(TICK)
                for exam in list(self.exams.exams.values()):
                    try:
                        await self.gather(exam)
                    except (TraceError, ApiError, OSError) as error:
                        log.error("evidence of exam %s: %s", exam.lesson, error)
        finally:
            await subscription.close()

    async def gather(self, exam: Exam) -> None:
        """Cut what is over and not cut yet. Rehearsals are nobody's business."""
        if exam.rehearsal:
            return
        cases = await self.of(exam.lesson)
        now = self.now()
        for attempt in list(exam.attempts.values()):
            if attempt.state not in ENDED or not SETTLES <= now - attempt.ended < OLD:
                continue
            case = cases.setdefault(attempt.person, Case(exam.lesson, attempt.person))
            if not case.gathered and await self._is_whole(exam, attempt, now):
                await self._cut(exam, attempt, case)

    async def _is_whole(self, exam: Exam, attempt: Attempt, now: int) -> bool:
        """Whether the recordings of this student are finished (or will not be)."""
        if any(flag.end is None for flag in attempt.flags) and now - attempt.ended < UNSEEN:
            return False
        if now - attempt.ended > GIVE_UP:
            return True
        async with self.house.store.read() as db:
            pieces = await evidence.pieces_of(db, exam.lesson, attempt.person)
        return all(row.state != "growing" for row in pieces)

    async def _cut(self, exam: Exam, attempt: Attempt, case: Case) -> None:
        began = time.process_time()
        async with self.house.store.read() as db:
            pieces = await evidence.pieces_of(db, exam.lesson, attempt.person)
        windows = evidence.windows(attempt.flags, attempt.ended)
        recordings = self.house.settings.recordings_dir
        for n, window in enumerate(windows):
            parts = await evidence.clip(
                self.exams.files, recordings, pieces, window, exam.lesson, attempt.person
            )  # fmt: skip
            stills = await evidence.stills(
                self.exams.files, recordings, pieces, window, exam.lesson, attempt.person
            )  # fmt: skip
            key = f"{exam.lesson}.{attempt.person}.{n}"
            data = {
                "item": new_id(), "begin": window.begin, "end": window.end,
                "flags": [msgspec.to_builtins(each) for each in window.flags],
                "parts": [msgspec.to_builtins(each) for each in parts],
                "stills": [msgspec.to_builtins(each) for each in stills],
            }  # fmt: skip
            await self.record(case, "review.item", data, actor="system", key=f"review.{key}")
        data = {"ended": attempt.ended, "items": len(windows)}
        await self.record(case, "review.gathered", data, actor="system")
        await sign_now(self.house)
        spent = time.process_time() - began
        log.info("evidence of %s: %d items in %.2f s", attempt.person, len(windows), spent)
