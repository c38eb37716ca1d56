"""What a page weighs on the wire, counted by the browser: the log-in page under 150 kB, the class with every
panel and its slides under 250 kB (LOOKS), compressed as a browser asks for it and as one over plain HTTP
does. In Russian, whose words are the longest.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from tests.e2e.browser import DESKTOP, Person
from tests.e2e.house import ROOT, House
from tests.e2e.lesson import lesson_now
from tests.e2e.test_axe_class import chromium, panel
from tests.server.slides import material as made

pytestmark = [pytest.mark.classroom, pytest.mark.e2e, pytest.mark.pages]

DIST = ROOT / "static" / "dist"
FIRST, CLASS = 150_000, 250_000
"""Bytes that a page may weigh, headers included."""


@dataclass
class Scale:
    """Bytes as carried, by address, of the client's own files; what the API and the media carry is apart."""

    carried: dict[str, int] = field(default_factory=dict)
    _asked: dict[str, str] = field(default_factory=dict)

    async def put(self, page: Page) -> None:
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", self._sent)
        devtools.on("Network.loadingFinished", self._came)

    def _sent(self, event: dict[str, Any]) -> None:
        self._asked[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def _came(self, event: dict[str, Any]) -> None:
        path = self._asked.get(event["requestId"], "")
        if not path.startswith(("/api/", "/healthz")):
            self.carried[path] = self.carried.get(path, 0) + int(event["encodedDataLength"])

    @property
    def bytes(self) -> int:
        return sum(self.carried.values())

    @property
    def gzipped(self) -> int:
        """The same files as gzip: what goes over plain HTTP, where browsers do not offer Brotli."""
        return sum(_gzip(path) for path in self.carried)

    def __str__(self) -> str:
        heavy = sorted(self.carried.items(), key=lambda each: -each[1])[:12]
        return f"{self.bytes} bytes, {self.gzipped} by gzip: {heavy}"


def _gzip(path: str) -> int:
    file = DIST / path.lstrip("/")
    if not file.is_file():
        file = DIST / "index.html"
    twin = file.with_name(f"{file.name}.gz")
    return (twin if twin.is_file() else file).stat().st_size


@pytest.fixture
async def scaled(house: House) -> AsyncIterator[tuple[Person, Scale]]:
    async with chromium() as browser:
        context = await browser.new_context(viewport=DESKTOP, locale="ru-RU")  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        await context.grant_permissions(["camera", "microphone"], origin=house.url)
        await context.add_init_script("localStorage.setItem('sabak.language', 'ru')")
        page, scale = await context.new_page(), Scale()
        await scale.put(page)
        yield Person("teacher", house.url, context, page), scale


async def test_pages_are_light(house: House, scaled: tuple[Person, Scale], tmp_path: Path) -> None:
    teacher, scale = scaled
    await teacher.page.goto(house.url)
    await teacher.get("login-name").wait_for()
    print("log-in:", scale)
    assert scale.bytes < FIRST and scale.gzipped < FIRST, str(scale)

    await teacher.log_in()
    await teacher.api("PATCH", "/me", {"language": "ru"})
    cold = await teacher.context.browser.new_context(  # type: ignore[union-attr]
        viewport=DESKTOP,  # type: ignore[arg-type]
        storage_state=await teacher.context.storage_state(),
    )
    await cold.grant_permissions(["camera", "microphone"], origin=house.url)
    page, scale = await cold.new_page(), Scale()
    await scale.put(page)
    teacher = Person("teacher", house.url, cold, page)
    await page.goto(f"{house.url}/lessons/{(await lesson_now(house))['id']}/class")
    await teacher.get("prejoin-network").locator("svg").wait_for()  # also what it measures with
    print("pre-join:", scale)
    await teacher.get("prejoin-join").click()
    await teacher.open_class()
    for name in ("people", "chat", "ask"):
        await panel(teacher, name)
    await teacher.get("poll-new").wait_for()
    file = tmp_path / "Newton.pdf"
    file.write_bytes(made.pdf(2, words="Newton"))
    await teacher.get("bar-slides").click()
    await teacher.get("slides-file").set_input_files(file)
    await teacher.get("deck-show").click()
    await teacher.get("slides-page").wait_for()
    await page.wait_for_timeout(500)
    print("class:", scale)
    assert any("/SlidesStage" in path or "/slides" in path for path in scale.carried), str(scale)
    assert scale.bytes < CLASS and scale.gzipped < CLASS, str(scale)
