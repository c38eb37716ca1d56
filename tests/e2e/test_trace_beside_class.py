"""The trace under load beside a running class; then changed, rebuilt and verified by the command line."""

import asyncio
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from server.trace.registry import all_projections
from tests.bench.trace import RATE
from tests.e2e.house import ROOT, House
from tests.e2e.lesson import running_lesson
from tests.patience import Pressure, TooSlow, until

pytestmark = [pytest.mark.ground, pytest.mark.e2e]


async def sabak(house: House, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *house.command(*arguments), env=house.environment, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


PROJECTED = {
    "attendance": (
        "attendance_counts", "attendance_excuses", "attendance_marks", "attendance_scans",
        "attendance_totals", "journal_reopenings",
    ),
    "board.log": ("board_entries",),
    "exams.exams": ("exam_candidates", "exams"),
    "exams.lines": ("exam_lines",),
    "exams.photos": ("registered_photos",),
    "exams.rules": ("exam_rules",),
    "live.sessions": ("live_sessions", "live_spans"),
    "live.visits": ("live_visits",),
    "plan.lesson_states": ("lesson_states",),
    "playback.watched": ("watched_ranges",),
    "recordings": ("recording_agreements", "recording_pauses", "recording_pieces"),
    "review.lines": ("review_lines",),
    "retention": ("retention_holds", "retention_requests", "retention_runs", "retention_terms"),
    "slides.decks": ("slide_decks",),
}  # fmt: skip
"""The tables of each projection."""


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that a projection owns."""
    assert {each.name for each in all_projections()} == set(PROJECTED)
    names = [name for owned in PROJECTED.values() for name in owned]
    with sqlite3.connect(path) as db:
        return {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}


async def test_load_tampering_and_rebuilding(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder) as lesson:
        student = lesson.students[0]
        await student.sees_and_hears(20)
        pressure = Pressure()
        load = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.e2e.trace_load", "5",
            env=house.environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said = [f"line {n}" for n in range(5)]
        for line in said:
            await lesson.teacher.say(line)
            await student.sees_and_hears(10)
        output, _ = await load.communicate()
        found = json.loads(output)
        if found["entries_per_s"] < 0.95 * RATE and pressure.share() > 0.6:
            raise TooSlow(f"the machine was saturated; the load reached {found}")
        assert found["entries_per_s"] >= 0.95 * RATE, found

        async def read() -> bool:
            return await student.lines() == said

        await until(read, "the student reads every line", within=10)
    await house.stop()

    database = house.data / "sabak.db"
    code, words = await sabak(house, "trace", "verify")
    assert code == 0, words

    before = tables(database)
    assert any(before.values())
    code, words = await sabak(house, "trace", "rebuild")
    assert code == 0, words
    assert tables(database) == before

    with sqlite3.connect(database) as db:
        (seq,) = db.execute("SELECT seq FROM trace_entries WHERE kind = 'chat.said' LIMIT 1").fetchone()
        db.execute("UPDATE trace_entries SET actor = actor || 'x' WHERE seq = ?", (seq,))
    code, words = await sabak(house, "trace", "verify")
    assert code == 1, words
    assert f"entry {seq}" in words
