"""A whole lesson without a mouse: a teacher from the way in to the end for all, a student who raises a hand,
answers a poll and writes. The focus shows, stays in dialogs and comes back; what happens is said aloud.
"""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.e2e.keys import fill, go, press, stays_inside, stop, take
from tests.e2e.lesson import lesson_now
from tests.e2e.one_browser import chromium, comes
from tests.server.slides import material as made

pytestmark = [pytest.mark.classroom, pytest.mark.e2e]


async def hears(person: Person, words: str) -> None:
    """The live region says it; polite, so that nothing is cut off."""
    region = person.get("announcements")
    await expect(region).to_contain_text(words, timeout=15_000)
    assert await region.get_attribute("aria-live") == "polite"


async def at(person: Person, testid: str) -> None:
    """The focus is there."""
    await expect(person.get(testid).first).to_be_focused()


async def closes(person: Person, back: str) -> None:
    """Escape closes the dialog, and the focus is where it was before."""
    await press(person, "Escape")
    await expect(person.page.locator("dialog[open]")).to_have_count(0)
    await at(person, back)


async def comes_in(person: Person, lesson: str) -> None:
    await person.page.goto(f"{person.url}/lessons/{lesson}/class")
    await person.get("prejoin").wait_for()
    await expect(person.get("prejoin-preview")).to_have_attribute("data-cam", "on")
    await take(person, "prejoin-cam", "Space")
    await expect(person.get("prejoin-preview")).to_have_attribute("data-cam", "off")
    await press(person, "Space")
    await expect(person.get("prejoin-preview")).to_have_attribute("data-cam", "on")
    await take(person, "prejoin-join")
    await person.get("class").wait_for()


async def sound(person: Person) -> None:
    label = str(await person.get("bar-mic").get_attribute("aria-label"))
    await press(person, "m")
    await expect(person.get("bar-mic")).not_to_have_attribute("aria-label", label)
    await take(person, "bar-mic", "Space")
    await expect(person.get("bar-mic")).to_have_attribute("aria-label", label)


async def a_hand_and_the_floor(teacher: Person, student: Person) -> None:
    name = str(await student.page.evaluate("fetch('/api/v1/me').then(a => a.json()).then(me => me.name)"))
    await take(student, "bar-hand")
    await expect(student.get("bar-hand")).to_have_attribute("aria-pressed", "true")
    await hears(teacher, name)
    if await teacher.get("panel").count():
        await press(teacher, "p")
        await teacher.get("panel").wait_for(state="detached")
    await take(teacher, "bar-hands")
    await at(teacher, "panel-tab-people")
    await take(teacher, "hand-floor")
    await expect(student.get("floor")).to_have_attribute("role", "alert")
    await take(student, "floor-end")
    await expect(teacher.get("floor")).to_have_count(0)


async def chat(teacher: Person, student: Person) -> None:
    await press(teacher, "c")
    await at(teacher, "chat-input")
    await teacher.page.keyboard.type("Саламатсыздарбы")
    await press(teacher, "Enter")
    await hears(student, "Саламатсыздарбы")
    await take(student, "bar-chat")
    await at(student, "chat-input")
    await student.page.keyboard.type("Салам, эже")
    await press(student, "Enter")
    await hears(teacher, "Салам, эже")  # also while the chat is open
    await press(student, "Escape")
    await student.get("panel").wait_for(state="detached")
    await at(student, "bar-chat")


async def slides(teacher: Person, student: Person, folder: Path) -> None:
    file = folder / "Newton.pdf"
    file.write_bytes(made.pdf(3, words="Newton"))
    await press(teacher, "Escape")
    await take(teacher, "bar-slides")
    await teacher.get("slides-upload").wait_for()
    await stays_inside(teacher)
    async with teacher.page.expect_file_chooser() as chooser:
        await take(teacher, "slides-upload")
    await (await chooser.value).set_files(file)
    await take(teacher, "deck-show")
    await expect(student.get("slides-page")).to_have_attribute("data-page", "1")
    await at(teacher, "bar-slides")
    await press(teacher, "PageDown")
    await expect(student.get("slides-page")).to_have_attribute("data-page", "2")
    await take(teacher, "slides-next")
    await expect(student.get("slides-page")).to_have_attribute("data-page", "3")
    await take(teacher, "slides-tool-pen")
    await expect(teacher.get("slides-tool-pen")).to_have_attribute("aria-pressed", "true")
    await take(teacher, "slides-colour")
    await take(teacher, "slides-colour-blue")
    await press(teacher, "0")
    await expect(teacher.get("slides-tool-hand")).to_have_attribute("aria-pressed", "true")
    await take(teacher, "slides-close")
    await expect(student.get("slides-page")).to_have_count(0)


async def poll(teacher: Person, student: Person) -> None:
    await press(teacher, "q")
    await at(teacher, "panel-tab-ask")
    await take(teacher, "poll-new")
    await at(teacher, "poll-question")
    await teacher.page.keyboard.type("2 + 2 канча болот?")
    await stays_inside(teacher)
    await fill(teacher, "poll-option-text", "3")
    await press(teacher, "Tab")
    await teacher.page.keyboard.type("4")
    await take(teacher, "poll-start")
    await teacher.page.locator("dialog[open]").wait_for(state="detached")
    await at(teacher, "poll-new")
    await hears(student, "2 + 2 канча болот?")
    await take(student, "poll-banner-open")
    await at(student, "panel-tab-ask")
    await student.get("poll-option").first.wait_for()  # the panel's part is loaded when it is opened
    for _ in range(10):
        await press(student, "Tab")
        if await student.page.evaluate("document.activeElement.type === 'radio'"):
            break
    else:
        raise AssertionError("the choices of the poll are never reached by Tab")
    await press(student, "Space", "ArrowDown")
    await take(student, "poll-vote")
    await expect(teacher.get("poll")).to_have_attribute("data-votes", "1")
    await take(teacher, "poll-close")
    await expect(student.get("poll")).to_have_attribute("data-closed", "true")


async def groups(teacher: Person, student: Person) -> None:
    await take(teacher, "bar-more")
    await take(teacher, "menu-groups")
    await teacher.get("dialog-groups").wait_for()
    await stays_inside(teacher)
    await take(teacher, "groups-open")
    await student.get("groups-bar").wait_for()
    if await teacher.page.locator("dialog[open]").count():
        await closes(teacher, "bar-more")
    await at(teacher, "bar-more")
    await take(teacher, "groups-close")
    await student.get("groups-bar").wait_for(state="detached")


async def test_a_lesson_without_a_mouse(house: House, tmp_path: Path) -> None:
    lesson = (await lesson_now(house))["id"]
    async with chromium() as browser:
        teacher = await comes(browser, house, "teacher")
        student = await comes(browser, house, "student1")
        await comes_in(teacher, lesson)
        await take(teacher, "class-open")
        await teacher.get("class-open").wait_for(state="detached")
        await comes_in(student, lesson)
        await sound(teacher)
        await a_hand_and_the_floor(teacher, student)
        await chat(teacher, student)
        await slides(teacher, student, tmp_path)
        await poll(teacher, student)
        await groups(teacher, student)
        await press(teacher, "?")
        await teacher.get("dialog-keys").wait_for()
        await press(teacher, "Escape")
        await take(teacher, "bar-end")
        await stays_inside(teacher)
        await take(teacher, "confirm-yes")
        await student.get("class-ended").wait_for()
        await go(student, "class-to-today")
        here = await stop(student)
        assert here and here.ringed
