"""A lesson marks its own journal: one stays through a lost link, one leaves, one scans, others never come."""

import asyncio
import contextlib
import os
import time
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.browser import person
from tests.e2e.house import House
from tests.e2e.lesson import all_see, lesson_now
from tests.e2e.screens import OUT
from tests.patience import until

pytestmark = [pytest.mark.office, pytest.mark.e2e]

PHONE = {"width": 360, "height": 740}
LONG = bool(os.environ.get("SOAK"))
BEFORE, AWAY = (45, 20) if LONG else (3, 4)
"""Seconds before something happens, and of the lost link."""


async def refused(house: House, token: str, code: str) -> str:
    """The error code that a scan is answered with."""
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http,
        http.post(f"{house.url}/api/v1/visits", json={"code": code}) as answer,
    ):
        body = await answer.json()
        return str(body["error"]["code"]) if answer.status >= 400 else ""


async def test_the_journal_fills_itself(house: House, fakes_folder: Path) -> None:
    lesson = (await lesson_now(house))["id"]
    token = await house.token("teacher")
    ids = {
        login: (await house.api("GET", "/api/v1/me", await house.token(login)))["id"]
        for login in ("student1", "student2", "student3")
    }
    async with contextlib.AsyncExitStack() as stack:
        people = []
        for number, login in enumerate(("teacher", "student1", "student2"), start=1):
            someone = await stack.enter_async_context(person(login, number, house.url, fakes_folder))
            await someone.log_in()
            people.append(someone)
        teacher, stays, leaves = people
        phone = await stack.enter_async_context(
            person("student3", 4, house.url, fakes_folder, viewport=PHONE)
        )
        await phone.log_in()
        for student in (stays, leaves):
            await student.enter(lesson)  # they wait for the teacher
        await teacher.enter(lesson)
        await teacher.open_class()
        opened = time.monotonic()
        await all_see(people, 3)

        await teacher.get("bar-more").click()
        await teacher.page.get_by_text("QR-visit code").click()
        code = teacher.get("visit-code")
        await code.wait_for()
        first = str(await code.get_attribute("data-url"))
        await teacher.screenshot(OUT / "visit-code-en-light-desktop.png")
        scanned = time.monotonic()
        await phone.page.goto(first)
        await phone.get("visit-done").wait_for()
        print(f"marked {time.monotonic() - scanned:.2f} s after the code was scanned")
        await phone.screenshot(OUT / "visit-en-light-phone.png")
        await asyncio.sleep(BEFORE)
        await stays.context.set_offline(True)
        await asyncio.sleep(AWAY)
        await stays.context.set_offline(False)
        house.kill("server")  # what is older than a few seconds must not be missing
        await until(house.is_ready, "the server is back", within=20)
        await asyncio.sleep(BEFORE)
        await leaves.get("bar-leave").click()
        there = time.monotonic() - opened
        await asyncio.sleep(there / 2)  # gone for the last third of the lesson

        stale = first.rpartition("/")[2]
        assert await refused(house, await house.token("student2"), stale) == "visit.stale"
        fresh = (await house.api("GET", f"/api/v1/lessons/{lesson}/visit", token))["url"].rpartition("/")[2]
        again = await house.token("student3")
        assert await refused(house, again, fresh) == "visit.device"
        assert await refused(house, await house.token("proctor"), fresh) == "visit.stranger"
        await house.api("POST", f"/api/v1/lessons/{lesson}/close", token)

        async def marked() -> dict[str, dict[str, object]] | None:
            sheet = await house.api("GET", f"/api/v1/lessons/{lesson}/attendance", token)
            rows = {row["id"]: row for row in sheet["rows"]}
            return rows if not sheet["running"] and all(row["mark"] for row in rows.values()) else None

        rows = await until(marked, "everybody has a mark", within=10)
        assert rows[ids["student1"]]["mark"] == "present", rows[ids["student1"]]
        assert rows[ids["student2"]]["mark"] == "absent", rows[ids["student2"]]
        assert rows[ids["student3"]]["mark"] == "present", rows[ids["student3"]]
        assert rows[ids["student3"]]["scanned"] == "not_in_class", "the teacher sees it as such"
        never = [row for key, row in rows.items() if key not in ids.values()]
        assert never and all(row["mark"] == "absent" and row["present"] == 0 for row in never)

        await teacher.page.goto(f"{house.url}/lessons/{lesson}")
        row = teacher.page.locator(f'[data-testid="sheet-row"][data-student="{ids["student2"]}"]')
        await row.get_by_test_id("sheet-correct").click()
        await teacher.get("correct-mark").select_option("excused")
        await teacher.get("correct-reason").fill("Doctor's certificate")
        await teacher.get("correct-save").click()
        await teacher.page.locator(f'[data-student="{ids["student2"]}"][data-mark="excused"]').wait_for()
        await teacher.screenshot(OUT / "sheet-en-light-desktop.png")

        await teacher.page.goto(f"{house.url}/journal")
        group = (await house.api("GET", f"/api/v1/lessons/{lesson}", token))["groups"][0]["id"]
        await teacher.get("journal-group").select_option(group)
        line = teacher.page.locator(f'[data-testid="journal-row"][data-student="{ids["student1"]}"]')
        await line.locator('[data-mark="present"]').first.wait_for()
        await teacher.screenshot(OUT / "journal-en-light-desktop.png")

        await phone.page.goto(f"{house.url}/attendance")
        await phone.page.locator('[data-testid="own-mark"][data-mark="present"]').first.wait_for()
        await phone.screenshot(OUT / "attendance-en-light-phone.png")
        async with phone.page.expect_download() as waiting:
            await phone.get("own-csv").click()
        own = Path(await (await waiting.value).path()).read_text("utf-8-sig")
        assert [line.split(",")[2] for line in own.splitlines()[1:2]] == ["+"], own
        sheet = await house.api("GET", f"/api/v1/lessons/{lesson}/attendance", token)
        print({row["name"]: (row["mark"], row["present"], row["share"]) for row in sheet["rows"]})
