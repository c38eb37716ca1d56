"""The class before axe-core, in light and dark, on a desktop and on a phone of 360 px: the way in, every
panel and dialog of a teacher and a student, slides, groups, the end and the recording. No fault of impact
serious or critical.
"""

import time
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.axe import Faults
from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.e2e.lesson import lesson_now
from tests.e2e.one_browser import chromium, comes
from tests.server.slides import material as made

pytestmark = [pytest.mark.classroom, pytest.mark.e2e]

DIALOGS = ("more", "devices", "captions", "link", "visit", "groups", "rules", "guest", "support", "keys")
"""What opens over the class from its menu; the first is the menu."""


async def talk(teacher: Person, student: Person) -> None:
    """Something of everything that a panel shows."""
    await teacher.say("Салам! https://example.kg/sabak")
    await student.say("Саламатсызбы")
    await student.get("bar-hand").click()
    await student.panel("ask")
    await student.get("question-input").fill("Экзамен качан болот?")
    await student.get("question-send").click()
    await expect(teacher.get("bar-hands")).to_contain_text("1")


async def poll(faults: Faults, teacher: Person, student: Person) -> None:
    await teacher.panel("ask")
    await teacher.get("question-answer-open").click()
    await teacher.get("poll-new").click()
    await teacher.get("poll-question").fill("2 + 2 канча болот?")
    for number, option in enumerate(("3", "4")):
        await teacher.get("poll-option-text").nth(number).fill(option)
    await faults.look(teacher.page, "poll form")
    await student.get("panel-close").click()
    await teacher.get("poll-start").click()
    await student.get("poll-banner").wait_for()
    await faults.look(student.page, "poll band")
    await student.get("poll-banner-open").click()
    await faults.look(student.page, "poll to answer")
    await student.get("poll-option").nth(1).click()
    await student.get("poll-vote").click()
    await expect(teacher.get("poll")).to_have_attribute("data-votes", "1")
    await faults.look(teacher.page, "poll and questions")


async def dialogs(faults: Faults, teacher: Person) -> None:
    for name in DIALOGS:
        await teacher.get("bar-more").click()
        if name != "more":
            await teacher.get(f"menu-{name}").click()
        await teacher.get(f"dialog-{name}").or_(teacher.page.locator("dialog[open]")).first.wait_for()
        await faults.look(teacher.page, f"dialog {name}")
        await teacher.page.keyboard.press("Escape")
        await expect(teacher.page.locator("dialog[open]")).to_have_count(0)
    await teacher.panel("people")
    await teacher.get("person-more").first.click()
    await faults.look(teacher.page, "dialog person")
    await teacher.page.keyboard.press("Escape")
    await teacher.get("bar-react").click()
    await faults.look(teacher.page, "reactions")
    await teacher.page.keyboard.press("Escape")


async def slides(faults: Faults, teacher: Person, student: Person, folder: Path) -> None:
    file = folder / "Newton.pdf"
    file.write_bytes(made.pdf(3, words="Newton"))
    await teacher.get("bar-slides").click()
    await teacher.get("slides-file").set_input_files(file)
    await teacher.get("deck-show").wait_for()
    await faults.look(teacher.page, "dialog slides")
    await teacher.get("deck-show").click()
    await expect(student.get("slides-page")).to_have_attribute("data-page", "1")
    await teacher.get("slides-tool-pen").click()
    await teacher.get("slides-colour").click()
    await faults.look(teacher.page, "slides, drawing")
    await student.get("panel-close").click()
    await faults.look(student.page, "slides, a student's")
    await teacher.get("slides-close").click()


async def groups(faults: Faults, teacher: Person, student: Person) -> None:
    await teacher.get("bar-more").click()
    await teacher.get("menu-groups").click()
    await teacher.get("groups-open").click()
    await student.get("groups-bar").wait_for()
    await faults.look(student.page, "in a group")
    if not await teacher.page.locator("dialog[open]").count():
        await teacher.get("groups-manage").click()
    await teacher.get("group").first.wait_for()
    await faults.look(teacher.page, "dialog of open groups")
    await teacher.page.keyboard.press("Escape")
    await teacher.get("groups-close").click()
    await student.get("groups-bar").wait_for(state="detached")


async def test_a_class(house: House, tmp_path: Path) -> None:
    lesson = (await lesson_now(house))["id"]
    faults, began = Faults(), time.monotonic()
    async with chromium() as browser:
        teacher = await comes(browser, house, "teacher")
        student = await comes(browser, house, "student1")
        await teacher.page.goto(f"{house.url}/lessons/{lesson}/class")
        await teacher.get("device-mic").wait_for()
        await faults.look(teacher.page, "pre-join")
        await teacher.get("prejoin-join").click()
        await teacher.get("class-open").wait_for()
        await faults.look(teacher.page, "not yet open")
        await teacher.open_class()
        await student.enter(lesson)
        await talk(teacher, student)
        await teacher.panel("people")
        await faults.look(teacher.page, "people and hands")
        await teacher.get("hand-floor").click()
        await student.get("floor").wait_for()
        await student.panel("chat")
        await faults.look(student.page, "chat and the floor")
        await student.get("floor-end").click()
        await poll(faults, teacher, student)
        await dialogs(faults, teacher)
        await slides(faults, teacher, student, tmp_path)
        await groups(faults, teacher, student)
        await teacher.get("bar-end").click()
        await faults.look(teacher.page, "dialog end")
        await teacher.get("confirm-yes").click()
        await student.get("class-ended").wait_for()
        await faults.look(student.page, "the end")
        await teacher.page.goto(f"{house.url}/lessons/{lesson}/recording")
        await teacher.get("playback").wait_for()
        await faults.look(teacher.page, "recording")
        await teacher.page.goto(f"{house.url}/lessons/{lesson}")
        await teacher.get("talk-card").wait_for()
        await faults.look(teacher.page, "lesson that is over")
    print(f"{faults.looked} looks, {time.monotonic() - began:.0f} s")
    assert not faults.lines, str(faults)
