"""Whether a queue builds up on the way to a receiver, from send and arrival times of packets.

Runs of packets sent within 5 ms are one group. The time between two groups' arrivals less the time between
their departures is how much the queue grew; the slope of the sum of it over the last groups, against
a threshold that adapts to the path's own jitter, says "overuse" (draft-ietf-rmcat-gcc-02 section 5;
the slope by least squares in place of its Kalman filter).
"""

from collections import deque
from typing import Final

BURST: Final = 0.005
"""Seconds. Packets sent this close belong together: a frame leaves in one go."""
WINDOW: Final = 20
"""Groups in the regression."""
SMOOTHING: Final = 0.9
GAIN: Final = 4.0
MAX_DELTAS: Final = 60
THRESHOLD: Final = 12.5
"""ms, at first; then within the next two."""
LOWEST: Final = 6.0
HIGHEST: Final = 600.0
FOLLOW_UP: Final = 0.0087
FOLLOW_DOWN: Final = 0.039
"""Per ms, how quickly the threshold follows."""
SUSTAINED: Final = 0.010
"""Seconds of a rising trend before it is believed."""
REBASE: Final = 60_000.0
"""ms after which the regression's zero is moved up."""
BREAK: Final = 3.0
"""Seconds without a packet, or a jump of a clock: what was before says nothing."""


class Trend:
    """Feed every acknowledged run in the order sent."""

    __slots__ = (
        "_arrived_first",
        "_base",
        "_base_at",
        "_base_before",
        "_deltas",
        "_last",
        "_over_for",
        "_points",
        "_sent_first",
        "_slope_before",
        "_smoothed",
        "_sum",
        "_sums",
        "_threshold",
        "_threshold_at",
        "_window",
        "draining",
        "standing",
    )

    def __init__(self) -> None:
        self._threshold = THRESHOLD
        self._threshold_at = 0.0
        self.draining = False
        """The queue is getting shorter: wait until it is empty before sending more."""
        self.standing = 0.0
        """Seconds that the last run took beyond the quickest of the last minute."""
        self._base: float | None = None
        self._base_before: float | None = None
        self._base_at = 0.0
        self._restart()

    def _restart(self) -> None:
        """Forget all but the threshold."""
        self._points: deque[tuple[float, float]] = deque()
        self._sums = (0.0, 0.0, 0.0, 0.0)
        self._window: tuple[float, float] | None = None
        self._last: tuple[float, float] | None = None
        self._sum = self._smoothed = self._slope_before = 0.0
        self._over_for = 0.0
        self._deltas = 0
        self._sent_first = self._arrived_first = 0.0

    def run(self, sent: float, began: float, arrived: float) -> bool:
        """One run by its time of sending and the arrivals of its first and last packet; True when a queue
        is building up."""
        base, delay = self._base, began - sent
        if base is None or delay < base:
            base = self._base = delay
        if sent - self._base_at > 30.0:
            self._base_before, self._base, self._base_at = base, delay, sent
            base = delay
        # One-way delay over the smallest in 30 to 60 s; clocks drift less than that matters.
        least = base
        if self._base_before is not None and self._base_before < least:
            least = self._base_before
        self.standing = arrived - sent - least
        group = self._window
        if group is None:
            self._begin(sent, arrived)
            return False
        since = sent - self._sent_first
        if since < 0.0:
            return False  # reported out of order
        departed, came = group
        if since <= BURST:
            self._window = (max(departed, sent), max(came, arrived))
            return False
        result = False
        if sent - departed > BREAK or not -1.0 < arrived - came < BREAK:
            self._restart()
        else:
            last = self._last
            self._last = group
            if last is not None:
                between = departed - last[0]
                result = self._grew((came - last[1] - between) * 1000.0, came, between)
        self._sent_first = sent
        self._window = (sent, arrived)
        return result

    def _begin(self, sent: float, arrived: float) -> None:
        self._sent_first = sent
        self._window = (sent, arrived)

    def _grew(self, ms: float, arrived: float, between: float) -> bool:
        """One more group, whose arrival was `ms` late against the one before; True when a rising trend is
        believed. In one piece, as it runs for each subscriber and frame."""
        deltas = self._deltas = self._deltas + 1 if self._deltas < MAX_DELTAS else MAX_DELTAS
        points = self._points
        if not points:
            self._arrived_first = arrived
        self._sum += ms
        y = self._smoothed = SMOOTHING * self._smoothed + (1.0 - SMOOTHING) * self._sum
        x = (arrived - self._arrived_first) * 1000.0
        # The sums of the regression are kept along, and reckoned anew when the window begins far from
        # zero, for precision.
        sx, sy, sxx, sxy = self._sums
        points.append((x, y))
        sx, sy, sxx, sxy = sx + x, sy + y, sxx + x * x, sxy + x * y
        if len(points) <= WINDOW:
            self._sums = (sx, sy, sxx, sxy)
            if len(points) < WINDOW:
                return False
        else:
            x, y = points.popleft()
            sx, sy, sxx, sxy = self._sums = (sx - x, sy - y, sxx - x * x, sxy - x * y)
            if points[0][0] > REBASE:
                self._rebase()
                sx, sy, sxx, sxy = self._sums
        below = WINDOW * sxx - sx * sx
        slope = (WINDOW * sxy - sx * sy) / below * deltas * GAIN if below > 1e-6 else 0.0
        threshold = self._threshold
        self.draining = slope < -threshold
        believed = False
        if slope > threshold:
            self._over_for += between
            if self._over_for > SUSTAINED and slope >= self._slope_before:
                believed = True
                self._over_for = 0.0
        else:
            self._over_for = 0.0
        self._slope_before = slope
        # The threshold follows the path's own jitter.
        passed = (arrived - self._threshold_at) * 1000.0
        self._threshold_at = arrived
        size = slope if slope >= 0.0 else -slope
        if size <= threshold + 15.0 and passed > 0.0:  # a sudden spike must not make us deaf
            follow = FOLLOW_UP if size > threshold else FOLLOW_DOWN
            threshold += follow * (size - threshold) * (passed if passed < 100.0 else 100.0)
            self._threshold = min(max(threshold, LOWEST), HIGHEST)
        return believed

    def _rebase(self) -> None:
        start, level = self._points[0]
        self._arrived_first += start / 1000.0
        self._sum -= level
        self._smoothed -= level
        points = self._points = deque((x - start, y - level) for x, y in self._points)
        self._sums = (
            sum(x for x, _ in points),
            sum(y for _, y in points),
            sum(x * x for x, _ in points),
            sum(x * y for x, y in points),
        )
