"""Several people in one Chromium, each with cookies of their own: lighter than a browser for everybody, where
no scenario asks whose camera is seen. Camera and microphone are Chromium's own fakes."""

import contextlib
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright

from tests.e2e.browser import CHROMIUM, DESKTOP, FAKE_MEDIA, QUIET, Person
from tests.e2e.house import House


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *FAKE_MEDIA])
        try:
            yield browser
        finally:
            await browser.close()


async def comes(browser: Browser, house: House, login: str) -> Person:
    """Somebody logs in, in Kyrgyz."""
    context = await browser.new_context(viewport=DESKTOP, locale="ky-KG", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    await context.grant_permissions(["camera", "microphone"], origin=house.url)
    person = Person(login, house.url, context, await context.new_page())
    await person.log_in()
    return person
