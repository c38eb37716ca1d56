"""Dark, covered, frozen, looping and live webcams, as they come out of a real encode with sensor noise."""

import cv2
import numpy as np
import pytest

from proctoring.kinds import SECOND
from proctoring.quality import Quality, QualityWatch
from tests.proctoring.material import material
from tests.proctoring.webcam import RATE, Picture, Scene, encoded, film

pytestmark = [pytest.mark.exam, pytest.mark.slow]

PORTRAITS = ("img1.jpg", "img10.jpg", "img16.jpg")


def watched(pictures: list[Picture]) -> list[Quality]:
    """One look a second."""
    watch = QualityWatch()
    return [watch.look(n * SECOND, each) for n, each in enumerate(encoded(pictures)[::RATE])]


def portrait(name: str) -> Picture:
    found = cv2.imread(str(material(f"data/faces/{name}")))
    assert found is not None
    return found.astype(np.uint8)


@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize(
    ("scene", "what", "by"),
    [("dark", "dark", 0), ("covered", "covered", 0), ("frozen", "frozen", 8), ("loop", "loop", 22)],
)
def test_each_defect_is_seen_in_time_and_no_other(name: str, scene: Scene, what: str, by: int) -> None:
    looks = watched(list(film(scene, portrait(name), 40, seed=1)))
    assert all(getattr(look, what) for look in looks[by:]), [getattr(look, what) for look in looks]
    others = {"dark", "covered", "frozen", "loop"} - {what}
    assert not any(getattr(look, other) for look in looks for other in others)


@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize("motion", [0.3, 1.2])
def test_a_person_who_sits_still_is_live(name: str, motion: float) -> None:
    looks = watched(list(film("live", portrait(name), 60, seed=2, motion=motion)))
    assert looks == [Quality(dark=False, covered=False, frozen=False, loop=False, still=False)] * 60


def test_pictures_of_any_size_and_colour_are_answered() -> None:
    watch = QualityWatch()
    chance = np.random.default_rng(1)
    for n, (high, wide) in enumerate([(120, 160), (1, 1), (1080, 1920), (240, 320), (3, 900)]):
        watch.look(n * SECOND, chance.integers(0, 255, (high, wide, 3), np.uint8))


def test_a_dim_and_empty_room_is_not_covered_and_a_hand_on_the_lens_is() -> None:
    room = np.full((240, 320, 3), 52, np.uint8)
    room[60:160, 30:90] = 38  # a shelf
    hand = np.full((240, 320, 3), 52, np.uint8) + np.linspace(0, 14, 320).astype(np.uint8)[None, :, None]
    seen = QualityWatch().look(SECOND, cv2.GaussianBlur(room, (0, 0), 2.0))
    assert not seen.covered and not seen.dark, "its walls are even, but its edges are sharp"
    assert QualityWatch().look(SECOND, hand).covered


def test_a_picture_stands_still_before_it_is_frozen() -> None:
    looks = watched(list(film("frozen", portrait(PORTRAITS[0]), 20, seed=1)))
    still = next(n for n, look in enumerate(looks) if look.still)
    assert still < next(n for n, look in enumerate(looks) if look.frozen)
