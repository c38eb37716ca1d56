"""Half as many examinees again as a worker can look at: it looks less often at each of them, and none lags.

Time is an argument: the worker's loop is followed with looks that cost what they cost there.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest

from media.messages import Source
from media.taps import TapFrame, TapTrack
from proctoring.eyes import Eyes
from proctoring.kinds import DEFAULTS, SECOND, Kind
from proctoring.messages import Look
from proctoring.rules import Watch
from proctoring.sampler import FULL, PERIOD, Sampler
from proctoring.worker import HEALTH_EVERY
from tests.proctoring.webcam import RATE

pytestmark = pytest.mark.exam

EVERY = 1 / RATE
COST = {"cam": 0.016, "screen": 0.004}
"""Seconds for a look."""
STUDENTS = int(1.5 * PERIOD / sum(COST.values()))
"""Half as many again as one core can look at."""
SETTLED = 20.0
"""Seconds by which the worker has found out how often it can look."""


class Pictures:
    """As `proctoring.decode.Pictures`, but nothing is decoded: the newest frame is the picture."""

    def __init__(self) -> None:
        self.frame: TapFrame | None = None

    @property
    def waiting(self) -> bool:
        return self.frame is not None

    def put(self, frame: TapFrame) -> None:
        self.frame = frame

    def newest(self) -> tuple[int, TapFrame] | None:
        frame, self.frame = self.frame, None
        return (round(frame.at * SECOND), frame) if frame is not None else None


class Eye:
    """Notes when it looked, and at how old a picture."""

    def __init__(self, hall: "Hall", peer: str, source: str) -> None:
        self.hall, self.peer, self.source = hall, peer, source

    def look(self, at: int, _: object) -> Iterator[object]:
        self.hall.looks[self.peer, self.source].append((self.hall.now, self.hall.now - at / SECOND))
        self.hall.now += COST[self.source]
        yield from ()


class Hall:
    """Examinees before one worker; `now` goes on as the worker spends it."""

    def __init__(self, students: int) -> None:
        self.now = 0.0
        self.looks: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        self.stretches: list[float] = []
        self.sampler = Sampler(Eyes(None, None, None, {}), seed=3)  # type: ignore[arg-type]  # its eyes are ours
        chance = random.Random(5)
        self.due: list[tuple[float, int]] = []
        for number in range(students):
            peer = f"exam/{number:04}/"
            self.sampler.order(Look("exam", peer))
            sources: tuple[Source, ...] = ("cam", "screen")
            for at, source in enumerate(sources):
                track = 2 * number + at
                self.sampler.take(
                    "media0", TapTrack(track, "exam", f"{peer}tab", source, "q", "VP8", 90000), 0
                )
                made = self.sampler._tracks["media0", track]
                made.pictures, made.eye = Pictures(), Eye(self, peer, source)  # type: ignore[assignment]
                self.due.append((chance.random() * EVERY, track))

    def run(self, until: float) -> None:
        """The loops of `proctoring.worker.Watcher`: look, report."""
        busy, reported = 0.0, self.now
        while self.now < until:
            self.due = [self._fed(at, track) for at, track in self.due]
            if self.now - reported >= HEALTH_EVERY:
                self.sampler.adapt(busy / (self.now - reported))
                self.stretches.append(self.sampler.stretch)
                busy, reported = 0.0, self.now
            begun = self.now
            list(self.sampler.look(begun))
            busy += self.now - begun
            if self.now == begun:
                self.now += 0.002

    def _fed(self, at: float, track: int) -> tuple[float, int]:
        while at <= self.now:
            self.sampler.take("media0", TapFrame(track, 0, at, at, True, False, 320, 240, b"."), at)
            at += EVERY
        return at, track


@pytest.fixture(scope="module")
def hall() -> Hall:
    made = Hall(STUDENTS)
    made.run(140.0)
    return made


def test_everybody_is_looked_at_equally_often(hall: Hall) -> None:
    counts = [sum(at > SETTLED for at, _ in looks) for looks in hall.looks.values()]
    assert len(counts) == 2 * STUDENTS
    assert max(counts) <= 1.15 * min(counts), (min(counts), max(counts))
    longest = max(b - a for looks in hall.looks.values() for (a, _), (b, _) in pairwise(looks))
    assert longest < 4.0, "beyond four seconds the time between would count for nothing"


def test_the_pictures_are_fresh_and_do_not_grow_older(hall: Hall) -> None:
    ages = sorted((at, age) for looks in hall.looks.values() for at, age in looks if at > SETTLED)
    half = len(ages) // 2
    early, late = (sorted(age for _, age in part) for part in (ages[:half], ages[half:]))
    assert late[-1] < 2 * EVERY
    assert late[len(late) // 2] < early[len(early) // 2] + 0.1


def test_it_says_how_much_less_often(hall: Hall) -> None:
    settled = hall.stretches[int(SETTLED / HEALTH_EVERY) :]
    assert all(1.5 <= each <= 1.5 / FULL * 1.35 for each in settled), settled
    calm = Hall(STUDENTS // 3)
    calm.run(30.0)
    assert calm.sampler.stretch == 1.0


@pytest.mark.parametrize("kind", ["absent", "several", "head_away", "covered", "beacon_lost"])
def test_thresholds_count_seconds_and_not_looks(hall: Hall, kind: Kind) -> None:
    """A flag comes with the first look after its time, however often somebody looks."""
    stream = "cam" if DEFAULTS[kind].stream == "webcam" else "screen"
    for looks in [each for (_, source), each in hall.looks.items() if source == stream][:20]:
        watch = Watch()
        times = [round(at * SECOND) for at, _ in looks if at > SETTLED]
        since = times[3]
        raised = next(at for at in times if watch.see(at, {kind: at >= since}))
        wanted = since + DEFAULTS[kind].raise_after * SECOND
        assert wanted <= raised <= wanted + 4 * SECOND
        assert watch.flags[0].begin == since


def test_gaps_of_more_than_four_seconds_count_for_nothing() -> None:
    watch = Watch()
    for at in range(0, 300, 5):
        assert watch.see(at * SECOND, {"absent": True}) == []
    assert watch.unjudged["webcam"] == 295 * SECOND
