"""Somebody at Debian's Firefox ESR, driven by its own WebDriver BiDi (W3C), with its fake camera.

Playwright drives no stock Firefox. The browser starts with a throw-away profile and opens a WebSocket;
commands go in as JSON with an id, results come back with the same id. Only what the smoke class needs.
"""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.e2e.browser import CONNECTIONS, STATS, WATCH
from tests.e2e.house import PASSWORD, free_port
from tests.patience import until

FIREFOX = os.environ.get("FIREFOX", "firefox-esr")

PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    # a headless window has the focus by chance; without it Firefox keeps its devices waiting
    "media.devices.unfocused.enabled": True,
    "media.getusermedia.window.focus_source.enabled": False,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    # the class is on 127.0.0.1, which Firefox leaves out of its candidates
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.gmp-manager.updateEnabled": False,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "en-GB, en",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,none",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One tab. Methods do what a person does, by what the page shows."""

    def __init__(self, wire: ClientConnection, url: str) -> None:
        self.url = url
        self._wire = wire
        self._ids = itertools.count(1)
        self._tab = ""

    async def begin(self) -> None:
        await self.command("session.new", {"capabilities": {}})
        tree = await self.command("browsingContext.getTree", {})
        self._tab = tree["contexts"][0]["context"]
        watch = f"() => {{ {WATCH} }}"
        await self.command("script.addPreloadScript", {"functionDeclaration": watch})

    async def command(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send one command and wait for its result, 30 s at most.

        Raises:
            AssertionError: the browser answered with an error.
        """
        number = next(self._ids)
        await self._wire.send(json.dumps({"id": number, "method": method, "params": params}))
        async with asyncio.timeout(30):
            while True:
                answer = json.loads(await self._wire.recv())
                if answer.get("id") == number:
                    assert answer["type"] == "success", f"{method}: {answer}"
                    return dict(answer["result"])

    async def evaluate(self, function: str, *arguments: str) -> Any:
        """Call a function of the page with text arguments; its result must be JSON."""
        result = await self.command(
            "script.callFunction",
            {
                "functionDeclaration": f"async (...a) => JSON.stringify((await ({function})(...a)) ?? null)",
                "arguments": [{"type": "string", "value": text} for text in arguments],
                "target": {"context": self._tab},
                "awaitPromise": True,
            },
        )
        assert result["type"] == "success", f"{function[:60]}: {result}"
        return json.loads(result["result"]["value"])

    async def goto(self, path: str) -> None:
        params = {"context": self._tab, "url": self.url + path, "wait": "complete"}
        await self.command("browsingContext.navigate", params)

    async def has(self, testid: str) -> bool:
        return bool(await self.evaluate("id => !!document.querySelector(`[data-testid='${id}']`)", testid))

    async def see(self, testid: str, within: float = 20.0) -> None:
        await until(lambda: self.has(testid), f"Firefox shows {testid}", within=within)

    async def click(self, testid: str) -> None:
        await self.see(testid)
        await self.evaluate("id => { document.querySelector(`[data-testid='${id}']`).click() }", testid)

    async def fill(self, testid: str, text: str) -> None:
        await self.see(testid)
        await self.evaluate(
            """(id, text) => {
              const field = document.querySelector(`[data-testid='${id}']`);
              field.value = text;
              field.dispatchEvent(new Event('input', {bubbles: true}));
            }""",
            testid,
            text,
        )

    async def log_in(self, login: str) -> None:
        await self.goto("/")
        await self.fill("login-name", login)
        await self.fill("login-password", PASSWORD)
        await self.click("login-submit")

        async def arrived() -> bool:
            return await self.has("today") or await self.has("consents")

        await until(arrived, "Firefox is logged in", within=20)
        if await self.has("consents"):
            await self.see("consent-accept")
            while not await self.has("consents-continue"):
                if await self.has("consent-accept"):
                    await self.click("consent-accept")
                await asyncio.sleep(0.2)
            await self.click("consents-continue")
        await self.see("today")

    async def enter(self, lesson: str) -> None:
        await self.goto(f"/lessons/{lesson}/class")
        await self.click("prejoin-join")
        await self.see("class")

    async def stats(self) -> dict[str, float]:
        return dict(await self.evaluate(STATS))

    async def sees_and_hears(self, within: float = 20.0) -> None:
        """Frames are decoded and sound has energy, both growing from now on."""
        before = now = await self.stats()

        async def growing() -> bool:
            nonlocal now
            now = await self.stats()
            return now["decoded"] >= before["decoded"] + 5 and now["energy"] > before["energy"]

        try:
            await until(growing, "Firefox sees and hears", within=within, every=0.3)
        except AssertionError as error:
            state = await self.evaluate(CONNECTIONS)
            raise AssertionError(f"{error}; it counted {before}, then {now}; {state}") from None


@contextlib.asynccontextmanager
async def firefox(url: str, folder: Path) -> AsyncIterator[Firefox]:
    """A Firefox with a profile of its own in `folder`, gone with the block."""
    program = shutil.which(FIREFOX)
    assert program, f"{FIREFOX} is not installed (Debian package firefox-esr)"
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines) + "\n")
    port = free_port(1)
    log = folder / "firefox.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            program, "--headless", "--no-remote", "--profile", str(profile),
            "--remote-debugging-port", str(port), "about:blank",
            stdout=out, stderr=out, start_new_session=True,
            env={**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
        )  # fmt: skip
    try:
        ready = "WebDriver BiDi listening"
        await until(lambda: ready in log.read_text(errors="replace"), "Firefox listens", within=40)
        async with connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None) as wire:
            browser = Firefox(wire, url)
            await browser.begin()
            yield browser
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
