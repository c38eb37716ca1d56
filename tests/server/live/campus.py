"""A small campus: one lesson, a teacher, students; the real app, the real control channel.

Only the media worker is played (`FakeWorker`), at its Unix socket, through `media.control`.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
from aiohttp import web
from sqlalchemy import insert

from media import control
from media.errors import Refused
from media.messages import (
    Assigned,
    ClosePeer,
    Desired,
    Done,
    OpenPeer,
    PeerInfo,
    RestartIce,
    SetRights,
    ToWorker,
    WorkerState,
)
from server.clock import Clock
from server.house import House
from server.live.desk import LiveDesk
from server.live.projections import PROJECTIONS
from server.live.room import open_room as open_live
from server.live.visits import announce
from server.people.consents import REQUIRED, texts
from server.people.passwords import Passwords
from server.people.room import open_room as open_people
from server.people.sessions import Sessions
from server.people.tables import ConsentRow, RoleRow, SessionRow, UserRow
from server.plan.room import open_room as open_plan
from server.plan.state import LessonStates
from server.plan.tables import Lesson, LessonPerson
from server.settings import Settings
from server.talk.room import open_room as open_talk
from server.trace import Trace
from server.web.metrics import Metrics
from server.web.site import make_site
from tests.server.kit import empty_store

VECTORS = Path(__file__).parent / "vectors"
ORDER = ["mic", "cam", "screen", "audio0", "audio1", "audio2", "stage", "speaker"]
LESSON = "lesson0000000001"
OTHER = "lesson0000000002"
HOUR = 3_600_000_000


class FakeWorker:
    """A media worker by its messages alone; survives the server, as the real one does."""

    def __init__(self, path: Path, epoch: str = "epoch1") -> None:
        self.path = path
        self.epoch = epoch
        self.peers: dict[str, PeerInfo] = {}
        self.calls: list[Any] = []
        self.changes: list[Any] = []
        self.desired: list[Desired] = []
        self.links: list[control.Link] = []
        self.refuse = ""
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._server = await control.serve(self.path, lambda: self, ToWorker)

    async def stop(self) -> None:
        assert self._server is not None
        for link in self.links:
            link.close()
        self._server.close()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    def snapshot(self) -> msgspec.Struct:
        return WorkerState(
            0, self.epoch, 40000, ["192.0.2.7"], "sha-256 " + ":".join(["AB"] * 32), list(self.peers.values())
        )

    def on_open(self, link: control.Link) -> None:
        self.links.append(link)

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        self.desired.append(body)

    def on_change(self, link: control.Link, body: Any) -> None:
        self.changes.append(body)
        if isinstance(body, ClosePeer):
            self.peers.pop(body.peer, None)

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        self.calls.append(body)
        if self.refuse:
            raise Refused(self.refuse)
        match body:
            case OpenPeer():
                if body.peer in self.peers:
                    raise Refused("peer.exists")
                self.peers[body.peer] = PeerInfo(body.peer, body.room, "connected", [], {})
            case RestartIce():
                if body.peer not in self.peers:
                    raise Refused("peer.unknown")
        return Done()

    def on_close(self, link: control.Link) -> None:
        self.links.remove(link)

    def say(self, body: msgspec.Struct) -> None:
        if isinstance(body, Assigned):
            self.peers[body.peer].slots[body.slot] = body
        for link in self.links:
            link.change(body)

    def rights_of(self, peer: str) -> Any:
        """What holds for the peer by all that was said."""
        found = None
        for each in self.calls:
            if isinstance(each, OpenPeer) and each.peer == peer:
                found = each.rights
        for each in self.changes:
            if isinstance(each, SetRights) and each.peer == peer:
                found = each.rights
        return found


class Page:
    """One page of one person: a WebSocket that remembers all it heard."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self._ids = itertools.count(1)
        self._new = asyncio.Event()
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for frame in self.socket:
            if frame.type == aiohttp.WSMsgType.TEXT:
                self.heard.append(msgspec.json.decode(frame.data))
                self._new.set()
        self._new.set()

    async def until(self, what: Callable[[dict[str, Any]], bool], within: float = 5) -> dict[str, Any]:
        """The first message heard, from the beginning, that is so."""
        async with asyncio.timeout(within):
            at = 0
            while True:
                while at < len(self.heard):
                    if what(self.heard[at]):
                        return self.heard[at]
                    at += 1
                assert not self.task.done(), f"closed {self.socket.close_code}: {self.heard[-3:]}"
                self._new.clear()
                await self._new.wait()

    async def type(self, kind: str, /, within: float = 5, **fields: Any) -> dict[str, Any]:
        return await self.until(
            lambda m: m["type"] == kind and all(m.get(k) == v for k, v in fields.items()), within
        )

    async def event(self, kind: str, /, within: float = 5, **fields: Any) -> dict[str, Any]:
        return await self.type("event", within, kind=kind, **fields)

    async def ask(self, type_: str, /, **body: Any) -> dict[str, Any]:
        number = f"r{next(self._ids)}"
        await self.socket.send_json({"type": type_, "id": number, **body})
        return await self.until(lambda m: m.get("id") == number)

    async def send(self, text: str) -> None:
        await self.socket.send_str(text)

    def events(self) -> list[dict[str, Any]]:
        return [m for m in self.heard if m["type"] == "event"]

    def said(self) -> list[str]:
        return [m["text"] for m in self.events() if m["kind"] == "chat.said"]

    async def closed(self, within: float = 5) -> int | None:
        async with asyncio.timeout(within):
            await asyncio.wait([self.task])
        return self.socket.close_code

    async def drop(self) -> None:
        """The network is gone: no close frame."""
        self.task.cancel()
        connection = self.socket._response.connection
        assert connection is not None and connection.transport is not None
        connection.transport.abort()
        self.socket._response.close()

    async def end(self) -> None:
        self.task.cancel()
        self.socket._response.close()


