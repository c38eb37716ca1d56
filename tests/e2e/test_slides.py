"""Slides in a class: upload, turn, draw, lose the server, reload; everybody has the same page and strokes."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.browser import PHONE, Person
from tests.e2e.deeds import drag, ink
from tests.e2e.house import House
from tests.e2e.lesson import running_lesson
from tests.patience import until
from tests.server.slides import material as made

pytestmark = [pytest.mark.classroom, pytest.mark.e2e]

SHOTS = os.environ.get("SABAK_SHOTS", "")
"""A folder for pictures of the pages, for looking at."""


async def shot(person: Person, name: str) -> None:
    if SHOTS:
        await person.screenshot(Path(SHOTS) / f"{name}.png")


async def test_slides_are_shown_drawn_on_and_kept(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "Newton.pdf"
    file.write_bytes(made.pdf(5, words="Newton"))
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    async with running_lesson(house, fakes_folder) as lesson:
        teacher, student = lesson.teacher, lesson.students[0]
        await teacher.get("bar-slides").click()
        await teacher.get("slides-file").set_input_files(broken)
        await expect(teacher.get("deck-problem")).to_be_visible()
        await teacher.get("deck-remove").click()
        await teacher.get("slides-file").set_input_files(file)
        await teacher.get("deck-show").click()
        for someone in lesson.everybody:
            await expect(someone.get("slides-page")).to_have_attribute("data-page", "1")
        await shot(teacher, "first")
        await teacher.page.keyboard.press("PageDown")
        await teacher.get("slides-next").click()
        await expect(student.get("slides-page")).to_have_attribute("data-page", "3")
        spoken = re.compile("Newton 3")
        await expect(student.get("slides-picture")).to_have_attribute("alt", spoken, timeout=20_000)

        await teacher.get("slides-tool-pen").click()
        await drag(teacher, (0.2, 0.3), (0.4, 0.5), (0.6, 0.3))
        await teacher.page.keyboard.press("6")  # arrow
        await drag(teacher, (0.3, 0.8), (0.7, 0.6))
        await teacher.page.keyboard.press("3")  # highlighter
        await drag(teacher, (0.1, 0.1), (0.3, 0.1))
        await teacher.page.keyboard.press("Control+z")
        await teacher.get("slides-tool-text").click()
        await drag(teacher, (0.5, 0.75))
        await teacher.get("slides-writing").fill("F = ma")
        await teacher.get("slides-writing").press("Enter")

        async def written() -> bool:
            drawn = await ink(teacher)
            return len(drawn) == 3 and drawn[2][1:] == ["text", "F = ma"]

        async def same() -> bool:
            return await ink(student) == drawn

        await until(written, "two strokes and a text stand, the third stroke is undone")
        drawn = await ink(teacher)
        await until(same, "the student sees the same")
        await teacher.get("slides-tool-pointer").click()
        await drag(teacher, (0.5, 0.5), (0.52, 0.5))
        await expect(student.get("slides-pointer")).to_be_visible()
        await shot(teacher, "drawn-teacher")
        await shot(student, "drawn-student")

        # the student leafs back alone and returns
        await student.page.keyboard.press("ArrowLeft")
        await expect(student.get("slides-page")).to_have_attribute("data-page", "2")
        await expect(teacher.get("slides-page")).to_have_attribute("data-page", "3")
        await shot(student, "leafing")
        await student.get("slides-follow").click()
        await expect(student.get("slides-page")).to_have_attribute("data-page", "3")

        # what is drawn while the server is away is not lost
        house.kill("server")
        await teacher.get("slides-tool-rect").click()
        await drag(teacher, (0.1, 0.6), (0.25, 0.8))
        assert len(await ink(teacher)) == 4
        await until(house.is_ready, "the server is back", within=20)

        async def same_four() -> bool:
            mine, theirs = await ink(teacher), await ink(student)
            return len(mine) == 4 and mine == theirs

        await until(same_four, "the fourth stroke came after the server did", within=30)
        before = await ink(teacher)
        for someone in lesson.everybody:
            await someone.page.reload()
            await someone.join_again()
            await expect(someone.get("slides-page")).to_have_attribute("data-page", "3")

            async def kept(someone: Person = someone) -> bool:
                return await ink(someone) == before

            await until(kept, f"{someone.login} sees the same after a reload", within=20)

        for someone in lesson.everybody:
            if await someone.get("panel-close").count():
                await someone.get("panel-close").click()
        await student.page.set_viewport_size(PHONE)
        await expect(student.get("slides-picture")).to_be_visible()
        await shot(student, "phone-student")
        await teacher.page.set_viewport_size(PHONE)
        await teacher.page.emulate_media(color_scheme="dark")
        await expect(teacher.get("slides-bar")).to_be_visible()
        wide = await teacher.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        await shot(teacher, "phone-teacher")
        await teacher.get("slides-close").click()
        await expect(student.get("slides-page")).to_have_count(0)

        # the recording's page shows them in step
        await student.page.set_viewport_size({"width": 1280, "height": 800})
        await student.page.goto(f"{house.url}/lessons/{lesson.id}/recording")
        await expect(student.get("playback")).to_be_visible()
        await student.page.wait_for_selector('[data-testid="playback-slides"]', state="attached")
        length = int(await student.get("playback-seek").get_attribute("max") or 0)

        async def at(share: float) -> list[Any]:
            value = int(length * share)
            await student.get("playback-seek").evaluate(
                "(bar, at) => { bar.value = at; bar.dispatchEvent(new Event('input', {bubbles: true})) }",
                value,
            )
            return await ink(student)

        async def as_drawn() -> bool:
            return any([await at(step / 40) == before for step in range(40, 0, -1)])

        await until(as_drawn, "the recording shows what was drawn", within=30)
        for step in range(40, 0, -1):
            if await at(step / 40) == before:
                break
        await expect(student.get("slides-picture")).to_be_visible()
        await shot(student, "playback")
