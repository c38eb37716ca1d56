"""Three years, month by month: what should be gone is in no byte of the data folder, the held is there."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.attendance.tables import AttendanceExcuse, AttendanceMark
from server.live.tables import LiveSession, LiveSpan
from server.plan.tables import LessonState
from server.recording.tables import RecordingPiece
from server.retention.registry import registered
from server.retention.run import run
from server.trace.verify import verify
from tests.server.retention.years import Made, Years, years

pytestmark = [pytest.mark.review, pytest.mark.slow]

BEGINS = date(2026, 9, 1)
MONTHS = 37

TERMS = {"journals": 700, "excuses": 700, "chat": 200}
"""Shorter than by default, so that three years see their end."""


def month(number: int) -> date:
    years, rest = divmod(BEGINS.month - 1 + number, 12)
    return BEGINS.replace(year=BEGINS.year + years, month=rest + 1)


def expected(
    made: Years, as_of: date, lessons: set[str], people: set[str], exam: tuple[str, int]
) -> set[str]:
    terms = {each.name: each.days for each in registered()} | TERMS

    def there(one: Made) -> bool:
        if one.lesson in lessons or one.people & people:
            return True
        days = exam[1] if (one.kind, one.lesson) == ("recordings", exam[0]) else terms[one.kind]
        return one.ended + timedelta(days=days + 1) > as_of

    return {f"{one.kind}-{one.number}" for one in made.made.values() if there(one)}


async def counts(made: Years) -> dict[str, int]:
    tables = (AttendanceMark, AttendanceExcuse, LiveSpan, LiveSession, RecordingPiece, LessonState)
    async with made.house.store.read() as db:
        found = {
            table.__tablename__: (await db.execute(select(func.count()).select_from(table))).scalar_one()
            for table in tables
        }
        found["open"] = (
            await db.execute(
                select(func.count()).select_from(LiveSession).where(LiveSession.closed.is_(None))
            )
        ).scalar_one()
        held = select(func.sum(LessonState.held)).where(LessonState.state == "closed")
        found["held"] = (await db.execute(held)).scalar_one()
        return found


async def test_three_years(tmp_path: Path) -> None:
    async with years(tmp_path / "data", BEGINS) as made:
        for kind, days in TERMS.items():
            term = {"kind": kind, "lesson": "", "days": days, "reason": "test", "protocol": "12/3"}
            await made.record("retention.term_set", term, "head")
        lessons: set[str] = set()
        people: set[str] = set()
        exam = ("", 0)
        removed, gone = 0, set[str]()
        for number in range(MONTHS):
            first = month(number)
            for week in range(4):
                day = first + timedelta(days=1 + 7 * week)
                lesson = await made.lesson(day)
                if week == 0:
                    await made.excuse(day, lesson)
                await made.logins(day)
                if number == 2 and week == 0:
                    lessons.add(lesson)
                    hold = {"hold": "h1", "scope": "lesson", "object": lesson, "reason": "appeal"}
                    await made.record("retention.held", hold, "head")
                if number == 3 and week == 1:
                    exam = (lesson, 900)
                    term = {
                        "kind": "recordings",
                        "lesson": lesson,
                        "days": 900,
                        "reason": "x",
                        "protocol": "",
                    }
                    await made.record("retention.term_set", term, "head")
            await made.imported(first + timedelta(days=3))
            if number == 8:
                people.add("aibek")
                hold = {"hold": "h2", "scope": "person", "object": "aibek", "reason": "court"}
                await made.record("retention.held", hold, "head")
            if number == 20:
                people.clear()
                await made.record("retention.released", {"hold": "h2", "reason": "over"}, "head")
            outcome = await run(made.house, month(number + 1), trigger="hand")
            assert not outcome.problems
            removed += outcome.total.items
            there = {f"{kind}-{n}" for kind, n in made.marks()}
            wanted = expected(made, month(number + 1), lessons, people, exam) - gone
            gone = {f"{one.kind}-{one.number}" for one in made.made.values()} - wanted
            assert there - wanted == set(), f"still there after {first}"
            assert wanted - there == set(), f"gone too early after {first}"
        assert removed > 800
        report = await verify(made.house.store)
        assert report.good, report.finding
        assert report.erased > 1500
        before = await counts(made)
        assert before["open"] == 0
        assert before["live_sessions"] == 4 * MONTHS == before["lesson_states"]
        assert before["held"] == 4 * MONTHS * 3_600_000_000
        assert 0 < before["recording_pieces"] < 8 * 16
        await made.house.trace.rebuild()
        assert await counts(made) == before, "made again, the projections say the same"
        assert (await run(made.house, month(MONTHS), trigger="hand")).total.items == 0, "nothing goes twice"
        assert (await run(made.house, month(3), trigger="hand")).total.items == 0, "the clock was set back"
