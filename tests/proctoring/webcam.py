"""Made webcam streams: a portrait that lives a little, with sensor noise, as a real encode; and defects."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import av
import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Scene = Literal["live", "dark", "covered", "frozen", "loop"]
NOISE = 3.0
"""Of the sensor, of 255."""
WIDE, HIGH, RATE = 320, 240, 2
"""The small encoding that the exam page sends for analysis."""


def encoded(pictures: list[Picture], bits: int = 100_000) -> list[Picture]:
    """Through VP8 as Chromium does it: real time, no frames held back, few keyframes."""
    coder = av.CodecContext.create("libvpx", "w")
    coder.width, coder.height, coder.pix_fmt, coder.bit_rate = WIDE, HIGH, "yuv420p", bits
    coder.time_base, coder.framerate = Fraction(1, RATE), Fraction(RATE)
    coder.options = {"deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0", "g": "20"}
    packets = []
    for n, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, "bgr24")
        frame.pts = n
        packets += coder.encode(frame)
    packets += coder.encode(None)
    decoder = av.CodecContext.create("vp8", "r")
    return [frame.to_ndarray(format="bgr24") for packet in packets for frame in decoder.decode(packet)]


def film(scene: Scene, portrait: Picture, seconds: int, seed: int, motion: float = 1.2) -> Iterator[Picture]:
    """Pictures before they are encoded."""
    chance = np.random.default_rng(seed)
    base = cv2.resize(portrait, (WIDE + 40, HIGH + 40), interpolation=cv2.INTER_AREA)
    path = np.cumsum(chance.normal(0, motion, (seconds * RATE, 2)), axis=0)
    path -= np.linspace(0, 1, len(path))[:, None] * path[-1]
    still = None
    kept: list[Picture] = []
    for n, (dx, dy) in enumerate(path):
        if scene == "loop" and n >= 24:
            yield kept[n % 24]
            continue
        x, y = (int(np.clip(20 + value, 0, 40)) for value in (dx, dy))
        picture = base[y : y + HIGH, x : x + WIDE].astype(np.float32)
        if scene == "dark":
            picture *= 0.06
        if scene == "covered":
            picture = np.full_like(picture, (70, 60, 90)) + np.linspace(0, 6, WIDE)[None, :, None]
        picture += chance.normal(0, NOISE, picture.shape)
        made = np.clip(picture, 0, 255).astype(np.uint8)
        if scene == "frozen":
            still = made if still is None else still
            made = still
        kept.append(made)
        yield made
