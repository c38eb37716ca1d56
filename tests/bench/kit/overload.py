"""A vision worker that has too much to do, alone and beside a lecture that is forwarded.

Flows in: the encoded streams of an examinee, how many play it. Flows out: what the worker says of itself
(tests/bench/kit/loaded.py), and what a lecture's viewers get while that worker is stopped and while it runs.
"""

import asyncio
import json
import pickle
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from server.supervisor.plan import VISION_NICE
from tests.bench.kit import guard, scenes
from tests.bench.kit.cast import Cast
from tests.bench.kit.loaded import WARM

ROOT = Path(__file__).resolve().parents[3]


class Beside(NamedTuple):
    """One round of the lecture."""

    missing: int
    delay_p50: float
    delay_p95: float
    """Seconds."""
    packets: float
    """A second and viewer."""
    us: float
    """CPU of the media worker for a packet forwarded."""


def command(file: Path, students: int, seconds: float) -> list[str]:
    return [
        sys.executable, "-m", "tests.bench.kit.loaded", str(file), "--students", str(students),
        "--seconds", str(seconds), "--nice", str(VISION_NICE),
    ]  # fmt: skip


async def beside(file: Path, students: int, viewers: int, pairs: int, seconds: float) -> dict[str, Any]:
    """A lecture while the vision worker is stopped, and while it has too much to do."""
    found: dict[bool, list[Beside]] = {False: [], True: []}
    async with Cast.open(scenes.fixed("lecture")) as cast:
        await cast.admit(viewers)
        await cast.send(3.0)
        child = await asyncio.create_subprocess_exec(*command(file, students, 3600.0), cwd=ROOT)
        cast.pids["vision"] = child.pid
        try:
            await asyncio.sleep(WARM)
            for number in range(2 * pairs):
                runs = number % 2 == 1
                child.send_signal(signal.SIGCONT if runs else signal.SIGSTOP)
                found[runs].append(await _round(cast, viewers, seconds))
        finally:
            child.kill()
            await child.wait()

    def both(one: Callable[[Beside], float], digits: int) -> dict[str, float]:
        return {
            word: round(statistics.median(one(each) for each in found[runs]), digits)
            for word, runs in (("stopped", False), ("loaded", True))
        }

    return {
        "viewers": viewers, "pairs": pairs,
        "packets_missing": {"stopped": sum(each.missing for each in found[False]),
                            "loaded": sum(each.missing for each in found[True])},
        "packets_a_second_and_viewer": both(lambda each: each.packets, 1),
        "delay_ms_p50": both(lambda each: each.delay_p50 * 1e3, 2),
        "delay_ms_p95": both(lambda each: each.delay_p95 * 1e3, 2),
        "us_worker_per_forward": both(lambda each: each.us, 2),
    }  # fmt: skip


async def _round(cast: Cast, viewers: int, seconds: float) -> Beside:
    await cast.send(1.0)
    await asyncio.sleep(0.3)
    await cast.sinks.do("reset")
    watch = guard.Watch(cast.pids)
    sent_ = await cast.send(seconds)
    await asyncio.sleep(0.3)
    spent_ = watch.stop()
    count = await cast.arrived(sent_)
    p50, p95 = (float(np.percentile(count["delays"], each)) for each in (50, 95))
    received = max(1, count["received"])
    us = spent_.own["worker"] / received * 1e6
    return Beside(count["missing"], p50, p95, received / viewers / seconds, us)


def overloaded(streams: tuple[Any, ...], students: int, viewers: int, pairs: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "streams"
        file.write_bytes(pickle.dumps(streams))
        run = subprocess.run(
            command(file, students, 30.0), cwd=ROOT, capture_output=True, check=True, text=True
        )
        found: dict[str, Any] = json.loads(run.stdout)
        if viewers:
            found["beside"] = asyncio.run(beside(file, students, viewers, pairs, 4.0))
        return found
