"""Real Chromium against the real worker process: publish with simulcast, receive, restart, fall back."""

import asyncio
import os
import signal
from typing import Any

import pytest

from media.messages import Assigned, Rights, SetView, Stats, View
from tests.bench.load.worker import Steering, worker
from tests.media.engine.browser_page import BrowserPeer, chromium, open_page
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.e2e, pytest.mark.slow]

TEACHER = Rights(("mic", "cam", "screen"), ("class",), ("class",), True)
STUDENT = Rights((), (), ("class",))
SLOTS = ("audio0", "audio1", "stage", "speaker", "tile0")


def port() -> int:
    return 46_000 + os.getpid() % 1000


async def decoded(peer: BrowserPeer, slot: str = "stage") -> int:
    return int((await peer.stats()).get(slot, {}).get("framesDecoded", 0))


async def progress(peer: BrowserPeer, frames: int, what: str, within: float = 10.0) -> None:
    """Wait for so many more decoded frames on the stage."""
    start = await decoded(peer)

    async def enough() -> bool:
        return await decoded(peer) >= start + frames

    await until(enough, what, within)


async def class_of_two(
    context: Any, steering: Steering, camera: tuple[int, int, int] = (640, 360, 15), **more: Any
) -> tuple[BrowserPeer, BrowserPeer]:
    teacher = await open_page(context, steering, "teacher")
    await teacher.join(TEACHER, sends=camera, slots=("audio0", "stage"))
    student = await open_page(context, steering, "student")
    await student.join(STUDENT, slots=SLOTS, **more)
    await progress(student, 10, "the student sees the teacher")
    return teacher, student


async def test_three_layers_up_and_the_largest_down() -> None:
    async with worker("127.0.0.1", port()) as (steering, _), chromium() as context:
        # Chromium sends a third layer from 960x540 on
        teacher, student = await class_of_two(context, steering, (1280, 720, 10))
        assert teacher.connect_ms < 1000
        assert student.connect_ms < 1000

        async def all_layers() -> bool:
            sent = await teacher.stats()
            return all(sent.get(f"cam/{rid}", {}).get("framesSent", 0) > 10 for rid in "qhf")

        await until(all_layers, "three layers are sent")

        async def largest() -> bool:
            return bool((await student.stats()).get("stage", {}).get("frameWidth") == 1280)

        await until(largest, "the student sees the largest layer")
        stats = await student.stats()
        assert "GCM" in stats["transport"]["srtpCipher"]
        assert stats["audio0"]["totalAudioEnergy"] > 0
        named = {(one.slot, one.publisher, one.source) for one in steering.heard if isinstance(one, Assigned)}
        assert named == {("stage", "teacher", "cam"), ("audio0", "teacher", "mic")}

        assert steering.link is not None
        steering.link.change(SetView("student", View(heights={"stage": 90})))

        async def smallest() -> bool:
            return bool((await student.stats()).get("stage", {}).get("frameWidth") == 320)

        await until(smallest, "a small stage gets the smallest layer")
        assert (await student.stats())["stage"]["packetsLost"] <= 0

        def both_told() -> bool:
            told = [one for one in steering.heard if isinstance(one, Stats)]
            counters = told[-1].counters if told else {}
            return (
                counters.get("sabak_media_profile_AEAD_AES_128_GCM_total") == 2
                and counters["sabak_media_packets_forwarded_total"] > 100
                and {one.peer for one in told[-1].peers} == {"teacher", "student"}
            )

        await until(both_told, "statistics of both", within=12)


async def test_sharing_a_screen_takes_the_stage_without_a_new_offer() -> None:
    async with worker("127.0.0.1", port()) as (steering, _), chromium() as context:
        teacher, student = await class_of_two(context, steering)
        await teacher.page.evaluate(
            """async () => {
                const canvas = document.createElement('canvas');
                canvas.width = 1024; canvas.height = 576;
                const paint = canvas.getContext('2d');
                setInterval(() => { paint.fillStyle = `hsl(${Date.now() / 20 % 360},80%,50%)`;
                                    paint.fillRect(0, 0, 1024, 576); }, 50);
                await screen_.sender.replaceTrack(canvas.captureStream(20).getVideoTracks()[0]);
            }"""
        )

        async def shared() -> bool:
            # a busy encoder scales the screen down, so its size proves nothing: who is in the slot does,
            # and that frames of it are decoded
            stage = [one for one in steering.heard if isinstance(one, Assigned) and one.slot == "stage"]
            if not stage or stage[-1].source != "screen":
                return False
            before = (await student.stats()).get("stage", {}).get("framesDecoded", 0)
            await asyncio.sleep(0.5)
            return bool((await student.stats()).get("stage", {}).get("framesDecoded", 0) > before)

        await until(shared, "the screen is on the stage", within=15)
        last = [one for one in steering.heard if isinstance(one, Assigned) and one.slot == "stage"][-1]
        assert (last.publisher, last.source) == ("teacher", "screen")
        speaker = [one for one in steering.heard if isinstance(one, Assigned) and one.slot == "speaker"][-1]
        assert (speaker.publisher, speaker.source) == ("teacher", "cam")


async def test_ice_restart_goes_on_with_the_same_keys() -> None:
    async with worker("127.0.0.1", port()) as (steering, _), chromium() as context:
        _, student = await class_of_two(context, steering)
        await student.restart()
        await progress(student, 20, "the picture goes on")


async def test_a_student_whose_udp_is_blocked_joins_over_tcp() -> None:
    async with worker("127.0.0.1", port()) as (steering, _), chromium() as context:
        _, student = await class_of_two(context, steering, tcp=True)
        stats = await student.stats()
        assert stats["stage"]["framesDecoded"] > 0
        await until(lambda: [s for s in steering.heard if isinstance(s, Stats)], "statistics", within=8)
        latest = [s for s in steering.heard if isinstance(s, Stats)][-1]
        assert {one.peer: one.path for one in latest.peers}["student"] == "tcp"


async def test_a_worker_that_stops_is_noticed_at_once() -> None:
    async with worker("127.0.0.1", port()) as (steering, pid), chromium() as context:
        _, student = await class_of_two(context, steering)
        os.kill(pid, signal.SIGTERM)
        started = asyncio.get_running_loop().time()

        async def closed() -> bool:
            state = await student.page.evaluate("() => pc.getTransceivers()[0].receiver.transport.state")
            return bool(state == "closed")

        await until(closed, "the page knows", within=3)
        assert asyncio.get_running_loop().time() - started < 3
