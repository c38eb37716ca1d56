"""The dispatcher's board shows within ten seconds what became of a lesson."""

import contextlib
from pathlib import Path

import pytest

from tests.e2e.browser import Person, person
from tests.e2e.house import House
from tests.e2e.lesson import lesson_now
from tests.e2e.screens import OUT
from tests.patience import until

pytestmark = [pytest.mark.office, pytest.mark.e2e]

WITHIN = 10.0


async def test_the_board_follows_a_lesson(house: House, fakes_folder: Path) -> None:
    planned = await lesson_now(house)
    lesson, token = planned["id"], await house.token("teacher")
    async with contextlib.AsyncExitStack() as stack:
        people: list[Person] = []
        for number, login in enumerate(("teacher", "student1", "dispatcher"), start=1):
            someone = await stack.enter_async_context(person(login, number, house.url, fakes_folder))
            await someone.log_in()
            people.append(someone)
        teacher, student, dispatcher = people
        await dispatcher.page.goto(f"{house.url}/board")
        state = dispatcher.page.locator(f'[data-testid="board-state"][data-lesson="{lesson}"]')
        row = dispatcher.page.locator(f'[data-row="{lesson}"]')

        async def word() -> str:
            return str(await state.get_attribute("data-word")) if await state.count() else ""

        async def is_word(*wanted: str) -> bool:
            return await word() in wanted

        await until(lambda: is_word("due", "late"), "it is awaited", within=WITHIN)
        await teacher.enter(lesson)
        await teacher.open_class()
        await until(lambda: is_word("running"), "it runs", within=WITHIN)
        await student.enter(lesson)

        async def one_is_here() -> bool:
            return "1 of " in await row.inner_text()

        await until(one_is_here, "a student is in class", within=WITHIN)
        await dispatcher.screenshot(OUT / "board-en-light-desktop.png")
        await teacher.get("bar-leave").click()
        await until(lambda: is_word("teacher_away"), "the teacher has left", within=30)
        await house.api("POST", f"/api/v1/lessons/{lesson}/close", token)
        await until(lambda: is_word("ended_early", "held"), "it has ended", within=WITHIN)
        ends = await house.api("GET", "/api/v1/board", await house.token("dispatcher"))
        found = next(one for one in ends["lessons"] if one["id"] == lesson)
        assert (found["early"] > 0) == (await word() == "ended_early")
        phone = await stack.enter_async_context(
            person("dispatcher", 4, house.url, fakes_folder, viewport={"width": 360, "height": 740})
        )
        await phone.log_in()
        await phone.page.goto(f"{house.url}/board")
        await phone.get("board-lessons").wait_for()
        await phone.screenshot(OUT / "board-en-light-phone.png")
