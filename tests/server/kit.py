"""A whole server on a free port for tests: real rooms, real HTTP; cheap password hashes, a clock to move."""

import dataclasses
import functools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.app import open_house
from server.house import House
from server.people import room as people_room
from server.people.accounts import Accounts
from server.people.consents import REQUIRED, texts
from server.people.passwords import Passwords
from server.people.profiles import Profiles
from server.people.sessions import Sessions
from server.permissions import Grant
from server.plan import room as plan_room
from server.settings import Settings
from server.store import Store
from server.store.store import FILE_NAME
from server.web.identity import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE, csrf_of
from server.web.registry import RouteSpec
from server.web.site import make_site

PASSWORD = "Ysyk-Kol-1609"


@dataclass
class RealTime:
    """The real clock of logins, moved by hand. Seconds."""

    seconds: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Answer:
    status: int
    headers: Any
    text: str
    json: Any = field(default=None)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


@dataclass
class Running:
    house: House
    site: web.Application
    url: str
    time: RealTime
    http: aiohttp.ClientSession

    async def call(
        self, method: str, path: str, token: str = "", *, cookie: str = "", csrf: bool = True, **options: Any
    ) -> Answer:
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if cookie:
            headers["Cookie"] = f"{SESSION_COOKIE}={cookie}; {CSRF_COOKIE}={csrf_of(cookie)}"
            if csrf:
                headers[CSRF_HEADER] = csrf_of(cookie)
        async with self.http.request(method, self.url + path, headers=headers, **options) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json" and text
            return Answer(answer.status, answer.headers, text, await answer.json() if is_json else None)

    async def person(
        self, login: str, *grants: Grant, name: str = "Асанова Нурай", settled: bool = True
    ) -> str:
        """Make an account with `PASSWORD`; returns its id."""
        made = await self.house.part(Accounts).add(
            "system", login, name, grants, password=PASSWORD, must_change=not settled
        )
        if settled:
            for text in REQUIRED:
                version = texts()[text].version
                await self.house.part(Profiles).accept(made.id, text, version, "ky")
        return made.id

    async def log_in(self, login: str, **more: Any) -> str:
        """The token of a program's login."""
        body = {"login": login, "password": PASSWORD, **more}
        answer = await self.call("POST", "/api/v1/login", json=body)
        assert answer.status == 200, answer.text
        return str(answer.json["token"])

    async def token_of(self, user: str, guest: bool = False) -> str:
        """A session without the cost of a password."""
        token, row = self.house.part(Sessions).make(user, "127.0.0.1", "test", guest=guest)

        async def work(db: Any) -> None:
            db.add(row)

        await self.house.trace.unrecorded(work)
        return token

    async def kinds(self) -> list[str]:
        """Kinds of every entry of the trace, in order."""
        return [recorded.entry.kind for recorded in await self.house.trace.read()]


@functools.cache
def _templates() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="sabak-empty-")


async def empty_store(settings: Settings) -> Store:
    """`Store.create`, from a file that is made once a run: hundreds of tests begin with the same one."""
    path, template = settings.data / FILE_NAME, Path(_templates().name) / FILE_NAME
    if not settings.database and not path.exists():
        if not template.exists():
            await (await Store.create(Settings(data=template.parent))).close()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy(template, path)
    return await Store.create(settings)


@asynccontextmanager
async def running(
    settings: Settings,
    specs: Iterable[RouteSpec] | None = None,
    more_rooms: Sequence[Any] = (),
) -> AsyncIterator[Running]:
    """The server with people and plan (and `more_rooms`), listening on a free port of the loopback."""
    time = RealTime()
    people = functools.partial(people_room.open_room, hasher=Passwords(8, 1, 4), now=time)
    rooms = (people, plan_room.open_room, *more_rooms)
    settings = dataclasses.replace(settings, database_sync="normal")  # no test cuts the power
    async with open_house(settings, rooms, empty_store) as house:
        site = make_site(house, house.part(Sessions), specs)
        server = TestServer(site, host="127.0.0.1")
        await server.start_server()
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            try:
                yield Running(house, site, str(server.make_url("")).rstrip("/"), time, http)
            finally:
                await server.close()
