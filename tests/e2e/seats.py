"""Ten examinees in one room, by the protocol alone: a process that is started on the room's host.

Each has an aiortc client (tests/stranger), a camera made of a portrait with neighbours further back, and a
screen that shows the exam's marker; a proctor in the room looks at the wall once a second. Commands come as
JSON lines, each is answered by one:

    {"enter": [login, ...]}      log in and go the way in, all at once -> {"seconds": s}
    {"start": true}              come to class, send, begin to write -> {"people": {login: id}}
    {"act": {login: scene}}      ``neighbours`` or ``beside`` -> {"at": unix time}
    {"work": text}               everybody saves an answer and uploads a file at once -> {"seconds": s}
    {"wall": true}               what the proctor has seen -> {"looks": n, "missed": n, "cards": {...}}
    {"finish": true}             hand in -> {"states": {login: state}, "connections": {login: n}}
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import av
import cv2
import numpy as np
from aiortc.mediastreams import VideoStreamTrack

from proctoring.faces import Picture
from tests.e2e.examinee import alone
from tests.e2e.house import PASSWORD
from tests.stranger.client import Client, log_in

WIDE, HIGH, RATE = 320, 240, 2
ROOM = 20
"""Points by which somebody's picture may move."""
TAB = "seat-in-the-class"
FILE = b"\xff\xd8\xff\xe0" + bytes(3 << 20)


def portraits() -> list[Picture]:
    """Squares around faces, each of somebody who is alone in a picture."""
    found: list[Picture] = []
    for picture, face in alone(0.2):
        high, wide = picture.shape[:2]
        side = min(high, wide, int(face.width * wide * 2.2))
        left = int(np.clip((face.x + face.width / 2) * wide - side / 2, 0, wide - side))
        top = int(np.clip((face.y + face.height / 2) * high - side / 2, 0, high - side))
        found.append(picture[top : top + side, left : left + side])
    return found


def scene(own: Picture, others: list[Picture], name: str) -> Picture:
    """Larger than what is sent by `ROOM` on each side: the own face, two neighbours further back, and for
    ``beside`` somebody who has sat down close by."""
    picture = np.full((HIGH + 2 * ROOM, WIDE + 2 * ROOM, 3), (150, 165, 170), np.uint8)

    def put(face: Picture, x: int, y: int, side: int) -> None:
        picture[y : y + side, x : x + side] = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)

    put(others[0], 28, 40, 56)
    put(others[1], 276, 36, 50)
    if name == "beside":
        put(own, 40, 100, 150)
        put(others[2], 200, 110, 140)
    else:
        put(own, 90, 80, 180)
    return picture


class Painted(VideoStreamTrack):
    """Two pictures a second, as `paint` makes them."""

    def __init__(self, paint: Callable[[], Picture]) -> None:
        super().__init__()
        self._paint = paint

    async def recv(self) -> av.VideoFrame:
        pts, base = await paced(self)
        frame = av.VideoFrame.from_ndarray(self._paint(), format="bgr24")
        frame.pts, frame.time_base = pts, base
        return frame


async def paced(track: VideoStreamTrack) -> Any:
    found = await track.next_timestamp()
    await asyncio.sleep(1 / RATE - 1 / 30)
    return found


