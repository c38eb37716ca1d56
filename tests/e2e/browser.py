"""People in real browsers: one Chromium a person, with a camera and a microphone from files."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.e2e.fakes import RATE, camera, microphone
from tests.e2e.house import PASSWORD
from tests.net.hosts import Host
from tests.patience import until

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-features=Translate,MediaRouter", "--mute-audio",
    "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
)  # fmt: skip

FAKE_MEDIA = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}

# Totals over every peer connection of the page, as a stranger would measure them: through the browser.
STATS = """async () => {
  const sums = {decoded: 0, energy: 0, sent: 0, connected: 0};
  for (const pc of window.__pcs || []) {
    if (pc.connectionState === 'connected') sums.connected += 1;
    for (const s of (await pc.getStats()).values()) {
      if (s.type === 'inbound-rtp' && s.kind === 'video') sums.decoded += s.framesDecoded || 0;
      if (s.type === 'inbound-rtp' && s.kind === 'audio') sums.energy += s.totalAudioEnergy || 0;
      if (s.type === 'outbound-rtp' && s.kind === 'video') sums.sent += s.framesSent || 0;
    }
  }
  return sums;
}"""

# For the words of a failure: what the page says of itself, and each connection it made.
CONNECTIONS = """() => JSON.stringify({
  page: document.querySelector('[data-testid="class"]')?.dataset.media,
  stage: document.querySelector('[data-testid="stage"]')?.innerText,
  connections: (window.__pcs || []).map(pc => [pc.signalingState, pc.iceConnectionState, pc.connectionState]),
})"""

# Keeps every RTCPeerConnection the page makes; nothing of it is changed.
WATCH = """(() => {
  const Native = window.RTCPeerConnection;
  window.__pcs = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...args) { super(...args); window.__pcs.push(this); }
  };
})()"""


def chromium_on(host: Host, folder: Path) -> str:
    """A program that starts Chromium on `host`."""
    script = folder / f"chromium-{host.namespace}"
    script.write_text(f'#!/bin/sh\nexec {" ".join(host.command([CHROMIUM]))} "$@"\n')
    script.chmod(0o755)
    return str(script)


async def accept_texts(page: Page) -> None:
    """Accept every text that waits after a login, if one does, and go on to the day."""
    accept = page.get_by_test_id("consent-accept")
    await page.locator('[data-testid="today"], [data-testid="consent-accept"]').first.wait_for()
    if left := await accept.count():
        # an accepted text leaves the page; the next is the first then
        for more in reversed(range(left)):
            await accept.first.click()
            await expect(accept).to_have_count(more)
        await page.get_by_test_id("consents-continue").click()
    await page.get_by_test_id("today").wait_for()


class Person:
    """Somebody at a browser. Methods do what a person does, by what the page shows."""

    def __init__(self, login: str, url: str, context: BrowserContext, page: Page) -> None:
        self.login = login
        self.url = url
        self.context = context
        self.page = page

    def get(self, testid: str) -> Any:
        return self.page.get_by_test_id(testid)

    async def log_in(self) -> None:
        await self.page.goto(self.url)
        await self.get("login-name").fill(self.login)
        await self.get("login-password").fill(PASSWORD)
        await self.get("login-submit").click()
        await self.page.wait_for_url(lambda url: "/login" not in url)
        await accept_texts(self.page)

    async def enter(self, lesson: str) -> None:
        """Through the pre-join page into the class of a lesson."""
        await self.page.goto(f"{self.url}/lessons/{lesson}/class")
        await self.get("prejoin-join").click()
        await self.page.wait_for_selector('[data-testid="class"]')

    async def join_again(self) -> None:
        """After a reload: through the pre-join page if it shows, into the class."""
        await self.page.wait_for_selector('[data-testid="prejoin-join"], [data-testid="class"]')
        if await self.get("prejoin-join").count():
            await self.get("prejoin-join").click()
        await self.page.wait_for_selector('[data-testid="class"]')

    async def api(self, method: str, path: str, body: dict[str, Any]) -> None:
        """Call the API as the page does, with its cookies."""
        cookies = {cookie["name"]: cookie["value"] for cookie in await self.context.cookies()}
        answer = await self.context.request.fetch(
            f"{self.url}/api/v1{path}",
            method=method,
            data=body,
            headers={"X-Sabak-CSRF": cookies["sabak_csrf"], "Origin": self.url},
        )
        assert answer.ok, f"{method} {path}: {answer.status} {await answer.text()}"

    async def open_class(self) -> None:
        """The teacher opens the class, unless it is open already."""
        opened = '[data-testid="class"]:not([data-media="idle"])'
        await self.page.wait_for_selector(f'[data-testid="class-open"], {opened}')
        if await self.get("class-open").count():
            await self.get("class-open").click()
        await self.get("class-open").wait_for(state="detached")

    async def panel(self, name: str) -> None:
        """Open the panel `people`, `chat` or `ask`; a phone's bar has only the chat's button."""
        if not await self.get("panel").count():
            await self.get("bar-chat").click()
        await self.get(f"panel-tab-{name}").click()

    async def say(self, text: str) -> None:
        """Write a line in the chat."""
        if not await self.get("chat-input").is_visible():
            await self.panel("chat")
        await self.get("chat-input").fill(text)
        await self.get("chat-send").click()

    async def holds(self, expression: str, within: float = 20.0) -> None:
        """Wait until `expression` is true in the page. Playwright's own waiting evaluates in the page's
        name from the second look on, which the page's policy refuses."""
        await until(lambda: self.page.evaluate(expression), f"{expression} for {self.login}", within=within)

    async def lines(self) -> list[str]:
        """What the chat shows, oldest first: the texts of the lines."""
        if not await self.get("chat-input").is_visible():
            await self.panel("chat")
        return [str(t) for t in await self.get("chat-text").all_inner_texts()]

    async def listed(self) -> list[str]:
        """Ids of the people the list shows."""
        if not await self.get("person-row").count():
            await self.panel("people")
        ids = "[...document.querySelectorAll('[data-testid=person-row]')].map(row => row.dataset.person)"
        return list(await self.page.evaluate(ids))  # at one moment: people come and go

    async def stats(self) -> dict[str, float]:
        """Sums over the page's peer connections: decoded, energy, sent, connected."""
        return dict(await self.page.evaluate(STATS))

    async def sees_and_hears(self, within: float = 15.0) -> None:
        """Frames are being decoded and sound has energy, both growing from now on."""
        before = now = await self.stats()

        async def growing() -> bool:
            nonlocal now
            now = await self.stats()
            return now["decoded"] >= before["decoded"] + 5 and now["energy"] > before["energy"]

        try:
            await until(growing, f"{self.login} sees and hears", within=within, every=0.2)
        except AssertionError as error:
            state = await self.page.evaluate(CONNECTIONS)
            raise AssertionError(f"{error}; the browser counted {before}, then {now}; {state}") from None

    async def id(self) -> str:
        """Whom the server takes this person for."""
        me = await self.page.evaluate("fetch('/api/v1/me').then(answer => answer.json())")
        return str(me["id"])

    async def pin(self, person: str) -> None:
        """Put somebody on the stage, where a tile shows them: for a moment there may be two of them, while
        slots are given anew."""
        tile = self.page.locator(f'[data-testid="tile"][data-person="{person}"]').first
        if await tile.count():
            await tile.hover()
            await tile.get_by_test_id("tile-pin").click()

    async def screenshot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=path)


