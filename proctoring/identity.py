"""Is it still the same person? A face becomes 128 numbers, and two faces are compared by their distance.

Flows in: a webcam picture and a face in it. Flows out: its descriptor, or None where the face cannot be
judged. Descriptors stay in the house and are kept no longer than the attempt needs them.
"""

from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.faces import Face, Picture

Descriptor = npt.NDArray[np.float32]
"""128 numbers."""

CHIP = 150
"""Points of the square picture of a face that the network sees."""
POINTS = np.array([(44.4, 45.8), (101.6, 44.9), (73.6, 78.9), (46.8, 99.2), (99.4, 99.7)])
"""Where in it the five points of an average face lie: medians over portraits that dlib cut out itself."""
AROUND = 1.17
"""Without points: how much larger than its box the square around a face is, of the same portraits."""
SMALLEST = 32.0
"""Points between which a face lies at least, or it is not compared: below that strangers become alike."""


class FaceDescriber(Protocol):
    """`threshold`: distance beyond which two faces are two people. Not for several threads at once."""

    name: str
    threshold: float

    def describe(self, picture: Picture, face: Face) -> Descriptor | None: ...


class DlibResnet:
    """Davis King's face recognition network of 29 layers (2017), public domain, through dlib.

    It was trained so that faces of one person lie within a ball of radius 0.6; that is its threshold.
    """

    name = "dlib-resnet"
    threshold = 0.6

    def __init__(self, model: Path) -> None:
        import dlib  # 11 MB that a house without this model does not need

        self._net: Any = dlib.face_recognition_model_v1(str(model))

    def describe(self, picture: Picture, face: Face) -> Descriptor | None:
        """None where the face is too small, or its points lie on one spot."""
        high, wide = picture.shape[:2]
        if min(face.width * wide, face.height * high) < SMALLEST:
            return None
        chip = cut(picture, face)
        if chip is None:
            return None
        rgb = np.ascontiguousarray(chip[:, :, ::-1])
        return np.asarray(self._net.compute_face_descriptor(rgb), np.float32)


def distance(one: Descriptor, other: Descriptor) -> float:
    return float(np.linalg.norm(one - other))


def cut(picture: Picture, face: Face) -> Picture | None:
    """The face turned upright and scaled to the square that the network sees."""
    high, wide = picture.shape[:2]
    size = np.array([wide, high])
    if len(face.points) == len(POINTS):
        matrix = _fit(np.array(face.points) * size)
    else:
        centre = np.array([face.x + face.width / 2, face.y + face.height / 2]) * size
        matrix = _place(CHIP / (AROUND * face.width * wide), centre)
    if matrix is None:
        return None
    found = cv2.warpAffine(picture, matrix, (CHIP, CHIP), flags=cv2.INTER_LINEAR)
    return np.asarray(found, np.uint8)


def _place(scale: float, centre: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    x, y = CHIP / 2 - scale * centre
    return np.array([(scale, 0, x), (0, scale, y)])


def _fit(seen: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    """The turn, scale and shift that brings five points closest to their places (least squares)."""
    from_middle, to_middle = seen.mean(axis=0), POINTS.mean(axis=0)
    a = seen - from_middle
    b = POINTS - to_middle
    spread = float((a**2).sum())
    if spread < 1.0:
        return None
    cos = float((a * b).sum()) / spread
    sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    turn = np.array([(cos, -sin), (sin, cos)])
    shift = to_middle - turn @ from_middle
    return np.column_stack([turn, shift])
