"""How well the machine sees: `sabak bench proctoring --json`.

Makes labelled webcams and screens of exams (tests/bench/kit), sends them through a real VP8 encode and
shows them to the detectors and rules of the house. Prints for each kind the episodes, how many were found
(with a 95 % Wilson interval), how late, false flags by the hour, and counts by group. People of one half
of the portraits are there to tune on (`--half tune`); the other half is reported.

With `--clips DIR` it judges webcam films of others: DIR/labels.csv has the columns clip,kind,start,end,group
(file name, kind of flag, seconds, `name=value` by spaces); each film begins with 20 s of calm.
"""

import argparse
import csv
import json
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import msgspec
import numpy as np

from proctoring.eyes import Eyes, open_eyes
from proctoring.faces import Picture
from proctoring.identity import distance
from tests.bench.kit import judged, people, screens, sent
from tests.bench.kit.stage import HIGH, RATE, WIDE, Cast, Episode, Stage
from tests.proctoring.material import material
from tests.proctoring.models import all_models

WEBCAMS, SCREENS = 72, 24
"""Clips of some 11 and 20 minutes: 20 student-hours, 60 episodes a kind and more."""
NEEDED = {
    "absent": 0.95, "several": 0.95, "other_person": 0.95, "covered": 0.95, "frozen": 0.95,
    "beacon_lost": 0.95, "head_away": 0.8, "phone": 0.8,
}  # fmt: skip
MOST_FALSE = 0.3


class Job(NamedTuple):
    """One clip to make and judge, in whichever process."""

    stream: str
    number: int
    seed: int
    half: str
    faces: Path


class Troupe:
    """Who plays: read once in each process."""

    def __init__(self, faces: Path, half: str) -> None:
        self.eyes: Eyes = open_eyes(all_models())
        everybody = people.people(faces, self.eyes.finder, self.eyes.describer)
        names = sorted({each.name for each in everybody})
        chosen = {"all": names, "tune": names[::2], "report": names[1::2]}[half]
        self.people = [each for each in everybody if each.name in chosen]
        films = sorted(material("data/clips").glob("*.mp4"))
        films = {"all": films, "tune": films[:1], "report": films[1:]}[half]
        self.films = [people.filmed(path, self.eyes.finder) for path in films]
        known = {name for name in names if sum(each.name == name for each in everybody) > 1}
        self.others = [each for each in self.people if each.name in known]
        assert self.eyes.things is not None
        self.phones = people.phones(material("data/phones"), self.eyes.things, self.eyes.finder)

    def cast(self, number: int) -> Cast:
        chance = np.random.default_rng(number)
        actors = [*self.people, *self.films]
        person = actors[number % len(actors)]
        strangers = [each for each in self.people if each.name != person.name]
        others = [each for each in self.others if each.name != person.name] or strangers
        return Cast(
            person,
            others[int(chance.integers(len(others)))],
            strangers[int(chance.integers(len(strangers)))],
            self.phones,
        )


@cache
def troupe(faces: Path, half: str) -> Troupe:
    return Troupe(faces, half)


def one(job: Job) -> judged.Judged:
    clip = f"{job.stream}-{job.number:03}"
    if job.stream == "screen":
        made = screens.ScreenStage(clip, job.seed)
        return judged.screen(clip, _screen_frames(made), made.key, made.episodes())
    all_ = troupe(job.faces, job.half)
    stage = Stage(clip, all_.cast(job.number), job.seed)
    frames = sent.decoded(sent.encoded(stage.pictures(), (WIDE, HIGH), stage.bits))
    return judged.webcam(clip, frames, all_.eyes, stage.episodes())


def kept(job: Job, folder: Path | None) -> judged.Judged:
    """One clip, or what it was judged to be in an earlier run that kept it there."""
    if folder is None:
        return one(job)
    file = folder / f"{job.half}-{job.stream}-{job.seed}.json"
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=judged.Judged)
    found = one(job)
    folder.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".part")
    written.write_bytes(msgspec.json.encode(found))
    written.rename(file)
    return found


