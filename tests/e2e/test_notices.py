"""People hear of what concerns them: the bell while the page is open, mail for those who want it; and
"something does not work" reaches the university's mailbox and the page of support, and comes back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.conftest import SOAK
from tests.e2e import screens
from tests.e2e.house import House
from tests.e2e.test_pages import chromium, signed_in
from tests.server.notices.postman import Postman, postman

pytestmark = [pytest.mark.classroom, pytest.mark.e2e, pytest.mark.pages]

LIVE = 10_000  # ms for a notice to be in an open page


@contextlib.asynccontextmanager
async def house_with_mail(folder: Path) -> AsyncIterator[tuple[House, Postman]]:
    async with postman() as mail:
        settings = {
            "SABAK_SMTP_HOST": "127.0.0.1", "SABAK_SMTP_PORT": str(mail.port),
            "SABAK_SMTP_SECURITY": "none", "SABAK_SMTP_FROM": "sabak@uni.test",
            "SABAK_SUPPORT_MAILBOX": "help@uni.test", "SABAK_MAIL_PER_MINUTE": "6000",
        }  # fmt: skip
        async with House(folder / "data", **settings) as house:
            yield house, mail


async def planned(house: House, title: str) -> str:
    """A consultation of the teacher with student1, tomorrow."""
    office = await house.token("dispatcher")
    me = await house.api("GET", "/api/v1/me", await house.token("teacher"))
    student = await house.api("GET", "/api/v1/me", await house.token("student1"))
    starts = datetime.now(ZoneInfo("Asia/Bishkek")).replace(microsecond=0) + timedelta(days=1)
    body = {
        "kind": "consultation", "title": title, "starts": starts.isoformat(),
        "ends": (starts + timedelta(hours=1)).isoformat(), "teachers": [me["id"]],
    }  # fmt: skip
    made = await house.api("POST", "/api/v1/lessons", office, json=body)
    key = str(made["id"] if "id" in made else made["lesson"]["id"])
    await house.api("PATCH", f"/api/v1/lessons/{key}", office, json={"students": [student["id"]]})
    return key


async def cancel(house: House, lesson: str) -> None:
    office = await house.token("dispatcher")
    body = {"state": "cancelled", "reason": "No light in the building"}
    await house.api("PATCH", f"/api/v1/lessons/{lesson}", office, json=body)


async def letter(mail: Postman, to: str, within: float = 60) -> EmailMessage:
    async with asyncio.timeout(within):
        while True:
            for found in mail.letters:
                if found["To"] == to:
                    mail.letters.remove(found)
                    return found
            await asyncio.sleep(0.2)


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def photograph(page: Page, name: str) -> None:
    """In one language, scheme and size; with SOAK in all of them. None is wider than its screen."""
    screens.OUT.mkdir(parents=True, exist_ok=True)
    for language in screens.LANGUAGES if SOAK else ("ky",):
        for scheme in screens.SCHEMES:
            for size, (width, height) in screens.SIZES.items():
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await page.set_viewport_size({"width": width, "height": height})
                await page.wait_for_timeout(200)
                wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                await page.screenshot(path=screens.OUT / f"{name}-{language}-{scheme}-{size}.png")
                assert wide <= 0, f"{name} {language} {scheme} {size}: {wide} px too wide"
    await page.set_viewport_size({"width": 1280, "height": 800})


async def a_cancelled_lesson_is_heard_of(house: House, mail: Postman, browser: Browser) -> Page:
    first, second = await planned(house, "Физика боюнча кеңеш"), await planned(house, "Алгебра кеңеши")
    admin = await house.token("admin")
    student = await house.api("GET", "/api/v1/me", await house.token("student1"))
    path = f"/api/v1/users/{student['id']}"
    await house.api("PATCH", path, admin, json={"email": "student1@uni.test"})
    page = await signed_in(browser, house.url, "student1")
    bell = page.get_by_test_id("nav-notices")
    await expect(bell).to_be_visible()
    before = int(await bell.get_attribute("data-unread") or "0")
    await cancel(house, first)
    await expect(bell).to_have_attribute("data-unread", str(before + 1), timeout=LIVE)
    await expect(page.get_by_test_id("toast").first).to_contain_text("Физика боюнча кеңеш")
    await bell.focus()
    await page.keyboard.press("Enter")
    notice = page.locator('[data-testid="notice"][data-kind="lesson_cancelled"]').first
    await expect(notice).to_contain_text("No light in the building")
    await expect(notice).to_have_attribute("data-read", "false")
    await photograph(page, "notices")
    await page.get_by_test_id("notices-read").click()
    await expect(bell).to_have_attribute("data-unread", "0", timeout=LIVE)
    await expect(notice).to_have_attribute("data-read", "true")

    await page.get_by_test_id("notices-choose").click()
    row = page.locator('[data-testid="notice-topic"][data-topic="lesson_changes"]')
    await expect(row.get_by_test_id("notice-mail")).not_to_be_checked()
    await row.get_by_test_id("notice-mail").check()
    await expect(page.get_by_test_id("notice-choices")).to_contain_text("student1@uni.test")
    await page.get_by_test_id("notice-choices").scroll_into_view_if_needed()
    await photograph(page, "notices-chosen")
    await page.reload()
    await expect(row.get_by_test_id("notice-mail")).to_be_checked()
    await cancel(house, second)
    found = await letter(mail, "student1@uni.test")
    assert "Алгебра кеңеши" in found["Subject"] and house.url in words(found)
    return page


async def the_browser_is_asked_on_a_click_only(house: House, page: Page) -> None:
    await page.context.grant_permissions([], origin=house.url)
    await page.add_init_script(
        "window.__asked = 0; const ask = Notification.requestPermission;"
        "Notification.requestPermission = () => { window.__asked += 1; return ask.call(Notification); };"
    )
    await page.goto(house.url + "/notices")
    device = page.get_by_test_id("notices-device")
    await expect(device).to_be_visible()
    assert await page.evaluate("window.__asked") == 0
    if await device.get_attribute("data-state") == "off":
        await page.context.grant_permissions(["notifications"], origin=house.url)
        await page.get_by_test_id("notices-device-switch").click()
        await expect(device).to_have_attribute("data-state", "on")
        assert await page.evaluate("window.__asked") == 1


async def support_hears_and_answers(house: House, mail: Postman, browser: Browser, page: Page) -> None:
    lesson = await planned(house, "Химия кеңеши")
    await page.goto(f"{house.url}/lessons/{lesson}/class")
    await page.get_by_test_id("prejoin").wait_for()
    await page.get_by_test_id("support-open").click()
    shown = page.get_by_test_id("support-shown")
    await expect(shown).to_contain_text("Mozilla/5.0")
    await page.get_by_test_id("support-text").fill("Камера кара бойдон турат")
    await photograph(page, "support-dialog")
    told = (await shown.inner_text()).splitlines()
    await page.get_by_test_id("support-send").click()
    await expect(page.get_by_test_id("support-dialog")).to_have_count(0)
    found = words(await letter(mail, "help@uni.test"))
    assert "Камера кара бойдон турат" in found
    lines = [line for line in told if ":" in line or line.startswith("Mozilla")]
    assert len(lines) > 8 and all(line.strip() in found for line in lines), "what was shown is what was sent"

    desk = await signed_in(browser, house.url, "admin", "/support")
    report = desk.get_by_test_id("support-report")
    await expect(report.get_by_test_id("support-report-text")).to_have_text("Камера кара бойдон турат")
    await report.locator("summary").click()
    await photograph(desk, "support")
    await report.get_by_test_id("support-answer").fill("Камераны башка программа ээлеп турат.")
    await report.get_by_test_id("support-answer-send").click()
    await expect(report).to_have_count(0)
    await page.goto(house.url + "/notices")
    answer = page.locator('[data-testid="notice"][data-kind="support_answered"]')
    await expect(answer).to_contain_text("Камераны башка программа ээлеп турат.", timeout=LIVE)
    assert "Камераны башка" in words(await letter(mail, "student1@uni.test"))


async def test_people_hear_of_what_concerns_them(tmp_path: Path) -> None:
    async with house_with_mail(tmp_path) as (house, mail), chromium() as browser:
        page = await a_cancelled_lesson_is_heard_of(house, mail, browser)
        await the_browser_is_asked_on_a_click_only(house, page)
        await support_hears_and_answers(house, mail, browser, page)
