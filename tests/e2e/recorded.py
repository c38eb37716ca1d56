"""What scenarios ask of recorded files: whole to an independent reader, and showing whom they should."""

import asyncio
import base64
import json
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from tests.e2e.browser import Person
from tests.e2e.fakes import RATE, SECONDS, read_clear, read_number
from tests.e2e.house import House
from tests.patience import until

STEP = 0.08
"""Seconds that two frames may be nearer or further than their own numbers say."""


async def whole_recording(house: House, lesson: str, token: str, within: float = 10.0) -> dict[str, Any]:
    """The recording of a closed lesson, once every file is closed too."""

    async def ended() -> Any:
        view = await house.api("GET", f"/api/v1/lessons/{lesson}/recording", token)
        return view if view["pieces"] and not view["live"] and not view["finishing"] else None

    return dict(await until(ended, "every file is closed", within=within))


def begun(view: dict[str, Any]) -> float:
    """Unix time of the recording's beginning."""
    return datetime.fromisoformat(view["starts"]).timestamp()


def path_of(house: House, piece: dict[str, Any]) -> Path:
    (path,) = (house.data / "recordings").glob(f"*/{piece['piece']}.*")
    return Path(path)


def frames_of(path: Path) -> list[Any]:
    """Every decoded frame of the file."""
    with av.open(str(path)) as container:
        return list(container.decode(container.streams[0]))


async def probed(path: Path) -> dict[str, Any]:
    """What ffprobe says; it must find no error."""
    assert shutil.which("ffprobe"), "the Debian package ffmpeg is missing"
    process = await asyncio.create_subprocess_exec(
        "ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await process.communicate()
    assert process.returncode == 0 and not errors, f"{path.name}: {errors.decode()}"
    return dict(json.loads(out))


async def check_pieces(house: House, view: dict[str, Any], numbers: dict[str, int]) -> dict[str, float]:
    """Every file decodes; cameras show the number of their person (`numbers`, by id) at the right time.
    Returns the seconds recorded, by source."""
    spent: dict[str, float] = {"cam": 0.0, "mic": 0.0, "screen": 0.0}
    for piece in view["pieces"]:
        path = path_of(house, piece)
        await probed(path)
        frames = frames_of(path)
        assert frames, f"{path.name} has no frame"
        spent[piece["source"]] += (piece["ends"] - piece["starts"]) / 1000
        if piece["source"] == "cam":
            check_camera(path, frames, numbers[piece["person"]])
    return spent


def check_camera(path: Path, frames: Iterable[Any], number: int) -> None:
    """The person's number is in the picture, and the frames' numbers go with their times.

    The fake camera counts its frames round and round, and some 20 ms a second too slowly or too quickly,
    so each is compared with the one before; where one is decoded behind a gap it may be a smear, so most
    are asked, not all.
    """
    seen, clear, steady = 0, 0, 0
    before: float | None = None
    for frame in frames:
        image = frame.to_ndarray(format="bgr24")
        seen += 1
        if read_clear(image) != number:
            continue
        clear += 1
        turn = RATE * SECONDS
        at = read_number(image, 1) % turn / RATE - float(frame.time)
        off = (at - (at if before is None else before) + SECONDS / 2) % SECONDS - SECONDS / 2
        before = at
        steady += abs(off) < STEP + 1 / RATE
    assert clear >= seen * 0.9, f"{path.name}: {clear} of {seen} frames show person {number}"
    assert steady >= clear * 0.9, f"{path.name}: {steady} of {clear} frames are at their time"


def voice(path: Path, pitches: Iterable[float]) -> float:
    """Which of the pitches a file of sound has: the one whose first four harmonics are loudest. Browsers'
    noise suppression may take any single one of them away. 0.0 for less than a second of sound."""
    frames = frames_of(path)
    samples = np.concatenate([frame.to_ndarray().reshape(-1)[::2] for frame in frames]).astype(float)
    if samples.size < 48_000:
        return 0.0
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    hertz = np.fft.rfftfreq(samples.size, 1 / 48_000)

    def loudness(pitch: float) -> float:
        near = [np.abs(hertz - k * pitch) < 12 for k in (1, 2, 3, 4)]
        return float(sum((spectrum[each] ** 2).sum() for each in near))

    return max(pitches, key=loudness)


# What a video on the page shows, as grey blocks: the number burnt into the fake camera.
LOOK = """async selector => {
  const video = document.querySelector(selector);
  if (!video || video.readyState < 2) return null;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  canvas.getContext('2d').drawImage(video, 0, 0);
  return canvas.toDataURL('image/png');
}"""


async def shown(person: Person, selector: str = ".playback-stage video") -> int | None:
    """The number of whoever is in a picture of the page."""
    url = await person.page.evaluate(LOOK, selector)
    if not url:
        return None
    data = np.frombuffer(base64.b64decode(url.partition(",")[2]), np.uint8)
    return read_clear(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8))
