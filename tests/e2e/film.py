"""A film to publish: every frame carries its number in blocks, the sound is a person's chord.

Made by ffmpeg from the pictures of fakes.py, so that what is published is a file such as an encoder
plays. `Counted` stands between the file and the sender and remembers which frames were really sent.
"""

import contextlib
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaPlayer

from tests.e2e.fakes import HEIGHT, RATE, WIDTH, microphone, picture, read_number

PERSON = 5


def film(folder: Path, frames: int) -> Path:
    """Write a Matroska file of `frames` frames (at most 256) and return its path."""
    assert frames <= 256, "the number in a picture has eight bits"
    path = folder / "film.mkv"
    command = [
        "ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{WIDTH}x{HEIGHT}",
        "-r", str(RATE), "-i", "-", "-stream_loop", "-1", "-i", str(microphone(folder, PERSON)),
        "-t", str(frames / RATE),
        "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "18",
        "-c:a", "libopus", "-ac", "2", str(path),
    ]  # fmt: skip
    pictures = b"".join(picture(PERSON, number).tobytes() for number in range(frames))
    subprocess.run(command, input=pictures, check=True, timeout=60)
    return path


class Counted(MediaStreamTrack):
    """Passes a video track on and notes the number in each picture."""

    kind = "video"

    def __init__(self, inner: MediaStreamTrack) -> None:
        super().__init__()
        self._inner = inner
        self.sent: list[int] = []

    async def recv(self) -> Any:
        frame = await self._inner.recv()
        self.sent.append(number_of(frame))
        return frame


@contextlib.contextmanager
def playing(path: Path, loop: bool = False) -> Iterator[tuple[MediaStreamTrack, Counted]]:
    """Sound and counted picture of a file, at the file's own pace; its thread ends with the block."""
    player = MediaPlayer(str(path), loop=loop)
    try:
        yield player.audio, Counted(player.video)
    finally:
        player.audio.stop()
        player.video.stop()


def number_of(frame: Any) -> int:
    """The frame number in a decoded picture; fails for a picture of somebody else."""
    image = frame.to_ndarray(format="bgr24")
    assert read_number(image) == PERSON, "this is another picture"
    return read_number(image, 1)


def loudness(frame: Any) -> float:
    """Root mean square of an audio frame of 16-bit samples."""
    samples = frame.to_ndarray().astype(np.float64)
    return float(np.sqrt(np.mean(samples**2)))


def seconds(frame: Any) -> Fraction:
    """A frame's own time."""
    return Fraction(frame.pts) * Fraction(frame.time_base)
