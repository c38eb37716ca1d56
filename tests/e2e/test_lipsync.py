"""Picture and sound of the stage are in step: a flash and a beep within 80 ms of one another."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.lesson import running_lesson
from tests.e2e.lipsync import between, flash_and_beep, measure, seen

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

LIMIT_MS = 80.0
SETTLE = 10.0
"""Seconds in which receivers line up sound and picture: Chromium moves by 80 ms a second at most."""
SECONDS = 15.0


async def test_a_flash_and_its_beep_arrive_together(house: House, tmp_path: Path) -> None:
    flash_and_beep(tmp_path, 1)
    async with running_lesson(house, tmp_path, ("student1",)) as lesson:
        teacher, student = lesson.everybody
        await student.sees_and_hears()
        await measure(teacher, loopback=True)
        await measure(student, loopback=False)
        await asyncio.sleep(SETTLE)
        since = time.time()
        await asyncio.sleep(SECONDS)
        near, far = await seen(teacher, since), await seen(student, since)
        way = between(near, far)
        report = f"sender's own: {near}\non the stage: {far}\nthe way: {way}"
        assert min(len(way.flashes), len(way.beeps)) >= 6, f"too few to judge\n{report}"
        print(f"the picture is {way.skew:.0f} ms behind the sound; {way}")
        assert abs(way.skew) < LIMIT_MS, f"{way.skew:.0f} ms\n{report}"