class Seat:
    """One examinee."""

    def __init__(self, base: str, exam: str, login: str, number: int, faces: list[Picture]) -> None:
        self.base, self.login, self.number = base, login, number
        self.act = "neighbours"
        self.token = ""
        self.client: Client | None = None
        own, *others = [faces[(number + step) % len(faces)] for step in range(4)]
        self._scenes = {name: scene(own, others, name) for name in ("neighbours", "beside")}
        self._face = cv2.imencode(".jpg", cv2.resize(own, (480, 480)))[1].tobytes()
        self._path = f"{base}/api/v1/exams/{exam}/attempt"
        self._exam = exam
        self._chance = np.random.default_rng(number)
        self._place = np.zeros(2)
        self._page = np.full((720, 1280, 3), 246, np.uint8)
        self._beacon: dict[str, Any] = {}
        self._saves = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """To the own attempt; anything but success is raised."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            options["json"] = {"tab": TAB, **body}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.request(method, self._path + path, **options) as answer,
        ):
            assert answer.status < 400, (
                f"{self.login}: {method} {path}: {answer.status} {await answer.text()}"
            )
            return await answer.json() if answer.status != 204 else None

    async def enter(self) -> None:
        self.token = await asyncio.to_thread(log_in, self.base, self.login, PASSWORD)
        await self.ask("POST", "", {})
        await self.ask("POST", "/steps", {"step": "rules"})
        for step, value in (("biometrics", "yes"), ("equipment", "good"), ("share", "done")):
            await self.ask("POST", "/steps", {"step": step, "value": value})
        await self.ask("POST", f"/photos/face?tab={TAB}", data=self._face)
        await self.ask("POST", "/ready", {})

    async def start(self) -> str:
        self.client = Client(self.base, self.token, self._exam, lambda *_: None)
        self._tasks.append(asyncio.create_task(self.client.run()))
        await self.client.until(lambda: self.client is not None and self.client.welcome)
        await self._fetch()
        self._tasks.append(asyncio.create_task(self._follow()))
        await self.client.media(
            [("cam", lambda: Painted(self.picture)), ("screen", lambda: Painted(self.screen))], []
        )
        await asyncio.sleep(3)
        await self.ask("POST", "/start", {})
        return str(self.client.welcome["you"])

    async def work(self, text: str) -> None:
        self._saves += 1
        await self.ask("PUT", "/answers/1", {"n": self._saves, "text": text})
        await self.ask("POST", f"/answers/4/files?tab={TAB}&name=paper.jpg", data=FILE)
        await self.ask("POST", "/events", {"events": [{"n": self._saves, "kind": "focus_lost"}]})

    async def finish(self) -> str:
        view = await self.ask("POST", "/submit", {})
        for task in self._tasks:
            task.cancel()
        if self.client is not None:
            await self.client.close()
        return str(view["state"])

    async def _follow(self) -> None:
        """As the page does: the marker's next slots in time, the attempt every five seconds."""
        while True:
            await asyncio.sleep(5)
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await self.ask("GET", f"?tab={TAB}")
                if time.monotonic() - self._beacon["came"] > 30:
                    await self._fetch()

    async def _fetch(self) -> None:
        asked = time.monotonic()
        found = await self.ask("GET", "/beacon")
        came = time.monotonic()
        slow = came - asked > 3
        self._beacon = {**found, "came": came if slow else (asked + came) / 2}

    def picture(self) -> Picture:
        self._place = np.clip(self._place * 0.98 + self._chance.normal(0, 1.2, 2), -ROOM, ROOM)
        x, y = (round(ROOM + float(each)) for each in self._place)
        picture = self._scenes[self.act][y : y + HIGH, x : x + WIDE].astype(np.float32)
        return np.clip(picture + self._chance.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)

    def screen(self) -> Picture:
        """A screen of 1280 x 720 as the page makes it small; 9 points a module."""
        sheet = self._beacon
        now = sheet["now_us"] + (time.monotonic() - sheet["came"]) * 1e6
        slot = int(now // sheet["slot_us"]) - sheet["first"]
        rows = sheet["marks"][min(max(slot, 0), len(sheet["marks"]) - 1)]
        marker = np.array(
            [[255 * (not row >> (14 - bit) & 1) for bit in range(15)] for row in rows], np.uint8
        )
        marker = cv2.resize(marker, None, fx=9, fy=9, interpolation=cv2.INTER_NEAREST)
        page = self._page.copy()
        page[560:695, 1120:1255] = marker[:, :, None]
        cv2.putText(page, time.strftime("%H:%M:%S"), (60, 80), cv2.FONT_HERSHEY_SIMPLEX, 1, (20, 20, 20), 2)
        return np.asarray(cv2.resize(page, (640, 360), interpolation=cv2.INTER_AREA), np.uint8)


class Proctor:
    """At a computer of the same room."""

    def __init__(self, base: str, exam: str) -> None:
        self._base, self._exam = base, exam
        self.looks = self.missed = 0
        self.first: dict[str, float] = {}
        """When a kind of flag stood on somebody's card for the first time: `person kind`."""
        self.cards: dict[str, Any] = {}

    async def run(self) -> None:
        token = await asyncio.to_thread(log_in, self._base, "proctor", PASSWORD)
        headers = {"Authorization": f"Bearer {token}"}
        timeout = aiohttp.ClientTimeout(5)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as http:
            path = f"{self._base}/api/v1/exams/{self._exam}"
            await http.post(f"{path}/duty", json={"on": True})
            while True:
                try:
                    async with http.get(f"{path}/wall") as answer:
                        assert answer.status == 200, f"the wall answered {answer.status}"
                        self._take(await answer.json())
                except (aiohttp.ClientError, TimeoutError):
                    self.missed += 1
                await asyncio.sleep(1)

    def _take(self, wall: dict[str, Any]) -> None:
        self.looks += 1
        for card in wall["students"]:
            self.cards[card["person"]] = card
            for kind in card["standing"]:
                self.first.setdefault(f"{card['person']} {kind}", time.time())


class Room:
    """The process: what it is told, it does."""

    def __init__(self, base: str, exam: str) -> None:
        self.base, self.exam = base, exam
        self.seats: list[Seat] = []
        self.proctor = Proctor(base, exam)

    async def enter(self, logins: list[str]) -> dict[str, Any]:
        faces = portraits()
        self.seats = [Seat(self.base, self.exam, each, n, faces) for n, each in enumerate(logins)]
        begun = time.monotonic()
        await asyncio.gather(*(seat.enter() for seat in self.seats))
        return {"seconds": time.monotonic() - begun, "faces": len(faces)}

    async def start(self, _: Any) -> dict[str, Any]:
        ids = await asyncio.gather(*(seat.start() for seat in self.seats))
        return {"people": dict(zip((seat.login for seat in self.seats), ids, strict=True))}

    async def act(self, scenes: dict[str, str]) -> dict[str, Any]:
        for seat in self.seats:
            seat.act = scenes.get(seat.login, seat.act)
        return {"at": time.time()}

    async def work(self, text: str) -> dict[str, Any]:
        begun = time.monotonic()
        await asyncio.gather(*(seat.work(f"{text} {seat.login}") for seat in self.seats))
        return {"seconds": time.monotonic() - begun}

    async def wall(self, _: Any) -> dict[str, Any]:
        seen = self.proctor
        return {"looks": seen.looks, "missed": seen.missed, "first": seen.first, "cards": seen.cards}

    async def finish(self, _: Any) -> dict[str, Any]:
        made = {seat.login: seat.client.connections if seat.client else 0 for seat in self.seats}
        states = await asyncio.gather(*(seat.finish() for seat in self.seats))
        logins = (seat.login for seat in self.seats)
        return {"states": dict(zip(logins, states, strict=True)), "connections": made}


async def main(base: str, exam: str) -> None:
    room = Room(base, exam)
    watching = asyncio.create_task(room.proctor.run())
    while line := await asyncio.to_thread(sys.stdin.readline):
        ((name, value),) = json.loads(line).items()
        try:
            answer = await getattr(room, name)(value)
        except (AssertionError, Exception) as error:  # the test shows it
            answer = {"error": f"{type(error).__name__}: {error}"}
        if watching.done():
            answer["error"] = f"the proctor's wall ended: {watching.exception()}"
        print(json.dumps(answer), flush=True)
    watching.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
