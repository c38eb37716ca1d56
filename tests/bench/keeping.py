"""How long keeping takes on a semester of 20,000 students: `sabak bench keeping --json`.

On SQLite, with a million marks, and recordings of `--media` megabytes: a backup, the next one beside it
(what has not changed is linked), the way back, what goes when, and a run that removes every mark.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from server.app import open_house
from server.backup.make import make
from server.backup.restore import restore
from server.retention.plan import calendar
from server.retention.run import run
from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.registry import all_projections
from tests.bench.kit.semester import write

FIRST = date(2026, 2, 2)
OVER = date(2033, 1, 1)
"""A day on which every term is over."""


async def semester(settings: Settings, scale: float, media: int) -> int:
    """Fill a data folder; returns how many lessons there are."""
    store = await Store.open(settings)
    try:
        async with await Trace.open(store, all_projections()) as trace:
            made = await write(trace, scale, first=FIRST)
    finally:
        await store.close()
    folder = settings.recordings_dir / "session"
    folder.mkdir(parents=True)
    for number in range(media):
        (folder / f"{number}.webm").write_bytes(os.urandom(1_000_000))
    return made.lessons


async def measure(base: Path, scale: float, media: int) -> dict[str, Any]:
    settings = Settings(data=base / "data")
    found: dict[str, Any] = {"lessons": await semester(settings, scale, media)}
    begun = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal begun
        found[f"{name}_seconds"] = round(time.perf_counter() - begun, 2)
        begun = time.perf_counter()

    begun = time.perf_counter()
    made = await make(settings, base / "one")
    lap("backup")
    found["bytes"] = made.manifest.bytes
    await make(settings, base / "two", since=base / "one")
    lap("next_backup")
    await restore(Settings(data=base / "back"), base / "two")
    lap("restore")
    async with open_house(settings, ()) as house:
        begun = time.perf_counter()
        months = await calendar(house, 120)
        lap("calendar")
        found["items"] = sum(month.items for month in months)
        outcome = await run(house, OVER, trigger="hand")
        lap("run")
        found["rows"] = outcome.total.rows
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--media", type=int, default=1000, help="megabytes of recordings")
    parser.add_argument("--short", action="store_true", help="a fiftieth of it: does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="sabak-keeping-") as folder:
        scale, media = (0.02, 20) if chosen.short else (1.0, chosen.media)
        found = asyncio.run(measure(Path(folder), scale, media))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
