"""What somebody reads whose browser cannot, or was told not to: in three languages, before anything fails.

An old browser is one that lacks what the client is made of; Telegram's window says so itself; a refused
camera is a real refusal of Chromium's.
"""

import json

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.axe import Faults
from tests.e2e.browser import CHROMIUM, DESKTOP, QUIET, Person
from tests.e2e.house import PASSWORD, ROOT, House
from tests.e2e.lesson import lesson_now
from tests.e2e.screens import LANGUAGES, log_in

pytestmark = [pytest.mark.classroom, pytest.mark.e2e, pytest.mark.pages]

WORDS = ROOT / "static" / "src" / "i18n" / "words"

TELEGRAM = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    " Telegram-Android/11.3.3 (Samsung SM-A155F; Android 14; SDK 34; AVERAGE)"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148"
    " Safari/604.1"
)
BROWSERS = {
    "chrome": None,
    "android": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
    "firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
    "ios": IPHONE,
    "ios_other": IPHONE.replace("Version/17.5", "CriOS/130.0"),
}


def word(room: str, language: str, key: str, **values: str) -> str:
    text = str(json.loads((WORDS / room / f"{language}.json").read_text())[key])
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


async def old_browsers_are_told(browser: Browser, house: House) -> None:
    context = await browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.add_init_script("delete Array.prototype.findLast")
    await page.goto(house.url)
    told = page.locator("#old-browser p")
    assert [await line.get_attribute("lang") for line in await told.all()] == list(LANGUAGES)
    await expect(told.first).to_be_visible()
    await context.close()
    page = await browser.new_page()
    await page.goto(house.url)
    await page.get_by_test_id("login-name").wait_for()
    await expect(page.locator("#old-browser")).to_have_count(0)
    await page.close()


async def prejoin(browser: Browser, house: House, lesson: str, agent: str | None, script: str = "") -> Person:
    """The way into the class in a browser that calls itself so; nobody gave it a camera."""
    context = await browser.new_context(viewport=DESKTOP, user_agent=agent)  # type: ignore[arg-type]
    await log_in(context, house.url, "student1", PASSWORD)
    page = await context.new_page()
    if script:
        await page.add_init_script(script)
    await page.goto(f"{house.url}/lessons/{lesson}/class")
    person = Person("student1", house.url, context, page)
    await person.get("prejoin").wait_for()
    return person


async def speaks(person: Person, language: str) -> None:
    await person.get("language").select_option(language)
    await expect(person.page.locator("html")).to_have_attribute("lang", language)


async def windows_of_other_programs_are_told(
    browser: Browser, house: House, lesson: str, faults: Faults
) -> None:
    for agent, script in ((TELEGRAM, ""), (IPHONE, "window.TelegramWebviewProxy = {}")):
        person = await prejoin(browser, house, lesson, agent, script)
        for language in LANGUAGES:
            await speaks(person, language)
            told = word("order", language, "order.browser_inside_name", name="Telegram")
            await expect(person.get("prejoin-browser")).to_contain_text(told)
        await expect(person.get("prejoin-copy")).to_be_visible()
        await faults.look(person.page, "told of Telegram")
        await person.context.close()


async def refusals_are_explained(browser: Browser, house: House, lesson: str, faults: Faults) -> None:
    for name, agent in BROWSERS.items():
        person = await prejoin(browser, house, lesson, agent)
        fault = person.page.locator('[data-testid^="fault-"][data-cause="denied"]').first
        await fault.wait_for()
        for language in LANGUAGES:
            await speaks(person, language)
            await expect(fault).to_contain_text(word("class", language, f"devices.allow.{name}"))
        await expect(person.get("prejoin-join")).to_be_enabled()  # without a camera all the same
        if name == "chrome":
            await faults.look(person.page, "refused")
        await person.context.close()


async def test_who_cannot_is_told(house: House) -> None:
    lesson = (await lesson_now(house))["id"]
    faults = Faults()
    async with async_playwright() as playwright:
        arguments = [*QUIET, "--use-fake-device-for-media-stream"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            await old_browsers_are_told(browser, house)
            await windows_of_other_programs_are_told(browser, house, lesson, faults)
            await refusals_are_explained(browser, house, lesson, faults)
        finally:
            await browser.close()
    assert not faults.lines, str(faults)