def _screen_frames(made: screens.ScreenStage) -> Iterator[Any]:
    """While nothing is shared nothing is encoded either."""
    shown: list[bool] = []

    def shared() -> Iterator[Picture]:
        for picture in made.pictures():
            shown.append(picture is not None)
            if picture is not None:
                yield picture

    for frame in sent.decoded(sent.encoded(shared(), screens.SIZE, made.bits)):
        while not shown.pop(0):
            yield None
        yield frame


def read_clips(folder: Path, eyes: Eyes) -> list[judged.Judged]:
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for name in sorted({row["clip"] for row in rows}):
        labels = [
            Episode(name, row["kind"], float(row["start"]), float(row["end"]), row.get("group") or "")
            for row in rows
            if row["clip"] == name and row["kind"] not in ("", "present")
        ]
        frames = sent.decoded(sent.encoded(_film(folder / name), (WIDE, HIGH), 100_000))
        found.append(judged.webcam(f"webcam {name}", frames, eyes, labels))
    return found


def _film(path: Path) -> Iterator[Picture]:
    """Two pictures a second, as wide as the page sends them, with bars where the shape differs."""
    reader = cv2.VideoCapture(str(path))
    rate = reader.get(cv2.CAP_PROP_FPS) or 30.0
    number = taken = 0
    while True:
        good, frame = reader.read()
        if not good:
            break
        if number / rate >= taken / RATE:
            taken += 1
            scale = min(WIDE / frame.shape[1], HIGH / frame.shape[0])
            small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            whole = np.zeros((HIGH, WIDE, 3), np.uint8)
            y, x = (HIGH - small.shape[0]) // 2, (WIDE - small.shape[1]) // 2
            whole[y : y + small.shape[0], x : x + small.shape[1]] = small
            yield whole
        number += 1
    reader.release()


