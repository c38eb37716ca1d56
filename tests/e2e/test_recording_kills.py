"""Processes are killed at random moments of a lesson; what was recorded before plays."""

import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SOAK
from tests.e2e.house import House
from tests.e2e.lesson import Lesson, running_lesson
from tests.e2e.recorded import begun, check_pieces, whole_recording
from tests.e2e.test_recovery import worker_in_use
from tests.patience import until

pytestmark = [pytest.mark.recording, pytest.mark.e2e]

LOST = 2.0
"""Seconds before a kill that may be missing."""
BACK = 20.0
TRACKS = 4
"""Cameras and microphones of the teacher and of a student who speaks."""


async def recording(lesson: Lesson) -> bool:
    mark = lesson.teacher.get("recording-mark")
    if not await mark.count() or await mark.get_attribute("data-standing") != "on":
        return False
    return int(str(await mark.get_attribute("data-tracks"))) >= TRACKS


def covered(view: dict[str, Any], person: str, source: str, at: int) -> bool:
    """Whether somebody's track was on the disk at a millisecond of the recording."""
    return any(
        piece["starts"] <= at <= piece["ends"]
        for piece in view["pieces"]
        if (piece["person"], piece["source"]) == (person, source)
    )


async def test_what_was_recorded_before_a_kill_plays(house: House, fakes_folder: Path) -> None:
    chance = random.Random(4)
    victims = ["recorder", "media", "server"] * 7 if SOAK else ["recorder", "media", "server"]
    async with running_lesson(house, fakes_folder, ("student1",)) as lesson:
        token = await house.token("teacher")
        await until(lambda: recording(lesson), "recording is on", within=BACK)
        killed: list[float] = []
        for victim in victims[:20]:
            await lesson.teacher.page.wait_for_timeout(3000 + chance.random() * 2000)
            name = await worker_in_use(house, lesson) if victim == "media" else victim
            killed.append(time.time())
            house.kill(name)
            await lesson.teacher.page.wait_for_timeout(2500)
            await until(lambda: recording(lesson), f"recording goes on after {name} was killed", within=BACK)
        await lesson.teacher.page.wait_for_timeout(2000)
        await house.api("POST", f"/api/v1/lessons/{lesson.id}/close", token)
        closed = time.time()

        async def complete() -> dict[str, Any] | None:
            """The last files are known once a server that was just killed hears of them again."""
            view = await whole_recording(house, lesson.id, token, within=15)
            ends = [piece["ends"] for piece in view["pieces"]]
            last = sum(end / 1000 >= closed - begun(view) - LOST for end in ends)
            return view if last >= TRACKS else None

        view = await until(complete, "the recording reaches to the end", within=20)
    numbers = {one["id"]: 1 if one["role"] == "teacher" else 2 for one in view["people"]}
    spent = await check_pieces(house, view, numbers)
    print(f"{len(view['pieces'])} files, {spent} s of {view['length'] / 1000} s")
    teacher = next(one["id"] for one in view["people"] if one["role"] == "teacher")
    for at in killed:
        moment = int((at - begun(view) - LOST) * 1000)
        for source in ("mic", "cam"):
            assert covered(view, teacher, source, moment), f"{source} 2 s before a kill at {moment} ms"
