"""The class with a real media worker process and an independent client (aiortc): a picture arrives."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from server.settings import Settings
from tests.server.live.campus import Campus, Page

pytestmark = [pytest.mark.ground, pytest.mark.slow]


async def worker_process(settings: Settings) -> asyncio.subprocess.Process:
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    socket = settings.run_dir / "media0.sock"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "media.worker", "--socket", str(socket), "--listen", "127.0.0.1:0",
        "--announce", "127.0.0.1", cwd=Path(__file__).parents[3], stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(15):
        while not socket.exists():
            assert process.returncode is None
            await asyncio.sleep(0.05)
    return process


@pytest.fixture
async def real(settings: Settings) -> AsyncIterator[Campus]:
    campus = Campus(settings)
    process = await worker_process(settings)
    try:
        await campus.start()
        await campus.fill()
        yield campus
    finally:
        await campus.stop()
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def connected(page: Page, client: RTCPeerConnection, *purposes: str) -> str:
    await client.setLocalDescription(await client.createOffer())
    named = {each.mid: name for each, name in zip(client.getTransceivers(), purposes, strict=True)}
    answer = await page.ask("media.offer", sdp=client.localDescription.sdp, purposes=named)
    assert answer["type"] == "ok", answer
    await client.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
    async with asyncio.timeout(15):
        while client.connectionState != "connected":
            assert client.connectionState != "failed"
            await asyncio.sleep(0.05)
    return str(answer["epoch"])


async def test_a_picture_and_a_voice_arrive_and_survive_the_server(real: Campus) -> None:
    teacher, student = await real.opened("student1")
    sender, receiver = RTCPeerConnection(), RTCPeerConnection()
    arrived: dict[str, Any] = {}
    receiver.on("track", lambda track: arrived.setdefault(track.kind, track))
    try:
        sender.addTransceiver(AudioStreamTrack(), "sendonly")
        sender.addTransceiver(VideoStreamTrack(), "sendonly")
        await connected(teacher, sender, "mic", "cam")
        receiver.addTransceiver("audio", "recvonly")
        receiver.addTransceiver("video", "recvonly")
        epoch = await connected(student, receiver, "audio0", "stage")
        shown = await student.type("assigned", 10, slot="stage", person=real.user("teacher"))
        assert shown["source"] == "cam"
        async with asyncio.timeout(15):
            for _ in range(5):
                frame = await arrived["video"].recv()
            await arrived["audio"].recv()
        assert (frame.width, frame.height) == (640, 480)
        await real.stop()
        await real.start()
        back = await real.seated("student1")
        welcome = await back.type("welcome")
        assert welcome["epoch"] == epoch, "the connection goes on without a new offer"
        assert (await back.type("assigned", slot="stage"))["person"] == real.user("teacher")
        async with asyncio.timeout(15):
            for _ in range(5):
                await arrived["video"].recv()
    finally:
        await sender.close()
        await receiver.close()
