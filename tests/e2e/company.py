"""Six people in one lesson: a teacher, one who stands in, three students of whom one has a phone, and an
observer. Four browsers: who sends no picture sits at the teacher's, in a profile of their own.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import SOAK
from tests.e2e import screens
from tests.e2e.browser import DESKTOP, PHONE, Person, chromium, seat
from tests.e2e.deeds import SPEAK
from tests.e2e.house import House
from tests.e2e.lesson import lesson_now
from tests.e2e.recorded import shown
from tests.patience import until

LOGINS = ("teacher", "kubanych.turgunov", "student1", "student2", "student3", "observer")
NUMBERS = {"teacher": 1, "student1": 2, "student2": 3, "student3": 4}
"""What is burnt into whose camera; the others send none."""


@dataclass
class Company:
    """`ids` by login. `phone` is a student as well."""

    lesson: str
    teacher: Person
    second: Person
    one: Person
    two: Person
    phone: Person
    observer: Person
    ids: dict[str, str]

    @property
    def students(self) -> list[Person]:
        return [self.one, self.two, self.phone]

    @property
    def everybody(self) -> list[Person]:
        return [self.teacher, self.second, *self.students, self.observer]

    def of(self, person: Person) -> str:
        return self.ids[person.login]

    async def all(self, do: Callable[[Person], Awaitable[object]], *without: Person) -> None:
        """Ask everybody at the same time, but those."""
        async with asyncio.TaskGroup() as group:
            for person in self.everybody:
                if person not in without:
                    group.create_task(_awaited(do(person)))


async def _awaited(what: Awaitable[object]) -> None:
    await what


@contextlib.asynccontextmanager
async def company(house: House, folder: Path) -> AsyncIterator[Company]:
    """Everybody has logged in by the pages; nobody is in the class yet, and a colleague may stand in."""
    lesson = str((await lesson_now(house))["id"])
    async with contextlib.AsyncExitStack() as stack:
        browsers = {
            login: await stack.enter_async_context(chromium(number, folder))
            for login, number in NUMBERS.items()
        }
        people = [
            await seat(
                browsers.get(login, browsers["teacher"]),
                login,
                house.url,
                viewport=PHONE if login == "student3" else DESKTOP,
            )
            for login in LOGINS
        ]
        for person in people:
            await person.log_in()
        ids = {person.login: await person.id() for person in people}
        body = {"substitutes": [ids[LOGINS[1]]]}
        await house.api("PATCH", f"/api/v1/lessons/{lesson}", await house.token("dispatcher"), json=body)
        yield Company(lesson, *people, ids=ids)


async def sees(who: Person, whom: str, where: str = "tile") -> None:
    """The camera that is on somebody's stage or tile is that of `whom` (a login)."""
    number = NUMBERS[whom]
    if where == "stage":
        place = '[data-testid="stage"] .stage-whole video, [data-testid="stage"] .stage-inset video'
    else:
        place = f'[data-testid="tile"][data-slot="{where}"] video'
    if where == "tile":
        place = '[data-testid="tile"] video'

    async def there() -> bool:
        videos = await who.page.locator(place).count()
        for index in range(videos):
            await who.page.evaluate(MARK, [place, index])
            if await shown(who, "[data-looked-at]") == number:
                return True
        return False

    await until(there, f"{who.login} sees {whom} on a {where}", within=20, every=0.3)


# Which of several videos is meant.
MARK = """([place, index]) => {
  document.querySelectorAll('[data-looked-at]').forEach(one => one.removeAttribute('data-looked-at'));
  document.querySelectorAll(place)[index]?.setAttribute('data-looked-at', '');
}"""


async def numbers(who: Person) -> set[int]:
    """Whose cameras the page shows now, own preview apart: the numbers burnt into them."""
    place = '[data-testid="stage"] video, [data-testid="tile"] video'
    found = set()
    for index in range(await who.page.locator(place).count()):
        await who.page.evaluate(MARK, [place, index])
        if (number := await shown(who, "[data-looked-at]")) is not None:
            found.add(number)
    return found


# A key of the catalogues that has no text shows itself.
KEYS = (
    """() => document.body.innerText.split('\\n').filter(line => /^[a-z]+(\\.[a-z_]+)+$/.test(line.trim()))"""
)


async def look(who: Person, name: str) -> None:
    """A picture at a fixed path; with SOAK in every language, light and dark, on a desktop and a phone.
    Nothing is wider than the screen, and no word is missing."""
    phone = who.page.viewport_size == PHONE
    sizes = {"phone": PHONE} if phone else {"desktop": DESKTOP, "phone": PHONE}
    for language in screens.LANGUAGES if SOAK else ("",):
        if language:
            await who.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type] # the switch is there
            await who.page.wait_for_timeout(100)
            await who.page.evaluate(SPEAK, language)
        for size, viewport in sizes.items() if SOAK else list(sizes.items())[:1]:
            await who.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            for scheme in screens.SCHEMES if SOAK else ("light",):
                await who.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await who.page.wait_for_timeout(350)
                file = f"lesson-{name}-{language or 'as-is'}-{scheme}-{size}.png"
                await who.screenshot(screens.OUT / file)
                wide = await who.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{file}: {wide} px too wide"
        assert await who.page.evaluate(KEYS) == [], f"{name} {language}"
    await who.page.emulate_media(color_scheme="light")
    await who.page.set_viewport_size(PHONE if phone else DESKTOP)  # type: ignore[arg-type]
