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
MARKER_WITHIN = 20 * SECOND
"""Time in which a page that has just been opened (again) may bring its marker to the screen. Until it was
found once it is not called lost, but not analysed."""
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
        self.returned = 0
        """The return for which it was calibrated."""
        self.marker_at = 0
        """When the own marker was last found fresh on the screen, since then."""
        self._marker_due = 0
        self._gone = False
        """The student would be judged but is not here: what lies between is a gap once they are back."""
        self._stranger = False
        """The face that was compared last was not the examinee's."""
        self._unshared = 0
        """Since when the screen has not arrived though the camera does; 0 while all is well."""

    @property
    def standing(self) -> list[str]:
        return [flag.kind for flag in self._watch.flags if flag.end is None]

    def begin(self, now: int) -> None:
        """The student writes (again)."""
        if not self.judging:
            self.judging = True
            self._watch.resume()
            if not self._gone:
                self._judged = {"webcam": now, "screen": now}
                self.why.clear()
            self._gone = False
            self._unshared = 0
            self._marker_due = now + MARKER_WITHIN

    def rest(self, now: int) -> tuple[list[Flag], list[Gap]]:
        """A break, a pause, the end: what stands is over."""
        if not self.judging and not self._gone:
            return [], []
        gaps = [gap for stream in ("webcam", "screen") if (gap := self._gap(stream, now)) is not None]
        self.judging = self._gone = False
        self.why.clear()
        return self._watch.pause(now), gaps

    def anew(self, now: int, returned: int = 0) -> None:
        """The student sits down (again), perhaps at another desk: head and marker are calibrated anew."""
        self.returned = returned or self.returned
        self.own, self.marker_at = None, 0
        self._heads.clear()
        self._stranger = False
        self._marker_due = now + MARKER_WITHIN

    def leave(self, now: int, since: int, why: Why = "picture") -> list[Flag]:
        """The link is lost, or the server was away: nothing is judged, and from `since` on it is a gap."""
        if not self.judging and not self._gone:
            self._judged = {"webcam": since, "screen": since}
        self.judging, self._gone = False, True
        for camera in ("webcam", "screen"):
            self.why.setdefault(camera, why)
        return self._watch.pause(now)

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
        if seen.things is not None:
            names = seen.things
            found |= {"phone": "phone" in names, "book": "book" in names}
        if seen.distance is not None:
            turned = seen.head is not None and self.own is not None and is_away(seen.head, self.own)
            found |= conditions.identity(seen.distance, self.likeness, turned=turned)
            if found["other_person"] is not None:
                self._stranger = found["other_person"]
        if self._stranger:
            found["head_away"] = None  # the baseline is the examinee's
        gaps: list[Gap] = []
        if seen.quality.fit:
            gaps = self._judge("webcam", now)
        else:
            self.why["webcam"] = "unfit"
        return self._watch.see(now, found), gaps

    def screen(self, now: int, seen: SeenScreen) -> tuple[list[Flag], list[Gap]]:
        self.seen_at["screen"] = now
        sight = judge(self.key, seen.marks, now)
        if sight.state == "fresh":
            self.marker_at = now
        if not self.judging:
            return [], []
        on_its_way = sight.state == "lost" and not self.marker_at and now < self._marker_due
        if on_its_way or not self.beacon:
            self.why["screen"] = "unfit"
            return self._watch.see(now, conditions.screen(None)), []
        return self._watch.see(now, conditions.screen(sight)), self._judge("screen", now)

    def share(self, now: int, arrives: bool | None, told: bool) -> list[Flag]:
        """`arrives`: whether the screen does, None where nothing does; `told`: the page says that sharing
        has ended. A screen that is only missing may be a connection that is made anew, and is waited for."""
        if arrives is not False:
            self._unshared = 0
        elif not self._unshared:
            self._unshared = now
        ended = told or (self._unshared != 0 and now - self._unshared >= PATIENCE)
        return self.say(now, "share_ended", False if arrives else True if ended else None)

    def say(self, now: int, kind: Kind, holds: bool | None) -> list[Flag]:
        """A condition that others than the cameras show: the share ended, a voice."""
        return self._watch.see(now, {kind: holds}) if self.judging else []

    # --- what could not be analysed -------------------------------------------------------------------

    def miss(self, now: int, camera: Literal["webcam", "screen"], why: Why) -> list[Flag]:
        """No look came for a while: what a camera would show is unknown."""
        self.why.setdefault(camera, why)
        if not self.judging or now - self.seen_at.get(camera, 0) < PATIENCE:
            return []
        if camera == "webcam":
            return self._watch.see(now, conditions.without_webcam())
        return self._watch.see(now, conditions.screen(None))

    def unjudged(self, stream: Stream, now: int) -> int:
        """Microseconds of the stretch under way that nobody could judge."""
        if not (self.judging or self._gone) or stream not in self._judged:
            return 0
        missing = now - self._judged[stream]
        return missing if missing > PATIENCE else 0

    def _judge(self, stream: Stream, now: int) -> list[Gap]:
        gap = self._gap(stream, now)
        self._judged[stream] = now
        self.why.pop(stream, None)
        return [gap] if gap is not None else []

    def _gap(self, stream: Stream, now: int) -> Gap | None:
        since = self._judged.get(stream, now)
        if now - since < SHORTEST_GAP:
            return None
        return Gap(stream, since, now, self.why.get(stream, "picture"))
