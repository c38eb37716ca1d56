"""A teacher's packets are lost on their way: what is sent again is in the recording, gaps are listed."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.far import far_lesson
from tests.e2e.recorded import frames_of, path_of, whole_recording
from tests.net.hosts import Host, Wire
from tests.net.lane import Harm

pytestmark = [pytest.mark.recording, pytest.mark.e2e, pytest.mark.net]

LOSS, SECONDS = 0.1, 10.0


async def test_lost_packets_are_in_the_recording(tmp_path: Path, fakes_folder: Path) -> None:
    with Host("home") as home, Wire(None, home) as wire:
        async with far_lesson(tmp_path, fakes_folder, home, wire, far="teacher") as (house, lesson):
            wire.harm(Harm(), Harm(loss=LOSS))
            before = wire.stats()[3]
            await asyncio.sleep(SECONDS)
            lost = wire.stats()[3] - before
            wire.harm(Harm())
            token = await house.token("teacher")
            await house.api("POST", f"/api/v1/lessons/{lesson.id}/close", token)
            view = await whole_recording(house, lesson.id, token)
        teacher = next(one["id"] for one in view["people"] if one["role"] == "teacher")
        own = [piece for piece in view["pieces"] if piece["person"] == teacher]
        cameras = [piece for piece in own if piece["source"] == "cam"]
        assert cameras, f"the presenter is recorded: {view['pieces']}"
        seconds = sum(piece["ends"] - piece["starts"] for piece in cameras) / 1000
        frames = sum(len(frames_of(path_of(house, piece))) for piece in cameras)
        missing = sum(end - begin for piece in cameras for begin, end in piece["gaps"]) / 1000
        print(f"{lost} packets were lost; {frames} frames in {seconds:.1f} s, gaps of {missing:.2f} s")
        assert lost > 50, "the wire was good"
        assert seconds > SECONDS * 0.6
        # at 15 frames a second, of which one in five would be damaged without repair
        assert frames >= (seconds - missing) * 15 * 0.8
        assert missing < seconds * 0.2
