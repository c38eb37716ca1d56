"""Things and people in a webcam picture: a phone, a book, a second person; YOLOX-nano where its file is.

Zheng Ge et al., YOLOX (2021), 80 classes of COCO. Looked for every few seconds: a look costs ten times one
for faces.
"""

from functools import cache
from pathlib import Path
from typing import Literal, Protocol

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from proctoring.faces import Picture

Name = Literal["person", "phone", "book", "laptop"]
CLASSES: dict[int, Name] = {0: "person", 63: "laptop", 67: "phone", 73: "book"}

SIZE = 416
"""Points of the longer side of what the network sees; the picture lies in its upper left corner, grey
around it, the shorter side up to a multiple of 32."""
STRIDES = (8, 16, 32)
GREY = 114
SCORE = 0.3
"""Low, because two of three looks must agree; 34 portraits and calm webcams stay below 0.25."""
BRIGHT, MOST_GAIN = 235.0, 4.0
"""What the brightest fiftieth of a dim picture is brought to: the network knows well lit photos."""
NMS = 0.45


class Thing(msgspec.Struct, frozen=True):
    """Box in parts of the picture, 0..1."""

    name: Name
    score: float
    x: float
    y: float
    width: float
    height: float


class ThingFinder(Protocol):
    """Not for several threads at once."""

    name: str

    def find(self, picture: Picture) -> list[Thing]: ...


class YoloxNano:
    name = "yolox-nano"

    def __init__(self, model: Path) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(model))

    def find(self, picture: Picture) -> list[Thing]:
        """The surest first."""
        high, wide = picture.shape[:2]
        scale = SIZE / max(high, wide)
        size = max(1, round(wide * scale)), max(1, round(high * scale))
        small = _lit(np.asarray(cv2.resize(picture, size), np.uint8))
        coarsest = STRIDES[-1]
        whole = tuple(-(-side // coarsest) * coarsest for side in small.shape[:2])
        framed = np.full((*whole, 3), GREY, np.uint8)
        framed[: small.shape[0], : small.shape[1]] = small
        self._net.setInput(cv2.dnn.blobFromImage(framed.astype(np.float32)))
        answer = np.asarray(self._net.forward(), np.float32).reshape(-1, 5 + 80)
        grid, stride = _grid(*whole)
        answer[:, :2] = (answer[:, :2] + grid) * stride
        answer[:, 2:4] = np.exp(np.clip(answer[:, 2:4], -10, 10)) * stride
        return self._things(answer, small.shape[1], small.shape[0])

    def _things(self, answer: npt.NDArray[np.float32], wide: int, high: int) -> list[Thing]:
        centres, sizes = answer[:, :2], answer[:, 2:4]
        found: list[Thing] = []
        for number, name in CLASSES.items():
            scores = answer[:, 4] * answer[:, 5 + number]
            (sure,) = np.nonzero(scores >= SCORE)
            if not len(sure):
                continue
            boxes = np.concatenate([centres[sure] - sizes[sure] / 2, sizes[sure]], axis=1)
            kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores[sure].tolist(), SCORE, NMS)
            for n in np.asarray(kept).ravel():
                x, y, width, height = (float(value) for value in boxes[n])
                found.append(
                    Thing(name, float(scores[sure][n]), x / wide, y / high, width / wide, height / high)
                )
        return sorted(found, key=lambda thing: -thing.score)


def _lit(picture: Picture) -> Picture:
    top = float(np.percentile(picture[::8, ::8], 98))
    gain = min(MOST_GAIN, BRIGHT / max(1.0, top))
    return np.asarray(cv2.convertScaleAbs(picture, alpha=gain), np.uint8) if gain > 1.15 else picture


@cache
def _grid(high: int, wide: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Of each answer of the network: the cell it is about, and the cell's points."""
    grids, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[0 : high // stride, 0 : wide // stride]
        grids.append(np.stack([xs.ravel(), ys.ravel()], axis=1))
        strides.append(np.full((xs.size, 1), stride))
    return np.concatenate(grids).astype(np.float32), np.concatenate(strides).astype(np.float32)
