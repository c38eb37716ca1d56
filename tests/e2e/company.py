"""Six people in one lesson: a teacher, one who stands in, three students of whom one has a phone, and an
observer. Four browsers: who sends no picture sits at the teacher's, in a profile of their own.
"""

import asyncio
import contextlib
import itertools
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
SMALL = {"width": 1100, "height": 620}
"""A screen that is cheap to draw and still has room for the panel beside the stage."""

NUMBERS = {"teacher": 1, "student1": 2, "student2": 3, "student3": 4}
"""What is burnt into whose camera; the others send none."""
LOOKS_A_PAGE = 6
"""Looks at one page of tiles before the next is turned to: pictures take a moment to come."""


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
            login: await stack.enter_async_context(chromium(number, folder, rate=5))
            for login, number in NUMBERS.items()
        }
        people = [
            await seat(
                browsers.get(login, browsers["teacher"]),
                login,
                house.url,
                viewport=PHONE if login == "student3" else SMALL,
            )
            for login in LOGINS
        ]
        for person in people:
            await person.log_in()
        ids = {person.login: await person.id() for person in people}
        body = {"substitutes": [ids[LOGINS[1]]]}
        await house.api("PATCH", f"/api/v1/lessons/{lesson}", await house.token("dispatcher"), json=body)
        yield Company(lesson, *people, ids=ids)


# The pictures of others that no plate covers: on the stage or a tile that is for somebody now.
PICTURES = """stage => {
  const bare = '.video:not(:has(~ .face-covers))';
  const places = [`[data-testid="stage"]:not([data-person=""]) ${bare}`];
  if (!stage) places.push(`[data-testid="tile"] ${bare}`);
  document.querySelectorAll('[data-looked-at]').forEach(one => one.removeAttribute('data-looked-at'));
  const found = [...document.querySelectorAll(places.join())];
  found.forEach((one, index) => one.setAttribute('data-looked-at', index));
  return found.length;
}"""


async def numbers(who: Person, stage: bool = False) -> set[int]:
    """Whose cameras the page shows, the own apart: the numbers burnt into them. `stage`: there alone."""
    found = set()
    for index in range(await who.page.evaluate(PICTURES, stage)):
        if (number := await shown(who, f'[data-looked-at="{index}"]')) is not None:
            found.add(number)
    return found


async def sees(who: Person, whom: str, stage: bool = False) -> None:
    """The camera of `whom` (a login) is on somebody's page, on one of the pages of tiles if they do not fit
    on one; `stage`: on the stage."""
    looks = itertools.count(1)

    async def there() -> bool:
        if NUMBERS[whom] in await numbers(who, stage):
            return True
        if not stage and next(looks) % LOOKS_A_PAGE == 0:
            await leaf(who)
        return False

    await until(there, f"{who.login} sees {whom}", within=20, every=0.3)
    while await _can(who, "tiles-previous"):
        await who.get("tiles-previous").click()


async def leaf(who: Person) -> None:
    """To the next page of tiles, from the last one to the one before."""
    for turn in ("tiles-next", "tiles-previous"):
        if await _can(who, turn):
            await who.get(turn).click()
            break


async def _can(who: Person, turn: str) -> bool:
    return bool(await who.get(turn).count()) and await who.get(turn).is_enabled()


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
    await who.page.set_viewport_size(PHONE if phone else SMALL)  # type: ignore[arg-type]
