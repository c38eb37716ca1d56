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
REMEMBERED = 450
"""Slots back to which an old marker is known as stale: half an hour. Older ones are foreign."""
MARKS = 4
IDS = 1000
MODULES = 6
"""Of a mark with its black border; a white one lies around and between."""

AROUND = 2.5
"""Sizes of a mark, from the middle of the marker to each side, within which the next is looked for first."""

UNCHANGED = 4.0
"""Mean difference of brightness, 0..255, up to which a part shows what it showed. New marks differ by 40
and more; the same encoded twice by less than 2."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in points."""
Code = tuple[int, int, int, int]
"""Marks in reading order: above left, above right, below left, below right."""
State = Literal["fresh", "stale", "foreign", "lost"]

_DICTIONARY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_1000)


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
    whole = np.zeros((2 * MODULES + 3, 2 * MODULES + 3), np.bool_)
    for n, mark in enumerate(marks):
        drawn = cv2.aruco.generateImageMarker(_DICTIONARY, mark, MODULES) == 0
        y, x = (1 + (MODULES + 1) * place for place in divmod(n, 2))
        whole[y : y + MODULES, x : x + MODULES] = drawn
    return whole


class Finder:
    """Looks for markers in pictures of one screen: first where the last one was, which costs a tenth of
    looking everywhere. Not for several threads at once."""

    def __init__(self) -> None:
        self._everywhere, self._near = _detector(0.05), _detector(0.3)
        self._last: tuple[Code, Box, Gray] | None = None
        """The marks of the last look, and the part of the picture around them."""

    def find(self, picture: Gray) -> Code | None:
        """The four marks of one marker; None when there are not four that lie in a square.

        Args:
            picture: height x width; 640 x 360 is enough for modules of 9 points on a screen of 1920.
        """
        found = self._again(picture) or self._find(self._everywhere, picture)
        if found is None:
            self._last = None
            return None
        marks, (left, top, right, bottom) = found
        self._last = marks, found[1], picture[top:bottom, left:right].copy()
        return marks

    def _again(self, picture: Gray) -> tuple[Code, Box] | None:
        """Where the last marker was: the same picture shows the same marks."""
        if self._last is None:
            return None
        marks, box, before = self._last
        left, top, right, bottom = box
        part = picture[top:bottom, left:right]
        if part.shape != before.shape:
            return None
        if float(cv2.absdiff(part, before).mean()) < UNCHANGED:
            return marks, box
        found = self._find(self._near, part)
        return None if found is None else (found[0], box)

    def _find(self, detector: cv2.aruco.ArucoDetector, picture: Gray) -> tuple[Code, Box] | None:
        """The marks in a picture, and where the next ones are looked for."""
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
                return (first, second, third, fourth), box
        return None


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
    for age in range(REMEMBERED):
        if slot - age >= 0 and code(key, slot - age) == seen:
            return Sight("fresh") if age <= LATE else Sight("stale", age)
    return Sight("foreign")
