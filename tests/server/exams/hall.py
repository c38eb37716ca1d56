"""An exam hall for tests: the real server, one exam that is on, students, a proctor; played workers.

Only the media worker and the vision worker are played, at their sockets and by their messages.
"""

import asyncio
import copy
import functools
import io
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from media import control
from media.messages import Done, PeerInfo, TrackInfo
from proctoring.faces import Face
from proctoring.messages import (
    Describe,
    Described,
    Look,
    LookAway,
    Looks,
    SeenScreen,
    SeenWebcam,
    ToVision,
    VisionState,
)
from proctoring.quality import Quality
from server.exams.desk import ExamDesk
from server.permissions import Grant
from server.plan import lessons, units
from server.plan.lesson_shapes import NewLesson
from server.plan.views import local
from server.settings import Settings
from tests.server.kit import Answer, Running, running
from tests.server.live.campus import FakeWorker, Page

HOUR = 3_600_000_000
GOOD = Quality(dark=False, covered=False, frozen=False, loop=False)
TAB = "tab-of-a-student"


class FakeVision(control.Endpoint):
    """A vision worker by its messages alone."""

    def __init__(self, path: Any) -> None:
        self.path = path
        self.looks: dict[str, Look] = {}
        self.links: list[control.Link] = []
        self.described = Described("", bytes(512))
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._server = await control.serve(self.path, lambda: self, ToVision | Done)

    async def stop(self) -> None:
        assert self._server is not None
        for link in list(self.links):
            link.close()
        self._server.close()
        await self._server.wait_closed()

    def snapshot(self) -> msgspec.Struct:
        return VisionState(0, "epoch1", {"faces": "played"})

    def on_open(self, link: control.Link) -> None:
        self.links.append(link)

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        if isinstance(body, Looks):
            self.looks = {look.peer: look for look in body.looks}

    def on_change(self, link: control.Link, body: Any) -> None:
        match body:
            case Look():
                self.looks[body.peer] = body
            case LookAway():
                self.looks.pop(body.peer, None)

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        assert isinstance(body, Describe)
        return self.described

    def on_close(self, link: control.Link) -> None:
        self.links.remove(link)

    def say(self, body: msgspec.Struct) -> None:
        for link in self.links:
            link.change(body)

    def webcam(self, peer: str, faces: int = 1, back: float = 0.0, **more: Any) -> None:
        """A look at a webcam, `back` seconds ago."""
        face = Face(0.4, 0.3, 0.2, 0.3, 0.9, ())
        at = round((time.monotonic() - back) * 1e6)
        self.say(SeenWebcam(peer, at, more.pop("quality", GOOD), [face] * faces, **more))

    def screen(self, peer: str, marks: tuple[int, int, int, int] | None, back: float = 0.0) -> None:
        self.say(SeenScreen(peer, round((time.monotonic() - back) * 1e6), marks))


