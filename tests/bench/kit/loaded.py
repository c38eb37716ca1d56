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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from media.child import Child
from media.messages import Source
from media.taps import TapFrame, TapTrack
from proctoring.decode import colours
from proctoring.eyes import open_eyes
from proctoring.faces import Picture
from proctoring.messages import Health, Look, SeenScreen, SeenWebcam
from proctoring.worker import Watcher
from tests.bench.kit import sent
from tests.bench.kit.stage import RATE
from tests.proctoring.models import all_models

WARM = 16.0
"""Seconds after which the worker has found out how often it can look."""


@dataclass
class Feed:
    """One stream, from its beginning again when it is over."""

    track: int
    data: list[bytes]
    due: float
    number: int = 0

    def next(self, now: float) -> TapFrame:
        frame = self.data[self.number % len(self.data)]
        self.number += 1
        self.due = max(self.due + 1 / RATE, now - 1 / RATE)  # what could not be sent in time never is
        wide, high = (640, 360) if self.track % 2 else (320, 240)
        key = not frame[0] & 1  # RFC 6386, section 9.1
        return TapFrame(self.track, 0, now, now, key, False, wide, high, frame)


class Loaded(Watcher):
    """Notes what it would tell the server."""

    def __init__(self, students: int, picture: Picture) -> None:
        """`picture`: the first one, with the face to compare with."""
        super().__init__(Child("vision"), open_eyes(all_models()), (0, 1))
        self.looks: Counter[tuple[str, str]] = Counter()
        self.ages: list[tuple[float, float]] = []
        """When, and how old the picture was by then; seconds."""
        self.healths: list[Health] = []
        self.feeds: list[Feed] = []
        finder, describer = self.eyes.finder, self.eyes.describer
        assert describer is not None
        own = describer.describe(picture, finder.find(picture)[0])
        assert own is not None
        for number in range(students):
            self.sampler.order(Look("exam", f"exam/{number:04}/", own.tobytes()))
        self.begun = time.monotonic()

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
        chance = random.Random(1)
        for number in range(students):
            peer, first = f"exam/{number:04}/tab", chance.random() / RATE
            parts: tuple[tuple[Source, list[bytes]], ...] = (("cam", webcam), ("screen", screen))
            for source, data in parts:
                track = len(self.feeds)
                info = TapTrack(track, "exam", peer, source, "q", "VP8", 90000)
                self.sampler.take("media0", info, time.monotonic())
                self.feeds.append(Feed(track, data, self.begun + first))
        while True:
            now = time.monotonic()
            for feed in self.feeds:
                if feed.due <= now:
                    self.sampler.take("media0", feed.next(now), now)
            await asyncio.sleep(0.01)


def told(loaded: Loaded, students: int, seconds: float) -> dict[str, Any]:
    counts = [*loaded.looks.values(), *[0] * (2 * students - len(loaded.looks))]
    ages = [age for _, age in sorted(loaded.ages)]
    half = len(ages) // 2
    return {
        "students": students,
        "seconds_between_looks": {
            "median": round(seconds / max(1.0, statistics.median(counts)), 2),
            "least_often": round(seconds / max(1, min(counts)), 2),
            "most_often": round(seconds / max(1, *counts), 2),
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
    webcam, screen = pickle.loads(streams.read_bytes())[:2]
    loaded = Loaded(students, colours(next(iter(sent.decoded(webcam)))))
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
