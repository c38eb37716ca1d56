"""Clips before the detectors and rules of the house, and what they found beside what is there.

Flows in: encoded frames of one clip with its labels. Flows out: flags with the moment they were raised.
Then, over all clips: recall with intervals, delays, false flags. The way is the one of an exam:
`proctoring.examinee` looks, `server.exams.sight` judges; only the transport between them is left out.
"""

import math
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import av
import numpy as np

from proctoring.beacon import Finder
from proctoring.decode import colours
from proctoring.examinee import Screen, Webcam
from proctoring.eyes import Eyes
from proctoring.kinds import DEFAULTS, KINDS, SECOND, Kind
from proctoring.messages import SeenScreen, SeenWebcam
from proctoring.rules import Flag
from server.exams.sight import Sight
from tests.bench.kit.screens import BEGIN
from tests.bench.kit.stage import LEAD, RATE, Episode

GRACE = 5.0
"""Seconds after an episode in which its flag may still be raised, and a flag belongs to it."""
ALIKE: tuple[frozenset[str], ...] = (
    frozenset({"dark", "covered"}),
    frozenset({"frozen", "loop"}),
    frozenset({"head_away", "absent"}),
)
"""Kinds that show the same moment to look at: such a flag is not false, but does not count as found."""
ENOUGH = 20
"""Episodes of a group below which nothing is said about it."""


class Raised(NamedTuple):
    """Seconds from the clip's beginning; `at`: when it was known."""

    kind: str
    begin: float
    end: float
    at: float


class Judged(NamedTuple):
    clip: str
    seconds: float
    unfit: float
    """Seconds of it in which the picture could not be judged."""
    flags: list[Raised]
    cpu: float
    episodes: list[Episode]


class _Run:
    """Flags of one clip by number, with the moment each was first raised."""

    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.flags: dict[int, Flag] = {}
        self.known: dict[int, float] = {}

    def note(self, now: int, flags: Iterable[Flag]) -> None:
        for flag in flags:
            self.flags[flag.number] = flag
            self.known.setdefault(flag.number, (now - self.begin) / SECOND)

    def raised(self, end: int) -> list[Raised]:
        return [
            Raised(
                flag.kind, (flag.begin - self.begin) / SECOND,
                ((flag.end if flag.end is not None else end) - self.begin) / SECOND, self.known[number],
            )
            for number, flag in self.flags.items()
        ]  # fmt: skip


def webcam(clip: str, frames: Iterable[av.VideoFrame], eyes: Eyes, episodes: list[Episode]) -> Judged:
    """One look a second, after `LEAD` seconds of calm with the photo and the baseline."""
    eye = Webcam("peer", eyes)
    sight = Sight(b"", {}, (), in_class=False, likeness=eyes.describer.threshold if eyes.describer else 0.6)
    run, now, spent, unfit = _Run(0), 0, 0.0, 0
    for number, frame in enumerate(frames):
        if number % RATE:
            continue
        now = number // RATE * SECOND
        begun = time.process_time()
        if eye.own is None and eyes.describer is not None and now > 5 * SECOND:
            picture = colours(frame)
            faces = eyes.finder.find(picture)
            eye.own = eyes.describer.describe(picture, faces[0]) if faces else None
        if now >= (LEAD - 2) * SECOND and not sight.judging:
            eye.head = sight.calibrate()
            sight.begin(now)
        for seen in eye.look(now, frame):
            if isinstance(seen, SeenWebcam):
                unfit += not seen.quality.fit
                run.note(now, sight.webcam(now, seen)[0])
        spent += time.process_time() - begun
    run.note(now, sight.rest(now)[0])
    return Judged(clip, now / SECOND, float(unfit), run.raised(now), spent, episodes)


