"""Exams and their reviews over three years: short terms of faces and documents, an exam's own terms, holds, a
request for erasure; what should be gone is in no byte of the data folder, nor are the keys that prove it."""

import asyncio
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.errors import ApiError
from server.exams.tables import ExamCandidate, ExamLine, RegisteredPhoto
from server.recording.tables import RecordingPiece
from server.retention import desk
from server.retention.registry import registered as kinds
from server.retention.run import run
from server.review.tables import ReviewLine
from server.store import Store
from server.trace.tables import DataRow, EntryRow, KeyRow
from server.trace.verify import verify
from tests.server.retention.exam_years import approved, exam, registered
from tests.server.retention.test_years import month
from tests.server.retention.years import Made, Years, years

pytestmark = [pytest.mark.review, pytest.mark.slow]

BEGINS = date(2026, 9, 1)
MONTHS = 37
TERMS = {"exam_recordings": 400, "reviews": 500, "exam_attempts": 700, "exam_conditions": 600}
"""Shorter than by default, so that three years see their end; photos keep their 30 days."""
OWN = {"exam_photos": 200, "exam_recordings": 800, "reviews": 900, "exam_attempts": 950}
"""Of one exam alone."""
PROMISED = 250
"""Days that approved rules tell the students of two exams; one of them has a longer term of its own."""
KINDS = {*TERMS, *OWN, "registered_photos"}


def there(one: Made, as_of: date, own: list[str], lessons: set[str], people: set[str]) -> bool:
    if one.lesson in lessons or one.people & people:
        return True
    days = {each.name: each.days for each in kinds()} | TERMS
    if one.lesson in own[:1]:
        days |= OWN
    elif one.lesson in own:
        days |= {"exam_recordings": PROMISED}
    return one.ended + timedelta(days=days[one.kind] + 1) > as_of


async def keys_of(made: Years) -> dict[int, bytes]:
    """The key of every entry's commitment that is there now."""
    async with made.house.store.read() as db:
        return {row.seq: row.key for row in await db.execute(select(DataRow.seq, DataRow.key))}


