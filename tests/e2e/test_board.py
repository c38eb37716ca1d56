"""The dispatcher's board shows within ten seconds what became of lessons; explanations, visits, moves."""

import contextlib
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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


@pytest.fixture
async def house_at_noon(tmp_path: Path) -> AsyncIterator[House]:
    """A university where it is noon: an hour and a half to either side are the same day."""
    ahead = 12 - datetime.now(UTC).hour
    async with House(tmp_path / "noon", SABAK_TIME_ZONE=f"Etc/GMT{-ahead:+d}") as house:
        yield house


async def plan(house: House, token: str, of: dict[str, Any], begins: int, minutes: int, title: str) -> str:
    """A lesson of the same discipline and group that begins in `begins` minutes; returns its id."""
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=begins)
    body = {
        "kind": "lecture", "title": title, "starts": starts.isoformat(),
        "ends": (starts + timedelta(minutes=minutes)).isoformat(), "discipline": of["discipline"]["id"],
        "groups": [each["id"] for each in of["groups"]], "teachers": [each["id"] for each in of["teachers"]],
    }  # fmt: skip
    return str((await house.api("POST", "/api/v1/lessons", token, json=body))["id"])


@pytest.mark.pages
async def test_every_kind_of_trouble_is_seen_said_and_kept(
    house_at_noon: House, fakes_folder: Path, tmp_path: Path
) -> None:
    house = house_at_noon
    of = await lesson_now(house)
    desk, teaches = await house.token("dispatcher"), await house.token("teacher")
    users = (await house.api("GET", "/api/v1/users?query=kubanych", desk))["items"]
    async with contextlib.AsyncExitStack() as stack:
        people = []
        for number, login in enumerate(("dispatcher", "teacher"), start=1):
            someone = await stack.enter_async_context(person(login, number, house.url, fakes_folder))
            await someone.log_in()
            people.append(someone)
        dispatcher, teacher = people
        await dispatcher.page.goto(f"{house.url}/board")
        await dispatcher.get("board-lessons").wait_for()

        async def seen(lesson: str, word: str) -> None:
            state = f'[data-testid="board-state"][data-lesson="{lesson}"][data-word="{word}"]'
            await dispatcher.page.locator(state).wait_for(timeout=WITHIN * 1000)

        late = await plan(house, desk, of, -9, 80, "Late")
        await seen(late, "late")
        never = await plan(house, desk, of, -90, 80, "Nobody came")
        await seen(never, "not_held")
        instead = await plan(house, desk, of, 30, 80, "Substituted")
        change = {"substitutes": [users[0]["id"]], "reason": "The teacher is ill"}
        await house.api("PATCH", f"/api/v1/lessons/{instead}", desk, json=change)
        row = dispatcher.page.locator(f'[data-row="{instead}"]')
        await row.get_by_text("Substitution").wait_for(timeout=WITHIN * 1000)
        off = await plan(house, desk, of, 30, 80, "Cancelled")
        change = {"state": "cancelled", "reason": "No electricity"}
        await house.api("PATCH", f"/api/v1/lessons/{off}", desk, json=change)
        await seen(off, "cancelled")
        short = await plan(house, desk, of, -30, 80, "Ended early")
        await house.api("POST", f"/api/v1/lessons/{short}/open", teaches)
        await seen(short, "teacher_away")
        await house.api("POST", f"/api/v1/lessons/{short}/close", teaches)
        await seen(short, "ended_early")

        moved = [await plan(house, desk, of, 40, 80, name) for name in ("Moved one", "Moved two")]
        for lesson in moved:
            await dispatcher.page.locator(f'[data-testid="board-pick"][data-lesson="{lesson}"]').check()
        await dispatcher.get("board-move").click()
        await dispatcher.get("move-day").fill(str((datetime.now(UTC) + timedelta(days=2)).date()))
        await dispatcher.get("move-reason").fill("A holiday was moved")
        await dispatcher.get("move-save").click()
        for lesson in moved:
            await seen(lesson, "moved_away")

        await teacher.page.goto(f"{house.url}/lessons/{never}")
        await teacher.get("explain-text").fill("The power was cut in the whole village")
        await teacher.get("explain-send").click()
        await teacher.page.locator('[data-testid="board-line"][data-kind="explained"]').wait_for()
        await teacher.screenshot(OUT / "explanation-en-light-desktop.png")
        row = dispatcher.page.locator(f'[data-row="{never}"]')
        await row.get_by_text("Explained").wait_for(timeout=WITHIN * 1000)
        await row.get_by_test_id("board-open").click()
        await dispatcher.page.locator('[data-testid="board-fact"][data-kind="never_came"]').wait_for()
        await dispatcher.page.locator('[data-testid="board-line"][data-kind="explained"]').wait_for()
        await dispatcher.get("board-text").fill("Moved to Saturday")
        await dispatcher.get("board-note").click()
        await dispatcher.page.locator('[data-testid="board-line"][data-kind="noted"]').wait_for()
        await dispatcher.screenshot(OUT / "board-dialog-en-light-desktop.png")
        async with dispatcher.page.expect_download() as waiting:
            await dispatcher.get("board-talon").click()
        await (await waiting.value).save_as(tmp_path / "talon.pdf")
        subprocess.run(
            ["pdftoppm", "-png", "-r", "70", "-singlefile", tmp_path / "talon.pdf", OUT / "paper-talon"],
            check=True,
        )
        for language in ("ky", "ru", "en"):
            await dispatcher.page.evaluate(
                "tongue => localStorage.setItem('sabak.language', tongue)", language
            )
            await dispatcher.api("PATCH", "/me", {"language": language})
            await dispatcher.page.goto(f"{house.url}/board")
            await seen(never, "not_held")
            await dispatcher.screenshot(OUT / f"board-{language}-light-desktop.png")
            await dispatcher.page.goto(f"{house.url}/reports?report=log")
            await dispatcher.get("report-row").first.wait_for()
            await dispatcher.screenshot(OUT / f"report-log-{language}-light-desktop.png")
        text = await dispatcher.get("report-grid").inner_text()
        for words in ("did not take place", "moved from", "substitution", "whole village", "No electricity"):
            assert words in text, words
        await dispatcher.page.goto(f"{house.url}/projector")
        await dispatcher.page.locator(".wall-rows li").first.wait_for()
        await dispatcher.screenshot(OUT / "projector-en-desktop.png")


async def test_a_visitor_says_why_before_the_door_opens(house: House, fakes_folder: Path) -> None:
    lesson = (await lesson_now(house))["id"]
    await house.api("POST", f"/api/v1/lessons/{lesson}/open", await house.token("teacher"))
    async with person("observer", 1, house.url, fakes_folder) as observer:
        await observer.log_in()
        await observer.page.goto(f"{house.url}/lessons/{lesson}/class")
        await observer.get("prejoin-reason").wait_for()
        assert await observer.get("prejoin-join").is_disabled()
        await observer.screenshot(OUT / "prejoin-visitor-en-light-desktop.png")
        await observer.get("prejoin-reason").fill("Quality of teaching")
        await observer.get("prejoin-join").click()
        await observer.get("class").wait_for()
        await observer.page.reload()
        await observer.get("prejoin-join").click()
        await observer.get("class").wait_for()
    log = await house.api("GET", f"/api/v1/lessons/{lesson}/log", await house.token("dispatcher"))
    (visit,) = [line for line in log["lines"] if line["kind"] == "visited"]
    assert visit["text"] == "Quality of teaching"
