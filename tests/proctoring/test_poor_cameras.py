"""Cameras as people have them: small, upright, slow. Who sits there calmly is found and not flagged."""

import cv2
import numpy as np
import pytest

from proctoring.decode import colours
from proctoring.examinee import Webcam
from proctoring.eyes import Eyes, open_eyes
from proctoring.kinds import SECOND
from proctoring.messages import SeenWebcam
from proctoring.photo import describe
from proctoring.rules import Watch, conditions
from tests.bench.kit.sent import decoded, encoded
from tests.proctoring.models import all_models
from tests.proctoring.test_faces import picture

pytestmark = [pytest.mark.exam, pytest.mark.slow]

SECONDS = 20


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return open_eyes(all_models())


@pytest.mark.parametrize(
    ("wide", "high", "rate", "bits"),
    [(160, 120, 2, 60_000), (240, 320, 2, 100_000), (320, 240, 5, 100_000), (320, 240, 1, 60_000)],
    ids=["160x120", "portrait", "five a second", "one a second"],
)
def test_who_sits_there_calmly_is_seen_and_not_flagged(
    eyes: Eyes, wide: int, high: int, rate: int, bits: int
) -> None:
    chance = np.random.default_rng(wide + rate)
    face = picture("img1.jpg", 640)
    side = min(face.shape[:2])
    large = cv2.resize(face[:side, :side], (min(wide, high) + 20,) * 2, interpolation=cv2.INTER_AREA)
    room = np.full((high + 20, wide + 20, 3), (150, 165, 170), np.uint8)
    top, left = (room.shape[0] - large.shape[0]) // 2, (room.shape[1] - large.shape[1]) // 2
    room[top : top + large.shape[0], left : left + large.shape[1]] = large
    path = np.clip(np.cumsum(chance.normal(0, 1.0, (SECONDS * rate, 2)), axis=0), -9, 9)

    def film() -> list[np.ndarray]:
        shown = []
        for dx, dy in path:
            x, y = round(10 + dx), round(10 + dy)
            seen = room[y : y + high, x : x + wide] + chance.normal(0, 3, (high, wide, 3))
            shown.append(np.clip(seen, 0, 255).astype(np.uint8))
        return shown

    camera, watch, found = Webcam("peer", eyes), Watch(), 0
    for n, frame in enumerate(decoded(encoded(film(), (wide, high), bits, rate))):
        if n % rate:
            continue
        at = n // rate * SECOND
        for seen in camera.look(at, frame):
            if isinstance(seen, SeenWebcam):
                found += len(seen.faces) == 1
                own = seen.head
                watch.see(at, conditions.webcam(seen.quality, seen.faces, seen.head, own))
        assert colours(frame).shape[:2] == (high, wide)
    assert found >= SECONDS * 0.9
    assert [flag.kind for flag in watch.flags] == []


def cat() -> np.ndarray:
    """Ears, eyes, whiskers."""
    seen = np.full((480, 640, 3), (180, 190, 200), np.uint8)
    fur, dark = (60, 120, 190), (30, 30, 30)
    for x in (230, 410):
        cv2.fillPoly(seen, [np.array([(x - 50, 200), (x, 60), (x + 50, 200)])], fur)
    cv2.ellipse(seen, (320, 260), (150, 130), 0, 0, 360, fur, -1)
    for x in (265, 375):
        cv2.ellipse(seen, (x, 230), (28, 20), 0, 0, 360, (90, 220, 160), -1)
        cv2.ellipse(seen, (x, 230), (6, 19), 0, 0, 360, dark, -1)
    cv2.fillPoly(seen, [np.array([(305, 285), (335, 285), (320, 300)])], (140, 130, 230))
    for y in (295, 310, 325):
        cv2.line(seen, (200, y), (295, 305), dark, 2)
        cv2.line(seen, (440, y), (345, 305), dark, 2)
    return seen


def test_a_cat_has_no_face_to_compare(eyes: Eyes) -> None:
    found = describe(eyes, cv2.imencode(".jpg", cat())[1].tobytes())
    assert found.problem in ("no_face", "blurred", "small")
