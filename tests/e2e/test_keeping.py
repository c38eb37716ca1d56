"""Retention's page in three languages; a backup during a running class, restored on an empty machine."""

import asyncio
import contextlib
import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import PHONE, Person, person
from tests.e2e.house import House
from tests.e2e.lesson import running_lesson
from tests.e2e.recorded import path_of, probed
from tests.e2e.screens import OUT
from tests.patience import until

LANGUAGES = ("ky", "ru", "en")
TABS = ("terms", "calendar", "holds", "requests", "runs")


async def speak(someone: Person, language: str) -> None:
    await someone.page.evaluate("language => localStorage.setItem('sabak.language', language)", language)
    await someone.api("PATCH", "/me", {"language": language})


async def choose_person(someone: Person, name: str) -> None:
    await someone.get("target-search").fill(name)
    select = someone.get("target-person")
    await select.locator("option").nth(1).wait_for(state="attached")
    await select.select_option(index=1)


@pytest.mark.e2e
@pytest.mark.pages
@pytest.mark.office
async def test_the_page_of_retention(house: House, fakes_folder: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        admin = await stack.enter_async_context(person("admin", 1, house.url, fakes_folder))
        await admin.log_in()
        await admin.page.goto(f"{house.url}/retention")
        await admin.get("retention-terms").wait_for()

        await admin.page.locator('[data-testid="retention-edit"][data-kind="journals"]').click()
        await admin.get("term-days").fill("365")
        await admin.get("term-reason").fill("Орун аз")
        await admin.get("term-short").wait_for()
        assert await admin.get("term-save").is_disabled(), "shorter than the rules say, without a protocol"
        await admin.screenshot(OUT / "retention-term-en-light-desktop.png")
        await admin.get("term-protocol").fill("12, 03.09.2026")
        await admin.get("term-save").click()
        days = admin.page.locator('[data-testid="retention-days"][data-kind="journals"]')
        await until(lambda: _reads(days, "1 year"), "the new term")

        await admin.page.goto(f"{house.url}/retention?tab=holds")
        await admin.get("hold-add").click()
        await admin.page.get_by_test_id("hold-scope").locator("label").nth(2).click()
        await choose_person(admin, "student1")
        await admin.get("hold-new-reason").fill("Court case 17")
        await admin.get("hold-new-save").click()
        await admin.get("hold").wait_for()

        await admin.page.goto(f"{house.url}/retention?tab=requests")
        await admin.get("request-add").click()
        await choose_person(admin, "student1")
        await admin.get("request-new-reason").fill("Asks in writing")
        await admin.get("request-new-save").click()
        await admin.get("request-approve").click()
        await admin.get("decision-reason").fill("Nothing against it")
        await admin.get("decision-save").click()
        await admin.page.locator('[data-testid="decision"] [role="alert"]').wait_for()
        await admin.screenshot(OUT / "retention-held-en-light-desktop.png")
        await admin.page.keyboard.press("Escape")
        await admin.page.goto(f"{house.url}/retention?tab=holds")
        await admin.get("hold-release").click()
        await admin.get("release-reason").fill("The case is over")
        await admin.get("release-save").click()
        await admin.page.locator('[data-testid="hold"][data-released="true"]').wait_for()
        await admin.page.goto(f"{house.url}/retention?tab=requests")
        await admin.get("request-approve").click()
        await admin.get("decision-reason").fill("Nothing against it")
        await admin.get("decision-save").click()
        await admin.get("request-result").wait_for()

        command = await asyncio.create_subprocess_exec(
            *house.command("retention", "run"), env=house.environment, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await command.communicate()
        assert command.returncode == 0, said
        for language in LANGUAGES:
            await speak(admin, language)
            for tab in TABS:
                await admin.page.goto(f"{house.url}/retention?tab={tab}")
                await admin.get(f"retention-{tab}").wait_for()
                await admin.screenshot(OUT / f"retention-{tab}-{language}-light-desktop.png")
        phone = await stack.enter_async_context(person("office", 2, house.url, fakes_folder, viewport=PHONE))
        await phone.log_in()
        for tab in TABS:
            await phone.page.goto(f"{house.url}/retention?tab={tab}")
            await phone.get(f"retention-{tab}").wait_for()
            await phone.screenshot(OUT / f"retention-{tab}-en-light-phone.png")
            wide = await phone.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], "the page itself does not scroll sideways"
        assert not await phone.get("request-approve").count(), "the administrator decides"


async def _reads(element: object, text: str) -> bool:
    return bool(await element.inner_text() == text)  # type: ignore[attr-defined]


async def _whole(house: House, lesson: str, token: str) -> dict[str, Any] | None:
    view = await house.api("GET", f"/api/v1/lessons/{lesson}/recording", token)
    growing = [piece for piece in view["pieces"] if piece["growing"]]
    return dict(view) if len(view["pieces"]) >= 4 and not growing and not view["live"] else None


async def sabak(house: House, *arguments: str) -> str:
    """Run a command beside the house; returns what it says."""
    process = await asyncio.create_subprocess_exec(
        *house.command(*arguments), env=house.environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.e2e
@pytest.mark.recording
@pytest.mark.review
async def test_a_backup_during_a_class(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    async with running_lesson(house, fakes_folder, ("student1",)) as lesson:
        await lesson.teacher.say("before the backup")
        mark = lesson.teacher.page.locator('[data-testid="recording-mark"][data-standing="on"]')
        await mark.wait_for()
        token = await house.token("teacher")

        async def growing() -> bool:
            path = f"/api/v1/lessons/{lesson.id}/recording"
            view = await house.api("GET", path, token)
            begun = [piece["starts"] for piece in view["pieces"]]
            return len(begun) >= 3 and view["length"] > max(begun) + 5000

        await until(growing, "three tracks grow", within=30)
        said = await sabak(house, "backup", str(target))
        assert "WARNING" not in said
        await lesson.students[0].sees_and_hears()
        await lesson.teacher.say("after the backup")
        await house.api("POST", f"/api/v1/lessons/{lesson.id}/close", token)
        before = await until(lambda: _whole(house, lesson.id, token), "every file is closed", within=20)
    await house.stop()

    other = House(tmp_path / "other" / "data")
    other.data.parent.mkdir()
    said = await sabak(other, "restore", str(target))
    assert "the trace is good" in said
    async with other:
        token = await other.token("teacher")

        async def mended() -> list[str]:
            view = await other.api("GET", f"/api/v1/lessons/{lesson.id}/recording", token)
            pieces = view["pieces"]
            return pieces if len(pieces) >= 3 and not any(piece["growing"] for piece in pieces) else []

        pieces = await until(mended, "the recorder mends what was growing", within=20)
        view = await other.api("GET", f"/api/v1/lessons/{lesson.id}/recording", token)
        first = {piece["piece"] for piece in before["pieces"]}
        assert {piece["piece"] for piece in pieces} <= first
        assert view["people"] == before["people"]
        lines = [one["data"]["text"] for one in view["moments"] if one["kind"] == "chat.said"]
        assert lines == ["before the backup"]
        # a camera that begins small, or changes its size, has more files than one
        seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
        for piece in pieces:
            found = await probed(path_of(other, piece))
            seconds[piece["person"], piece["source"]] += float(found["format"]["duration"])
        assert len(seconds) >= 3 and min(seconds.values()) > 2, seconds
        assert "Good" in await sabak(other, "trace", "verify")
        manifest = json.loads((target / "manifest.json").read_text())
        assert manifest["made"][:4] == str(datetime.now(UTC).year)
        secrets = [each for each in (target / "keys").rglob("*") if each.is_file() and each.suffix != ".pub"]
        assert not secrets
