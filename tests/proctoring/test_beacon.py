"""The beacon survives a screen that is scaled down and encoded as Chromium does; others' are told apart."""

import secrets
from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.beacon import (
    AHEAD,
    EARLY,
    IDS,
    LATE,
    REMEMBERED,
    SLOT,
    Finder,
    Sight,
    code,
    judge,
    modules,
    slot_at,
)

pytestmark = pytest.mark.exam

KEY, OTHER = b"k" * 32, b"o" * 32
Picture = npt.NDArray[np.uint8]


def desktop(marks: tuple[int, int, int, int] | None, seed: int, module: int = 9) -> Picture:
    """A screen of 1920 x 1080 with windows and text, and the marker somewhere on it."""
    chance = np.random.default_rng(seed)
    screen = np.full((1080, 1920, 3), chance.integers(60, 240, 3), np.uint8)
    for _ in range(12):
        x, y = (int(value) for value in chance.integers(0, (1700, 900)))
        colour = tuple(int(value) for value in chance.integers(0, 255, 3))
        cv2.rectangle(screen, (x, y), (x + 400, y + 260), colour, -1)
        for line in range(8):
            text = secrets.token_hex(14)
            cv2.putText(screen, text, (x, y + 30 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 1)
    if marks is not None:
        drawn = np.where(modules(marks), 0, 255).astype(np.uint8)
        drawn = cv2.resize(drawn, None, fx=module, fy=module, interpolation=cv2.INTER_NEAREST)
        y, x = (int(value) for value in chance.integers(0, (1080 - drawn.shape[0], 1920 - drawn.shape[1])))
        screen[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn[:, :, None]
    return screen


def as_sent(pictures: list[Picture], bits: int) -> list[Picture]:
    """Scaled to 640 x 360 and through VP8 at two frames a second, as the exam page sends its screen."""
    coder = av.CodecContext.create("libvpx", "w")
    coder.width, coder.height, coder.pix_fmt, coder.bit_rate = 640, 360, "yuv420p", bits
    coder.time_base, coder.framerate = Fraction(1, 2), Fraction(2)
    coder.options = {"deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0"}
    packets = []
    for n, picture in enumerate(pictures):
        small = cv2.resize(picture, (640, 360), interpolation=cv2.INTER_AREA)
        frame = av.VideoFrame.from_ndarray(small, "bgr24")
        frame.pts = n
        packets += coder.encode(frame)
    packets += coder.encode(None)
    decoder = av.CodecContext.create("vp8", "r")
    return [frame.to_ndarray(format="gray") for packet in packets for frame in decoder.decode(packet)]


@pytest.mark.slow
def test_it_is_found_in_a_screen_as_it_is_sent() -> None:
    finder, found = Finder(), 0
    for seed in range(12):
        marks = code(KEY, seed)
        pictures = as_sent([desktop(marks, seed)] * 3, 150_000)
        found += finder.find(pictures[-1]) == marks
    assert found >= 11


@pytest.mark.slow
def test_a_screen_without_it_has_none() -> None:
    finder = Finder()
    for seed in range(12):
        assert finder.find(as_sent([desktop(None, seed)] * 2, 150_000)[-1]) is None


def page(marks: tuple[int, int, int, int] | None, x: int, y: int, noise: int = 0) -> Picture:
    picture = np.full((360, 640), 230, np.uint8)
    if marks is not None:
        drawn = np.where(modules(marks), 0, 255).astype(np.uint8)
        drawn = cv2.resize(drawn, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
        picture[y : y + 60, x : x + 60] = drawn
    shaken = picture.astype(np.int16) + np.random.default_rng(noise).integers(-2, 3, picture.shape)
    return np.clip(shaken, 0, 255).astype(np.uint8)


def test_what_is_remembered_of_the_last_look_deceives_nobody() -> None:
    """It changes in its place, moves, is covered in part, comes back: always what is there now."""
    finder, first, second = Finder(), code(KEY, 1), code(KEY, 2)
    assert finder.find(page(first, 100, 80)) == first
    assert finder.find(page(first, 100, 80, noise=1)) == first
    assert finder.find(page(second, 100, 80)) == second
    assert finder.find(page(second, 400, 200)) == second
    half = page(second, 400, 200)
    half[200:232, 400:432] = 128
    assert finder.find(half) is None
    assert finder.find(page(None, 0, 0)) is None
    assert finder.find(page(first, 0, 0)) == first
    assert finder.find(page(first, 580, 300)) == first
    smaller = cv2.resize(page(first, 100, 80), (480, 270), interpolation=cv2.INTER_AREA)
    assert finder.find(np.asarray(smaller, np.uint8)) == first


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (0, Sight("fresh")),
        (LATE, Sight("fresh")),
        (LATE + 1, Sight("stale", LATE + 1)),
        (40, Sight("stale", 40)),
        (-EARLY, Sight("fresh")),
        (-EARLY - 1, Sight("stale", EARLY + 1)),
    ],
)
def test_how_old_it_may_be(slots: int, expected: Sight) -> None:
    now = 10_000 * SLOT
    assert judge(KEY, code(KEY, slot_at(now) - slots), now) == expected


def test_nobody_else_s_and_none_from_far_away() -> None:
    now = 10_000 * SLOT
    assert judge(KEY, code(OTHER, slot_at(now)), now) == Sight("foreign")
    assert judge(KEY, code(KEY, slot_at(now) + AHEAD + 1), now) == Sight("foreign")
    assert judge(KEY, code(KEY, slot_at(now) - REMEMBERED), now) == Sight("foreign")
    assert judge(KEY, None, now) == Sight("lost")


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**40))
def test_marks_are_those_of_the_dictionary(key: bytes, slot: int) -> None:
    marks = code(key, slot)
    assert all(0 <= mark < IDS for mark in marks)
    drawn = modules(marks)
    assert drawn.shape == (15, 15)
    assert not drawn[0].any() and not drawn[:, 7].any(), "white around and between"