class Hall:
    """`exam`: the exam's id; `people` and `tokens` by login."""

    def __init__(self, house: Running, media: FakeWorker, vision: FakeVision) -> None:
        self.running = house
        self.media = media
        self.vision = vision
        self.exam = ""
        self.rules = ""
        self.people: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.pages: list[Page] = []

    @property
    def desk(self) -> ExamDesk:
        return self.running.house.part(ExamDesk)

    async def fill(self, students: int = 2) -> None:
        await self._add("admin", "admin")
        await self._add("teacher", "teacher")
        await self._add("proctor", "proctor")
        await self._add("proctor2", "proctor")
        await self._add("stranger", "student")
        for n in range(1, students + 1):
            await self._add(f"student{n}", "student")
        house = self.running.house
        faculty = (await units.create(house, "system", "faculty", {"name": "Факультет"})).id
        department = (
            await units.create(house, "system", "department", {"faculty": faculty, "name": "Кафедра"})
        ).id
        discipline = await units.create(
            house, "system", "discipline",
            {"department": department, "name": "Физика", "language": "ky", "hours": 90, "contact_hours": 45},
        )  # fmt: skip
        now = house.clock.now()
        body = NewLesson(
            kind="exam", starts=local(house, now - 60_000_000), ends=local(house, now + 2 * HOUR),
            discipline=discipline.id, teachers=[self.people["teacher"]], proctors=[self.people["proctor"]],
            students=[self.people[f"student{n}"] for n in range(1, students + 1)],
        )  # fmt: skip
        self.exam, _ = await lessons.create(house, "system", body)

    async def _add(self, login: str, role: Any) -> None:
        self.people[login] = await self.running.person(login, Grant(role), name=login.title())
        self.tokens[login] = await self.running.token_of(self.people[login])

    async def set_up(self, **settings: Any) -> None:
        drafted = await self.ask("admin", "POST", "/exam-rules", title="Онлайн экзамен")
        self.rules = drafted.json["id"]
        await self.good("admin", "POST", f"/exam-rules/{self.rules}/approve", protocol="7", date="2026-09-01")
        questions = [{"id": "q1", "text": "Ньютондун мыйзамы?"}, {"id": "q2", "kind": "file"}]
        body = {"minutes": 60, "rules": self.rules, "questions": questions, **settings}
        await self.good("teacher", "PUT", f"/exams/{self.exam}", **body)

    async def ask(self, login: str, method: str, path: str, **body: Any) -> Answer:
        options: dict[str, Any] = {"json": body} if method in ("POST", "PUT", "PATCH") else {"params": body}
        return await self.running.call(method, f"/api/v1{path}", self.tokens.get(login, ""), **options)

    async def good(self, login: str, method: str, path: str, **body: Any) -> Any:
        answer = await self.ask(login, method, path, **body)
        assert answer.status in (200, 204), answer.text
        return answer.json

    async def own(self, login: str, method: str, path: str, **body: Any) -> Any:
        """A request to the own attempt; it must succeed."""
        return await self.good(login, method, f"/exams/{self.exam}/attempt{path}", **body)

    async def photo(self, login: str, kind: str, data: bytes = b"\xff\xd8\xff\xe0picture") -> Answer:
        path = f"/api/v1/exams/{self.exam}/attempt/photos/{kind}?tab={TAB}"
        return await self.running.call("POST", path, self.tokens[login], data=io.BytesIO(data))

    async def open_page(self, login: str) -> Page:
        """The class socket of somebody's page."""
        socket = await self.running.http.ws_connect(
            f"{self.running.url}/ws/lessons/{self.exam}",
            headers={"Authorization": f"Bearer {self.tokens[login]}"},
        )
        page = Page(socket)
        self.pages.append(page)
        await page.send('{"type": "hello", "after": 0, "tab": "page-1"}')
        await page.type("welcome", state="open")
        return page

    async def opened(self) -> None:
        """Wait until the exam's session is open."""
        async with asyncio.timeout(5):
            while (room := self.desk.room_of(self.exam)) is None or not room.open:
                await asyncio.sleep(0.05)

    async def prepare(self, login: str) -> None:
        """The whole way in, up to waiting for a proctor."""
        await self.own(login, "POST", "", tab=TAB)
        await self.own(login, "POST", "/steps", tab=TAB, step="rules")
        for step, value in (("biometrics", "yes"), ("equipment", "good"), ("share", "")):
            await self.own(login, "POST", "/steps", tab=TAB, step=step, value=value)
        answer = await self.photo(login, "face")
        assert answer.status == 200, answer.text
        view = await self.own(login, "POST", "/ready", tab=TAB)
        assert view["state"] == "waiting"

    async def start(self, login: str) -> Page:
        """Prepared, let in, writing, with a page that is connected and sends."""
        await self.opened()
        await self.prepare(login)
        page = await self.open_page(login)
        await self.good("proctor", "POST", f"/exams/{self.exam}/people/{self.people[login]}/admit")
        view = await self.own(login, "POST", "/start", tab=TAB)
        assert view["state"] == "running"
        self.sends(login, "cam", "screen")
        await self.turn()
        return page

    def sends(self, login: str, *sources: Any) -> None:
        """What arrives of somebody at the media worker, from now on."""
        peer = f"{self.session}/{self.people[login]}/page-1"
        info = PeerInfo(peer, self.session, "connected", [TrackInfo(source) for source in sources], {})
        worker = self.desk._live.media.links.place(self.session)
        assert worker is not None
        worker.peers[peer] = info

    @property
    def session(self) -> str:
        room = self.desk.room_of(self.exam)
        assert room is not None
        return room.session

    def peer(self, login: str) -> str:
        return f"{self.session}/{self.people[login]}/"

    async def turn(self) -> None:
        """Let the desk look after everybody once."""
        await self.desk._turn()

    async def settle(self, what: Any, within: float = 5) -> None:
        """Wait until `what()` is true."""
        async with asyncio.timeout(within):
            while not what():
                await asyncio.sleep(0.02)

    def attempt(self, login: str) -> Any:
        return self.desk.exams[self.exam].attempts[self.people[login]]

    async def end(self) -> None:
        for page in self.pages:
            await page.end()


H = TypeVar("H", bound=Hall)


@asynccontextmanager
async def opened(folder: Path, rooms: Sequence[Any], kind: type[H]) -> AsyncIterator[H]:
    """A hall of that kind in a running house with these rooms, with everybody in it, and its exam on.

    Who is in it is written once a run: a test begins with a copy of that folder.
    """
    kept = _kept(kind, tuple(rooms))
    if not kept.facts:
        async with _played(kept.data, rooms, kind) as first:
            await first.fill()
            kept.facts = {name: vars(first)[name] for name in ("exam", "people", "tokens")}
    shutil.copytree(kept.data, folder / "data", ignore=shutil.ignore_patterns("run"))
    async with _played(folder / "data", rooms, kind) as made:
        vars(made).update(copy.deepcopy(kept.facts))
        await made.set_up()
        yield made
        await made.end()


@asynccontextmanager
async def _played(data: Path, rooms: Sequence[Any], kind: type[H]) -> AsyncIterator[H]:
    """The house on that folder with these rooms, its workers played."""
    settings = Settings(data=data, workers=1, vision_workers=1)
    media = FakeWorker(settings.run_dir / "media0.sock")
    vision = FakeVision(settings.run_dir / "vision0.sock")
    await media.start()
    await vision.start()
    try:
        async with running(settings, more_rooms=rooms) as house:
            yield kind(house, media, vision)
    finally:
        await vision.stop()
        await media.stop()


class _Kept:
    """A folder with everybody in it, and what they are called; empty until it is filled."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sabak-hall-")
        self.data = Path(self._folder.name) / "data"
        self.facts: dict[str, Any] = {}


@functools.cache
def _kept(_kind: type[Hall], _rooms: tuple[Any, ...]) -> _Kept:
    return _Kept()
