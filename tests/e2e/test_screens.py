"""Every page photographed at fixed paths (tests/e2e/screens/, not committed), and none wider than its screen.

The short form takes each page in one language, scheme and size; SOAK takes all three languages, light
and dark, desktop and phone. The class is photographed from a running lesson.
"""

from argparse import Namespace
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.conftest import SOAK
from tests.e2e import screens
from tests.e2e.browser import DESKTOP, PHONE, Person
from tests.e2e.house import PASSWORD, House
from tests.e2e.lesson import all_see, running_lesson

pytestmark = [pytest.mark.ground, pytest.mark.e2e]


@pytest.mark.pages
async def test_every_page(house: House) -> None:
    screens.OUT.mkdir(parents=True, exist_ok=True)
    options = Namespace(
        url=house.url,
        password=PASSWORD,
        out=screens.OUT,
        only=[],
        languages=screens.LANGUAGES if SOAK else ("ky",),
        schemes=screens.SCHEMES if SOAK else ("dark",),
        sizes=tuple(screens.SIZES) if SOAK else ("phone",),
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.ARGUMENTS)
        try:
            assert await screens.rounds(browser, options) == []
        finally:
            await browser.close()


async def photograph(person: Person, name: str) -> None:
    """The class as it is now, in every language and scheme, desktop and phone."""
    await person.api("PATCH", "/me", {"theme": "system"})
    for language in screens.LANGUAGES:
        await person.api("PATCH", "/me", {"language": language})
        await person.page.reload()
        await person.join_again()
        await person.sees_and_hears(20)
        for scheme in screens.SCHEMES:
            await person.page.emulate_media(color_scheme=scheme)
            for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
                await person.page.set_viewport_size(viewport)
                await person.page.wait_for_timeout(600)
                wide = await person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                await person.screenshot(screens.OUT / f"{name}-{language}-{scheme}-{size}.png")
                assert wide <= 0, f"{name} {language} {scheme} {size}: {wide} px too wide"
        await person.page.set_viewport_size(DESKTOP)


async def test_the_class(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2")) as lesson:
        await all_see(lesson.everybody, 3)
        await lesson.teacher.say("Саламатсыздарбы! Бүгүн циклдерди карайбыз: https://example.kg/sabak/7")
        await lesson.students[1].say("Саламатсызбы, жакшы угулуп жатат")
        await photograph(lesson.teacher, "class-teacher")
        await photograph(lesson.students[0], "class-student")
