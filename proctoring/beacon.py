"""The beacon: a small rotating marker that proves which page of which student is visible now.

Flows in: an attempt's key and session time; a picture of the screen. Flows out: the four marks to draw for
a slot of time; which ones stand in a picture, and what that means. Four ArUco marks of 4x4 bits
(dictionary 4X4_1000, no error correction) in a square carry 39 bits of an HMAC over the slot.

Known limit, said in the docs: somebody who composes the real marker over another desktop.
"""

import hmac
from collections.abc import Sequence
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.kinds import SECOND

Gray = npt.NDArray[np.uint8]
"""Height x width, one byte a point."""

SLOT = 4 * SECOND
"""Microseconds for which one marker is shown."""
LATE = 1
"""Slots that a marker may be old when it is seen: it travels, is encoded, and is sampled once a second."""
EARLY = 1
"""Slots that it may be ahead: a page knows the server's time only as well as its link is even."""
AHEAD = 30
"""Slots that a page is given in advance, two minutes: over a lost link it goes on showing its own marker. One
of them at the wrong time is stale, and nobody else's."""
REMEMBERED = 450
"""Slots back to which an old marker is known as stale: half an hour. Older ones are foreign."""
AGES = (*range(REMEMBERED), *range(-1, -AHEAD - 1, -1))
"""In which order they are looked for: the newest first."""
MARKS = 4
IDS = 1000
MODULES = 6
"""Of a mark with its black border; a white one lies around and between."""
SIDE = 2 * MODULES + 3
_CORNERS = tuple((1 + (MODULES + 1) * y, 1 + (MODULES + 1) * x) for y in (0, 1) for x in (0, 1))
"""Row and column of each mark's first module."""

AROUND = 2.5
"""Sizes of a mark, from the middle of the marker to each side, within which the next is looked for first."""

CONTRAST = 60.0
"""Brightness by which white modules at a known place are brighter than black ones, at least."""
CLEAR = 0.2
"""Parts of the contrast by which each module read there lies beyond the middle, at least."""
UNCHANGED = 4.0
"""Mean difference of brightness, 0..255, up to which a part shows what it showed. New marks differ by 40
and more; the same encoded twice by less than 2."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in points."""
Code = tuple[int, int, int, int]
"""Marks in reading order: above left, above right, below left, below right."""
State = Literal["fresh", "stale", "foreign", "lost"]

_DICTIONARY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_1000)
_NUMBERS = {bytes(row[:2]): n for n, row in enumerate(_DICTIONARY.bytesList.reshape(IDS, -1))}
"""What a mark's 4 x 4 bits, upright and white for 1, say: its number."""


class Place(NamedTuple):
    """Where a marker lies, in points: its corner above left, the width and the height of a module."""

    left: float
    top: float
    across: float
    down: float


class Sight(NamedTuple):
    """`age`: slots by which a stale marker is old."""

    state: State
    age: int = 0


def slot_at(now: int) -> int:
    return now // SLOT


def code(key: bytes, slot: int) -> Code:
    """The marks of a slot."""
    digest = hmac.digest(key, f"beacon\n{slot}".encode(), "sha256")
    first, second, third, fourth = (
        int.from_bytes(digest[4 * n : 4 * n + 4], "big") % IDS for n in range(MARKS)
    )
    return first, second, third, fourth


def modules(marks: Code) -> npt.NDArray[np.bool_]:
    """What to draw, True for black: 15 x 15 modules with the white ones around and between."""
    whole = np.zeros((SIDE, SIDE), np.bool_)
    for (y, x), mark in zip(_CORNERS, marks, strict=True):
        drawn = cv2.aruco.generateImageMarker(_DICTIONARY, mark, MODULES) == 0
        whole[y : y + MODULES, x : x + MODULES] = drawn
    return whole


