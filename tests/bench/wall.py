"""`sabak bench wall`: the proctor's wall with 100 simulated examinees in Chromium.

The built client (static/dist) runs against a hall that is not there (tests/bench/kit/hall.py): each second
a full answer about everybody, a JPEG of each camera, flags that rise and fall. Meanwhile a proctor opens
students, closes them, searches and filters. Input delay runs from the event's own time stamp to the frame
after the next (two animation frames: the browser has painted what the input caused); it ends well under
100 ms. CPU is the page's renderer's, as a share of one core; bytes are those of the answers' bodies.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import CDPSession, Page, async_playwright

from server.web.client import DIST
from tests.bench.kit.hall import EXAM, Hall
from tests.bench.kit.machine import describe
from tests.bench.kit.rounds import Figures, percentiles
from tests.e2e.browser import CHROMIUM, QUIET
from tests.e2e.house import free_port

GOAL = 100.0
"""Milliseconds within which the wall answers input (p95)."""
SETTLE = 4.0
"""Seconds until the page has loaded and every card has had its picture."""

# Times of inputs from the event's own stamp to the second animation frame after it, and the longest tasks.
WATCH = """(() => {
  window.__delays = []; window.__tasks = [];
  const heard = event => {
    if (!event.isTrusted) return;
    requestAnimationFrame(() => requestAnimationFrame(() =>
      window.__delays.push([event.type, performance.now() - event.timeStamp])));
  };
  for (const type of ['click', 'keydown']) addEventListener(type, heard, {capture: true});
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.__tasks.push(one.duration);
  }).observe({type: 'longtask', buffered: true});
})()"""


async def renderer_seconds(browser: CDPSession) -> float:
    found = await browser.send("SystemInfo.getProcessInfo")
    return float(sum(one["cpuTime"] for one in found["processInfo"] if one["type"] == "renderer"))


async def work(page: Page, until: float) -> int:
    """Do what a proctor does, about twice a second, until then; the number of inputs."""
    done = 0
    cards = page.get_by_test_id("wall-card")
    while time.monotonic() < until:
        await cards.nth(done % 12).locator("button").click()
        await page.wait_for_timeout(400)
        await page.keyboard.press("BracketRight")
        await page.wait_for_timeout(400)
        await page.keyboard.press("Escape")
        await page.wait_for_timeout(300)
        await page.get_by_test_id("wall-search").press("3")
        await page.wait_for_timeout(300)
        await page.get_by_test_id("wall-search").press("Backspace")
        await page.get_by_test_id("wall-filter").locator("label").nth(done % 2).click()
        await page.wait_for_timeout(300)
        done += 6
    await page.get_by_test_id("wall-filter").locator("label").first.click()
    return done


async def measure(students: int, seconds: float, shot: Path | None) -> Figures:
    hall = Hall(students)
    runner = web.AppRunner(hall.app(), access_log=None)
    await runner.setup()
    port = free_port(1)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            page = await browser.new_page(viewport={"width": 1440, "height": 900})
            await page.add_init_script(WATCH)
            await page.goto(f"http://127.0.0.1:{port}/exams/{EXAM}/wall")
            await page.get_by_test_id("wall-card").first.wait_for()
            await page.wait_for_timeout(SETTLE * 1000)
            session = await browser.new_browser_cdp_session()
            idle, _ = await stretch(hall, session, asyncio.sleep(seconds / 2))
            await page.evaluate("window.__delays = []; window.__tasks = []")
            busy, inputs = await stretch(hall, session, work(page, time.monotonic() + seconds))
            found = await page.evaluate(
                "() => ({delays: window.__delays, tasks: window.__tasks,"
                " cards: document.querySelectorAll('[data-testid=wall-card]').length,"
                " drawn: document.querySelectorAll('.pw-canvas[data-drawn=true]').length})"
            )
            if shot is not None:
                await page.screenshot(path=shot)
            await browser.close()
    finally:
        await runner.cleanup()
    delays = [value for _, value in found["delays"]]
    return {
        "students": students,
        "cards": found["cards"],
        "cards_drawn": found["drawn"],
        "inputs": inputs,
        "input_ms": {**percentiles(delays, 1.0), "most": round(max(delays, default=0.0), 1)},
        "longest_task_ms": round(max(found["tasks"], default=0.0)),
        "renderer_share": idle["share"],
        "renderer_share_with_inputs": busy["share"],
        "kb_per_s": idle["kb"],
        "machine": describe(),
    }


async def stretch(hall: Hall, session: CDPSession, doing: Any) -> tuple[dict[str, Any], Any]:
    """What it costs while something is done."""
    cpu, sent, begun = await renderer_seconds(session), dict(hall.sent), time.monotonic()
    answer = await doing
    took = time.monotonic() - begun
    share = (await renderer_seconds(session) - cpu) / took
    kb = {name: round((hall.sent[name] - sent[name]) / took / 1000, 1) for name in sent}
    return {"share": round(share, 3), "kb": kb}, answer


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--students", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--shot", type=Path, help="keep a picture of the page")
    parser.add_argument("--short", action="store_true", help="12 students for a few seconds: does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    if not (DIST / "index.html").is_file():
        sys.exit("The client is not built: cd static && npm run build")
    students = chosen.students or (12 if chosen.short else 100)
    seconds = chosen.seconds or (5.0 if chosen.short else 30.0)
    found = asyncio.run(measure(students, seconds, chosen.shot))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0 if chosen.short or found["input_ms"].get("p95", GOAL) < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
