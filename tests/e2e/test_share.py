"""A shared screen is on every stage within a second of its first frame, without a new offer.

Headless Chromium captures a screen of its own making (1920x1080, 15 frames/s: what
`--use-fake-device-for-media-stream` means for getDisplayMedia), through the page's own button.
"""

import time
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.lesson import Lesson, all_see, running_lesson
from tests.e2e.watching import offers, shared_at, stage_shows, stage_states, watch
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

TIMES = 3
WITHIN = 1.0
"""Seconds from the capture's first frame to the screen on a stage."""


async def share(lesson: Lesson) -> dict[str, float]:
    """The teacher starts sharing; seconds from the first frame to each student's stage."""
    teacher = lesson.teacher
    before, earlier = await shared_at(teacher), time.time()
    await teacher.get("bar-share").click()

    async def captured() -> float:
        at = await shared_at(teacher)
        return at if at > before else 0.0

    first = float(await until(captured, "the capture gives a frame", within=10))
    return {
        student.login: await stage_shows(student, "screen", earlier, within=10) - first
        for student in lesson.students
    }


async def test_a_screen_is_on_every_stage_within_a_second(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2")) as lesson:
        await all_see(lesson.everybody, 3)
        for someone in lesson.everybody:
            await someone.sees_and_hears()
            await watch(someone)
        for turn in range(TIMES):
            took = await share(lesson)
            print(f"turn {turn}: seconds from the first frame to the stage {took}")
            assert max(took.values()) <= WITHIN, f"turn {turn}: {took}"
            sizes = {s.login: (await stage_states(s))[-1].size for s in lesson.students}
            for student in lesson.students:
                await student.sees_and_hears()
            print(f"sizes {sizes}")
            stopped = time.time()
            await lesson.teacher.get("sharing-stop").click()
            back = {s.login: await stage_shows(s, "cam", stopped, 10) - stopped for s in lesson.students}
            print(f"back after {back}")
            assert max(back.values()) <= 5.0, f"turn {turn}: the camera is back after {back} s"
        made = {someone.login: await offers(someone) for someone in lesson.everybody}
        assert made == dict.fromkeys(made, 0), f"descriptions set while sharing: {made}"
