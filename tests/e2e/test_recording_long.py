"""A lesson of ninety minutes at the full data rate opens and is sought as quickly as a short one.

Nobody waits ninety minutes: the files are laid into the folder as a recorder would have left them, with
their notes, and a new recorder tells the house of them.
"""

import asyncio
import itertools
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from media.recording.messages import PieceState
from media.recording.piece import Piece
from media.recording.shelf import Shelf
from media.taps import TapFrame
from tests.e2e.browser import person
from tests.e2e.fakes import HEIGHT, RATE, WIDTH, picture
from tests.e2e.house import House
from tests.e2e.lesson import lesson_now
from tests.e2e.recorded import shown, whole_recording
from tests.media.recording.clips import sound
from tests.patience import until

pytestmark = [pytest.mark.recording, pytest.mark.e2e]

MINUTES = 90
BITRATE = 500_000


def camera_loop(number: int, count: int = 150) -> list[tuple[bool, bytes]]:
    """Ten seconds of a person's camera with noise that costs `BITRATE`, to be repeated."""
    context: Any = av.CodecContext.create("libvpx", "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(RATE)
    context.gop_size, context.bit_rate = count, BITRATE
    context.options = {"deadline": "realtime", "lag-in-frames": "0", "cpu-used": "8"}
    noise = np.random.default_rng(number)
    out = []
    for i in range(count):
        image = picture(number, i % 60).astype(np.int16)
        image[HEIGHT // 2 :] += noise.integers(-40, 40, image[HEIGHT // 2 :].shape, np.int16)
        frame = av.VideoFrame.from_ndarray(np.clip(image, 0, 255).astype(np.uint8), format="bgr24")
        frame = frame.reformat(format="yuv420p")
        frame.pts = i
        out += [(bool(packet.is_keyframe), bytes(packet)) for packet in context.encode(frame)]
    return out


def lay(shelf: Shelf, piece: Piece) -> None:
    """Put a finished file and its note on the shelf."""
    patches = piece.end()
    fd = shelf.begin(piece.state)
    shelf.append(fd, bytes(piece.pending))
    shelf.finish(fd, piece.state, patches)


def write_lesson(folder: Path, session: str, wall: int, teacher: str, student: str) -> None:
    shelf = Shelf(folder, reserve=0)
    peer = f"{session}/{teacher}/tab"
    loop = camera_loop(1)
    state = PieceState(
        "camera0000000000", session, peer, "cam", "VP8", f"{session}/camera0000000000.webm",
        "another boot", 0, wall, width=WIDTH, height=HEIGHT,
    )  # fmt: skip
    camera: Piece | None = None
    for i, (key, data) in enumerate(itertools.islice(itertools.cycle(loop), MINUTES * 60 * RATE)):
        size = (WIDTH, HEIGHT) if key else (0, 0)
        frame = TapFrame(1, i * 6000, i / RATE, 0.0, key, False, *size, data)
        camera = camera or Piece(state, frame)
        camera.take(frame)
    assert camera is not None
    lay(shelf, camera)
    packets = sound(50)
    for who, name in ((teacher, "voice00000000000"), (student, "voice00000000001")):
        state = PieceState(
            name, session, f"{session}/{who}/tab", "mic", "opus", f"{session}/{name}.webm",
            "another boot", 0, wall,
        )  # fmt: skip
        voice: Piece | None = None
        for i, packet in enumerate(itertools.islice(itertools.cycle(packets), MINUTES * 60 * 50)):
            frame = TapFrame(2, i * 960, i * 0.02, 0.0, False, False, 0, 0, packet.data)
            voice = voice or Piece(state, frame)
            voice.take(frame)
        assert voice is not None
        lay(shelf, voice)


async def test_ninety_minutes_open_and_seek_at_once(house: House, fakes_folder: Path) -> None:
    token = await house.token("teacher")
    pupil = (await house.api("GET", "/api/v1/me", await house.token("student1")))["id"]
    me = (await house.api("GET", "/api/v1/me", token))["id"]
    lesson = (await lesson_now(house))["id"]
    opened = await house.api("POST", f"/api/v1/lessons/{lesson}/open", token)
    await house.api("POST", f"/api/v1/lessons/{lesson}/close", token)
    wall = int((time.time() + 1) * 1e6)
    folder = house.data / "recordings"
    await asyncio.to_thread(write_lesson, folder, opened["session"], wall, me, pupil)
    house.kill("recorder")

    async def told() -> bool:
        found = await whole_recording(house, lesson, token)
        return len(found["pieces"]) == 3

    await until(told, "the house knows of the three files", within=30)
    view = await whole_recording(house, lesson, token)
    assert view["length"] > MINUTES * 60_000 - 2000

    async with person("student1", 2, house.url, fakes_folder) as student:
        await student.log_in()
        begun = time.monotonic()
        await student.page.goto(f"{house.url}/lessons/{lesson}/recording")
        await student.get("playback-play").click()
        element = student.get("playback")

        async def plays(behind: int) -> bool:
            if await element.get_attribute("data-waiting") != "false":
                return False
            at = int(str(await element.get_attribute("data-time")))
            return at > behind + 200 and await shown(student) == 1

        await until(lambda: plays(0), "it plays", within=10)
        opened_in = time.monotonic() - begun
        took = []
        for minute in (80, 12, 55, 3, 71):
            begun = time.monotonic()
            await student.get("playback-seek").evaluate(
                "(bar, to) => { bar.value = to; bar.dispatchEvent(new Event('input', {bubbles: true})); }",
                str(minute * 60_000),
            )
            await until(lambda at=minute * 60_000: plays(at), f"minute {minute} plays", within=10)
            took.append(round(time.monotonic() - begun - 0.2, 2))
        megabytes = sum(path.stat().st_size for path in folder.glob("*/*.webm")) / 1e6
        await student.get("playback-play").click()
        await check_watched(house, lesson, token, student)
        print(f"{megabytes:.0f} MB; plays {opened_in:.2f} s after the address, seeks in {took} s")


async def watched(house: House, lesson: str, token: str) -> list[list[int]]:
    """What the house has noted of the one viewer, in milliseconds."""
    found = await house.api("GET", f"/api/v1/lessons/{lesson}/watchers", token)
    return [list(map(int, one)) for one in found["items"][0]["ranges"]] if found["items"] else []


async def play_at(page: Any, minute: int, seconds: float) -> tuple[int, int]:
    """Play a tab for a while; the page's own clock before and after."""
    element = page.get_by_test_id("playback")
    await page.get_by_test_id("playback-seek").evaluate(
        "(bar, to) => { bar.value = to; bar.dispatchEvent(new Event('input', {bubbles: true})); }",
        str(minute * 60_000),
    )
    await page.get_by_test_id("playback-play").click()

    async def begun() -> bool:
        return int(str(await element.get_attribute("data-time"))) > minute * 60_000 + 100

    await until(begun, f"minute {minute} plays", within=10)
    await asyncio.sleep(seconds)
    await page.get_by_test_id("playback-play").click()
    await asyncio.sleep(0.3)
    return minute * 60_000, int(str(await element.get_attribute("data-time")))


async def check_watched(house: House, lesson: str, token: str, student: Any) -> None:
    """Two tabs and a reload: what is noted is what was played, each stretch once."""
    address = f"{house.url}/lessons/{lesson}/recording"
    second = await student.context.new_page()
    await second.goto(address)
    played = list(await asyncio.gather(play_at(student.page, 20, 2.0), play_at(second, 30, 2.0)))
    await student.page.reload()
    played.append(await play_at(student.page, 40, 2.0))
    await student.page.goto(house.url)
    await second.close(run_before_unload=True)

    ranges: list[list[int]] = []

    async def noted() -> bool:
        nonlocal ranges
        found = await watched(house, lesson, token)
        ranges = [one for one in found if any(abs(one[0] - begin) < 60_000 for begin, _ in played)]
        return len(ranges) == len(played) and all(
            abs(one[0] - begin) <= 150 and abs(one[1] - end) <= 300
            for (begin, end), one in zip(sorted(played), ranges, strict=True)
        )

    try:
        await until(noted, "what both tabs played is noted", within=15)
    except AssertionError as error:
        raise AssertionError(f"{error}: {ranges} for {sorted(played)}") from None
