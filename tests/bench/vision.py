"""What it costs to look at an examinee: `sabak bench vision --json`.

One webcam (VP8, 320 x 240) and one screen (VP8, 640 x 360), two frames a second each, every frame decoded,
every detector at the rate of an exam (proctoring/examinee.py). Printed are CPU seconds for a second of
one student: of the whole, and of each part by itself, and how many students one core can look at (`light`:
without things and identity). Medians
of `--rounds` rounds of CPU time; the pictures are made and encoded before.

`--load 1.5`: then a worker, in real time and at its low priority, with so many times the students that a core
can look at (tests/bench/kit/loaded.py); and a lecture forwarded to `--viewers` by a media worker, beside that
vision worker while it is stopped and while it runs, in turn: its loss, delay and CPU.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import av
import numpy as np
from aiortc.codecs.vpx import Vp8Decoder
from aiortc.jitterbuffer import JitterFrame

from proctoring.beacon import Finder
from proctoring.decode import colours, gray
from proctoring.examinee import IDENTITY_EVERY, SCREEN_EVERY, THINGS_EVERY, Screen, Webcam
from proctoring.eyes import Eyes, open_eyes
from proctoring.faces import Picture
from proctoring.head import direction
from proctoring.kinds import SECOND
from proctoring.quality import QualityWatch
from tests.bench.kit import people, screens, sent
from tests.bench.kit.machine import describe
from tests.bench.kit.overload import overloaded
from tests.bench.kit.stage import HIGH, RATE, WIDE, Cast, Stage
from tests.proctoring.material import material
from tests.proctoring.models import all_models

STUDENTS, WITHOUT = 45, 140
"""Students a core that are wanted: with every detector, and without things and identity."""


class Streams(NamedTuple):
    webcam: list[bytes]
    screen: list[bytes]
    seconds: int


def streams(eyes: Eyes, seconds: int) -> Streams:
    """Somebody who sits there and moves a little; the page of the exam with its marker."""
    picture = np.asarray(people.cv2.imread(str(material("data/faces/img1.jpg"))), np.uint8)
    person = people.Person("one", "img1.jpg", (people.cut(picture, eyes.finder.find(picture)[0]),))
    stage = Stage("webcam", Cast(person, None, person, ()), 1)
    stage.light, stage.plan = "even", [("still", seconds // 2, ""), ("lively", seconds - seconds // 2, "")]
    page = screens.ScreenStage("screen", 2)
    page.plan = [("page", seconds)]
    shown: Iterable[Picture] = (each for each in page.pictures() if each is not None)
    return Streams(
        list(sent.encoded(stage.pictures(), (WIDE, HIGH), 100_000)),
        list(sent.encoded(shown, screens.SIZE, 150_000)),
        seconds,
    )


def spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def whole(eyes: Eyes, sent_: Streams, own: Any, costly: bool) -> float:
    """CPU seconds for the streams, as a vision worker spends them but for the transport."""
    less = eyes if costly else eyes._replace(things=None, describer=None)
    webcam, screen = Webcam("peer", less), Screen("peer", Finder())
    webcam.own = own if costly else None

    def work() -> None:
        for eye, data in ((webcam, sent_.webcam), (screen, sent_.screen)):
            for n, frame in enumerate(sent.decoded(data)):
                if n % RATE == 0:
                    for _ in eye.look(n // RATE * SECOND + SECOND, frame):
                        pass

    return spent(work)


def parts(eyes: Eyes, sent_: Streams) -> dict[str, float]:
    """CPU seconds of each part for a second of one student, each by itself at its own rate."""
    cam = list(sent.decoded(sent_.webcam))[::RATE]
    shown = list(sent.decoded(sent_.screen))[::RATE]
    pictures, screens_ = [colours(each) for each in cam], [gray(each) for each in shown]
    faces = [eyes.finder.find(each)[0] for each in pictures]
    quality, finder = QualityWatch(), Finder()
    assert eyes.things is not None and eyes.describer is not None
    things, describer = eyes.things, eyes.describer
    some = pictures[:6]
    few = 1 / len(some)
    per = 1 / sent_.seconds
    return {
        "decode_webcam": per * spent(lambda: list(sent.decoded(sent_.webcam))),
        "decode_screen": per * spent(lambda: list(sent.decoded(sent_.screen))),
        "pictures": per * spent(lambda: ([colours(each) for each in cam], [gray(each) for each in shown])),
        "faces": per * spent(lambda: [eyes.finder.find(each) for each in pictures]),
        "head": per * spent(lambda: [direction(each, WIDE, HIGH) for each in faces]),
        "quality": per * spent(lambda: [quality.look(n * SECOND, each) for n, each in enumerate(pictures)]),
        "beacon": per * spent(lambda: [finder.find(each) for each in screens_]),
        "beacon_lost": per * spent(lambda: [Finder().find(each) for each in screens_]),
        "things": few * SECOND / THINGS_EVERY * spent(lambda: [things.find(each) for each in some]),
        "identity": few * SECOND / IDENTITY_EVERY
        * spent(lambda: [describer.describe(each, face) for each, face in zip(some, faces, strict=False)]),
    }  # fmt: skip


def decoders(sent_: Streams) -> dict[str, float]:
    """Milliseconds a frame of the webcam and of the screen, by decoder."""

    def aiortc_(data: list[bytes]) -> None:
        decoder = Vp8Decoder()
        for n, each in enumerate(data):
            decoder.decode(JitterFrame(data=each, timestamp=n * 45000))

    frames = len(sent_.webcam) / 1e3, len(sent_.screen) / 1e3
    return {
        "av_webcam": spent(lambda: list(sent.decoded(sent_.webcam))) / frames[0],
        "aiortc_webcam": spent(lambda: aiortc_(sent_.webcam)) / frames[0],
        "av_screen": spent(lambda: list(sent.decoded(sent_.screen))) / frames[1],
        "aiortc_screen": spent(lambda: aiortc_(sent_.screen)) / frames[1],
    }


def medians(rounds: list[dict[str, float]], scale: float, digits: int) -> dict[str, float]:
    return {
        name: round(scale * statistics.median(each[name] for each in rounds), digits) for name in rounds[0]
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line for programs")
    parser.add_argument("--short", action="store_true", help="one round of twenty seconds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=120, help="of the streams")
    parser.add_argument("--load", type=float, default=0.0, help="times the students a core can look at")
    parser.add_argument("--viewers", type=int, default=30, help="of the lecture beside it; 0 for none")
    parser.add_argument("--pairs", type=int, default=8, help="rounds of it without and with that load")
    chosen = parser.parse_args(arguments)
    rounds, seconds = (1, 20) if chosen.short else (chosen.rounds, chosen.seconds)
    eyes = open_eyes(all_models())
    made = streams(eyes, seconds)
    first = colours(next(iter(sent.decoded(made.webcam))))
    assert eyes.describer is not None
    own = eyes.describer.describe(first, eyes.finder.find(first)[0])
    whole(eyes, made, own, costly=True)
    every = [whole(eyes, made, own, costly=True) / seconds for _ in range(rounds)]
    light = [whole(eyes, made, own, costly=False) / seconds for _ in range(rounds)]
    by_part = medians([parts(eyes, made) for _ in range(rounds)], 1e3, 3)
    cost, less = statistics.median(every), statistics.median(light)
    kept = {name: value for name, value in by_part.items() if name != "beacon_lost"}
    found = {
        "students_per_core": round(1 / cost, 1), "students_per_core_light": round(1 / less, 1),
        "cpu_ms_per_student_second": round(cost * 1e3, 2),
        "spread": [round(min(every) * 1e3, 2), round(max(every) * 1e3, 2)],
        "parts_ms": by_part, "shares": {n: round(v / sum(kept.values()), 3) for n, v in kept.items()},
        "decoders_ms_per_frame": medians([decoders(made) for _ in range(rounds)], 1.0, 3),
        "things_every": THINGS_EVERY / SECOND, "identity_every": IDENTITY_EVERY / SECOND,
        "screen_every": SCREEN_EVERY / SECOND, "active": eyes.active, "rounds": rounds, "av": av.__version__,
        "machine": describe(),
    }  # fmt: skip
    if chosen.load:
        students = round(chosen.load / cost)
        found["loaded"] = overloaded(tuple(made), students, chosen.viewers, chosen.pairs)
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    good = found["students_per_core"] >= STUDENTS
    return 0 if chosen.short or (good and 1 / less >= WITHOUT) else 1


if __name__ == "__main__":
    sys.exit(main())
