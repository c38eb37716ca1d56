"""When a face is compared: every half minute while all is well, sooner while there is doubt."""

import av
import numpy as np
import pytest

from proctoring.examinee import AGAIN_AFTER, IDENTITY_EVERY, Webcam
from proctoring.eyes import Eyes
from proctoring.faces import Face, Picture
from proctoring.head import direction
from proctoring.identity import Descriptor
from proctoring.kinds import SECOND
from proctoring.messages import SeenWebcam

pytestmark = pytest.mark.exam

HALF, SOON = IDENTITY_EVERY // SECOND, AGAIN_AFTER // SECOND


class Everybody:
    """Finder and describer: `nose` in parts of the face's height, `mark` the first of the 128 numbers."""

    name = "fake"
    threshold = 0.6

    def __init__(self) -> None:
        self.nose, self.mark = 0.6, 0.0
        self.others: list[Face] = []

    def find(self, picture: Picture) -> list[Face]:
        points = tuple((0.3 + 0.4 * x, 0.2 + 0.5 * y) for x, y in
                       ((0.3, 0.4), (0.7, 0.4), (0.5, self.nose), (0.33, 0.8), (0.67, 0.8)))  # fmt: skip
        return [Face(0.3, 0.2, 0.4, 0.5, 1.0, points), *self.others]

    def describe(self, picture: Picture, face: Face) -> Descriptor | None:
        return np.array([self.mark, *[0.0] * 127], np.float32)


class Seat:
    def __init__(self) -> None:
        self.there = Everybody()
        self.eye = Webcam("peer", Eyes(self.there, None, self.there, {}))
        self.eye.own = np.zeros(128, np.float32)
        self.eye.head = direction(self.there.find(np.zeros((240, 320, 3), np.uint8))[0], 320, 240)
        self.second = 0
        self._chance = np.random.default_rng(1)

    def sits(self, seconds: int, nose: float = 0.6, mark: float = 0.0) -> list[int]:
        """So many looks; the seconds of this stretch in which the face was compared."""
        self.there.nose, self.there.mark = nose, mark
        compared: list[int] = []
        for n in range(seconds):
            self.second += 1
            picture = self._chance.integers(0, 40, (240, 320, 3), np.uint8)
            picture[:, 160:] += 180
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            looks = [
                each for each in self.eye.look(self.second * SECOND, frame) if isinstance(each, SeenWebcam)
            ]
            compared += [n for look in looks if look.distance is not None]
        return compared


def test_somebody_who_stays_is_compared_every_half_minute() -> None:
    assert Seat().sits(3 * HALF) == [0, SOON, SOON + HALF, SOON + 2 * HALF]


def test_who_does_not_match_is_compared_until_there_is_no_doubt() -> None:
    seat = Seat()
    seat.sits(SOON + 1)
    assert seat.sits(HALF + 12, mark=0.9) == [HALF - 1, HALF + SOON - 1, HALF + 2 * SOON - 1]
    back = seat.sits(HALF, mark=0.1)
    assert len(back) == 2 and back[1] - back[0] == SOON, "two that match, and the flag is over"


def test_a_head_that_is_away_is_compared_once_more() -> None:
    seat = Seat()
    seat.sits(SOON + 8)
    assert seat.sits(15, nose=0.68) == [0], "and not again while it stays so"
    assert seat.sits(3) == []
    assert len(seat.sits(15, nose=0.68, mark=0.9)) == 3, "somebody else is compared again and again"


def test_beside_neighbours_who_are_further_away_the_nearest_face_is_compared() -> None:
    seat = Seat()
    seat.there.others = [Face(0.8, 0.1, 0.1, 0.12, 1.0)]
    assert seat.sits(HALF) == [0, SOON]
    seat.there.others = [Face(0.7, 0.1, 0.3, 0.4, 1.0)]
    assert seat.sits(HALF) == [], "as near: nobody knows which is the examinee's"
