"""What a vision worker sees with: the best detector of each kind for which there is a file.

Flows in: the model files that are there, by their names in the catalogue. Flows out: the finder of faces
(dlib's HOG serves where YuNet's file is missing), of things and the describer of faces, and their names
for the page, so that everybody can see what looks at a student.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import cv2

from proctoring.faces import FaceFinder, HogFinder, YuNet
from proctoring.identity import DlibResnet, FaceDescriber
from proctoring.things import ThingFinder, YoloxNano


class Eyes(NamedTuple):
    """Of one process. `active`: detector (`faces`, `things`, `identity`) to the name of what does it."""

    finder: FaceFinder
    things: ThingFinder | None
    describer: FaceDescriber | None
    active: dict[str, str]


def open_eyes(models: Mapping[str, Path]) -> Eyes:
    """Without a file for it there is no detector of things, and no identity: the page says so."""
    cv2.setNumThreads(1)  # a worker a core; threads of its own would only wait for each other
    finder = YuNet(models["yunet"]) if "yunet" in models else HogFinder()
    things = YoloxNano(models["yolox-nano"]) if "yolox-nano" in models else None
    describer = DlibResnet(models["dlib-resnet"]) if "dlib-resnet" in models else None
    active = {"faces": finder.name}
    if things is not None:
        active["things"] = things.name
    if describer is not None:
        active["identity"] = describer.name
    return Eyes(finder, things, describer, active)