@contextlib.asynccontextmanager
async def chromium(
    number: int,
    folder: Path,
    *,
    arguments: tuple[str, ...] = (),
    fake_ui: bool = True,
    executable: str = CHROMIUM,
    environment: dict[str, str] | None = None,
    rate: int = RATE,
) -> AsyncIterator[Browser]:
    """A browser whose camera shows `number`, `rate` times a second."""
    media = [a for a in FAKE_MEDIA if fake_ui or "ui" not in a]
    files = (
        f"--use-file-for-fake-video-capture={camera(folder, number, rate=rate)}",
        f"--use-file-for-fake-audio-capture={microphone(folder, number)}",
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            args=[*QUIET, *media, *files, *arguments],
            env={**os.environ, **(environment or {})},
        )
        try:
            yield browser
        finally:
            await browser.close()


async def seat(
    browser: Browser,
    login: str,
    url: str,
    *,
    viewport: dict[str, int] | None = None,
    language: str = "en-GB",
) -> Person:
    """One person at this browser, in a profile of their own."""
    context = await browser.new_context(
        viewport=viewport or DESKTOP,  # type: ignore[arg-type]
        locale=language,
        has_touch=viewport == PHONE,
    )
    await context.grant_permissions(["camera", "microphone"], origin=url)
    await context.add_init_script(WATCH)
    context.set_default_timeout(20_000)
    return Person(login, url, context, await context.new_page())


@contextlib.asynccontextmanager
async def person(
    login: str,
    number: int,
    url: str,
    folder: Path,
    *,
    viewport: dict[str, int] | None = None,
    language: str = "en-GB",
    arguments: tuple[str, ...] = (),
    fake_ui: bool = True,
    executable: str = CHROMIUM,
    environment: dict[str, str] | None = None,
) -> AsyncIterator[Person]:
    """A browser of their own for one person; `number` is burnt into their camera."""
    async with chromium(
        number,
        folder,
        arguments=arguments,
        fake_ui=fake_ui,
        executable=executable,
        environment=environment,
    ) as browser:
        yield await seat(browser, login, url, viewport=viewport, language=language)
