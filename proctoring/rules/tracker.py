"""One condition over time: when it has held long enough, and when it is over. Pure.

Flows in: looks, each saying that the condition holds, does not hold, or could not be judged. Flows out:
the beginning and the end of what lasted. Only time between two looks that both show it counts: a stream
that was gone for a minute between them proves nothing about that minute.
"""

from collections import deque

from proctoring.kinds import SECOND, Threshold

PATIENCE = 4 * SECOND
"""Microseconds between two looks beyond which what lies between is unknown."""


class Tracker:
    """`begin` is set while a flag stands: the moment of the first look of the episode."""

    def __init__(self, threshold: Threshold) -> None:
        self.threshold = threshold
        self.begin: int | None = None
        self._since: int | None = None
        """The first look that showed it, of the episode under way."""
        self._held = 0
        self._last: int | None = None
        """The latest look that showed it."""
        self._before = False
        """Whether the look before this one showed it."""
        self._over: int | None = None
        """The first look after `_last` that did not show it."""
        self._looks: deque[tuple[int, bool]] = deque(maxlen=max(1, threshold.of))

    def see(self, now: int, holds: bool | None) -> int | None:
        """One look. Returns the moment at which an episode ended, if it ended with this look.

        A flag that begins sets `begin`; it is read after the call.
        """
        if holds is None:
            self._before = False
            return None
        if self.threshold.looks:
            self._looks.append((now, holds))
        if holds:
            self._show(now)
            return None
        return self._hide(now)

    def reset(self) -> int | None:
        """Forget what is under way, as at the beginning of a break. Returns the end of a standing flag."""
        ended = self._last if self.begin is not None else None
        self.begin = self._since = self._last = self._over = None
        self._held, self._before = 0, False
        self._looks.clear()
        return ended

    def _show(self, now: int) -> None:
        if self._since is None:
            self._since, self._held = now, 0
        elif self._before and self._last is not None and now - self._last <= PATIENCE:
            self._held += now - self._last
        self._last, self._over, self._before = now, None, True
        if self.begin is None and self._enough():
            self.begin = self._first()

    def _hide(self, now: int) -> int | None:
        self._before = False
        if self._since is None:
            return None
        if self._over is None:
            self._over = now
        if now - self._over < self.threshold.clear_after * SECOND and not self._few():
            return None
        ended = self._last if self.begin is not None else None
        self.begin = self._since = self._last = self._over = None
        self._held = 0
        return ended

    def _enough(self) -> bool:
        if self.threshold.looks:
            return sum(shown for _, shown in self._looks) >= self.threshold.looks
        return self._held >= self.threshold.raise_after * SECOND

    def _few(self) -> bool:
        """By looks: nothing of it is left among the last ones."""
        return bool(self.threshold.looks) and not any(shown for _, shown in self._looks)

    def _first(self) -> int:
        if self.threshold.looks:
            return next(at for at, shown in self._looks if shown)
        assert self._since is not None
        return self._since