def write(folder: Path, jobs: list[Job]) -> None:
    """Webcam clips as .y4m (two pictures a second) with their labels, for Chromium's
    `--use-file-for-fake-video-capture`; 100 kB a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(Episode._fields)
        for job in jobs:
            name = f"webcam-{job.number:03}.y4m"
            stage = Stage(name, troupe(job.faces, job.half).cast(job.number), job.seed)
            lines.writerows(stage.episodes())
            with (folder / name).open("wb") as film:
                film.write(f"YUV4MPEG2 W{WIDE} H{HIGH} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
                for picture in stage.pictures():
                    film.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes())


def likeness(faces: Path, pairs: Path, eyes: Eyes) -> dict[str, Any]:
    """Over every labelled pair of portraits; no pair more than once."""
    marks = {}
    assert eyes.describer is not None
    limit = eyes.describer.threshold
    same, others, alone = [], [], []
    by_person: dict[str, list[bool]] = {}
    known = people.known(faces)
    with pairs.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for name in sorted({row[side] for row in rows for side in ("file_x", "file_y")}):
        picture = np.asarray(cv2.imread(str(faces / name)), np.uint8)
        seen = eyes.finder.find(picture)
        mark = eyes.describer.describe(picture, seen[0]) if seen else None
        if mark is not None:
            marks[name] = mark
        else:
            alone.append(name)
    for row in rows:
        if row["file_x"] in marks and row["file_y"] in marks:
            apart = distance(marks[row["file_x"]], marks[row["file_y"]])
            (same if row["same"] == "1" else others).append(apart)
            if row["same"] == "1":
                who = known.get(row["file_x"], row["file_x"])
                by_person.setdefault(who, []).append(apart <= limit)
    kept, taken = sum(each <= limit for each in same), sum(each <= limit for each in others)
    return {
        "engine": eyes.describer.name, "threshold": limit, "without_face": len(alone),
        "same": {"pairs": len(same), "accepted": kept, "interval": judged.wilson(kept, len(same)),
                 "largest": round(max(same, default=0.0), 3)},
        "different": {"pairs": len(others), "accepted": taken, "interval": judged.wilson(taken, len(others)),
                      "smallest": round(min(others, default=9.0), 3)},
        "people": {"people": len(by_person), "accepted_mean": _mean_of_means(by_person.values()),
                   "interval": judged.wilson(sum(all(each) for each in by_person.values()), len(by_person))},
    }  # fmt: skip


def _mean_of_means(people_: Iterable[list[bool]]) -> float:
    """Each person counts once, however many portraits there are."""
    means = [sum(each) / len(each) for each in people_]
    return round(sum(means) / max(1, len(means)), 3)


def table(found: dict[str, Any]) -> str:
    lines = [f"{'kind':15}{'episodes':>9}{'found':>7}{'recall':>8}  {'95 %':16}{'delay s':>13}{'false/h':>9}"]
    for kind, line in found["kinds"].items():
        delay = f"{line['delay_median']} / {line['delay_p95']}"
        lines.append(
            f"{kind:15}{line['episodes']:>9}{line['found']:>7}{line['recall'] or 0:>8}  "
            f"{line['interval']!s:16}{delay:>13}{line['false_per_hour']:>9}"
        )
    hours, false = found["student_hours"], found["false_per_student_hour"]
    lines.append(f"{hours} student-hours, {false} false flags an hour, {found['unfit_share']:.1%} not fit")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line for programs")
    parser.add_argument("--short", action="store_true", help="one clip of each stream")
    parser.add_argument("--half", choices=("tune", "report", "all"), default="report")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--webcams", type=int, default=WEBCAMS, help="clips of 13 minutes")
    parser.add_argument("--screens", type=int, default=SCREENS, help="clips of 20 minutes")
    parser.add_argument("--faces", type=Path, help="folder of portraits, with identities.csv")
    parser.add_argument("--pairs", type=Path, help="file_x,file_y,same of portraits in --faces")
    parser.add_argument("--clips", type=Path, help="folder of webcam films with labels.csv")
    parser.add_argument("--keep", type=Path, help="folder for each clip's result: a run can be gone on with")
    parser.add_argument("--write", type=Path, help="write the webcam clips and their labels there, and stop")
    chosen = parser.parse_args(arguments)
    faces: Path = chosen.faces or material("data/faces")
    counts = (
        {"webcam": 1, "screen": 1} if chosen.short else {"webcam": chosen.webcams, "screen": chosen.screens}
    )
    jobs = [
        Job(stream, n, chosen.seed + 1000 * (stream == "screen") + n, chosen.half, faces)
        for stream, count in counts.items()
        for n in range(count)
    ]
    if chosen.write:
        write(chosen.write, [job for job in jobs if job.stream == "webcam"])
        return 0
    begun, eyes = time.monotonic(), open_eyes(all_models())
    pairs = chosen.pairs or (faces / "pairs.csv")
    same = likeness(faces, pairs, eyes) if pairs.exists() else None
    if chosen.clips:
        clips = read_clips(chosen.clips, eyes)
    elif chosen.jobs > 1:
        with multiprocessing.get_context("spawn").Pool(chosen.jobs) as pool:
            clips = pool.map(partial(kept, folder=chosen.keep), jobs, chunksize=1)
    else:
        clips = [kept(job, chosen.keep) for job in jobs]
    found = {
        "active": eyes.active, "half": chosen.half, **judged.score(clips), "identity": same,
        "took_seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip
    print(json.dumps(found) if chosen.json else f"{table(found)}\n{json.dumps(same)}")
    kinds = found["kinds"]
    good = all(kinds[kind]["recall"] >= least for kind, least in NEEDED.items() if kind in kinds)
    return 0 if chosen.short or (good and found["false_per_student_hour"] <= MOST_FALSE) else 1


if __name__ == "__main__":
    sys.exit(main())
