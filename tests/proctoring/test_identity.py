"""The same person and others, over every labelled pair; and what the machine sees with."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctoring.eyes import Eyes, open_eyes
from proctoring.faces import Face, HogFinder, Picture
from proctoring.identity import CHIP, POINTS, Descriptor, cut, distance
from tests.proctoring.material import material
from tests.proctoring.models import all_models
from tests.proctoring.test_faces import picture, rows

pytestmark = [pytest.mark.exam, pytest.mark.slow]


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return open_eyes(all_models())


@pytest.fixture(scope="module")
def hog() -> HogFinder:
    return HogFinder()


def pairs() -> list[tuple[str, str, bool]]:
    with material("data/faces/pairs.csv").open(encoding="utf-8") as file:
        return [(row["file_x"], row["file_y"], row["same"] == "1") for row in csv.DictReader(file)]


def described(eyes: Eyes, wide: int, with_points: bool) -> dict[str, Descriptor]:
    assert eyes.describer is not None
    finder = eyes.finder if with_points else HogFinder()
    found = {}
    for name in {file for one, other, _ in pairs() for file in (one, other)}:
        seen = picture(name, wide)
        face = finder.find(seen)[0]
        descriptor = eyes.describer.describe(seen, face)
        assert descriptor is not None and descriptor.shape == (128,)
        found[name] = descriptor
    return found


@pytest.mark.parametrize("with_points", [True, False], ids=["yunet", "hog"])
@pytest.mark.parametrize("wide", [240, 640])
def test_the_same_are_accepted_and_no_others(eyes: Eyes, wide: int, with_points: bool) -> None:
    assert eyes.describer is not None
    known = described(eyes, wide, with_points)
    same = [distance(known[one], known[other]) for one, other, alike in pairs() if alike]
    others = [distance(known[one], known[other]) for one, other, alike in pairs() if not alike]
    assert len(same) > 25 and len(others) > 80
    threshold = eyes.describer.threshold
    assert sum(each <= threshold for each in same) >= 0.95 * len(same), max(same)
    assert min(others) > threshold


def test_faces_without_a_model_s_file(hog: HogFinder) -> None:
    """On portraits HOG misses few, and finds nothing in noise."""
    counted = {row["file"]: int(row["faces"]) for row in rows("unlabelled.csv")}
    wrong = [name for name, faces in counted.items() if len(hog.find(picture(name))) != faces]
    assert len(wrong) <= 2, wrong
    chance = np.random.default_rng(3)
    assert not any(hog.find(chance.integers(0, 255, (240, 320, 3), np.uint8)) for _ in range(5))


def test_a_face_is_cut_out_upright(eyes: Eyes) -> None:
    seen = picture("img1.jpg", 320)
    turned = cv2.rotate(seen, cv2.ROTATE_90_CLOCKWISE)
    face = eyes.finder.find(seen)[0]
    points = tuple((1 - y, x) for x, y in face.points)
    aside = Face(0, 0, face.height, face.width, 1, points)
    one, other = cut(seen, face), cut(np.asarray(turned, np.uint8), aside)
    assert one is not None and other is not None and one.shape == (CHIP, CHIP, 3)
    assert np.abs(one.astype(int) - other).mean() < 10  # half a point beside each other
    assert eyes.describer is not None
    first, second = eyes.describer.describe(seen, face), eyes.describer.describe(turned, aside)
    assert first is not None and second is not None and distance(first, second) < 0.2


def test_what_is_too_small_or_no_face_is_not_compared(eyes: Eyes) -> None:
    assert eyes.describer is not None
    seen: Picture = np.zeros((240, 320, 3), np.uint8)
    assert eyes.describer.describe(seen, Face(0.5, 0.5, 0.05, 0.05, 1)) is None
    on_one_spot = Face(0.1, 0.1, 0.5, 0.5, 1, ((0.5, 0.5),) * 5)
    assert eyes.describer.describe(seen, on_one_spot) is None
    assert len(POINTS) == 5


def test_the_best_that_there_is_looks(eyes: Eyes) -> None:
    assert eyes.active == {"faces": "yunet", "things": "yolox-nano", "identity": "dlib-resnet"}
    bare = open_eyes({})
    assert bare.active == {"faces": "dlib-hog"} and bare.things is None and bare.describer is None
    only = open_eyes({"yunet": Path(all_models()["yunet"])})
    assert only.active == {"faces": "yunet"}
