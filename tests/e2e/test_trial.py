"""A trial class, the help, students' drawing, captions and a class in a room, in real browsers."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import PHONE, Person, person
from tests.e2e.deeds import drag, ink
from tests.e2e.house import House
from tests.e2e.lesson import running_lesson
from tests.patience import until
from tests.server.slides import material as made

pytestmark = [pytest.mark.classroom, pytest.mark.e2e]

SHOTS = os.environ.get("SABAK_SHOTS", "")
"""A folder for pictures of the pages, for looking at."""
DESKTOP = {"width": 1280, "height": 800}


async def shot(person: Person, name: str) -> None:
    if SHOTS:
        await person.screenshot(Path(SHOTS) / f"{name}.png")


async def fits(person: Person) -> None:
    """Nothing is wider than the phone."""
    wide = await person.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], wide


async def menu(person: Person, item: str) -> None:
    await person.get("bar-more").click()
    await person.get(item).click()


async def test_a_teacher_tries_everything_alone(house: House, fakes_folder: Path) -> None:
    async with person("teacher", 1, house.url, fakes_folder) as teacher:
        await teacher.page.goto(f"{house.url}/help")
        await expect(teacher.get("help")).to_be_visible()
        await expect(teacher.get("help-teacher")).to_be_visible()  # before logging in
        await shot(teacher, "help-outside")
        await teacher.log_in()
        await teacher.get("nav-help").click()
        first = teacher.page.locator(".help-part").first
        await expect(first).to_have_attribute("data-testid", "help-teacher")
        await shot(teacher, "help")
        await teacher.page.set_viewport_size(PHONE)
        await teacher.page.emulate_media(color_scheme="dark")
        await fits(teacher)
        await shot(teacher, "help-phone-dark")
        await teacher.page.emulate_media(color_scheme="light")
        await teacher.page.set_viewport_size(DESKTOP)

        await teacher.page.goto(house.url)
        await expect(teacher.get("today-trial")).to_be_visible()
        await shot(teacher, "today")
        await teacher.get("today-trial").click()
        await teacher.get("prejoin-join").click()
        await expect(teacher.get("trial-list")).to_be_visible()
        await shot(teacher, "trial-begin")
        await teacher.open_class()
        for step in ("start", "mic", "cam"):
            await expect(teacher.get(f"trial-{step}")).to_have_class("trial-done")
        await teacher.get("trial-listen").click()
        await teacher.say("Салам")
        await expect(teacher.get("trial-chat")).to_have_class("trial-done")
        await expect(teacher.get("trial-hear")).to_have_class("trial-done", timeout=20_000)
        await shot(teacher, "trial-some")
        lesson = re.search(r"/lessons/([^/]+)/class", teacher.page.url)
        assert lesson
        board = await house.api("GET", "/api/v1/board", await house.token("dispatcher"))
        assert lesson[1] not in str(board)
        today = await house.api("GET", "/api/v1/today", await house.token("teacher"))
        assert lesson[1] not in str(today)
        await teacher.page.set_viewport_size(PHONE)
        await fits(teacher)
        await shot(teacher, "trial-phone")


async def test_students_draw_and_read_captions(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "Newton.pdf"
    file.write_bytes(made.pdf(2, words="Newton"))
    async with running_lesson(house, fakes_folder) as lesson:
        teacher, student = lesson.teacher, lesson.students[0]
        await teacher.get("bar-slides").click()
        await teacher.get("slides-file").set_input_files(file)
        await teacher.get("deck-show").click()
        await expect(student.get("slides-page")).to_be_visible()
        await expect(student.get("slides-tool-pen")).to_have_count(0)
        await teacher.get("slides-pens").click()
        await student.get("slides-tool-pen").click()
        await drag(student, (0.2, 0.3), (0.4, 0.5), (0.6, 0.3))
        await drag(student, (0.2, 0.7), (0.6, 0.7))

        async def drawn(count: int) -> bool:
            return len(await ink(teacher)) == count == len(await ink(student))

        await until(lambda: drawn(2), "the teacher sees two strokes")
        await expect(student.get("slides-clear")).to_have_count(0)
        await student.get("slides-undo").click()
        await until(lambda: drawn(1), "the student has taken one back")
        await shot(student, "drawing-student")
        await teacher.get("slides-clear").click()
        await until(lambda: drawn(0), "the teacher has cleared the page")
        await teacher.get("slides-pens").click()
        await expect(student.get("slides-tool-pen")).to_have_count(0)

        # captions: the teacher writes, then lets the student write
        await menu(teacher, "menu-captions")
        await shot(teacher, "captions-dialog")
        await teacher.get("captions-write").click()
        await teacher.get("captions-field").fill("Күч массаны ылдамданууга көбөйткөнгө барабар")
        await teacher.get("captions-field").press("Enter")
        await expect(student.get("captions")).to_contain_text("Күч массаны")
        await shot(student, "captions-student")
        await menu(student, "menu-captions")
        await expect(student.get("captions-write")).to_have_count(0)
        await student.get("captions-size").get_by_role("radio").last.check(force=True)
        await student.page.keyboard.press("Escape")
        await teacher.get("captions-field").fill("F = ma")
        await teacher.get("captions-send").click()
        await expect(student.page.locator(".captions-large")).to_contain_text("F = ma")
        await student.page.set_viewport_size(PHONE)
        await fits(student)
        await shot(student, "captions-phone")
        await student.page.set_viewport_size(DESKTOP)
        await menu(student, "menu-captions")
        await student.get("captions-on").uncheck()
        await student.page.keyboard.press("Escape")
        await expect(student.get("captions")).to_have_count(0)

        # they belong to the recording
        await student.page.goto(f"{house.url}/lessons/{lesson.id}/recording")
        text = await student.page.evaluate(
            f"fetch('/api/v1/lessons/{lesson.id}/captions.vtt').then(answer => answer.text())"
        )
        assert text.startswith("WEBVTT") and "F = ma" in text
        await expect(student.get("playback-captions-switch")).to_be_visible(timeout=20_000)


async def test_several_at_one_device_and_the_projector(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2")) as lesson:
        teacher, room, other = lesson.teacher, *lesson.students
        await room.page.reload()
        await expect(room.get("prejoin-several")).to_be_visible()
        await room.get("prejoin-several").check()
        await shot(room, "prejoin-several")
        await room.get("prejoin-join").click()
        await room.get("together-name").fill("Нарын, 12")
        await room.get("together-mate").nth(0).check()
        await room.get("together-mate").nth(1).check()
        await shot(room, "together-student")
        await room.get("together-save").click()
        mine = await room.id()
        for someone in (teacher, other):
            tile = someone.page.locator(f'[data-testid="tile"][data-person="{mine}"]').first
            await expect(tile.get_by_test_id("tile-name")).to_contain_text("Нарын, 12 (3)")
        await menu(teacher, "menu-together")
        await expect(teacher.get("together-seated")).to_have_count(2)
        await teacher.get("together-seated").nth(1).uncheck()
        await shot(teacher, "together-teacher")
        await teacher.get("together-confirm").click()
        await expect(teacher.get("together-confirm")).to_be_disabled()
        await teacher.page.keyboard.press("Escape")
        sheet = await house.api(
            "GET", f"/api/v1/lessons/{lesson.id}/attendance", await house.token("teacher")
        )
        assert sum(row["mark"] == "present" or row["present"] > 0 for row in sheet["rows"]) >= 3

        await menu(teacher, "menu-projector")
        await expect(teacher.get("projector-words")).to_be_visible()
        await expect(teacher.get("bar-mic")).to_be_hidden()
        await shot(teacher, "projector")
        await teacher.page.keyboard.press("Escape")
        await expect(teacher.get("bar-mic")).to_be_visible()
        await room.page.set_viewport_size(PHONE)
        await menu(room, "menu-together")
        await fits(room)
        await shot(room, "together-phone")
