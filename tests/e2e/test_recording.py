"""A lesson is recorded by itself, survives a killed recorder, and plays a few seconds after its end."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SOAK
from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.e2e.lesson import running_lesson
from tests.e2e.recorded import check_pieces, path_of, shown, voice, whole_recording
from tests.e2e.screens import OUT
from tests.patience import until

pytestmark = [pytest.mark.recording, pytest.mark.e2e]

LONG = 12 if SOAK else 1
"""How many times as long as in the short form each part of the lesson lasts."""


async def playback(person: Person) -> dict[str, str]:
    element = person.get("playback")
    names = ("data-time", "data-skew", "data-playing", "data-waiting")
    return {name: str(await element.get_attribute(name)) for name in names}


async def test_a_lesson_is_recorded_and_plays(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1",)) as lesson:
        teacher, student = lesson.everybody
        mark = student.get("recording-mark")

        async def standing() -> str:
            return str(await mark.get_attribute("data-standing")) if await mark.count() else ""

        async def on() -> bool:
            return await standing() == "on"

        for someone in lesson.everybody:
            await someone.get("recording-notice-read").click()
        await until(on, "the red mark", within=15)
        await teacher.say("before the crash")
        await asyncio.sleep(6 * LONG)
        house.kill("recorder")
        await until(on, "the red mark again", within=20)
        await asyncio.sleep(6 * LONG)

        await teacher.get("recording-mark").click()
        await teacher.get("recording-pause").click()
        await until(lambda: _is(standing, "paused"), "the pause is seen", within=5)
        await teacher.get("recording-pause").click()
        await until(on, "recording goes on", within=10)
        await teacher.page.keyboard.press("Escape")
        await teacher.get("bar-share").click()
        await asyncio.sleep(6 * LONG)
        await teacher.get("sharing-stop").click()
        await disk_refuses(house, standing)
        await student.sees_and_hears()
        await asyncio.sleep(3)
        token = await house.token("teacher")
        await house.api("POST", f"/api/v1/lessons/{lesson.id}/close", token)
        closed = time.monotonic()

        view = await whole_recording(house, lesson.id, token, within=8)
        print(f"closed after {time.monotonic() - closed:.1f} s, {len(view['pieces'])} files")
        numbers = {one["id"]: 1 if one["role"] == "teacher" else 2 for one in view["people"]}
        spent = await check_pieces(house, view, numbers)
        total = view["length"] / 1000
        assert min(spent["cam"], spent["mic"]) > total * 0.5, f"{spent} of {total} s"
        for piece in view["pieces"]:
            if piece["source"] == "mic" and piece["ends"] - piece["starts"] > 4000:
                own = 180.0 + 60 * numbers[piece["person"]]
                heard = voice(path_of(house, piece), (240.0, 300.0))
                assert heard == own, f"{heard} Hz in the file of {own} Hz"

        await student.page.goto(f"{house.url}/lessons/{lesson.id}/recording")
        await student.get("playback-play").click()

        async def played() -> bool:
            return int((await playback(student))["data-time"]) > 3000

        await until(played, "three seconds are played", within=15)
        skews = []
        for _ in range(10):
            skews.append(int((await playback(student))["data-skew"]))
            await asyncio.sleep(0.2)
        assert sorted(skews)[-3] < 80, f"tracks were apart by {skews} ms"
        person = await shown(student)
        assert person in (1, 2), "a camera of the lesson is on the stage"
        assert await student.get("playback-line").count() == 1

        await seek(student, view["length"] - 4000)
        await until(lambda: _shows(student), "a picture near the end", within=10)
        await asyncio.sleep(1.5)
        await student.screenshot(OUT / "recording-en-light-desktop.png")
        (screen,) = [piece for piece in view["pieces"] if piece["source"] == "screen"]
        await seek(student, (screen["starts"] + screen["ends"]) // 2)
        stage = student.page.locator(".playback-stage video")
        await until(lambda: _wide(stage, screen["width"]), "the screen is on the stage", within=10)
        await student.page.goto(house.url)

        async def noted() -> Any:
            found = await house.api("GET", f"/api/v1/lessons/{lesson.id}/watchers", token)
            return found["items"]

        (watcher,) = await until(noted, "what was watched", within=10)
        assert watcher["seconds"] >= 3
        assert 2 <= len(watcher["ranges"]) <= 3, "the start, and what was played after each jump"
        await teacher.page.set_viewport_size({"width": 360, "height": 740})
        await teacher.page.goto(f"{house.url}/lessons/{lesson.id}/recording")
        await teacher.get("watcher").wait_for()
        await teacher.screenshot(OUT / "recording-en-light-phone.png")


async def _is(ask: Any, word: str) -> bool:
    return bool(await ask() == word)


async def _shows(person: Person) -> bool:
    return await shown(person) in (1, 2)


async def seek(person: Person, to: int) -> None:
    await person.get("playback-seek").evaluate(
        "(bar, to) => { bar.value = to; bar.dispatchEvent(new Event('input', {bubbles: true})); }", str(to)
    )


async def _wide(video: Any, width: int) -> bool:
    return bool(await video.evaluate("video => video.readyState >= 2 && video.videoWidth") == width)


async def disk_refuses(house: House, standing: Any) -> None:
    """The folder cannot be written for a while: everybody is told, and what was written stays."""
    folder, elsewhere = house.data / "recordings", house.data / "elsewhere"
    folder.rename(elsewhere)
    folder.write_text("in the way")
    await until(lambda: _is(standing, "problem"), "the alarm", within=20)
    folder.unlink()
    elsewhere.rename(folder)
    await until(lambda: _is(standing, "on"), "the alarm is over", within=20)
