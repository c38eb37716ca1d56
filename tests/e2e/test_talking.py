"""Talking in a class: hands and the floor, private lines, changes, a question, a poll; then the server is
killed and a page reloaded, and everything is as it was."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import Person
from tests.e2e.deeds import attributes, remembered, replaced
from tests.e2e.house import House
from tests.e2e.lesson import all_see, running_lesson
from tests.patience import until

pytestmark = [pytest.mark.classroom, pytest.mark.e2e]

PICTURES = os.environ.get("SABAK_TALK_PICTURES", "")
"""A folder for pictures of the way, when somebody wants to look."""


async def look(person: Person, name: str) -> None:
    if PICTURES:
        await person.page.wait_for_timeout(300)
        await person.screenshot(Path(PICTURES) / f"{name}.png")


async def raise_hands(teacher: Person, one: Person, two: Person) -> None:
    ids = [await person.id() for person in (two, one)]
    for person, place in ((two, "1"), (one, "2")):
        await person.get("bar-hand").click()
        await expect(person.get("bar-hand")).to_have_attribute("aria-pressed", "true")
        await expect(person.get("bar-hand")).to_contain_text(place)
    await expect(teacher.get("bar-hands")).to_contain_text("2")
    await teacher.panel("people")
    assert await attributes(teacher, "hand-row", "data-person") == [(each,) for each in ids]
    await look(teacher, "teacher-hands")
    await look(one, "student-hand")
    await two.get("bar-mic").click()  # off, so that the floor asks for it
    await teacher.get("hand-floor").first.click()
    for person in (teacher, one, two):
        await expect(person.get("floor")).to_have_attribute("data-person", ids[0])
    await look(two, "student-floor")
    await two.get("floor-unmute").click()
    await expect(two.get("floor-unmute")).to_have_count(0)
    await two.get("floor-end").click()
    await expect(teacher.get("floor")).to_have_count(0)


async def write(teacher: Person, one: Person, two: Person) -> None:
    await teacher.say("Салам! https://example.kg/sabak")
    await one.panel("chat")
    await one.get("chat-to").select_option(await two.id())
    await one.say("сага гана")
    await two.panel("chat")
    await expect(two.get("chat-text").filter(has_text="сага гана")).to_have_count(1)
    await look(two, "student-private")
    await one.get("chat-to").select_option("")
    await one.say("<b>тыкн</b>")
    line = one.get("chat-line").filter(has_text="<b>тыкн</b>")
    await line.hover()
    await line.get_by_test_id("line-edit").click()
    await look(one, "student-editing")
    await one.get("chat-input").fill("<b>такта</b>")
    await one.get("chat-send").click()
    await two.say("жаман сөз")
    for person in (teacher, two):
        await expect(person.get("chat-text").filter(has_text="<b>такта</b>")).to_have_count(1)
    bad = teacher.get("chat-line").filter(has_text="жаман сөз")
    await bad.hover()
    await look(teacher, "teacher-chat")
    await bad.get_by_test_id("line-remove").click()
    await two.panel("chat")
    await expect(two.get("chat-text").filter(has_text="жаман сөз")).to_have_count(0)
    assert "сага гана" not in " ".join(await teacher.lines()), "a letter is for the two of them"


async def ask_and_vote(teacher: Person, one: Person, two: Person) -> None:
    await one.panel("ask")
    await look(one, "student-ask-empty")
    await one.get("question-input").fill("Экзамен качан болот?")
    await one.get("question-send").click()
    await two.panel("ask")
    await two.get("question-upvote").click()
    await two.get("question-input").fill("Китеп кайда?")
    await two.get("question-send").click()
    await teacher.panel("ask")
    first = teacher.get("question").filter(has_text="Экзамен")
    await expect(first).to_have_attribute("data-votes", "1")
    await look(teacher, "teacher-questions")
    await first.get_by_test_id("question-answer-open").click()
    await first.get_by_test_id("question-answer-text").fill("12-декабрда")
    await first.get_by_test_id("question-answer-send").click()

    await teacher.get("poll-new").click()
    await teacher.get("poll-question").fill("2 + 2 канча болот?")
    for field, option in zip(await teacher.get("poll-option-text").all(), ("3", "4"), strict=True):
        await field.fill(option)
    await teacher.get("poll-anonymous").uncheck()
    await teacher.get("poll-live").check()
    await look(teacher, "teacher-poll-form")
    await one.get("panel-close").click()
    await teacher.get("poll-start").click()
    await one.get("poll-banner").wait_for()
    await look(one, "student-poll-banner")
    await one.get("poll-banner-open").click()
    for person, option in ((one, 1), (two, 0)):
        await person.get("poll-option").nth(option).click()
        await look(person, f"{person.login}-voting")
        await person.get("poll-vote").click()
        await person.get("poll-voted").wait_for()
    await expect(teacher.get("poll")).to_have_attribute("data-votes", "2")
    await look(teacher, "teacher-poll")


async def test_what_was_said_asked_and_voted_survives(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2")) as lesson:
        teacher, (one, two) = lesson.teacher, lesson.students
        await all_see(lesson.everybody, 3)
        await raise_hands(teacher, one, two)
        await write(teacher, one, two)
        await ask_and_vote(teacher, one, two)
        before = {person.login: await remembered(person) for person in lesson.everybody}
        assert before["student1"]["texts"] != before["teacher"]["texts"]
        assert before["teacher"]["bars"] == [("1",), ("1",)]

        old = house.kill("server")
        await until(lambda: replaced(house, old), "the server runs again", within=20)
        await until(house.is_ready, "the server is back", within=30)
        for person in lesson.everybody:
            assert await remembered(person) == before[person.login], person.login
            await person.page.reload()
            await person.join_again()

            async def same(person: Person = person) -> bool:
                return await remembered(person) == before[person.login]

            await until(same, f"{person.login} sees the same after a reload", within=10)

        await teacher.panel("ask")
        await teacher.get("poll-close").click()
        await expect(one.get("poll")).to_have_attribute("data-closed", "true")
        await teacher.page.goto(f"{house.url}/lessons/{lesson.id}")
        await teacher.get("talk-card").wait_for()
        await expect(teacher.get("question")).to_have_count(2)
        waiting = teacher.get("question").filter(has_text="Китеп")
        await waiting.get_by_test_id("question-answer-open").click()
        await waiting.get_by_test_id("question-answer-text").fill("Китепканада")
        await waiting.get_by_test_id("question-answer-send").click()
        await expect(waiting).to_have_attribute("data-answered", "true")
        await look(teacher, "teacher-lesson-page")
        await two.panel("ask")
        await two.get("questions-answered").click()
        await expect(two.get("question-answer").filter(has_text="Китепканада")).to_have_count(1)
