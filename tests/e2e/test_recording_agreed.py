"""Office hours are recorded only while everybody there agrees."""

import time
from pathlib import Path

import pytest

from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.e2e.lesson import lesson_now, running_lesson
from tests.e2e.recorded import begun, whole_recording
from tests.e2e.screens import OUT
from tests.patience import until

pytestmark = [pytest.mark.recording, pytest.mark.e2e]


async def standing(person: Person) -> str:
    mark = person.get("recording-mark")
    return str(await mark.get_attribute("data-standing")) if await mark.count() else ""


async def test_office_hours_are_recorded_only_while_all_agree(house: House, fakes_folder: Path) -> None:
    token = await house.token("teacher")
    planned = await lesson_now(house)
    await house.api("PATCH", f"/api/v1/lessons/{planned['id']}", token, json={"kind": "office_hours"})
    async with running_lesson(house, fakes_folder, ("student1",)) as lesson:
        teacher, student = lesson.everybody

        async def stands(person: Person, word: str) -> bool:
            return await standing(person) == word

        await until(lambda: stands(student, "asked"), "the mark says that nothing is recorded", within=10)
        assert await student.get("recording-question").count() == 0, "nobody has asked"
        await teacher.get("recording-mark").click()
        await teacher.get("recording-agree").click()
        await teacher.page.keyboard.press("Escape")
        await student.get("recording-question").wait_for()
        await student.screenshot(OUT / "recording-question.png")
        await student.page.wait_for_timeout(2500)
        assert await standing(teacher) == "asked", "one has not agreed"
        await student.get("recording-agree").click()
        for someone in lesson.everybody:
            await until(lambda who=someone: stands(who, "on"), "all have agreed: it is recorded", within=15)
        house.kill("server")
        await teacher.say("after the crash")

        async def back() -> bool:
            return await student.lines() == ["after the crash"]

        await until(back, "the server is back", within=20)
        await student.page.wait_for_timeout(3000)
        await until(lambda: stands(student, "on"), "agreed is agreed for a new server too", within=15)
        await student.get("recording-mark").click()
        await student.get("recording-agree").click()
        await until(lambda: stands(teacher, "asked"), "one no longer agrees: it ends", within=10)
        withdrawn = time.time()
        await student.page.wait_for_timeout(4000)
        await house.api("POST", f"/api/v1/lessons/{lesson.id}/close", token)
        view = await whole_recording(house, lesson.id, token, within=15)
    assert {piece["source"] for piece in view["pieces"]} == {"cam", "mic"}
    ends = max(piece["ends"] for piece in view["pieces"]) / 1000
    assert ends < withdrawn - begun(view) + 1.5, "what followed is not in it"