class Campus:
    """The running server on one data folder; `stop` and `start` again on the same data."""

    def __init__(
        self, settings: Settings, projections: Sequence[Any] = (), rooms: Sequence[Any] = ()
    ) -> None:
        self.settings = settings
        self.more_projections = projections
        self.more_rooms = rooms
        self.tokens: dict[str, str] = {}
        self.worker = FakeWorker(settings.run_dir / "media0.sock")
        self.url = ""
        self.house: House
        self._stack: AsyncExitStack | None = None
        self._http: aiohttp.ClientSession | None = None
        self._pages: list[Page] = []

    @property
    def desk(self) -> LiveDesk:
        return self.house.part(LiveDesk)

    async def start(self) -> None:
        stack = self._stack = AsyncExitStack()
        store = await empty_store(self.settings)
        stack.push_async_callback(store.close)
        trace = await stack.enter_async_context(
            await Trace.open(
                store, [LessonStates(), *PROJECTIONS, *self.more_projections], clock=Clock.start()
            )
        )
        self.house = House(self.settings, trace.clock, store, trace)
        self.house.add(Metrics())
        await stack.enter_async_context(open_people(self.house, hasher=Passwords(8, 1, 4)))
        await stack.enter_async_context(open_plan(self.house))
        await stack.enter_async_context(open_live(self.house))
        await stack.enter_async_context(open_talk(self.house))
        for room in self.more_rooms:
            await stack.enter_async_context(room(self.house))
        runner = web.AppRunner(make_site(self.house, self.house.part(Sessions)), shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )

    async def stop(self) -> None:
        """As server.app stops: sockets are told, then everything is closed."""
        if self._stack is not None:
            for tell in self.house.on_stop:
                tell()
            closing = [page.task for page in self._pages if not page.task.done()]
            if closing:
                await asyncio.wait(closing, timeout=2)
        for page in self._pages:
            await page.end()
        self._pages.clear()
        if self._stack is not None:
            await self._stack.aclose()
            self._stack = None

    async def fill(self, students: int = 3) -> None:
        """A lesson now with a teacher, students, and an admin, all logged in."""
        now = self.house.clock.now()
        people = {"teacher": "teacher", "second": "teacher", "boss": "admin", "watcher": "observer"}
        people["desk"] = "dispatcher"
        people |= {f"student{index}": "student" for index in range(1, students + 1)}
        people |= {"stranger": "student"}

        async def work(db: Any) -> None:
            users, roles, consents, sessions, parts = [], [], [], [], []
            for index, (login, role) in enumerate(people.items()):
                user = f"user{index:012d}"
                token, row = self.house.part(Sessions).make(user, "127.0.0.1", "test")
                self.tokens[login] = token
                users.append(
                    {
                        "id": user,
                        "login": login,
                        "folded": login,
                        "name": login.title(),
                        "searched": login,
                        "must_change": False,
                        "created": 0,
                        "language": "en",
                    }
                )
                roles.append(
                    {"id": f"role{index:012d}", "user": user, "role": role, "scope_kind": "university"}
                )
                consents += [
                    {"user": user, "text": t, "version": texts()[t].version, "language": "en", "accepted": 0}
                    for t in REQUIRED
                ]
                sessions.append({c.name: getattr(row, c.name) for c in SessionRow.__table__.columns})
                if login in ("teacher", "second"):
                    parts += [{"lesson": each, "person": user, "part": "teacher"} for each in (LESSON, OTHER)]
                elif login.startswith("student"):
                    parts += [{"lesson": LESSON, "person": user, "part": "student"}]
            lessons = [
                {"id": each, "title": "Algebra", "kind": "lecture", "starts": now, "ends": now + HOUR}
                for each in (LESSON, OTHER)
            ]
            for table, rows in (
                (UserRow, users),
                (RoleRow, roles),
                (ConsentRow, consents),
                (SessionRow, sessions),
                (Lesson, lessons),
                (LessonPerson, parts),
            ):
                await db.execute(insert(table), rows)

        await self.house.trace.unrecorded(work)
        for visitor in ("watcher", "desk"):
            await announce(self.house, self.user(visitor), LESSON, "Сабактын сапатын көрүү")

    def user(self, login: str) -> str:
        logins = ["teacher", "second", "boss", "watcher", "desk"]
        students = len(self.tokens) - len(logins) - 1
        order = [*logins, *(f"student{index}" for index in range(1, students + 1)), "stranger"]
        return f"user{order.index(login):012d}"

    async def connect(
        self, login: str, lesson: str = LESSON, **headers: str
    ) -> aiohttp.ClientWebSocketResponse:
        assert self._http is not None
        given = {"Authorization": f"Bearer {self.tokens[login]}"} if login else {}
        return await self._http.ws_connect(
            f"{self.url}/ws/lessons/{lesson}", headers={**given, **headers}, max_msg_size=0
        )

    async def page(self, login: str, tab: str = "", after: int = 0, lesson: str = LESSON) -> Page:
        page = Page(await self.connect(login, lesson))
        self._pages.append(page)
        await page.socket.send_json({"type": "hello", "after": after, "tab": tab or f"tab-{login}"})
        return page

    async def seated(self, login: str, tab: str = "", after: int = 0) -> Page:
        page = await self.page(login, tab, after)
        await page.type("welcome")
        return page

    async def opened(self, *logins: str) -> list[Page]:
        """The class is open, and these people are in it."""
        teacher = await self.seated("teacher")
        assert (await teacher.ask("lesson.open"))["type"] == "ok"
        await teacher.type("welcome", state="open")
        return [teacher, *[await self.seated(login) for login in logins]]

    async def post(self, login: str, path: str, **body: Any) -> tuple[int, Any]:
        assert self._http is not None
        headers = {"Authorization": f"Bearer {self.tokens[login]}"}
        async with self._http.post(f"{self.url}{path}", headers=headers, json=body or None) as response:
            return response.status, await response.json()

    def metric(self, name: str, **labels: str) -> float:
        return self.house.part(Metrics).registry.get_sample_value(name, labels) or 0.0


C = TypeVar("C", bound=Campus)


@asynccontextmanager
async def opened(made: C) -> AsyncIterator[C]:
    """The campus with its worker, started and with everybody on it."""
    await made.worker.start()
    await made.start()
    try:
        await made.fill()
        yield made
    finally:
        await made.stop()
        await made.worker.stop()
