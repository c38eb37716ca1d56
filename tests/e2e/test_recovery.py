"""The picture comes back by itself after five seconds of nothing and after a media worker was killed.

Nobody clicks anything. Times are read from the frames that the pages presented.
"""

import asyncio
import time
from pathlib import Path

import pytest

from tests.e2e.browser import Person
from tests.e2e.far import far_lesson, second_way, unplug
from tests.e2e.house import House
from tests.e2e.lesson import Lesson, running_lesson
from tests.e2e.watching import longest_gap, stage_frames, watch
from tests.net.hosts import Host, Wire
from tests.net.lane import Harm
from tests.patience import until

STEADY = 5
"""Frames within a second that count as a picture."""


async def first_picture(someone: Person, since: float, within: float) -> float:
    """Seconds from `since` until a frame that others follow: `STEADY` within the next second.

    Raises:
        AssertionError: none came; says what the page presented and what state it shows.
    """

    async def found() -> float:
        times = [at for at in await stage_frames(someone) if at > since]
        for index, at in enumerate(times[: max(0, len(times) - STEADY)]):
            if times[index + STEADY] - at <= 1.0:
                return at - since
        return 0.0

    try:
        return float(await until(found, f"{someone.login} has a picture again", within=within + 2.0))
    except AssertionError as error:
        times = [round(at - since, 2) for at in await stage_frames(someone) if at > since]
        state = await someone.get("class").get_attribute("data-media")
        raise AssertionError(f"{error}; the connection is {state}; frames at {times[:20]}") from None


async def picture_back(lesson: Lesson, since: float, limit: float) -> dict[str, float]:
    """Seconds from `since` to the picture, for everybody; checks `limit` and that sound is back."""
    took = {one.login: await first_picture(one, since, limit) for one in lesson.everybody}
    assert max(took.values()) <= limit, f"pictures were back after {took} s"
    for someone in lesson.everybody:
        await someone.sees_and_hears(within=5)
    return took


async def watch_all(lesson: Lesson) -> None:
    for someone in lesson.everybody:
        await watch(someone)
    await asyncio.sleep(1.5)


@pytest.mark.engine
@pytest.mark.e2e
@pytest.mark.net
async def test_after_five_seconds_of_nothing_the_picture_is_back(tmp_path: Path, fakes_folder: Path) -> None:
    with Host("pupil") as pupil, Wire(None, pupil) as wire:
        async with far_lesson(tmp_path, fakes_folder, pupil, wire) as (_, lesson):
            await watch_all(lesson)
            wire.harm(Harm(down=True))
            await asyncio.sleep(5)
            silent = longest_gap(await stage_frames(lesson.students[0]), time.time() - 3)
            assert silent > 2.0, f"the wire was not down: a frame came {silent} s ago"
            wire.harm(Harm())
            took = await picture_back(lesson, time.time(), 2.0)
            print(f"pictures after the wire was up again: {took}")


@pytest.mark.engine
@pytest.mark.e2e
@pytest.mark.net
async def test_who_leaves_the_wifi_for_the_mobile_network_stays_in_class(
    tmp_path: Path, fakes_folder: Path
) -> None:
    with Host("pupil") as pupil, Wire(None, pupil) as wifi, Wire(None, pupil, seed=2) as mobile:
        second_way(pupil, wifi, mobile)
        async with far_lesson(tmp_path, fakes_folder, pupil, wifi) as (_, lesson):
            await watch_all(lesson)
            await asyncio.sleep(2)
            left = time.time()
            unplug(pupil, wifi)
            # what was on its way when the wire went may still be shown
            took = await first_picture(lesson.students[0], left + 0.3, 3.0)
            print(f"the picture was back {took + 0.3:.2f} s after the Wi-Fi went")
            await picture_back(lesson, left, 4.0)


@pytest.mark.engine
@pytest.mark.e2e
async def test_a_killed_worker_is_replaced_within_five_seconds(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2")) as lesson:
        for someone in lesson.everybody:
            await someone.sees_and_hears()
        await watch_all(lesson)
        killed = time.time()
        house.kill(await worker_in_use(house, lesson))
        # what was on its way when the worker died may still be shown
        took = await picture_back(lesson, killed + 0.5, 4.5)
        print(f"pictures after the worker was killed: {took} and 0.5 s")


async def worker_in_use(house: House, lesson: Lesson) -> str:
    """The media worker that holds the class: the one the teacher's connection leads to."""
    port = await lesson.teacher.page.evaluate(
        """async () => { for (const pc of window.__pcs) for (const s of (await pc.getStats()).values())
             if (s.type === 'remote-candidate') return s.port; }"""
    )
    return f"media{int(port) - house.media_port}"
