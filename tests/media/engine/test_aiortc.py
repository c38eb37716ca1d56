"""An independent client on both sides: aiortc publishes a real VP8 picture and real sound through the
engine, another aiortc receives and decodes them."""

import asyncio
import contextlib
import fractions
import secrets
from collections.abc import AsyncIterator
from typing import Any

import av
import numpy as np
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack

from media.messages import Assigned, OpenPeer, Rights
from server.live import answer as answers
from server.live import offer as offers
from tests.media.engine.kit import EVERYONE, LISTENER, House, house
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

WIDTH, HEIGHT = 320, 240


class Bars(VideoStreamTrack):
    """A picture whose left part is as bright as the frame number says."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    async def recv(self) -> av.VideoFrame:
        pts, base = await self.next_timestamp()
        image = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
        image[:, : WIDTH // 2] = (200, 60, 60) if self.number % 20 < 10 else (60, 60, 200)
        self.number += 1
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


class Tone(AudioStreamTrack):
    """440 Hz, mono."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._start: float | None = None

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._start = self._start if self._start is not None else loop.time()
        await asyncio.sleep(max(0.0, self._start + self._at / 48000 - loop.time()))
        time = (np.arange(960) + self._at) / 48000
        samples = (np.sin(2 * np.pi * 440 * time) * 12000).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self._at, fractions.Fraction(1, 48000)
        self._at += 960
        return frame


@contextlib.asynccontextmanager
async def connection() -> AsyncIterator[RTCPeerConnection]:
    made = RTCPeerConnection()
    try:
        yield made
    finally:
        await made.close()


async def join(
    made: House, pc: RTCPeerConnection, name: str, rights: Rights, purposes: dict[int, str]
) -> None:
    """Offer, answer; `purposes` by the number of the section."""
    await pc.setLocalDescription(await pc.createOffer())
    mids = {str(t.mid): purposes[i] for i, t in enumerate(pc.getTransceivers())}
    agreed = offers.agree(pc.localDescription.sdp, mids, lambda _: True, name)
    server = secrets.token_hex(4), secrets.token_hex(12)
    made.engine.open_peer(
        OpenPeer(
            name, "room", *server, agreed.ufrag, agreed.password, list(agreed.fingerprints),
            list(agreed.sections), rights,
        )
    )  # fmt: skip
    state = made.engine.state()
    local = answers.Local(*server, state.fingerprint, tuple(state.addresses), state.port, False, name)
    await pc.setRemoteDescription(RTCSessionDescription(answers.write(agreed, local), "answer"))
    await until(lambda: pc.connectionState == "connected", f"{name} is connected", within=15)


async def collect(track: MediaStreamTrack, into: list[Any]) -> None:
    while True:
        into.append(await track.recv())


async def test_a_picture_and_a_tone_pass_through_unharmed() -> None:
    async with house() as made, connection() as sender, connection() as viewer, asyncio.TaskGroup() as tasks:
        sender.addTransceiver(Tone(), "sendonly")
        sender.addTransceiver(Bars(), "sendonly")
        viewer.addTransceiver("audio", "recvonly")
        viewer.addTransceiver("video", "recvonly")
        pictures: list[av.VideoFrame] = []
        sounds: list[av.AudioFrame] = []
        readers: list[asyncio.Task[None]] = []

        @viewer.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            into: list[Any] = pictures if track.kind == "video" else sounds
            readers.append(tasks.create_task(collect(track, into)))

        await join(made, viewer, "student", LISTENER, {0: "audio0", 1: "stage"})
        await join(made, sender, "teacher", EVERYONE, {0: "mic", 1: "cam"})
        await until(lambda: len(pictures) >= 40 and len(sounds) >= 60, "pictures and sound", within=20)
        for reader in readers:
            reader.cancel()

        assert {one.slot for one in made.of(Assigned) if one.publisher == "teacher"} == {"audio0", "stage"}
        left = [frame.to_ndarray(format="rgb24")[40:200, 20:140].mean(axis=(0, 1)) for frame in pictures[5:]]
        red = [bool(colour[0] > colour[2] + 60) for colour in left]
        blue = [bool(colour[2] > colour[0] + 60) for colour in left]
        assert all(a or b for a, b in zip(red, blue, strict=True))
        assert any(red)
        assert any(blue)
        samples = np.concatenate([frame.to_ndarray().reshape(-1, 2)[:, 0] for frame in sounds[20:]])
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        loudest = np.argmax(spectrum) * 48000 / len(samples)
        assert loudest == pytest.approx(440, abs=5)
