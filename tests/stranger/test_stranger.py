"""The client of client.py in a real Sabak: what docs/protocol.md says is enough, and it is so."""

import ast
import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import pytest
from aiortc import MediaStreamTrack
from aiortc.mediastreams import VideoStreamTrack

from tests.e2e.fakes import picture, read_number
from tests.e2e.house import PASSWORD, House
from tests.patience import until
from tests.stranger.client import Client, Refused, lessons_today, log_in

ALLOWED = {"aiortc", "websockets"}


def test_the_client_knows_nothing_of_the_server() -> None:
    tree = ast.parse((Path(__file__).parent / "client.py").read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add((node.module or "").partition(".")[0])
    assert found <= ALLOWED | sys.stdlib_module_names


class Camera(VideoStreamTrack):
    """Pictures with the person's number in them."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._frame = 0

    async def recv(self) -> av.VideoFrame:
        pts, base = await self.next_timestamp()
        frame = av.VideoFrame.from_ndarray(picture(self._number, self._frame % 256), format="bgr24")
        frame.pts, frame.time_base = pts, base
        self._frame += 1
        await asyncio.sleep(1 / 15 - 1 / 30)  # 15 frames a second are enough here
        return frame


class Voice(MediaStreamTrack):
    """A tone that swells, 20 ms at a time."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._start = 0.0

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._start = self._start or loop.time()
        await asyncio.sleep(max(0.0, self._start + self._at / 48_000 - loop.time()))
        t = (np.arange(960) + self._at) / 48_000
        samples = (np.sin(2 * np.pi * 220 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t)) * 9000).astype("<i2")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self._at, Fraction(1, 48_000)
        self._at += 960
        return frame


class Seen(NamedTuple):
    slot: str
    time: int
    number: int
    """What the picture itself says."""


class Student:
    """A client that remembers what it saw and heard."""

    def __init__(self, base: str, token: str, lesson: str) -> None:
        self.seen: list[Seen] = []
        self.loudest = 0.0
        self.client = Client(base, token, lesson, self._frame)

    def _frame(self, slot: str, time: int, frame: Any) -> None:
        if isinstance(frame, av.AudioFrame):
            self.loudest = max(self.loudest, float(np.abs(frame.to_ndarray()).max()))
        else:
            self.seen.append(Seen(slot, time, read_number(frame.to_ndarray(format="bgr24"))))

    def since(self, start: int, slot: str) -> set[int]:
        return {each.number for each in self.seen[start:] if each.slot == slot}

    async def sees(self, slot: str, number: int, within: float = 15) -> None:
        """From now on, within so many seconds."""
        start = len(self.seen)
        await until(lambda: number in self.since(start, slot), f"{slot} shows {number}", within)


@contextlib.asynccontextmanager
async def seated(house: House, logins: list[str]) -> AsyncIterator[list[Student]]:
    tokens = [await asyncio.to_thread(log_in, house.url, login, PASSWORD) for login in logins]
    today = await asyncio.to_thread(lessons_today, house.url, tokens[0])
    lesson = next(each["id"] for each in today if each["may"]["open"])
    people = [Student(house.url, token, lesson) for token in tokens]
    running = [asyncio.create_task(person.client.run()) for person in people]
    try:
        for person in people:
            await person.client.until(lambda person=person: person.client.welcome)
        yield people
    finally:
        for person in people:
            await person.client.close()
        for task in running:
            task.cancel()
        found = await asyncio.gather(*running, return_exceptions=True)
    assert not [each for each in found if isinstance(each, Exception)]


@pytest.mark.engine
@pytest.mark.slow
async def test_a_stranger_takes_part(house: House) -> None:
    async with seated(house, ["teacher", "student1", "student2"]) as (teacher, other, student):
        you = {each: each.client.welcome["you"] for each in (teacher, other, student)}
        assert student.client.welcome["state"] == "planned"
        with pytest.raises(Refused, match=r"permission\.denied"):
            await student.client.ask("lesson.open")
        await teacher.client.ask("lesson.open")
        await student.client.until(lambda: student.client.welcome["state"] == "open")
        await student.client.until(lambda: len(student.client.people) == 3)

        # chat
        assert await teacher.client.say("Саламатсыздарбы") < await student.client.say("Саламатсызбы!")
        await other.client.until(lambda: len(other.client.said()) == 2)

        # media: the teacher with picture and voice, another student with a picture; one watches
        await teacher.client.media([("mic", Voice), ("cam", lambda: Camera(1))], [])
        await other.client.media([("cam", lambda: Camera(2))], [])
        await student.client.media([], ["audio0", "stage", "tile0", "tile1"])
        await student.sees("stage", 1)
        await student.sees("tile0", 2)
        await until(lambda: student.loudest > 1000, "the voice is heard")

        # whoever is pinned comes to the stage, and the name changes at the very frame
        await student.client.ask("media.view", pinned=you[other])
        await student.sees("stage", 2)
        await student.client.ask("media.view", pinned="")
        await student.sees("stage", 1)
        numbers = {you[teacher]: 1, you[other]: 2}
        shown = [each for each in student.seen if each.slot == "stage"]
        names = [numbers.get(student.client.whose("stage", each.time)) for each in shown]
        assert names == [each.number for each in shown], "a name never sits under another's picture"
        assert len(student.client.slots["stage"]) >= 3

        # the socket goes; what was said meanwhile is heard once, and the picture never stopped
        connection, before = student.client.connection, len(student.seen)
        student.client.drop()
        assert await teacher.client.say("Ким угуп жатат?") > 0
        await student.client.until(lambda: student.client.said()[-1:] == ["Ким угуп жатат?"])
        assert student.client.said() == ["Саламатсыздарбы", "Саламатсызбы!", "Ким угуп жатат?"]
        await until(lambda: len(student.seen) > before + 15, "pictures go on")
        assert student.client.connection is connection and student.client.connections == 1
        assert not [e for e in teacher.client.events if e["kind"] == "person.left"]

        # the media worker is killed: everybody makes a new connection by themselves
        assert connection is not None
        candidate = re.search(r"a=candidate:\S+ 1 udp \d+ \S+ (\d+) ", connection.remoteDescription.sdp)
        assert candidate is not None
        house.kill(f"media{int(candidate[1]) - house.media_port}")
        await until(lambda: student.client.connections == 2, "a new connection", within=20)
        await student.sees("stage", 1, within=20)

        # and goodbye
        await other.client.leave()
        await teacher.client.until(lambda: you[other] not in teacher.client.people)
        await teacher.client.ask("lesson.close")
        await student.client.until(lambda: student.client.bye == "session.closed")
