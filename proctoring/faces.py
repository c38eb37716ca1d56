"""Faces in a webcam picture: how many, where, and five points of each. One protocol, two finders.

YuNet is used where its file is present; else dlib's HOG finder, which needs no file. Boxes and points are
in parts of the picture (0..1), so that nothing behind depends on its size.
"""

from pathlib import Path
from typing import Any, Protocol

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""Height x width x 3, BGR."""
Point = tuple[float, float]

SCORE = 0.7
NMS = 0.3
WIDE = 320
"""Points across at which faces are looked for: a face of a tenth of the width is found (3.6 ms a look)."""


class Face(msgspec.Struct, frozen=True):
    """`points`: right eye, left eye, nose, right and left corner of the mouth, as seen; may be empty."""

    x: float
    y: float
    width: float
    height: float
    score: float
    points: tuple[Point, ...] = ()


class FaceFinder(Protocol):
    """Not for several threads at once."""

    name: str

    def find(self, picture: Picture) -> list[Face]: ...


class YuNet:
    """Wu, Peng, Yu: YuNet (2023), through OpenCV's `FaceDetectorYN`."""

    name = "yunet"

    def __init__(self, model: Path) -> None:
        self._net = cv2.FaceDetectorYN.create(str(model), "", (WIDE, WIDE), SCORE, NMS, 20)

    def find(self, picture: Picture) -> list[Face]:
        """The largest face first."""
        scale = min(1.0, WIDE / picture.shape[1])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        high, wide = small.shape[:2]
        self._net.setInputSize((wide, high))
        found: Any = self._net.detect(small)[1]  # None for no face, which its types do not say
        faces = [] if found is None else [_face(row, wide, high) for row in found]
        return sorted(faces, key=lambda face: -face.width * face.height)


def _face(row: npt.NDArray[np.float32], wide: int, high: int) -> Face:
    x, y, width, height = (float(value) for value in row[:4])
    points = tuple((float(row[4 + 2 * n]) / wide, float(row[5 + 2 * n]) / high) for n in range(5))
    return Face(x / wide, y / high, width / wide, height / high, float(row[14]), points)
