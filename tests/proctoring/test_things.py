"""Phones and persons in real pictures, by YOLOX-nano."""

import cv2
import numpy as np
import pytest

from proctoring.faces import Picture
from proctoring.things import YoloxNano
from tests.proctoring.material import SHARED, material

pytestmark = pytest.mark.exam


@pytest.fixture(scope="module")
def finder() -> YoloxNano:
    return YoloxNano(material("models/yolox_nano.onnx"))


def picture(name: str) -> Picture:
    found = cv2.imread(str(material(name)))
    assert found is not None
    return found.astype(np.uint8)


@pytest.mark.parametrize("name", ["000000000395.jpg", "000000001296.jpg"])
def test_a_phone_that_is_large_in_the_picture_is_found(finder: YoloxNano, name: str) -> None:
    things = finder.find(picture(f"data/phones/{name}"))
    phone = next(thing for thing in things if thing.name == "phone")
    assert 0 <= phone.x < 1 and 0 <= phone.y < 1 and 0 < phone.width < 1 and 0 < phone.height < 1


def test_portraits_have_persons_and_no_phones(finder: YoloxNano) -> None:
    material("data/faces/img1.jpg")
    seen = {
        path.name: finder.find(picture(f"data/faces/{path.name}")) for path in SHARED.glob("data/faces/*.jpg")
    }
    assert not [name for name, things in seen.items() if any(thing.name == "phone" for thing in things)]
    without = [name for name, things in seen.items() if not any(thing.name == "person" for thing in things)]
    assert len(without) <= len(seen) // 10, without


def test_noise_and_odd_sizes_have_nothing(finder: YoloxNano) -> None:
    chance = np.random.default_rng(5)
    for high, wide in ((240, 320), (1, 1), (30, 900), (120, 160)):
        assert finder.find(chance.integers(0, 255, (high, wide, 3), np.uint8)) == []
