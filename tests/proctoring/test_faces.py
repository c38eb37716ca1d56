"""Faces of real portraits, and a head that does not turn: what YuNet's points say."""

import csv

import cv2
import numpy as np
import pytest

from proctoring.faces import Face, Picture, YuNet
from proctoring.head import MODEL, Direction, baseline, direction, is_away
from tests.proctoring.material import material

pytestmark = pytest.mark.exam


@pytest.fixture(scope="module")
def finder() -> YuNet:
    return YuNet(material("models/face_detection_yunet_2023mar.onnx"))


def picture(name: str, wide: int = 320) -> Picture:
    """A portrait as a webcam would show it."""
    found = cv2.imread(str(material(f"data/faces/{name}")))
    assert found is not None
    scale = wide / max(found.shape[:2])
    return cv2.resize(found, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)


def rows(name: str) -> list[dict[str, str]]:
    with material(f"data/faces/{name}").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_how_many_people_are_in_the_picture(finder: YuNet) -> None:
    counted = {row["file"]: int(row["faces"]) for row in rows("unlabelled.csv")}
    wrong = [name for name, faces in counted.items() if len(finder.find(picture(name))) != faces]
    missed = [row["file"] for row in rows("identities.csv") if not finder.find(picture(row["file"]))]
    assert len(wrong) <= 1 and not missed, (wrong, missed)


def test_an_empty_room_and_noise_have_no_face(finder: YuNet) -> None:
    chance = np.random.default_rng(3)
    for seed in range(10):
        noise = chance.integers(0, 255, (240, 320, 3), np.uint8)
        room = cv2.GaussianBlur(noise, (0, 0), 3 + 4 * seed).astype(np.uint8)
        assert finder.find(room) == [] and finder.find(noise) == []


def test_boxes_and_points_are_parts_of_the_picture(finder: YuNet) -> None:
    (face,) = finder.find(picture("img1.jpg"))
    assert 0 < face.width < 1 and 0 < face.height < 1.2 and len(face.points) == 5
    right, left, nose, *_ = face.points
    assert right[0] < left[0] and nose[1] > max(right[1], left[1])


def looks(finder: YuNet, clip: str) -> list[Direction]:
    reader = cv2.VideoCapture(str(material(f"data/clips/{clip}.mp4")))
    found = []
    for number in range(10_000):
        good, frame = reader.read()
        if not good:
            break
        if number % 15 == 0:
            small = cv2.resize(frame, (240, 424), interpolation=cv2.INTER_AREA).astype(np.uint8)
            (face,) = finder.find(small)
            seen = direction(face, 240, 424)
            assert seen is not None
            found.append(seen)
    reader.release()
    return found


@pytest.mark.parametrize("clip", ["center_focus", "center_left_center"])
def test_eyes_that_wander_are_no_head_that_turns(finder: YuNet, clip: str) -> None:
    seen = looks(finder, clip)
    own = baseline(seen[:8])
    assert own is not None and len(seen) > 15
    assert not any(is_away(look, own) for look in seen)


@pytest.mark.parametrize("yaw", [-45, -20, 0, 20, 45])
@pytest.mark.parametrize("pitch", [-25, 0, 25])
def test_a_head_that_is_turned_is_measured(yaw: float, pitch: float) -> None:
    """Points of the average face, turned and projected: the direction comes back."""
    a, b = np.radians(yaw), np.radians(pitch)
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    nod = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    turned = MODEL @ (turn @ nod).T + np.array([0, 0, 600.0])
    seen = turned[:, :2] / turned[:, 2:] * 320 + np.array([160, 120])
    points = tuple((x / 320, 1 - y / 240) for x, y in seen)
    found = direction(Face(0, 0, 1, 1, 1, points), 320, 240)
    assert found is not None
    assert abs(found.yaw) == pytest.approx(abs(yaw), abs=6)


@pytest.mark.parametrize(("lower", "away"), [(0.0, False), (0.02, False), (0.045, True), (-0.045, True)])
def test_a_nod_is_where_the_nose_lies_in_the_face(lower: float, away: bool) -> None:
    def face(nose: float, x: float = 0.3, size: float = 1.0) -> Face:
        points = tuple((x + size * across, 0.2 + size * 0.5 * down) for across, down in
                       ((0.1, 0.4), (0.3, 0.4), (0.2, nose), (0.12, 0.8), (0.28, 0.8)))  # fmt: skip
        return Face(x, 0.2, 0.4 * size, 0.5 * size, 1.0, points)

    own, seen = direction(face(0.6), 320, 240), direction(face(0.6 + lower, 0.1, 0.7), 320, 240)
    assert own is not None and seen is not None
    assert is_away(seen, own) is away
    assert lower == 0 or (seen.pitch < own.pitch) is (lower > 0), "downwards is less"


def test_without_enough_looks_there_is_no_baseline() -> None:
    assert baseline([Direction(1, 2)] * 4) is None
    assert baseline([Direction(1, 2)] * 4 + [Direction(80, 80)]) == Direction(1, 2)
    assert direction(Face(0, 0, 1, 1, 1), 320, 240) is None
