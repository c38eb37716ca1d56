"""A vision worker with more examinees than it can look at: `python -m tests.bench.kit.loaded`.

Flows in: a file with the encoded streams of one examinee (tests/bench/vision.py), how many play it. The
loops are the worker's own (`proctoring.worker.Watcher`), in real time, at the priority of an exam; only the
taps' sockets are left out. Flows out: one line with how often each stream was looked at, how old the
pictures were, and what the worker says of its health.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pickle
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from media.child import Child
from media.taps import TapFrame, TapTrack
from proctoring.eyes import open_eyes
from proctoring.messages import Health, Look, SeenScreen, SeenWebcam
from proctoring.worker import Watcher
from tests.bench.kit.stage import RATE
from tests.proctoring.models import all_models

WARM = 16.0
"""Seconds after which the worker has found out how often it can look."""


class Loaded(Watcher):
    """Notes what it would tell the server."""

    def __init__(self, students: int) -> None:
        super().__init__(Child("vision"), open_eyes(all_models()), (0, 1))
        self.begun = time.monotonic()
        self.looks: Counter[tuple[str, str]] = Counter()
        self.ages: list[tuple[float, float]] = []
        """When, and how old the picture was by then; seconds."""
        self.healths: list[Health] = []
        for number in range(students):
            self.sampler.order(Look("exam", f"exam/{number:04}/", np.zeros(128, np.float32).tobytes()))

    @property
    def now(self) -> float:
        return time.monotonic() - self.begun

    def tell(self, body: msgspec.Struct) -> None:
        if self.now < WARM:
            return
        match body:
            case SeenWebcam() | SeenScreen():
                self.looks[body.peer, type(body).__name__] += 1
                self.ages.append((self.now, time.monotonic() - body.at / 1e6))
            case Health():
                self.healths.append(body)

    async def play(self, students: int, webcam: list[bytes], screen: list[bytes]) -> None:
        """Two frames a second of each stream, everybody at a time of the own, again and again."""
        chance = random.Random(1)  # noqa: S311 - when a student began
        due = []
        for number in range(students):
            peer, first = f"exam/{number:04}/tab", chance.random() / RATE
            for source, data in (("cam", webcam), ("screen", screen)):
                track = len(due)
                info = TapTrack(track, "exam", peer, source, "q", "VP8", 90000)  # type: ignore[arg-type]
                self.sampler.take("media0", info, time.monotonic())
                due.append([self.begun + first, track, 0, data])
        while True:
            now = time.monotonic()
            for stream in due:
                if stream[0] <= now:
                    self._feed(now, stream)
            await asyncio.sleep(0.01)

    def _feed(self, now: float, stream: list[Any]) -> None:
        _, track, number, data = stream
        frame = data[number % len(data)]
        size = (640, 360) if track % 2 else (320, 240)
        key = not frame[0] & 1  # RFC 6386, section 9.1
        self.sampler.take("media0", TapFrame(track, 0, now, now, key, False, *size, frame), now)
        stream[:3] = [max(stream[0] + 1 / RATE, now - 1 / RATE), track, number + 1]


def told(loaded: Loaded, students: int, seconds: float) -> dict[str, Any]:
    counts = [*loaded.looks.values(), *[0] * (2 * students - len(loaded.looks))]
    ages = [age for _, age in sorted(loaded.ages)]
    half = len(ages) // 2
    return {
        "students": students,
        "seconds_between_looks": {
            "median": round(seconds / max(1.0, statistics.median(counts)), 2),
            "least_often": round(seconds / max(1, min(counts)), 2),
            "most_often": round(seconds / max(1, max(counts)), 2),
        },
        "picture_age_ms": {
            "first_half_p50": round(1e3 * statistics.median(ages[:half])),
            "second_half_p50": round(1e3 * statistics.median(ages[half:])),
            "p99": round(1e3 * float(np.percentile(ages, 99))),
        },
        "health": {
            "looks_a_second": round(statistics.median(each.rate for each in loaded.healths), 1),
            "stretch": round(statistics.median(each.stretch for each in loaded.healths), 2),
            "busy": round(statistics.median(each.busy for each in loaded.healths), 2),
        },
    }


async def run(streams: Path, students: int, seconds: float) -> dict[str, Any]:
    webcam, screen = pickle.loads(streams.read_bytes())[:2]  # noqa: S301 - the measurement wrote it
    loaded = Loaded(students)
    loops = (loaded.play(students, webcam, screen), loaded.look(), loaded.report())
    tasks = [asyncio.create_task(each) for each in loops]
    await asyncio.wait(tasks, timeout=WARM + seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return told(loaded, students, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("streams", type=Path)
    parser.add_argument("--students", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--nice", type=int, default=0)
    chosen = parser.parse_args()
    os.nice(chosen.nice)
    print(json.dumps(asyncio.run(run(chosen.streams, chosen.students, chosen.seconds))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
