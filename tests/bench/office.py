"""How long the education office waits on a semester of 20,000 students: `sabak bench office --json`.

On SQLite, over HTTP, in one process. First the semester comes from CSV files into an empty house as on the
page of imports (sent, tried out, written, followed): 800 groups, 20,600 accounts, 400 disciplines, 2,500
lines of the timetable that make 40,000 lessons. Then, on a semester with marks that was written straight
into the tables: every report over the whole of it, a group's journal, the board of a day; the median of
`--rounds`. `growth` is the time on the whole semester over that on a quarter of it.
"""

import argparse
import asyncio
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import server.attendance.routes
import server.board.routes
import server.reports.routes  # noqa: F401 - declares its routes
from media.child import settle_memory
from server.imports import room as imports_room
from server.live import room as live_room
from server.permissions import Grant
from server.plan.tables import Lesson
from server.reports.registry import REPORTS
from server.settings import Settings
from tests.bench.kit.semester import Semester, files, write
from tests.server.kit import Running, running

LIMITS = {"report": 2.0, "journal": 0.5, "import": 120.0}
"""Seconds that the office may wait."""
LOOK = 0.5
"""Seconds between two looks at how far an import is, as the page takes them."""


async def imports(folder: Path, scale: float) -> dict[str, Any]:
    """Seconds of each file from its sending to its end, and of asking the server meanwhile how it is."""
    found: dict[str, Any] = {}
    asked: list[float] = []
    async with running(Settings(data=folder), more_rooms=(imports_room.open_room,)) as house:
        await house.person("head", Grant("office_head"))
        token = await house.log_in("head")
        for kind, text in files(scale):
            begun = time.perf_counter()
            query = {"kind": kind, "name": f"{kind}.csv"}
            data = io.BytesIO(text.encode())
            sent = (await house.call("POST", "/api/v1/imports", token, params=query, data=data)).json
            path = f"/api/v1/imports/{sent['id']}"
            tried = await house.call("POST", f"{path}/check", token, json={"mapping": sent["mapping"]})
            assert tried.json["report"]["errors"] == 0, tried.text[:500]
            checked = time.perf_counter() - begun
            await house.call("POST", f"{path}/apply", token, json={})
            while (state := (await house.call("GET", path, token)).json)["state"] == "running":
                looked = time.perf_counter()
                await house.call("GET", "/api/v1/me", token)
                asked.append(time.perf_counter() - looked)
                await asyncio.sleep(LOOK)
            assert state["state"] == "done", state
            found[kind] = {
                "rows": state["total"], "checked_seconds": round(checked, 2),
                "seconds": round(time.perf_counter() - begun, 2),
            }  # fmt: skip
        lessons = await house.house.trace.unrecorded(_count_lessons)
    total = round(sum(each["seconds"] for each in found.values()), 1)
    waits = sorted(asked) or [0.0]
    return {
        "files": found, "lessons": lessons, "seconds": total,
        "other_request_ms_p95": round(waits[int(len(waits) * 0.95)] * 1e3, 1),
    }  # fmt: skip


async def _count_lessons(db: AsyncSession) -> int:
    return int(await db.scalar(select(func.count()).select_from(Lesson)) or 0)


async def timed(house: Running, path: str, token: str, rounds: int) -> dict[str, float]:
    waits, cpu = [], []
    size = 0
    for _ in range(rounds):
        begun, used = time.perf_counter(), time.process_time()
        answer = await house.call("GET", path, token)
        waits.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - used)
        assert answer.status == 200, answer.text[:300]
        size = len(answer.text)
    return {
        "seconds": round(statistics.median(waits), 3),
        "cpu_seconds": round(statistics.median(cpu), 3),
        "kilobytes": size // 1000,
    }


async def pages(house: Running, made: Semester, token: str, rounds: int) -> dict[str, dict[str, float]]:
    period = f"from={made.first}&until={made.last}"
    found = {name: await timed(house, f"/api/v1/reports/{name}?{period}", token, rounds) for name in REPORTS}
    for view in ("discipline", "teacher"):
        path = f"/api/v1/reports/share?{period}&view={view}"
        found[f"share by {view}"] = await timed(house, path, token, rounds)
    journal = f"/api/v1/groups/{made.groups[0]}/journal"
    month = f"from={made.first}&until={made.first + timedelta(days=31)}"
    found["journal of a month"] = await timed(house, f"{journal}?{month}", token, rounds)
    middle = made.first + timedelta(days=9)
    found["board of a day"] = await timed(house, f"/api/v1/board?date={middle}", token, rounds)
    found["journal of a semester"] = await timed(house, f"{journal}?{period}", token, rounds)
    return found


async def measure(folder: Path, scale: float, rounds: int) -> dict[str, Any]:
    async with running(Settings(data=folder), more_rooms=(live_room.open_room,)) as house:
        begun = time.perf_counter()
        made = await write(house.house.trace, scale)
        filled = time.perf_counter() - begun
        await house.person("head", Grant("office_head"))
        token = await house.log_in("head")
        return {
            "students": made.students, "lessons": made.lessons, "fill_seconds": round(filled, 1),
            "pages": await pages(house, made, token, rounds),
        }  # fmt: skip


def whole(scales: Sequence[float], rounds: int, folder: Path) -> dict[str, Any]:
    found = [asyncio.run(measure(folder / str(n), scale, rounds)) for n, scale in enumerate(scales)]
    large = found[-1]
    brought = asyncio.run(imports(folder / "import", scales[-1]))
    waits = {name: page["seconds"] for name, page in large["pages"].items()}
    growth = {
        name: round(wait / max(0.001, found[0]["pages"][name]["seconds"]), 2) for name, wait in waits.items()
    }
    journal = max(wait for name, wait in waits.items() if name.startswith("journal "))
    report = max(wait for name, wait in waits.items() if not name.startswith("journal "))
    return {
        **large, "import": brought, "import_seconds": brought["seconds"],
        "slowest_report_seconds": report, "slowest_journal_seconds": journal,
        "size_ratio": scales[-1] / scales[0], "growth": growth,
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line for programs")
    parser.add_argument("--short", action="store_true", help="a fiftieth of a university")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    scales = (0.01, 0.02) if chosen.short else (0.25, 1.0)
    settle_memory()
    with tempfile.TemporaryDirectory() as folder:
        found = whole(scales, 1 if chosen.short else chosen.rounds, Path(folder))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    good = found["slowest_report_seconds"] < LIMITS["report"]
    good = good and found["import_seconds"] < LIMITS["import"]
    good = good and found["slowest_journal_seconds"] < LIMITS["journal"]
    return 0 if chosen.short or good else 1


if __name__ == "__main__":
    sys.exit(main())