def bytes_of(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


async def counts(made: Years) -> dict[str, int]:
    async with made.house.store.read() as db:
        return {
            table.__tablename__: (await db.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (ExamLine, ExamCandidate, RegisteredPhoto, ReviewLine, RecordingPiece)
        }


async def term(made: Years, kind: str, days: int, lesson: str = "") -> None:
    data = {"kind": kind, "lesson": lesson, "days": days, "reason": "test", "protocol": "12/3"}
    await made.record("retention.term_set", data, "head")


async def asked(made: Years, request: str) -> None:
    data = {"request": request, "person": "nurai", "reason": "My photos"}
    await made.record("retention.requested", data, "nurai")


async def test_exams_over_three_years(tmp_path: Path) -> None:
    async with years(tmp_path / "data", BEGINS, Store.open) as made:
        for kind, days in TERMS.items():
            await term(made, kind, days)
        rules = await approved(made, PROMISED)
        lessons, people, gone, own = set[str](), set[str](), set[str](), list[str]()
        erased_now = set[str]()
        for number in range(MONTHS):
            first, last = month(number), month(number + 1)
            if number % 11 == 0:
                await registered(made, first + timedelta(days=1))
            if number % 2 == 0:
                lesson = await exam(made, last - timedelta(days=12), rules if number in (4, 26) else "")
                if number == 2:
                    lessons.add(lesson)
                    hold = {"hold": "h1", "scope": "exam", "object": lesson, "reason": "appeal"}
                    await made.record("retention.held", hold, "head")
                if number in (4, 26):
                    own.append(lesson)
                if number == 4:
                    for kind, days in OWN.items():
                        await term(made, kind, days, lesson)
            if number == 6:  # a court: nothing of one student goes, also when they ask for it
                people.add("nurai")
                hold = {"hold": "h2", "scope": "person", "object": "nurai", "reason": "court"}
                await made.record("retention.held", hold, "head")
                await asked(made, "r1")
                before = made.marks()
                with pytest.raises(ApiError) as refused:
                    await desk.decide(made.house, "admin", "r1", True, "yes")
                assert refused.value.code == "retention.held" and made.marks() == before
            if number == 24:
                people.clear()
                await made.record("retention.released", {"hold": "h2", "reason": "over"}, "head")
                decided = await desk.decide(made.house, "admin", "r1", True, "Photos go")
                assert {"exam_photos", "registered_photos"} <= set(decided.removed)
                assert {"exam_recordings", "reviews", "exam_attempts"} <= set(decided.kept)
                # what the exam on hold has stays; of her other photos nothing is left
                erased_now = {
                    f"{one.kind}-{one.number}" for one in made.made.values()
                    if one.kind in ("exam_photos", "registered_photos") and "nurai" in one.people
                    and one.lesson not in lessons
                }  # fmt: skip
                assert erased_now and not erased_now & {f"{kind}-{n}" for kind, n in made.marks()}
                gone |= erased_now
            outcome = await run(made.house, last, trigger="hand")
            assert not outcome.problems
            found = {f"{kind}-{n}" for kind, n in made.marks() if kind in KINDS}
            wanted = {
                f"{one.kind}-{one.number}" for one in made.made.values()
                if there(one, last, own, lessons, people)
            } - gone  # fmt: skip
            gone = {f"{one.kind}-{one.number}" for one in made.made.values()} - wanted
            assert found - wanted == set(), f"still there after {first}"
            assert wanted - found == set(), f"gone too early after {first}"
        for kind in KINDS:
            assert any(each.startswith(f"{kind}-") for each in gone), f"of {kind} something went"
        held = {f"{one.kind}-{one.number}" for one in made.made.values() if one.lesson in lessons}
        assert len(held) > 30 and held <= found, "everything of the exam on hold is there"
        report = await verify(made.house.store)
        assert report.good, report.finding
        assert report.erased > 150
        before_rebuild = await counts(made)
        await made.house.trace.rebuild()
        assert await counts(made) == before_rebuild, "made again, the projections say the same"
        await erased_keys_are_nowhere(made)
    await by_command(tmp_path / "data", held)


async def erased_keys_are_nowhere(made: Years) -> None:
    """Without its key a commitment can be compared with no guess. A last run erases; the keys that went are
    looked for in every byte."""
    before = await keys_of(made)
    outcome = await run(made.house, month(MONTHS + 3), trigger="hand")
    assert outcome.total.entries
    after = await keys_of(made)
    went = {seq: key for seq, key in before.items() if seq not in after}
    assert len(went) >= outcome.total.entries
    everything = bytes_of(made.data)
    assert all(after[seq] in everything for seq in list(after)[:50]), "the search finds what is there"
    assert not [seq for seq, key in went.items() if key in everything]
    async with made.house.store.read() as db:
        left = select(func.count()).select_from(KeyRow).where(KeyRow.seq.in_(list(went)[:500]))
        assert (await db.execute(left)).scalar_one() == 0
        entries = select(func.count()).select_from(EntryRow).where(EntryRow.seq.in_(list(went)[:500]))
        assert (await db.execute(entries)).scalar_one() == min(500, len(went)), (
            "that something was there stays"
        )


async def by_command(data: Path, held: set[str]) -> None:
    """`sabak retention run --as-of` ten years on: all that is not held goes, and the trace verifies."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SABAK_")}

    async def sabak(*arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.cli", *arguments, env={**environment, "SABAK_DATA": str(data)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()

    said = await sabak("retention", "run", "--as-of", "2036-09-01")
    assert "exam_attempts: " in said and "reviews: " in said
    found = Years(None, data, [0]).marks()  # type: ignore[arg-type]
    assert {f"{kind}-{n}" for kind, n in found} == held
    assert "Good" in await sabak("trace", "verify")
