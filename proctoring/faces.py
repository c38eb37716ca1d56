"""Faces in a webcam picture: how many, where, and five points of each. One protocol, two finders.

YuNet is used where its file is present; else dlib's HOG finder, which needs no file. Boxes and points are
in parts of the picture (0..1), so that nothing behind depends on its size.
"""

from collections.abc import Sequence
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
WIDE = 256
"""Points across at which faces are looked for: a face of a twelfth of the width is found (2.0 ms a look;
3.3 ms at 320)."""


class Face(msgspec.Struct, frozen=True):
    """`points`: right eye, left eye, nose, right and left corner of the mouth, as seen; may be empty."""

    x: float
    y: float
    width: float
    height: float
    score: float
    points: tuple[Point, ...] = ()


NEIGHBOUR = 0.4
"""Faces smaller than this part of the nearest one are somebody behind it or at another seat (R16)."""


def nearest(faces: Sequence[Face]) -> Face | None:
    """The face of whoever sits at this camera, of faces with the largest first: the only one, or one that is
    much nearer than all others. None where that cannot be told."""
    if faces and all(face.width < NEIGHBOUR * faces[0].width for face in faces[1:]):
        return faces[0]
    return None


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
        small = _small(picture)
        high, wide = small.shape[:2]
        self._net.setInputSize((wide, high))
        found: Any = self._net.detect(small)[1]  # None for no face, which its types do not say
        faces = [] if found is None else [_face(row, wide, high) for row in found]
        return sorted(faces, key=lambda face: -face.width * face.height)


def _small(picture: Picture) -> Picture:
    scale = min(1.0, WIDE / picture.shape[1])
    if scale == 1.0:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    # By areas costs a quarter of a millisecond more and finds the same, unless the picture is far too large.
    smooth = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, size, interpolation=smooth), np.uint8)


def _face(row: npt.NDArray[np.float32], wide: int, high: int) -> Face:
    x, y, width, height = (float(value) for value in row[:4])
    points = tuple((float(row[4 + 2 * n]) / wide, float(row[5 + 2 * n]) / high) for n in range(5))
    return Face(x / wide, y / high, width / wide, height / high, float(row[14]), points)


class HogFinder:
    """Dalal, Triggs (2005) as in dlib: needs no file, costs seven times as much as YuNet, has no points.

    Without points there is no direction of the head; heads that are turned far it does not find.
    """

    name = "dlib-hog"

    def __init__(self) -> None:
        import dlib  # 11 MB that a house with YuNet's file does not need

        self._detector: Any = dlib.get_frontal_face_detector()

    def find(self, picture: Picture) -> list[Face]:
        """The largest face first; the smallest that is found has an eighth of the width."""
        small = _small(picture)
        high, wide = small.shape[:2]
        found, scores, _ = self._detector.run(np.ascontiguousarray(small[:, :, ::-1]), 1, 0.0)
        faces = [
            Face(
                box.left() / wide, box.top() / high, box.width() / wide, box.height() / high, float(score)
            )
            for box, score in zip(found, scores, strict=True)
        ]  # fmt: skip
        return sorted(faces, key=lambda face: -face.width * face.height)
