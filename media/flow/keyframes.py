"""Keyframe requests: many subscribers want one, the publisher is asked once.

A keyframe costs as much as a second of video, for everybody who watches. So requests for one layer
are merged and spaced, repeated only while nothing comes, and one subscriber may ask only so often.
"""

from typing import Final

SPACING: Final = 1.0
"""Seconds between two keyframes that we cause. Who comes in between begins from the cache."""
FIRST_RETRY: Final = 0.3
"""Seconds without a keyframe before asking again (one round trip more is added); doubles each time."""
MAX_RETRY: Final = 3.0


class KeyframeRequests:
    """The requests for one up layer. Call `want`, then `due` now and every 50 ms or so while it is
    `pending`; send a PLI whenever `due` says so."""

    __slots__ = ("_asked", "_came", "_period", "_retry", "pending", "sent")

    def __init__(self) -> None:
        self.pending = False
        self.sent = 0
        self._asked: float | None = None
        """When the request was sent that has not been answered yet."""
        self._came: float | None = None
        self._retry = FIRST_RETRY
        self._period = 0.0

    def every(self, seconds: float) -> None:
        """Have at least one in `seconds` (recording: 10, exams: 5; 0 for as they come)."""
        self._period = seconds

    def want(self) -> None:
        self.pending = True

    def came(self, now: float) -> None:
        """A keyframe has begun to arrive."""
        self.pending = False
        self._asked = None
        self._came = now
        self._retry = FIRST_RETRY

    def due(self, now: float, rtt: float) -> bool:
        """Whether to send a request now; `rtt` to the publisher in seconds."""
        if self._period and (self._came is None or now - self._came >= self._period):
            self.pending = True
        if not self.pending:
            return False
        if self._asked is not None:
            if now - self._asked < self._retry + rtt:
                return False
            self._retry = min(self._retry * 2, MAX_RETRY)
        elif self._came is not None and now - self._came < SPACING:
            return False
        self._asked = now
        self.sent += 1
        return True


ASKS: Final = 4
REFILL: Final = 2.0
"""Seconds in which a subscriber earns one more request."""


class AskLimit:
    """How often one subscriber's PLI or FIR is listened to: 4 at once, then one in 2 s. Its decoder may
    be broken; it must not make everybody else's picture worse. Switches of ours are not counted."""

    __slots__ = ("_at", "_tokens", "refused")

    def __init__(self) -> None:
        self._tokens = float(ASKS)
        self._at: float | None = None
        self.refused = 0

    def allow(self, now: float) -> bool:
        if self._at is not None:
            self._tokens = min(float(ASKS), self._tokens + (now - self._at) / REFILL)
        self._at = now
        if self._tokens < 1.0:
            self.refused += 1
            return False
        self._tokens -= 1.0
        return True