def screen(clip: str, frames: Iterable[av.VideoFrame | None], key: bytes, episodes: list[Episode]) -> Judged:
    """One look a second; None while nothing is shared, which the media tell."""
    eye = Screen("peer", Finder())
    sight = Sight(key, {}, (), in_class=False, likeness=0.6)
    run, now, spent, gone = _Run(BEGIN), BEGIN, 0.0, 0
    sight.begin(now)
    for number, frame in enumerate(frames):
        if number % RATE:
            continue
        now = BEGIN + number // RATE * SECOND
        begun = time.process_time()
        run.note(now, sight.say(now, "share_ended", frame is None))
        if frame is None:
            gone += 1
            run.note(now, sight.miss(now, "screen", "picture"))
        else:
            for seen in eye.look(now, frame):
                if isinstance(seen, SeenScreen):
                    run.note(now, sight.screen(now, seen)[0])
        spent += time.process_time() - begun
    run.note(now, sight.rest(now)[0])
    return Judged(clip, (now - BEGIN) / SECOND, float(gone), run.raised(now), spent, episodes)


# --- over all clips -------------------------------------------------------------------------------------


def wilson(found: int, of: int) -> list[float]:
    """The interval of a share that holds with 95 % (E. B. Wilson, 1927)."""
    if not of:
        return [0.0, 1.0]
    z, p = 1.96, found / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return [round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)]


def _belongs(flag: Raised, episode: Episode) -> bool:
    return flag.begin <= episode.end + GRACE and flag.end >= episode.start - 1


def _finds(flag: Raised, episode: Episode) -> bool:
    same = flag.kind == episode.kind and _belongs(flag, episode)
    return same and episode.start <= flag.at <= episode.end + GRACE


def is_false(flag: Raised, episodes: Iterable[Episode]) -> bool:
    """No episode of its kind, or of one that shows the same, is there."""
    near = [each.kind for each in episodes if _belongs(flag, each)]
    return not any(flag.kind == kind or any({flag.kind, kind} <= both for both in ALIKE) for kind in near)


def score(clips: Sequence[Judged]) -> dict[str, Any]:
    hours = sum(clip.seconds for clip in clips) / 3600
    found: dict[str, Any] = {}
    false: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for clip in clips:
        for flag in clip.flags:
            if is_false(flag, clip.episodes):
                false[flag.kind] += 1
                within.update({each.kind for each in clip.episodes if _belongs(flag, each)} or {"calm"})
    for kind in KINDS:
        line = _kind(kind, clips)
        stream = DEFAULTS[kind].stream
        if line["episodes"] or false[kind]:
            looked = sum(c.seconds for c in clips if c.clip.startswith(stream)) / 3600
            per_hour = round(false[kind] / looked, 3) if looked else None
            found[kind] = {**line, "false": false[kind], "false_per_hour": per_hour}
    unfit = sum(clip.unfit for clip in clips) / max(1.0, sum(clip.seconds for clip in clips))
    return {
        "student_hours": round(hours, 2), "kinds": found, "false": sum(false.values()),
        "false_per_student_hour": round(sum(false.values()) / hours, 3) if hours else None,
        "false_during": dict(within), "unfit_share": round(unfit, 4),
        "cpu_seconds_looking": round(sum(clip.cpu for clip in clips), 1), "groups": _groups(clips),
    }  # fmt: skip


def _kind(kind: Kind, clips: Sequence[Judged]) -> dict[str, Any]:
    there, delays = 0, []
    for clip in clips:
        for episode in clip.episodes:
            if episode.kind == kind:
                there += 1
                times = [flag.at - episode.start for flag in clip.flags if _finds(flag, episode)]
                delays += [min(times)] if times else []
    seen = len(delays)
    return {
        "episodes": there, "found": seen, "missed": there - seen,
        "recall": round(seen / there, 3) if there else None, "interval": wilson(seen, there),
        "delay_median": round(statistics.median(delays), 1) if delays else None,
        "delay_p95": round(float(np.percentile(delays, 95)), 1) if delays else None,
    }  # fmt: skip


def _groups(clips: Sequence[Judged]) -> dict[str, Any]:
    """Recall by kind and group; with fewer than `ENOUGH` episodes it is not established."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for clip in clips:
        for episode in clip.episodes:
            good = any(_finds(flag, episode) for flag in clip.flags)
            for group in episode.group.split():
                counts[episode.kind, group][0] += good
                counts[episode.kind, group][1] += 1
    found: dict[str, Any] = defaultdict(dict)
    for (kind, group), (good, of) in sorted(counts.items()):
        enough = of >= ENOUGH
        found[kind][group] = {
            "found": good, "of": of,
            "interval": wilson(good, of) if enough else "not established",
        }  # fmt: skip
    return dict(found)
