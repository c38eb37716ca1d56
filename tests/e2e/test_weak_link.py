"""One student's link is bad: the sound goes on, the picture gets smaller, nobody else notices.

10 % loss and 80 ms of delay each way and 600 kbit/s towards the student, for twenty seconds.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.browser import Person
from tests.e2e.fakes import camera
from tests.e2e.far import far_lesson
from tests.e2e.watching import longest_gap, stage_frames, watch
from tests.net.hosts import Host, Wire
from tests.net.lane import Harm

pytestmark = [pytest.mark.engine, pytest.mark.e2e, pytest.mark.net]

LOSS, DELAY_MS, DOWN_KBPS = 0.1, 80.0, 600.0
SETTLE = 10.0
"""Seconds in which the link's estimate may come down."""
MEASURE = 10.0
LARGE = 360
"""Height of the fake cameras' picture."""

# Only the teacher's picture and voice: what the weak student sends is full of holes for everybody.
RECEIVED = """async () => {
  const sums = {energy: 0, concealed: 0, samples: 0, lost: 0, packets: 0, stage: 0, decoded: 0};
  const stage = document.querySelector('[data-testid="stage"] video');
  const voice = document.querySelector('audio[data-slot="audio0"]');
  const tracks = [stage, voice].map(element => element?.srcObject?.getTracks()[0].id);
  sums.stage = stage ? stage.videoHeight : 0;
  for (const pc of window.__pcs) for (const s of (await pc.getStats()).values()) {
    if (s.type !== 'inbound-rtp' || !tracks.includes(s.trackIdentifier)) continue;
    sums.lost += s.packetsLost || 0;
    sums.packets += s.packetsReceived || 0;
    sums.decoded += s.framesDecoded || 0;
    if (s.kind !== 'audio') continue;
    sums.energy += s.totalAudioEnergy || 0;
    sums.concealed += (s.concealedSamples || 0) - (s.silentConcealedSamples || 0);
    sums.samples += s.totalSamplesReceived || 0;
  }
  return sums;
}"""


@dataclass(frozen=True)
class Received:
    """What one page received in a stretch of time."""

    heights: tuple[int, ...]
    """Of the stage's frames, looked at once a second."""
    energy: float
    concealed: float
    """Share of the sound that the browser had to make up, 0..1, silence not counted."""
    loss: float
    """Share of RTP packets that never came, after repairs."""
    gap: float
    """Seconds of the longest stretch without a frame on the stage."""
    silent_seconds: int
    """Seconds in which no sound was heard at all."""


async def received(someone: Person, seconds: float) -> Received:
    began, heights, silent = time.time(), [], 0
    first = before = await someone.page.evaluate(RECEIVED)
    while time.time() - began < seconds:
        await asyncio.sleep(1.0)
        now = await someone.page.evaluate(RECEIVED)
        heights.append(int(now["stage"]))
        silent += now["energy"] <= before["energy"]
        before = now
    came, lost = before["packets"] - first["packets"], before["lost"] - first["lost"]
    return Received(
        tuple(heights),
        before["energy"] - first["energy"],
        (before["concealed"] - first["concealed"]) / max(before["samples"] - first["samples"], 1),
        max(lost, 0) / max(came + lost, 1),
        longest_gap(await stage_frames(someone), began),
        silent,
    )


async def test_a_weak_link_keeps_its_sound_and_harms_nobody(tmp_path: Path) -> None:
    camera(tmp_path, 1, busy=True)  # the teacher's: its large picture does not fit the link
    with Host("pupil") as pupil, Wire(None, pupil) as wire:
        async with far_lesson(tmp_path, tmp_path, pupil, wire, near=("student2",)) as (_, lesson):
            weak, near = lesson.students
            for student in lesson.students:
                await watch(student)
            await asyncio.sleep(2)
            good = await received(near, 5)
            wire.harm(
                Harm(loss=LOSS, delay_ms=DELAY_MS, rate_kbps=DOWN_KBPS), Harm(loss=LOSS, delay_ms=DELAY_MS)
            )
            await asyncio.sleep(SETTLE)
            passed_before = wire.stats()[0]
            one, other = await asyncio.gather(received(weak, MEASURE), received(near, MEASURE))
            passed = wire.stats()[0] - passed_before
            report = f"before: {good}\nweak: {one}\nnear: {other}\n{passed} packets down in {MEASURE} s"
            print(report)
            assert one.energy > 0, report
            assert one.silent_seconds <= 2, f"sound was missing\n{report}"
            assert one.concealed < 0.25, f"too much of the sound was made up\n{report}"
            assert 0 < max(one.heights[-5:]) < LARGE, f"the picture is not a smaller one\n{report}"
            assert one.gap < 5.0, f"the picture stood still\n{report}"
            assert other.heights[-1] >= max(good.heights), f"somebody else's picture got smaller\n{report}"
            assert other.silent_seconds == 0, f"somebody else's sound suffered\n{report}"
            assert other.loss < 0.005, f"somebody else lost packets\n{report}"
            assert other.gap < 1.0, f"somebody else's picture stood still\n{report}"
