"""Every model file the house can use: its address, its hash, what it is for.

None of them is part of the project. Where a file is missing the built-in detector serves, and says so.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from server.settings import Settings

MOST_BYTES = 64 * 1024 * 1024


class Model(NamedTuple):
    """`sha256`: of the file as it lies in the folder; an address that ends in .bz2 gives it packed."""

    name: str
    file: str
    url: str
    sha256: str
    what: str


MODELS = (
    Model(
        "yunet",
        "face_detection_yunet_2023mar.onnx",
        "https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/"
        "face_detection_yunet_2023mar.onnx",
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        "finds faces and five points of each (MIT, OpenCV Zoo)",
    ),
    Model(
        "yolox-nano",
        "yolox_nano.onnx",
        "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx",
        "e8af074932d4ed7e232278e3055cefcdea3edf178874a3694ae292649fb464dd",
        "finds phones, books and persons (Apache-2.0, Megvii)",
    ),
    Model(  # the hash is that of the plain file in face_recognition_models 0.3.0 on PyPI
        "dlib-resnet",
        "dlib_face_recognition_resnet_model_v1.dat",
        "https://github.com/davisking/dlib-models/raw/master/dlib_face_recognition_resnet_model_v1.dat.bz2",
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        "compares faces (public domain, Davis King)",
    ),
)


def folder(settings: Settings) -> Path:
    return settings.data / "models"


def is_whole(model: Model, path: Path) -> bool:
    """Whether the file is there and is the one that is meant."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == model.sha256


def present(settings: Settings) -> dict[str, Path]:
    """The files that are there and whole, by the model's name."""
    found = {model.name: folder(settings) / model.file for model in MODELS}
    return {model.name: found[model.name] for model in MODELS if is_whole(model, found[model.name])}
