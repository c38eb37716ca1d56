"""How large a picture is needed by those who look at it, so that its publisher sends no more than that.

How high the track is drawn at this moment goes in, what to tell its publisher comes out: growing at
once, shrinking only once nobody wanted more for a while, as each change costs the encoder a keyframe.
What was told is said again now and then, since a client may be without its socket when it is said.
"""

import math
from typing import Final

WHOLE: Final = 0
"""As large as there is: a stage of unknown size, a recording."""
NOBODY: Final = 1
"""Pixels: the least there is, so that whoever looks sees something at once."""
PATIENCE: Final = 6.0
"""Seconds."""
REPEAT: Final = 10.0


class Need:
    """Of one track; `told` is the height in pixels that its publisher knows of."""

    __slots__ = ("_less_since", "_most", "_told_at", "told")

    def __init__(self) -> None:
        self.told = WHOLE
        self._told_at = 0.0
        self._less_since: float | None = None
        self._most = NOBODY
        """Most that was wanted since then."""

    def look(self, height: int, now: float) -> bool:
        """`height`: what is needed now, to be asked a few times a second. True when `told` is to be said."""
        if _size(height) > _size(self.told):
            return self._tell(height, now)
        if height == self.told:
            self._less_since = None
        elif self._less_since is None:
            self._less_since, self._most = now, height
        else:
            self._most = larger(self._most, height)
            if now - self._less_since >= PATIENCE:
                return self._tell(self._most, now)
        return now - self._told_at >= REPEAT and self._tell(self.told, now)

    def _tell(self, height: int, now: float) -> bool:
        if height != self.told:
            self._less_since = None
        self.told, self._told_at = height, now
        return True


def larger(one: int, other: int) -> int:
    """The larger of two heights."""
    return max(one, other, key=_size)


def _size(height: int) -> float:
    return height or math.inf
