"""Whatever comes from a camera or a link: no detector raises, and damaged frames cost a look at most."""

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.taps import TapFrame
from proctoring.beacon import Finder
from proctoring.decode import Pictures, colours, gray
from proctoring.eyes import Eyes, open_eyes
from proctoring.faces import Face, HogFinder, Picture
from proctoring.head import direction
from proctoring.kinds import SECOND
from proctoring.quality import QualityWatch
from proctoring.rules import conditions
from tests.bench.kit.sent import encoded
from tests.proctoring.models import all_models
from tests.proctoring.test_faces import picture

pytestmark = [pytest.mark.exam, pytest.mark.slow]

SIZES = [(1, 1), (2, 3), (120, 160), (320, 240), (240, 320), (17, 501), (500, 9), (720, 1280)]


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return open_eyes(all_models())


def look(eyes: Eyes, watch: QualityWatch, finder: Finder, at: int, seen: Picture) -> None:
    """Everything that looks, at one picture."""
    high, wide = seen.shape[:2]
    quality = watch.look(at, seen)
    faces = eyes.finder.find(seen)
    assert eyes.things is not None and eyes.describer is not None
    found = eyes.things.find(seen)
    heads = [direction(each, wide, high) for each in faces]
    for each in faces:
        eyes.describer.describe(seen, each)
    finder.find(np.ascontiguousarray(seen[:, :, 0]))
    conditions.webcam(quality, faces, heads[0] if heads else None, None)
    conditions.things(found)


@pytest.mark.parametrize("size", SIZES)
def test_sizes(eyes: Eyes, size: tuple[int, int]) -> None:
    chance = np.random.default_rng(sum(size))
    watch, finder = QualityWatch(), Finder()
    kinds = [
        np.zeros((*size, 3), np.uint8),
        np.full((*size, 3), 255, np.uint8),
        chance.integers(0, 255, (*size, 3), np.uint8),
        np.repeat(chance.integers(0, 255, (*size, 1), np.uint8), 3, axis=2),  # a grey camera
    ]
    for n, each in enumerate(kinds):
        look(eyes, watch, finder, n * SECOND, each)


def test_one_stream_whose_size_changes(eyes: Eyes) -> None:
    watch, finder = QualityWatch(), Finder()
    for n, wide in enumerate((320, 160, 640, 120, 320, 1, 320)):
        look(eyes, watch, finder, n * SECOND, picture("img1.jpg", max(8, wide)))


def test_a_finder_without_a_file() -> None:
    finder = HogFinder()
    for high, wide in SIZES[:-1]:
        assert finder.find(np.zeros((high, wide, 3), np.uint8)) == []


BOX = st.floats(-2, 3)


@given(st.tuples(BOX, BOX, BOX, BOX), st.lists(st.tuples(BOX, BOX), min_size=0, max_size=6))
def test_faces_that_lie_anywhere(
    eyes: Eyes, box: tuple[float, float, float, float], points: list[tuple[float, float]]
) -> None:
    face = Face(*box, 0.9, tuple(points))
    direction(face, 320, 240)
    assert eyes.describer is not None
    if len(points) == 5:
        eyes.describer.describe(np.zeros((60, 80, 3), np.uint8), face)


def tap_frame(data: bytes, number: int, keyframe: bool) -> TapFrame:
    return TapFrame(1, number * 45_000, number / 2, number / 2, keyframe, False, 200, 200, data)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_frames(eyes: Eyes, seed: int) -> None:
    """Bytes turned over, cut off, or none: pictures come or do not, nothing is raised."""
    chance = np.random.default_rng(seed)
    source = [np.ascontiguousarray(picture("img1.jpg", 320)[:200, :200])] * 8
    pictures, watch, finder = Pictures("VP8"), QualityWatch(), Finder()
    for n, data in enumerate(encoded(source, (200, 200), 80_000)):
        hurt = bytearray(data)
        for _ in range(int(chance.integers(0, 8))):
            hurt[int(chance.integers(len(hurt)))] = int(chance.integers(256))
        hurt = hurt[: int(chance.integers(len(hurt) + 1))] if chance.random() < 0.3 else hurt
        pictures.put(tap_frame(bytes(hurt), n, keyframe=n == 0))
        found = pictures.newest()
        if found is not None:
            frame: av.VideoFrame = found[1]
            gray(frame)
            look(eyes, watch, finder, n * SECOND, colours(frame))
