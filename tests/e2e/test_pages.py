"""The pages by hand, in a real browser: an office makes an account, its owner settles it; the timetable;
a guest link; the second factor. Each step is what a person clicks and what the page answers."""

import contextlib
import re
from collections.abc import AsyncIterator

import pyotp
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.e2e.browser import accept_texts
from tests.e2e.house import PASSWORD, House
from tests.e2e.screens import ARGUMENTS, CHROMIUM, coming

pytestmark = [pytest.mark.ground, pytest.mark.e2e, pytest.mark.pages]

OWN = "Нарын-2026 жайы"


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def page_of(browser: Browser, url: str, path: str = "/") -> Page:
    """A fresh browser profile at an address, in Kyrgyz."""
    context = await browser.new_context(locale="ky-KG", viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    page.set_default_timeout(15_000)
    await page.goto(url + path)
    return page


async def log_in(page: Page, login: str, password: str) -> None:
    await page.get_by_test_id("login-name").fill(login)
    await page.get_by_test_id("login-password").fill(password)
    await page.get_by_test_id("login-submit").click()


async def signed_in(browser: Browser, url: str, login: str, path: str = "/") -> Page:
    page = await page_of(browser, url)
    await log_in(page, login, PASSWORD)
    await accept_texts(page)
    if path != "/":
        await page.goto(url + path)
    return page


async def make_account(page: Page, name: str, login: str) -> str:
    """By the office; returns the one-time password of the slip."""
    await page.get_by_test_id("person-new").click()
    await page.get_by_test_id("person-name").fill(name)
    await page.get_by_test_id("person-login").fill(login)
    await page.get_by_test_id("person-make").click()
    slip = page.get_by_test_id("slip-password")
    await slip.wait_for()
    await expect(page.get_by_test_id("slip-login")).to_have_text(login)
    password = str(await slip.inner_text())
    await page.get_by_test_id("slip").get_by_role("button").last.wait_for()
    await page.keyboard.press("Escape")
    return password


async def settle(browser: Browser, url: str, login: str, slip: str) -> Page:
    """First login with the slip: a new password, then the texts."""
    page = await page_of(browser, url)
    await log_in(page, login, slip)
    await page.get_by_test_id("change-password").wait_for()
    await expect(page.get_by_test_id("password-submit")).to_be_disabled()
    await page.get_by_test_id("password-old").fill(slip)
    await page.get_by_test_id("password-new").fill(OWN)
    await page.get_by_test_id("password-repeat").fill(OWN)
    await page.get_by_test_id("password-submit").click()
    await accept_texts(page)
    return page


async def office_makes_an_account(browser: Browser, url: str) -> None:
    office = await signed_in(browser, url, "admin", "/people")
    slip = await make_account(office, "Өмүралиева Үркүя Жапаровна", "omuralieva.u")
    person = await settle(browser, url, "omuralieva.u", slip)
    await person.get_by_test_id("nav-profile").click()
    await expect(person.get_by_test_id("profile")).to_contain_text("Өмүралиева Үркүя")
    await person.get_by_test_id("logout").click()
    await log_in(person, "omuralieva.u", slip)
    await expect(person.get_by_test_id("login-error")).to_be_visible()
    await log_in(person, "omuralieva.u", OWN)
    await person.get_by_test_id("nav-profile").wait_for()

    await office.get_by_test_id("people-search").fill("өмүралиева")
    await expect(office.get_by_test_id("person-open")).to_have_count(1)
    await office.get_by_test_id("person-open").click()
    await office.get_by_test_id("person-disable").click()
    await office.get_by_test_id("confirm-yes").and_(office.locator(":visible")).click()
    await office.get_by_test_id("person-enable").wait_for()
    await person.reload()
    await person.get_by_test_id("login-name").wait_for()


async def second_factor(browser: Browser, url: str) -> None:
    page = await signed_in(browser, url, "teacher", "/profile")
    await page.get_by_test_id("otp-start").click()
    secret = (await page.get_by_test_id("otp-secret").inner_text()).replace(" ", "")
    await page.get_by_test_id("otp-code").fill(pyotp.TOTP(secret).now())
    await page.get_by_test_id("otp-confirm").click()
    await expect(page.get_by_test_id("otp-recovery").get_by_role("listitem")).not_to_have_count(0)
    recovery = await page.get_by_test_id("otp-recovery").get_by_role("listitem").first.inner_text()
    await page.get_by_test_id("otp-kept").check()
    await page.get_by_test_id("otp-done").click()
    await page.get_by_test_id("otp-remove").wait_for()

    other = await page_of(browser, url)
    await log_in(other, "teacher", PASSWORD)
    await other.get_by_test_id("login-otp").fill("000000")
    await other.get_by_test_id("login-submit").click()
    await other.get_by_test_id("login-error").wait_for()
    await other.get_by_test_id("login-otp").fill(str(recovery))
    await other.get_by_test_id("login-submit").click()
    await other.get_by_test_id("today").wait_for()

    await page.reload()
    await expect(page.get_by_test_id("session")).not_to_have_count(1)
    await page.get_by_test_id("otp-remove").click()
    await page.locator("dialog[open] input").fill(PASSWORD)
    await page.get_by_test_id("otp-remove-yes").click()
    await page.get_by_test_id("otp-start").wait_for()


async def line_of_the_timetable(browser: Browser, url: str) -> None:
    page = await signed_in(browser, url, "dispatcher", "/timetable")
    await page.get_by_test_id("week-grid").wait_for()
    await page.get_by_test_id("series-new").click()
    dialog = page.get_by_test_id("series-dialog")
    await dialog.get_by_test_id("series-weekday").select_option("7")
    await dialog.get_by_test_id("series-starts").fill("19:00")
    await dialog.get_by_test_id("series-weeks").locator("label").nth(1).click()
    await dialog.get_by_test_id("lesson-kind").select_option("consultation")
    await dialog.get_by_test_id("lesson-title").fill("Кечки консультация")
    await dialog.get_by_test_id("lesson-teachers").select_option(index=1)
    foreseen = await dialog.get_by_test_id("series-preview").locator("li:not(.day-off)").count()
    assert foreseen > 1
    await dialog.get_by_test_id("series-make").click()
    made = page.get_by_test_id("series-made")
    await expect(made).to_contain_text(str(foreseen))
    await page.keyboard.press("Escape")

    slot = page.get_by_test_id("slot").filter(has_text="Кечки консультация")
    for _ in range(3):
        await page.wait_for_timeout(500)
        if await slot.count():
            break
        await page.get_by_test_id("week-after").click()
    await slot.click()
    await page.get_by_test_id("lesson-starts").fill("20:00")
    await page.get_by_test_id("lesson-save").click()
    await expect(slot).to_contain_text("20:00")
    await slot.click()
    await page.get_by_test_id("lesson-cancel").click()
    await page.get_by_test_id("lesson-reason").fill("Майрам")
    await page.get_by_test_id("confirm-yes").and_(page.locator(":visible")).click()
    await expect(slot).to_have_class(re.compile("slot-cancelled"))


async def guest_comes_and_is_withdrawn(browser: Browser, url: str) -> None:
    teacher = await signed_in(browser, url, "teacher")
    await coming(teacher).get_by_test_id("lesson-details").click()
    await teacher.get_by_test_id("guest-new").click()
    await teacher.get_by_test_id("guest-new-name").fill("Ата-энелер")
    await teacher.get_by_test_id("guest-make").click()
    address = await teacher.get_by_test_id("guest-url").input_value()
    await teacher.keyboard.press("Escape")

    path = address.removeprefix(address[: address.index("/guest")])
    guest = await page_of(browser, url, path)
    await expect(guest.get_by_test_id("guest-enter")).to_be_disabled()
    await guest.get_by_test_id("guest-name").fill("Профессор Акматов")
    await guest.get_by_test_id("guest-agree").check()
    await guest.get_by_test_id("guest-enter").click()
    await guest.get_by_test_id("prejoin").wait_for()

    await teacher.get_by_test_id("guest-withdraw").first.click()
    await teacher.get_by_test_id("confirm-yes").and_(teacher.locator(":visible")).click()
    await expect(teacher.get_by_test_id("guest-link")).to_have_count(0)
    late = await page_of(browser, url, path)
    await late.get_by_test_id("guest-name").fill("Кечиккен")
    await late.get_by_test_id("guest-agree").check()
    await late.get_by_test_id("guest-enter").click()
    await late.get_by_test_id("guest-gone").wait_for()


async def structure_grows(browser: Browser, url: str) -> None:
    page = await signed_in(browser, url, "admin", "/structure?tab=group")
    await page.get_by_test_id("unit-new").click()
    await page.get_by_test_id("unit-parent").select_option(index=1)
    await page.get_by_test_id("unit-name").fill("ҮӨҢ-26")
    await page.get_by_test_id("unit-save").click()
    row = page.get_by_test_id("unit-table").locator("tr").filter(has_text="ҮӨҢ-26")
    await row.get_by_test_id("group-students").click()
    await page.get_by_test_id("student-search").fill("ай")
    await page.get_by_test_id("student-add").first.click()
    await expect(page.get_by_test_id("student-row")).to_have_count(1)
    await page.get_by_test_id("student-remove").click()
    await expect(page.get_by_test_id("student-row")).to_have_count(0)


STORIES = (
    office_makes_an_account,
    structure_grows,
    line_of_the_timetable,
    guest_comes_and_is_withdrawn,
    second_factor,
)


async def test_pages(house: House) -> None:
    """One story after the other in one house."""
    for story in STORIES:
        async with chromium() as browser:
            print(story.__name__)
            await story(browser, house.url)
