"""Is a webcam picture fit to be judged, and is it a live one? Dark, covered, frozen, looping. Pure numpy.

Flows in: decoded pictures about once a second. Flows out: what is wrong with the stream, from which faces
are then not judged. A live camera shows noise and a person who moves a little; a still one is the same but
for what the encoder changes, and a loop repeats exactly what it showed before.
"""

from collections import deque
from itertools import pairwise

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from proctoring.faces import Picture
from proctoring.kinds import SECOND

DARK = 40.0
"""Brightness of the brightest twentieth of the picture, 0..255, below which it is dark."""
FLAT = 7.0
"""Spread of brightness over a coarse picture, below which nothing can be seen in it: the lens is covered."""
CELLS = (40, 30)
"""Width and height of the small picture that looks are compared by."""
STILL = 2.5
"""Mean difference of the cells that changed most, 0..255, up to which two looks are the same picture. The
same picture encoded twice differs by up to 2.0, a person who hardly moves by 13 within eight looks."""
MOVING = 5.0
"""The same between neighbouring looks, from which on something moved."""
WINDOW = 8
"""Looks of which all must be the same for a frozen picture."""
LONGEST = 90 * SECOND
"""Microseconds back to which a loop is looked for."""
REPEATS = 8
"""Looks in a row that must repeat earlier ones at the same distance."""
TOP = 0.02
"""Part of the cells that count as those that changed most."""


class Quality(msgspec.Struct, frozen=True):
    dark: bool
    covered: bool
    frozen: bool
    loop: bool

    @property
    def fit(self) -> bool:
        """Faces can be judged in it."""
        return not (self.dark or self.covered)


class QualityWatch:
    """One webcam stream."""

    def __init__(self) -> None:
        self._looks: deque[tuple[int, npt.NDArray[np.float32]]] = deque()

    def look(self, now: int, picture: Picture) -> Quality:
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        cells = cv2.resize(gray, CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
        dark = float(np.percentile(cells, 95)) < DARK
        covered = not dark and float(cells.std()) < FLAT
        self._looks.append((now, cells))
        while self._looks[0][0] < now - LONGEST:
            self._looks.popleft()
        if dark or covered:  # there is nothing in it that could move
            return Quality(dark, covered, frozen=False, loop=False)
        frozen = self._is_frozen()
        return Quality(dark, covered, frozen, not frozen and self._loops())

    def _is_frozen(self) -> bool:
        if len(self._looks) < WINDOW:
            return False
        last = self._looks[-1][1]
        return all(difference(last, self._looks[-1 - n][1]) <= STILL for n in range(1, WINDOW))

    def _loops(self) -> bool:
        """Whether the last looks repeat earlier ones, each at the same number of looks before."""
        looks = [cells for _, cells in self._looks]
        newest = np.stack(looks[-REPEATS:]) if len(looks) > 2 * REPEATS else None
        if newest is None or not _moves(newest):
            return False
        for back in range(REPEATS // 2, len(looks) - REPEATS + 1):
            older = looks[-REPEATS - back : -back]
            if all(difference(a, b) <= STILL for a, b in zip(newest, older, strict=True)):
                return True
        return False


def difference(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    """Of the cells that changed most, after a common change of brightness is taken away."""
    apart = one - other
    changed = np.abs(apart - np.median(apart)).ravel()
    most = max(1, int(changed.size * TOP))
    return float(np.partition(changed, -most)[-most:].mean())


def _moves(looks: npt.NDArray[np.float32]) -> bool:
    return any(difference(one, other) > MOVING for one, other in pairwise(looks))
