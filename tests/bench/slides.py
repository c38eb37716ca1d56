"""How quickly slides are ready, turn and fill with ink: `sabak bench slides --json`.

The server with its rooms, one process, real sockets; `--students` pages listen beside the teacher's. The
media worker is played. The clients share the process and its core, so each figure is an upper bound.

- `ready_seconds`: from the first byte of a deck of 60 pages to the last page drawn at both widths;
  `first_page_seconds`: until its first page can be shown.
- `turn_ms`: from the teacher's asking for the next page until a student is told, who has its picture
  already, as the client has; `jump_ms`: the same to a page that nobody has loaded yet, with its picture.
- `follow_ms`: from telling a piece of a stroke until a student has it; `stroke_ms`: the same for the finished
  stroke, which is in the trace by then.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from server.settings import Settings
from server.slides.projections import PROJECTIONS
from server.slides.room import open_room
from tests.server.live.campus import LESSON, Campus, Page
from tests.server.slides.material import lecture

WIDTH = 960
"""Of the pictures that students load."""


class Client:
    """Somebody who uploads or loads, over HTTP."""

    def __init__(self, campus: Campus, http: aiohttp.ClientSession, login: str) -> None:
        self._http = http
        self._base = f"{campus.url}/api/v1/lessons/{LESSON}/slides"
        self._headers = {"Authorization": f"Bearer {campus.tokens[login]}"}

    async def load(self, path: str) -> bytes:
        async with self._http.get(self._base + path, headers=self._headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    async def upload(self, body: bytes) -> str:
        url = f"{self._base}?name=lecture.pdf"
        async with self._http.post(url, headers=self._headers, data=body) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["id"])


def figures(milliseconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(milliseconds, n=20)
    return {
        "p50": round(statistics.median(milliseconds), 1),
        "p95": round(cuts[18], 1),
        "most": round(max(milliseconds), 1),
    }


async def ready(teacher: Page, client: Client, pages: int) -> tuple[str, dict[str, float]]:
    """Upload a lecture and wait for its pages."""
    body = lecture(pages)
    begun = time.perf_counter()
    deck = await client.upload(body)

    def of(done: int) -> Any:
        return lambda m: m["type"] == "slides.deck" and m["deck"]["id"] == deck and m["deck"]["done"] >= done

    await teacher.until(of(1), within=60)
    first = time.perf_counter() - begun
    await teacher.until(lambda m: of(pages)(m) and m["deck"]["state"] == "ready", within=300)
    whole = time.perf_counter() - begun
    return deck, {
        "first_page_seconds": round(first, 2),
        "ready_seconds": round(whole, 2),
        "megabytes": round(len(body) / 1e6, 1),
    }


async def turns(
    teacher: Page, students: list[Page], clients: list[Client], deck: str, count: int, loads: bool
) -> list[float]:
    """Turn pages; how long until each student knows, or with `loads` has the picture too."""
    waits: list[float] = []

    async def sees(student: Page, client: Client, page: int, begun: float) -> None:
        await student.event("slides.shown", within=20, page=page)
        if loads:
            await client.load(f"/{deck}/{page}?w={WIDTH}")
        waits.append((time.perf_counter() - begun) * 1e3)

    for page in range(1, count + 1):
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for student, client in zip(students, clients, strict=True):
                group.create_task(sees(student, client, page, begun))
            await teacher.ask("slides.show", deck=deck, page=page)
        for each in students:
            each.heard.clear()
        await asyncio.sleep(0.3)
    return waits


async def strokes(
    teacher: Page, students: list[Page], deck: str, page: int, count: int
) -> tuple[list[float], list[float]]:
    """Draw strokes of four pieces; how long until each student has a piece, and the whole."""
    pieces: list[float] = []
    wholes: list[float] = []
    look = {"deck": deck, "page": page, "shape": "pen", "colour": "red", "width": 40}

    async def hears(student: Page, waits: list[float], begun: float, **what: Any) -> None:
        await student.until(lambda m: all(m.get(key) == value for key, value in what.items()), within=20)
        waits.append((time.perf_counter() - begun) * 1e3)

    for number in range(count):
        for piece in range(4):
            points = [1000 + 100 * piece, 500 + number, 1050 + 100 * piece, 520 + number]
            begun = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for each in students:
                    what = {"type": "slides.trail", "points": points}
                    group.create_task(hears(each, pieces, begun, **what))
                await teacher.ask("slides.trail", stroke=f"s{number}", points=points, **look)
            await asyncio.sleep(0.08)
        begun = time.perf_counter()
        points = [1000, 500 + number, *[50, 20, 50, -20] * 20]
        async with asyncio.TaskGroup() as group:
            for each in students:
                what = {"kind": "slides.drawn", "stroke": f"s{number}"}
                group.create_task(hears(each, wholes, begun, **what))
            await teacher.ask("slides.draw", stroke=f"s{number}", points=points, **look)
        for each in students:
            each.heard.clear()
        await asyncio.sleep(0.1)
    return pieces, wholes


async def measure(folder: Path, pages: int, people: int, count: int) -> dict[str, Any]:
    settings = Settings(data=folder / "data", workers=1, vision_workers=0)
    campus = Campus(settings, PROJECTIONS, (open_room,))
    await campus.worker.start()
    await campus.start()
    try:
        await campus.fill(people)
        logins = [f"student{index}" for index in range(1, people + 1)]
        teacher, *students = await campus.opened(*logins)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            deck, found = await ready(teacher, Client(campus, http, "teacher"), pages)
            clients = [Client(campus, http, login) for login in logins]
            jumped = await turns(teacher, students, clients, deck, min(count, pages), True)
            turned = await turns(teacher, students, clients, deck, min(count, pages), False)
            pieces, wholes = await strokes(teacher, students, deck, 1, count)
    finally:
        await campus.stop()
        await campus.worker.stop()
    return {
        "pages": pages,
        "students": people,
        **found,
        "turn_ms": figures(turned),
        "jump_ms": figures(jumped),
        "follow_ms": figures(pieces),
        "stroke_ms": figures(wholes),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--turns", type=int, default=30, help="pages turned and strokes drawn")
    parser.add_argument("--short", action="store_true", help="does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    pages, people, count = chosen.pages, chosen.students, chosen.turns
    if chosen.short:
        pages, people, count = 4, 3, 3
    with tempfile.TemporaryDirectory(prefix="sabak-bench-slides-") as folder:
        found = asyncio.run(measure(Path(folder), pages, people, count))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
