"""The marks in the fake cameras can be read back at every layer's size and after hard compression."""

import cv2
import numpy as np
import pytest

from tests.e2e.fakes import picture, read_clear, read_number


@pytest.mark.parametrize("scale", [1, 2, 4])
@pytest.mark.parametrize("number", [0, 1, 5, 170, 255])
def test_marks_survive_scaling_and_compression(scale: int, number: int) -> None:
    image = picture(number, 37)
    small = cv2.resize(image, (640 // scale, 360 // scale), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 15])
    back = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert (read_number(back), read_number(back, 1)) == (number, 37)
    assert read_clear(back) == number


def test_what_is_no_picture_has_no_number() -> None:
    plate = np.full((90, 160, 3), 128, np.uint8)
    assert read_clear(plate) is None
    fading = cv2.addWeighted(cv2.resize(picture(5, 1), (160, 90)), 0.3, plate, 0.7, 0)
    assert read_clear(fading) is None
