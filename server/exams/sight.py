"""What is seen of one examinee, judged by the exam's rules: flags, and stretches that could not be analysed.

Flows in: looks of the vision workers, what the media and the page say, the time. Flows out: flags to write
down, gaps to write down. Nothing is judged but while the student writes.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Literal

from proctoring.beacon import judge
from proctoring.head import Direction, baseline, is_away
from proctoring.kinds import SECOND, Kind, Stream, Threshold
from proctoring.messages import SeenScreen, SeenWebcam
from proctoring.rules import Flag, Watch, conditions
from server.exams.attempt import Episode, Gap

PATIENCE = 4 * SECOND
"""Microseconds without a judged look after which a stretch counts as not analysed."""
SHORTEST_GAP = 5 * SECOND
CALIBRATES = 15
"""Looks of which the baseline is the median."""
Why = Literal["picture", "unfit", "analysis"]


class Sight:
    """One examinee while the exam is in memory. Times are microseconds of session time."""

    def __init__(
        self,
        key: bytes,
        thresholds: Mapping[Kind, Threshold],
        off: Iterable[Kind],
        *,
        in_class: bool,
        likeness: float,
        before: Iterable[Episode] = (),
    ) -> None:
        """`before`: the flags of an earlier life of the server; they are over."""
        self.key = key
        self.in_class = in_class
        self.likeness = likeness
        self.own: Direction | None = None
        self.seen_at: dict[str, int] = {}
        """By camera: the last look, whatever it showed."""
        self.why: dict[str, Why] = {}
        self.beacon = True
        """Whether a marker can be shown at all."""
        self._watch = Watch(thresholds, tuple(off))
        self._watch.flags = [
            Flag(each.n, each.kind, each.begin, each.end)  # type: ignore[arg-type]  # checked when written
            for each in before
        ]
        self._judged: dict[Stream, int] = {}
        self._heads: deque[Direction] = deque(maxlen=CALIBRATES)
        self.judging = False

    @property
    def standing(self) -> list[str]:
        return [flag.kind for flag in self._watch.flags if flag.end is None]

    def begin(self, now: int) -> None:
        """The student writes (again)."""
        if not self.judging:
            self.judging = True
            self._watch.resume()
            self._judged = {"webcam": now, "screen": now}

    def rest(self, now: int) -> tuple[list[Flag], list[Gap]]:
        """A break, a pause, the end: what stands is over."""
        if not self.judging:
            return [], []
        gaps = [gap for stream in ("webcam", "screen") if (gap := self._gap(stream, now)) is not None]
        self.judging = False
        return self._watch.pause(now), gaps

    def calibrate(self) -> Direction | None:
        """The own baseline, once enough looks showed a head."""
        if self.own is None:
            self.own = baseline(list(self._heads))
        return self.own

    # --- what is seen ---------------------------------------------------------------------------------

    def webcam(self, now: int, seen: SeenWebcam) -> tuple[list[Flag], list[Gap]]:
        self.seen_at["webcam"] = now
        if seen.head is not None and self.own is None:
            self._heads.append(seen.head)
        if not self.judging:
            return [], []
        found = conditions.webcam(seen.quality, seen.faces, seen.head, self.own, in_class=self.in_class)
        if "other_person" in self.standing:
            found["head_away"] = None  # the baseline is somebody else's
        if seen.things is not None:
            names = seen.things
            found |= {"phone": "phone" in names, "book": "book" in names}
        if seen.distance is not None:
            turned = seen.head is not None and self.own is not None and is_away(seen.head, self.own)
            found |= conditions.identity(seen.distance, self.likeness, turned=turned)
        gaps: list[Gap] = []
        if seen.quality.fit:
            gaps = self._judge("webcam", now)
        else:
            self.why["webcam"] = "unfit"
        return self._watch.see(now, found), gaps

    def screen(self, now: int, seen: SeenScreen) -> tuple[list[Flag], list[Gap]]:
        self.seen_at["screen"] = now
        if not self.judging:
            return [], []
        if not self.beacon:
            self.why["screen"] = "unfit"
            return self._watch.see(now, conditions.screen(None)), []
        sight = judge(self.key, seen.marks, now)
        return self._watch.see(now, conditions.screen(sight)), self._judge("screen", now)

    def say(self, now: int, kind: Kind, holds: bool | None) -> list[Flag]:
        """A condition that others than the cameras show: the share ended, a voice."""
        return self._watch.see(now, {kind: holds}) if self.judging else []

    # --- what could not be analysed -------------------------------------------------------------------

    def miss(self, now: int, camera: Literal["webcam", "screen"], why: Why) -> list[Flag]:
        """No look came for a while: what a camera would show is unknown."""
        self.why[camera] = why
        if not self.judging or now - self.seen_at.get(camera, 0) < PATIENCE:
            return []
        if camera == "webcam":
            return self._watch.see(now, conditions.without_webcam())
        return self._watch.see(now, conditions.screen(None))

    def unjudged(self, stream: Stream, now: int) -> int:
        """Microseconds of the stretch under way that nobody could judge."""
        if not self.judging or stream not in self._judged:
            return 0
        missing = now - self._judged[stream]
        return missing if missing > PATIENCE else 0

    def _judge(self, stream: Stream, now: int) -> list[Gap]:
        gap = self._gap(stream, now)
        self._judged[stream] = now
        return [gap] if gap is not None else []

    def _gap(self, stream: Stream, now: int) -> Gap | None:
        since = self._judged.get(stream, now)
        if now - since < SHORTEST_GAP:
            return None
        return Gap(stream, since, now, self.why.get(stream, "picture"))
