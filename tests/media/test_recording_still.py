"""Stills out of recorded files: the picture of the moment, by the number burnt in; none out of damage."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.recording import still as still_module
from media.recording.ebml import head
from media.recording.still import still
from media.recording.webm import BLOCK, CLUSTER, read
from tests.e2e.fakes import HEIGHT, WIDTH, read_clear, read_number
from tests.media.recording.clips import film, sound, video, written

RATE = 5
FILM = film(7, 30, RATE)


def shown(jpeg: bytes) -> tuple[int | None, int]:
    """Who is in the picture, and the number of its frame."""
    image = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    assert image.shape == (HEIGHT, WIDTH, 3)
    return read_clear(image), read_number(image, 1)


@pytest.mark.parametrize("ms", [0, 150, 4999, 5000, 12_345, 17_200, 29_800])
def test_it_is_the_picture_of_that_moment(ms: int) -> None:
    found = still(FILM, ms)
    assert found is not None and found.jpeg.startswith(b"\xff\xd8\xff")
    assert shown(found.jpeg) == (7, ms * RATE // 1000)
    assert found.ms == ms * RATE // 1000 * 200 and (found.width, found.height) == (WIDTH, HEIGHT)


def test_behind_the_end_it_is_the_last_picture_and_says_when_that_was() -> None:
    found = still(FILM, 60_000)
    assert found is not None and found.ms == 29_800 and shown(found.jpeg) == (7, 149)


def test_a_file_that_grows_gives_the_same_picture() -> None:
    whole = read(FILM)
    assert whole is not None
    assert still(FILM[: whole.end], 17_200) == still(FILM, 17_200) == still(memoryview(FILM), 17_200)


def test_of_a_file_that_was_cut_off_the_last_whole_picture() -> None:
    found = still(FILM[: len(FILM) // 2], 29_000)
    assert found is not None and found.ms < 20_000 and shown(found.jpeg) == (7, found.ms * RATE // 1000)


def test_no_picture_in_sound_in_nothing_and_in_what_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert still(b"", 0) is None and still(FILM[:100], 0) is None
    assert still(written("mic", "opus", sound(100)), 1000) is None
    small = written("cam", "VP8", video(40))
    assert still(small, 1000) is not None
    monkeypatch.setattr(still_module, "MOST_POINTS", 160 * 96 - 1)
    assert still(small, 1000) is None


def test_a_keyframe_too_far_away_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still_module, "MOST_FRAMES", 10)
    assert still(FILM, 5000 + 9 * 200) is not None and still(FILM, 5000 + 10 * 200) is None


def test_a_damaged_keyframe_gives_none_and_the_next_one_does() -> None:
    whole = read(FILM)
    assert whole is not None
    at, blocks = whole.cues[1].at, 0
    data = bytearray(FILM)
    while (found := head(memoryview(data), at)) is not None and not blocks:
        at = found.data if found.name == CLUSTER else found.data + found.length
        if found.name == BLOCK:
            data[found.data + 4 : at] = bytes(found.length - 4)
            blocks += 1
    assert still(bytes(data), 6000) is None
    after = still(bytes(data), 10_400)
    assert after is not None and shown(after.jpeg) == (7, 52)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30_000), st.integers(0, len(FILM)), st.binary(min_size=1, max_size=64))
def test_damaged_files_raise_nothing(ms: int, at: int, noise: bytes) -> None:
    data = bytearray(FILM)
    data[at : at + len(noise)] = noise
    found = still(bytes(data), ms)
    assert found is None or found.ms <= max(ms, 0)
