"""A film goes in by WHIP and comes out by WHEP, every frame of it, through a real Sabak."""

import asyncio
import contextlib
import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.film import film, loudness, number_of, playing, seconds
from tests.e2e.house import House
from tests.e2e.lesson import lesson_now
from tests.e2e.whip_client import Refused, WhipClient
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.slow]

FRAMES = 180
TAIL = 3
"""Frames at the end that a receiver may still hold: a frame is complete when the next one begins."""
LATE = 15
"""Frames at the beginning that nobody is shown yet: a second from first packet to the stage."""


async def watch(track: Any, numbers: list[int], times: list[Any]) -> None:
    while True:
        frame = await track.recv()
        numbers.append(number_of(frame))
        times.append(seconds(frame))


async def listen(track: Any, levels: list[float]) -> None:
    while True:
        levels.append(loudness(await track.recv()))


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel them; what one of them found wrong is raised here."""
    for task in tasks:
        task.cancel()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(found, Exception):
            raise found


async def test_every_frame_of_a_film_arrives(house: House, tmp_path: Path) -> None:
    path = await asyncio.to_thread(film, tmp_path, FRAMES)
    teacher, student = await house.token("teacher"), await house.token("student1")
    lesson = (await lesson_now(house))["id"]
    await house.api("POST", f"/api/v1/lessons/{lesson}/open", teacher)
    ingest = await house.api("POST", f"/api/v1/lessons/{lesson}/ingest", teacher)
    assert ingest["url"] == f"{house.url}/whip/{lesson}"

    received: list[int] = []
    times: list[Any] = []
    levels: list[float] = []
    async with (
        contextlib.AsyncExitStack() as stack,
        WhipClient(f"{house.url}/whep/{lesson}", student) as player,
        WhipClient(ingest["url"], ingest["token"]) as encoder,
    ):
        sound, counted = stack.enter_context(playing(path))
        tracks: dict[str, Any] = {}
        player.pc.on("track", lambda track: tracks.setdefault(track.kind, track))
        player.pc.addTransceiver("audio", "recvonly")
        player.pc.addTransceiver("video", "recvonly")
        await player.connect()
        watching = [
            asyncio.create_task(watch(tracks["video"], received, times)),
            asyncio.create_task(listen(tracks["audio"], levels)),
        ]
        encoder.pc.addTransceiver(sound, "sendonly")
        encoder.pc.addTransceiver(counted, "sendonly")
        await encoder.connect()
        try:
            await until(
                lambda: len(counted.sent) == FRAMES and received[-1] >= FRAMES - 1 - TAIL,
                "the last frames arrive",
                within=FRAMES / 15 + 15,
            )
        finally:
            await ended(*watching)
        assert counted.sent == list(range(FRAMES)), "the file is played whole"
        assert received == list(range(received[0], received[-1] + 1)), "no frame is missing, doubled or moved"
        assert received[0] <= LATE, "the film is on the stage within a second"
        gaps = [float(b - a) for a, b in itertools.pairwise(times)]
        assert all(abs(gap - 1 / 15) < 0.02 for gap in gaps), "RTP time goes on as the film's does"
        assert max(levels) > 300, "the sound of the stage is heard"
        assert await encoder.end() == 200 and await player.end() == 200
        await until(lambda: encoder.pc.connectionState in ("closed", "failed"), "the server says goodbye", 10)

    people = (await house.api("POST", f"/api/v1/lessons/{lesson}/open", teacher))["people"]
    assert people == 0, "feeds that ended are out of the class"


async def test_an_encoder_goes_on_through_a_restart_of_the_server(house: House, tmp_path: Path) -> None:
    path = await asyncio.to_thread(film, tmp_path, 120)
    teacher, student = await house.token("teacher"), await house.token("student1")
    lesson = (await lesson_now(house))["id"]
    await house.api("POST", f"/api/v1/lessons/{lesson}/open", teacher)
    received: list[int] = []
    async with (
        contextlib.AsyncExitStack() as stack,
        WhipClient(f"{house.url}/whep/{lesson}", student) as player,
        WhipClient(f"{house.url}/whip/{lesson}", teacher) as encoder,
    ):
        tracks: dict[str, Any] = {}
        player.pc.on("track", lambda track: tracks.setdefault(track.kind, track))
        player.pc.addTransceiver("video", "recvonly")
        await player.connect()
        watching = asyncio.create_task(watch(tracks["video"], received, []))
        _, counted = stack.enter_context(playing(path, loop=True))
        encoder.pc.addTransceiver(counted, "sendonly")
        await encoder.connect()
        try:
            await until(lambda: len(received) > 10, "the film is on the stage", within=15)
            house.kill("server")
            await asyncio.sleep(1)
            await until(house.is_ready, "the server is back", within=20)
            before = len(received)
            await until(lambda: len(received) > before + 30, "the film goes on", within=10)
            assert all(b == (a + 1) % 120 for a, b in itertools.pairwise(received)), (
                "nobody missed a frame of it"
            )
        finally:
            await ended(watching)
        assert await encoder.end() == 200, "its session URL is still good"
        assert await player.end() == 200


async def test_only_who_may_and_only_while_the_class_is_open(house: House) -> None:
    teacher, student = await house.token("teacher"), await house.token("student1")
    lesson = (await lesson_now(house))["id"]
    async with WhipClient(f"{house.url}/whip/{lesson}", teacher) as encoder:
        encoder.pc.addTransceiver("audio", "sendonly")
        with pytest.raises(Refused, match=r"session\.not_open"):
            await encoder.connect()
    async with WhipClient(f"{house.url}/whip/{lesson}", student) as encoder:
        encoder.pc.addTransceiver("audio", "sendonly")
        with pytest.raises(Refused, match=r"permission\.denied"):
            await encoder.connect()
