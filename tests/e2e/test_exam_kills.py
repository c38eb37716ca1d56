"""SIGKILL of each process in turn during an exam: it goes on, and nothing is held against the examinee.

One real examinee writes on a real screen. After each death the answer that was being written is on the
server, the clock has lost nothing but what the server itself was away, camera and screen arrive again, the
machine looks on, the wall says what it could not look at and why - and no flag is raised.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from tests.e2e.browser import Person
from tests.e2e.examinee import acting, examinee, put_models, way_in
from tests.e2e.house import House
from tests.e2e.recorded import begun, frames_of, path_of, probed, whole_recording
from tests.e2e.sitting import Exam, hand_in, seconds_left, the_exam, write
from tests.patience import until
from tests.proctoring.models import all_models

pytestmark = [pytest.mark.e2e, pytest.mark.exam, pytest.mark.engine]

BLIND = 8.0
"""Seconds for which vision worker, recorder and server are killed again: what died once is back too soon for
anybody to notice."""
BEFORE = 2.0
"""Seconds before a kill up to which everything received is in a file."""
SHORTEST = 5.0
"""Seconds of a gap that is named (server/exams/sight.py)."""
WITHIN = 30.0


class Watch:
    """A proctor's program at the wall, half a second a look: what it saw, and when."""

    def __init__(self, exam: Exam, login: str) -> None:
        self.exam = exam
        self.login = login
        self.silent = 0.0
        """Seconds in all in which the server did not answer."""
        self.card: dict[str, Any] = {}
        self.up = True
        self.downs = 0
        """Times that the wall said that the machine does not look."""
        self.blanks = 0
        """Looks in which no camera arrived."""
        self.recording = ""
        self.problems: set[str] = set()
        """What the wall said of the recording."""
        self.pictures: list[float] = []
        """When a newer picture of the webcam was there."""
        self._after = 0

    async def run(self) -> None:
        while True:
            before = time.monotonic()
            try:
                wall = await self.exam.wall()
                self.card = next(
                    each for each in wall["students"] if each["person"] == self.exam.people[self.login]
                )
                self.downs += self.up and not wall["health"]["up"]
                self.up = wall["health"]["up"]
                self.blanks += not self.card["camera"]
                self.recording = wall["recording"]
                self.problems |= {self.recording} - {""}
                await self._look()
            except (aiohttp.ClientError, TimeoutError, AssertionError):
                await asyncio.sleep(0.2)
                self.silent += time.monotonic() - before
                self._after = 0
                continue
            await asyncio.sleep(0.5)

    async def _look(self) -> None:
        path = f"{self.exam.house.url}/api/v1/exams/{self.exam.key}/wall/pictures?after={self._after}"
        headers = {"Authorization": f"Bearer {self.exam.token}"}
        async with aiohttp.ClientSession(headers=headers) as http, http.get(path) as answer:
            data = await answer.read()
        at = 0
        while at < len(data):
            seq, camera, length = int.from_bytes(data[at : at + 4]), data[at + 4], data[at + 5]
            at += 6 + length
            at += 4 + int.from_bytes(data[at : at + 4])
            if seq > self._after and camera == 0:
                self.pictures.append(time.time())
            self._after = max(self._after, seq)

    def blind(self, since: float, to: float) -> tuple[float, float]:
        """The longest stretch without a new picture between two Unix times."""
        times = [since, *(each for each in self.pictures if since < each < to), to]
        return max(itertools.pairwise(times), key=lambda pair: pair[1] - pair[0])


class Death(NamedTuple):
    """Unix times: when it was killed, and when everything was as before."""

    name: str
    at: float
    over: float


@contextlib.asynccontextmanager
async def sitting(folder: Path) -> AsyncIterator[tuple[House, Exam, Person, Watch]]:
    """An exam that student1 writes, and its wall."""
    house = House(folder / "data")
    put_models(house.data, all_models())
    async with house, examinee("student1", house.url, acting()) as student:
        exam = await the_exam(house)
        await student.log_in()
        exam.people["student1"] = await student.id()
        await student.page.goto(f"{house.url}/exams/{exam.key}")
        await way_in(student)
        await exam.do("student1", "admit", reason="Looked at the photos")
        await student.get("exam-start").click()
        await student.get("exam-running").wait_for()
        await exam.looked_at(["student1"])
        watch = Watch(exam, "student1")
        task = asyncio.create_task(watch.run())
        try:
            await until(lambda: len(watch.pictures) > 5, "the machine looks", within=WITHIN)
            yield house, exam, student, watch
        finally:
            task.cancel()


async def media_in_use(house: House, student: Person) -> str:
    port = await student.page.evaluate(
        """async () => { for (const pc of window.__pcs) for (const s of (await pc.getStats()).values())
             if (s.type === 'remote-candidate' && pc.connectionState === 'connected') return s.port; }"""
    )
    return f"media{int(port) - house.media_port}"