def _drawn_always() -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The modules that are white, and those that are black, whatever the marks."""
    white = np.ones((SIDE, SIDE), np.bool_)
    black = np.zeros((SIDE, SIDE), np.bool_)
    for y, x in _CORNERS:
        white[y : y + MODULES, x : x + MODULES] = False
        black[y : y + MODULES, x : x + MODULES] = True
        black[y + 1 : y + MODULES - 1, x + 1 : x + MODULES - 1] = False
    return white, black


_WHITE, _BLACK = _drawn_always()


def read(picture: Gray, place: Place) -> Code | None:
    """The marks at a place that is known: None unless every module there is clearly white or black and
    every mark is one of the dictionary. A hundredth of the price of finding them."""
    grid = np.array(
        [
            (place.across, 0.0, place.left + place.across / 2 - 0.5),
            (0.0, place.down, place.top + place.down / 2 - 0.5),
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(picture, grid, (SIDE, SIDE), flags=flags).astype(np.float32)
    white, black = float(seen[_WHITE].mean()), float(seen[_BLACK].mean())
    if white - black < CONTRAST:
        return None
    level = (seen - black) / (white - black) - 0.5
    if np.abs(level).min() < CLEAR or (level[_WHITE] < 0).any() or (level[_BLACK] > 0).any():
        return None
    light = level > 0
    bits = [np.packbits(light[y + 1 : y + MODULES - 1, x + 1 : x + MODULES - 1]) for y, x in _CORNERS]
    first, second, third, fourth = (_NUMBERS.get(bytes(each)) for each in bits)
    if first is None or second is None or third is None or fourth is None:
        return None
    return first, second, third, fourth


class Found(NamedTuple):
    """`box`: the part of the picture in which the next ones are looked for first."""

    marks: Code
    place: Place
    box: Box


class Finder:
    """Looks for markers in pictures of one screen: first where the last one was, as it was or with other
    marks, then around it, then everywhere. Not for several threads at once."""

    def __init__(self) -> None:
        self._everywhere, self._near = _detector(0.05), _detector(0.3)
        self._last: tuple[Found, Gray] | None = None
        """The last look, and the part of the picture around its marks."""

    def find(self, picture: Gray) -> Code | None:
        """The four marks of one marker; None when there are not four that lie in a square.

        Args:
            picture: height x width; 640 x 360 is enough for modules of 9 points on a screen of 1920.
        """
        found = self._again(picture) or _find(self._everywhere, picture)
        if found is None:
            self._last = None
            return None
        left, top, right, bottom = found.box
        self._last = found, picture[top:bottom, left:right].copy()
        return found.marks

    def _again(self, picture: Gray) -> Found | None:
        """Where the last marker was: the same picture shows the same marks."""
        if self._last is None:
            return None
        last, before = self._last
        left, top, right, bottom = last.box
        part = picture[top:bottom, left:right]
        if part.shape != before.shape:
            return None
        if float(cv2.absdiff(part, before).mean()) < UNCHANGED:
            return last
        marks = read(picture, last.place)
        if marks is not None:
            return last._replace(marks=marks)
        found = _find(self._near, part)
        if found is None:
            return None
        x, y = found.place.left + left, found.place.top + top
        return Found(found.marks, found.place._replace(left=x, top=y), last.box)


def _find(detector: cv2.aruco.ArucoDetector, picture: Gray) -> Found | None:
    """The marks in a picture, where they are, and where the next ones are looked for."""
    corners, ids, _ = detector.detectMarkers(picture)
    if len(corners) < MARKS:
        return None
    numbers = np.asarray(ids).ravel()  # OpenCV 4 gives a column, 5 a row
    centres = np.array([each.reshape(4, 2).mean(axis=0) for each in corners])
    sizes = np.array([np.ptp(each.reshape(4, 2), axis=0).mean() for each in corners])
    for n in range(len(numbers)):
        square = _square(centres, sizes, n)
        if square is not None:
            first, second, third, fourth = (int(numbers[place]) for place in square)
            x, y = centres[square].mean(axis=0)
            around = AROUND * sizes[n]
            box = max(0, int(x - around)), max(0, int(y - around)), int(x + around), int(y + around)
            return Found((first, second, third, fourth), _place(centres[square]), box)
    return None


def _place(centres: npt.NDArray[np.float64]) -> Place:
    """From the middles of the four marks, in points of which the first has its middle at 0."""
    above, below = centres[1] - centres[0], centres[3] - centres[2]
    across = float(above[0] + below[0]) / 2 / (MODULES + 1)
    down = float(centres[2:, 1].sum() - centres[:2, 1].sum()) / 2 / (MODULES + 1)
    x, y = (float(value) + 0.5 for value in centres.mean(axis=0))
    return Place(x - across * SIDE / 2, y - down * SIDE / 2, across, down)


def _detector(smallest: float) -> cv2.aruco.ArucoDetector:
    """`smallest`: length of a mark's outline, in parts of the picture's longer side."""
    options = cv2.aruco.DetectorParameters()
    options.errorCorrectionRate = 0.0
    options.minMarkerPerimeterRate = smallest
    options.adaptiveThreshWinSizeMin, options.adaptiveThreshWinSizeMax = 5, 25
    options.adaptiveThreshWinSizeStep = 10
    return cv2.aruco.ArucoDetector(_DICTIONARY, options)


def _square(centres: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64], n: int) -> Sequence[int] | None:
    """The marks right of, below and across from mark `n`, where they would be in one marker."""
    step = sizes[n] * (MODULES + 1) / MODULES
    found = [n]
    for dx, dy in ((1, 0), (0, 1), (1, 1)):
        wanted = centres[n] + np.array([dx * step, dy * step])
        distances = np.hypot(*(centres - wanted).T)
        nearest = int(distances.argmin())
        if distances[nearest] > 0.35 * sizes[n]:
            return None
        found.append(nearest)
    return found if len(set(found)) == MARKS else None


def judge(key: bytes, seen: Code | None, now: int) -> Sight:
    """What a marker in the picture of this moment means for the attempt with that key."""
    if seen is None:
        return Sight("lost")
    slot = slot_at(now)
    for age in AGES:
        if slot - age >= 0 and code(key, slot - age) == seen:
            return Sight("fresh") if -EARLY <= age <= LATE else Sight("stale", abs(age))
    return Sight("foreign")
