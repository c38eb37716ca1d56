"""Is a webcam picture fit to be judged, and is it a live one? Dark, covered, frozen, looping. Pure numpy.

Flows in: decoded pictures about once a second. Flows out: what is wrong with the stream, from which faces
are then not judged, and whether it stands still, when it says nothing of what goes on now. A live camera
shows noise and a person who moves a little; a still one is the same but for what the encoder changes, and a
loop repeats exactly what it showed before.
"""

from collections import deque

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from proctoring.faces import Picture
from proctoring.kinds import SECOND

DARK = 40.0
"""Brightness of the brightest twentieth of the picture, 0..255, below which it is dark."""
FLAT = 7.0
"""Spread of brightness over a coarse picture, below which nothing may be seen in it: the lens is covered."""
EDGES = 8.0
"""Mean step between the neighbouring cells that differ most, from which on something is seen all the same:
the edges of a window or a shelf in a dim and empty room. What lies on a lens is out of focus and has none:
up to 3 in made pictures, where such rooms have 12 and more."""
BLACK = 1.5
"""The spread where it is dark: less than that shows nothing, not even a dark room."""
CELLS = (40, 30)
"""Width and height of the small picture that looks are compared by."""
STILL = 2.5
"""Mean difference of the cells that changed most, 0..255, up to which two looks are the same picture. The
same picture encoded twice differs by up to 2.0, a person who hardly moves by 13 within eight looks."""
MOVING = 5.0
"""The same between neighbouring looks, from which on something moved."""
WINDOW = 8
"""Looks of which all must be the same for a frozen picture."""
STANDS = 6
"""Looks of which all are the same: it may be frozen. Fewer than a head must be away for; portraits that move
by 0.3 of a point are never the same for so long."""
LONGEST = 90 * SECOND
"""Microseconds back to which a loop is looked for."""
REPEATS = 8
"""Looks in a row that must repeat earlier ones at the same distance."""
TOP = 0.02
"""Part of the cells that count as those that changed most."""
MOST = max(1, int(CELLS[0] * CELLS[1] * TOP))
SOME = 16
"""Every so manieth cell is compared first: where those alone have changed more than the cells that changed
most may have, the pictures differ."""


Cells = npt.NDArray[np.float32]
"""Brightness of the cells in one row, or of several looks in a row each."""


class Quality(msgspec.Struct, frozen=True):
    dark: bool
    covered: bool
    frozen: bool
    loop: bool
    still: bool = False
    """The last `STANDS` looks were the same: it tells who is there, but not what they do now."""

    @property
    def fit(self) -> bool:
        """Faces can be judged in it."""
        return not (self.dark or self.covered)


class QualityWatch:
    """One webcam stream."""

    def __init__(self) -> None:
        self._looks: deque[tuple[int, Cells]] = deque()
        """The newest first."""
        self._some: Cells = np.empty((0, 0), np.float32)
        """Some cells of each of them, a row each."""
        self._repeated = np.zeros(0, np.int64)
        """How many looks in a row were the same as those 1, 2, 3 ... looks before them."""
        self._moved: deque[bool] = deque(maxlen=REPEATS - 1)
        """Whether something moved since the look before, of the last ones."""

    def look(self, now: int, picture: Picture) -> Quality:
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        coarse = cv2.resize(gray, CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
        cells = coarse.ravel()
        dark = float(np.percentile(cells, 95)) < DARK
        covered = float(cells.std()) < (BLACK if dark else FLAT) and edges(coarse) < EDGES
        while self._looks and self._looks[-1][0] < now - LONGEST:
            self._looks.pop()
        some = cells[::SOME]
        older = self._some[: len(self._looks)].reshape(-1, len(some))
        same = self._compare(cells, older)
        self._moved.append(bool(self._looks) and difference(cells, self._looks[0][1]) > MOVING)
        self._looks.appendleft((now, cells))
        self._some = np.concatenate([some[None], older])
        if dark or covered:  # there is nothing in it that could move
            self._repeated = np.zeros(0, np.int64)
            return Quality(dark and not covered, covered, frozen=False, loop=False)
        before = np.zeros(len(same), np.int64)
        known = self._repeated[: len(same)]
        before[: len(known)] = known
        self._repeated = np.where(same, before + 1, 0)
        alike = 1 + (len(same) if same.all() else int(same.argmin()))  # the last looks, this one among them
        frozen = alike >= WINDOW
        return Quality(dark, covered, frozen, not frozen and self._loops(), still=alike >= STANDS)

    def _compare(self, cells: Cells, older: Cells) -> npt.NDArray[np.bool_]:
        """For each earlier look, the newest first: whether it is the same picture.

        Of some cells the sum of the largest changes is no more than that of as many of all cells: what is
        too much there is too much.
        """
        if not len(older):
            return np.zeros(0, np.bool_)
        some = np.abs(_apart(cells[::SOME], older))
        alike = np.partition(some, -MOST)[:, -MOST:].sum(axis=1) <= MOST * STILL
        for n in np.flatnonzero(alike):
            alike[n] = difference(cells, self._looks[n][1]) <= STILL
        return np.asarray(alike, np.bool_)

    def _loops(self) -> bool:
        """Whether the last looks repeat earlier ones, each at the same number of looks before."""
        return any(self._moved) and bool((self._repeated[REPEATS // 2 - 1 :] >= REPEATS).any())


def edges(coarse: Cells) -> float:
    """How much the neighbouring cells differ that differ most; `coarse` is (high, wide)."""
    steps = np.concatenate([np.abs(np.diff(coarse, axis=axis)).ravel() for axis in (0, 1)])
    return float(np.partition(steps, -MOST)[-MOST:].mean())


def difference(one: Cells, other: Cells) -> float:
    """Of the cells that changed most, after a common change of brightness is taken away."""
    changed = np.abs(_apart(one, other))
    return float(np.partition(changed, -MOST)[-MOST:].mean())


def _apart(one: Cells, other: Cells) -> Cells:
    apart = one - other
    middle = apart.shape[-1] // 2
    return np.asarray(apart - np.partition(apart, middle)[..., middle : middle + 1], np.float32)