async def kill_for(house: House, name: str, seconds: float) -> None:
    """Kill it, and whatever comes in its place, for so long."""
    end = time.monotonic() + seconds
    killed = 0
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError):
            if house.pid(name) != killed:
                killed = house.kill(name)
        await asyncio.sleep(0.1)


async def test_each_process_dies_during_an_exam(tmp_path: Path) -> None:
    async with sitting(tmp_path) as (house, exam, student, watch):
        began, left = time.monotonic(), int((await exam.card("student1"))["seconds_left"])
        silent_before = watch.silent
        deaths: list[Death] = []
        for victim in ("vision0", "media", "recorder", "server"):
            await asyncio.sleep(12)
            name = await media_in_use(house, student) if victim == "media" else victim
            text = f"Written while {victim} was killed."
            at = time.time()
            blanks = watch.blanks
            if victim != "media":
                await asyncio.gather(write(student, text), kill_for(house, name, BLIND))
            else:
                house.kill(name)
                await write(student, text)

            async def kept(text: str = text) -> bool:
                with contextlib.suppress(aiohttp.ClientError, AssertionError):
                    return await exam.answer("student1") == text
                return False

            await until(kept, f"what was written when {name} was killed is kept", within=WITHIN)
            await exam.looked_at(["student1"])
            seen = len(watch.pictures)
            await until(
                lambda seen=seen: len(watch.pictures) > seen + 2, "the machine looks on", within=WITHIN
            )
            await until(lambda: watch.up, "the wall says so", within=WITHIN)
            if victim == "vision0":
                assert watch.downs, "the wall said that the machine does not look"
            if victim == "recorder":
                await until(lambda: not watch.recording, "the recording goes on", within=WITHIN)
                assert "recording.down" in watch.problems, "the wall said that nothing is recorded"
            if victim == "media":
                assert watch.blanks > blanks, "the wall said that no picture comes"
            deaths.append(Death(victim, at, time.time()))
        await asyncio.sleep(12)
        card = await exam.card("student1")
        passed, spent = time.monotonic() - began, left - card["seconds_left"]
        silent = watch.silent - silent_before
        print(f"{passed:.1f} s passed, of them {silent:.1f} s without a server; the clock went {spent} s")
        assert card["state"] == "running"
        assert spent <= passed + 1, "the exam lost time"
        assert spent >= passed - silent - 10, "the exam won more than the server was away"
        assert abs(await seconds_left(student) - card["seconds_left"]) <= 2
        one = await exam.one("student1")
        assert [each["kind"] for each in one["flags"]] == [], "a kill is nobody's fault"
        for death in deaths:
            check_gaps(one["gaps"], death, watch)
        await hand_in(student)
        assert await exam.answer("student1") == "Written while server was killed."
        await check_recording(house, exam, deaths)


def check_gaps(gaps: list[dict[str, Any]], death: Death, watch: Watch) -> None:
    """A stretch without a look that is worth a word is named, with why."""
    begin, end = watch.blind(death.at - 1, death.over)
    named = [each for each in gaps if seconds_of(each["end"]) > begin and seconds_of(each["begin"]) < end]
    words = [f"{each['what']} {seconds_of(each['end']) - seconds_of(each['begin']):.1f} s" for each in named]
    print(
        f"{death.name}: as before after {death.over - death.at:.1f} s, blind for {end - begin:.1f} s; {words}"
    )
    if end - begin > SHORTEST + 2:
        assert any(each["what"].startswith("webcam") for each in named), f"{death.name}: no gap in {gaps}"
    if death.name in ("vision0", "server"):
        assert any(each["what"] == "webcam analysis" for each in named), f"{death.name}: {named}"


def seconds_of(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()


async def check_recording(house: House, exam: Exam, deaths: list[Death]) -> None:
    """Every file plays, and what was received two seconds before each kill is in one."""
    token = await house.token("admin")
    await house.api("POST", f"/api/v1/lessons/{exam.key}/close", token)
    view = await whole_recording(house, exam.key, exam.token, within=30)
    for piece in view["pieces"]:
        path = path_of(house, piece)
        await probed(path)
        frames = await asyncio.to_thread(frames_of, path)
        assert frames, f"{path.name} has no frame"
        spent = float(frames[-1].time) * 1000
        assert spent >= piece["ends"] - piece["starts"] - 1500, f"{path.name} ends early"
    person = exam.people["student1"]
    for death in deaths:
        moment = int((death.at - BEFORE - begun(view)) * 1000)
        for source in ("cam", "screen"):
            mine = [each for each in view["pieces"] if (each["person"], each["source"]) == (person, source)]
            there = any(each["starts"] <= moment <= each["ends"] for each in mine)
            files = [(each["starts"], each["ends"], each["width"]) for each in mine]
            assert there, f"{source} {BEFORE} s before {death.name} was killed at {moment}: {files}"
    print(f"{len(view['pieces'])} files, {view['length'] / 1000:.0f} s")
