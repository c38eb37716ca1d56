"""Fake cameras and microphones for Chromium, one pair a person.

The picture (640x360, 15 frames/s, raw y4m so that the rate is the file's own) carries marks that
survive encoding and scaling: the whole ground has the person's colour, a row of black and white blocks
on top holds the person's number, the row below it the frame number, and a large digit is for people.
The sound is a chord with the person's own pitch, swelling four times a second like speech does, or
noise suppression would take it away.
"""

import wave
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 15, 4
BLOCK = 40  # pixels; 16 blocks in a row, still 10 pixels wide in the smallest layer

CLEAR = 90
"""Least difference of grey between a bit and its opposite, 0..255: a plate or a fade has none."""

HUES = (10, 60, 110, 160, 35, 85, 135, 175)
"""OpenCV hue (0..179) of the ground, by person number."""


def picture(number: int, frame: int) -> NDArray[np.uint8]:
    """One BGR frame, shape (HEIGHT, WIDTH, 3), of person `number` (0..255)."""
    hsv = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    hsv[:] = (HUES[number % len(HUES)], 200, 190)
    image = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    for row, value in enumerate((number, frame)):
        for bit in range(8):
            colour = (255, 255, 255) if value >> (7 - bit) & 1 else (0, 0, 0)
            # a bit and its opposite side by side: a reader compares, and needs no threshold
            left, top = bit * 2 * BLOCK, row * BLOCK
            cv2.rectangle(image, (left, top), (left + BLOCK - 1, top + BLOCK - 1), colour, -1)
            opposite = tuple(255 - c for c in colour)
            cv2.rectangle(image, (left + BLOCK, top), (left + 2 * BLOCK - 1, top + BLOCK - 1), opposite, -1)
    cv2.putText(image, str(number), (240, 310), cv2.FONT_HERSHEY_SIMPLEX, 7, (255, 255, 255), 18)
    x = int((frame / (RATE * SECONDS)) * (WIDTH - BLOCK))
    cv2.rectangle(image, (x, HEIGHT - BLOCK), (x + BLOCK, HEIGHT), (255, 255, 255), -1)
    return image


def read_number(image: NDArray[np.uint8], row: int = 0) -> int:
    """The number in a row of blocks (0: person, 1: frame) of a picture of any size, BGR."""
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    value = 0
    for bit in range(8):
        y = int((row + 0.5) * BLOCK * height / HEIGHT)
        x = (bit * 2 + 0.5) * BLOCK * width / WIDTH
        step = BLOCK * width / WIDTH
        value = value << 1 | int(grey[y, int(x)] > grey[y, int(x + step)])
    return value


def read_clear(image: NDArray[np.uint8]) -> int | None:
    """The person's number, or None where the picture does not show all eight pairs of blocks clearly."""
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(int)
    step = BLOCK * width / WIDTH
    y = int(BLOCK * height / HEIGHT / 2)
    for bit in range(8):
        x = (bit * 2 + 0.5) * step
        if abs(grey[y, int(x)] - grey[y, int(x + step)]) < CLEAR:
            return None
    return read_number(image)


def camera(folder: Path, number: int, *, busy: bool = False, rate: int = RATE) -> Path:
    """Write the y4m file of a person, about 20 MB, and return its path.

    `rate`: frames a second, where many cameras share a machine.

    `busy`: the lower half is full of small things that move, so that the picture costs as many bits as
    the encoder is allowed (a plain one costs 50 kbit/s).
    """
    path = folder / (f"camera{number}.y4m" if rate == RATE else f"camera{number}-{rate}.y4m")
    noise = np.random.default_rng(number)
    if not path.exists():
        with path.open("wb") as out:
            out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
            for frame in range(rate * SECONDS):
                out.write(b"FRAME\n")
                image = picture(number, frame)
                if busy:
                    # 8 pixels wide, so that the smallest layer has to show them too
                    coarse = noise.integers(0, 255, (HEIGHT // 16, WIDTH // 8, 3), np.uint8)
                    image[HEIGHT // 2 :] = cv2.resize(
                        coarse, (WIDTH, HEIGHT // 2), interpolation=cv2.INTER_NEAREST
                    )[: HEIGHT - HEIGHT // 2]
                out.write(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def microphone(folder: Path, number: int) -> Path:
    """Write the wav file of a person (48 kHz, mono, 4 s) and return its path."""
    path = folder / f"microphone{number}.wav"
    if not path.exists():
        t = np.arange(48_000 * SECONDS) / 48_000
        pitch = 180 + 60 * number
        chord = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in (1, 2, 3, 4))
        swell = np.clip(np.sin(2 * np.pi * 4 * t), 0, 1) ** 0.5 * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * t))
        samples = (chord * swell * 9_000).astype("<i2")
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(48_000)
            out.writeframes(samples.tobytes())
    return path
