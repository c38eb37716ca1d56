"""`sabak bench lighthouse`: Lighthouse on the log-in page and the class (the way in, then in it).

A demo house of its own serves the built client; Chromium runs Lighthouse's own phone (a slowed processor
and a slow mobile network) and desktop. `performance` and `accessibility` are its scores of 100; of being in
the class the first is of the stretch from the click on "join" to five seconds into the class, the second of
the class as it stands then. Scores count the time that a task took by the clock, so that of a busy machine
says little of the page: `own_ms` is the blocking time of the page's own processor time, and `--ahead` gives
the browser the processor first. `below` names the checks under 0.9. Lighthouse itself is no part of the
repository: it is fetched from the npm registry into build/lighthouse the first time.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from server.web.client import DIST
from tests.bench.kit.machine import describe
from tests.e2e.browser import CHROMIUM
from tests.e2e.house import PASSWORD, ROOT, House
from tests.e2e.lesson import lesson_now

VERSION = "12.8.2"
"""The newest that runs on Node.js 20."""
FOLDER = ROOT / "build" / "lighthouse"
PROGRAM = Path(__file__).resolve().parent / "kit" / "lighthouse.mjs"
GOAL = 90
LIMIT = 400
"""Seconds for one round."""


def fetch() -> None:
    """Put Lighthouse beside the house, unless it is there.

    Raises:
        SystemExit: there is no npm, or no registry.
    """
    package = FOLDER / "node_modules" / "lighthouse" / "package.json"
    if package.is_file() and json.loads(package.read_text())["version"] == VERSION:
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("Lighthouse needs Node.js with npm.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [
        npm, "install", "--prefix", str(FOLDER), "--no-save", "--silent", "--no-audit", "--no-fund",
        "--ignore-scripts", f"lighthouse@{VERSION}",
    ]  # fmt: skip
    if subprocess.run(command, cwd=FOLDER, check=False, timeout=LIMIT).returncode != 0:
        sys.exit("Lighthouse could not be fetched: is a package registry reachable?")


async def cookies(house: House, login: str) -> list[dict[str, str]]:
    """A session as a browser has it, every text accepted."""
    await house.token(login)
    body = {"login": login, "password": PASSWORD, "cookie": True}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
        http.post(f"{house.url}/api/v1/login", json=body) as answer,
    ):
        assert answer.status == 200, await answer.text()
        found = [(one.key, one.value) for one in http.cookie_jar]
    return [{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"} for name, value in found]


async def measure(presets: list[str], ahead: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sabak-lighthouse-") as folder:
        async with House(Path(folder) / "data", workers=1) as house:
            given = {
                "chromium": CHROMIUM,
                "url": house.url,
                "lesson": (await lesson_now(house))["id"],
                "cookies": await cookies(house, "teacher"),
                "presets": presets,
                "ahead": ahead,
            }
            process = await asyncio.create_subprocess_exec(
                "node", str(PROGRAM), str(FOLDER), json.dumps(given), stdout=asyncio.subprocess.PIPE
            )
            out, _ = await asyncio.wait_for(process.communicate(), LIMIT)
    if process.returncode != 0:
        sys.exit("Lighthouse did not come to an end.")
    pages: dict[str, dict[str, dict[str, Any]]] = json.loads(out)
    scores = [
        page[name]
        for device in pages.values()
        for page in device.values()
        for name in ("performance", "accessibility")
        if name in page
    ]
    return {"lowest": min(scores), "goal": GOAL, "pages": pages, "machine": describe()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--short", action="store_true", help="the phone alone: does it run?")
    parser.add_argument(
        "--ahead", action="store_true", help="the browser before the machine's other programs; Linux, root"
    )
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    if not (DIST / "index.html").is_file():
        sys.exit("The client is not built: cd static && npm run build")
    fetch()
    found = asyncio.run(measure(["phone"] if chosen.short else ["phone", "desktop"], chosen.ahead))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return int(found["lowest"] < GOAL)


if __name__ == "__main__":
    sys.exit(main())
