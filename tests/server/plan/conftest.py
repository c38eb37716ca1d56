"""A small house for the plan's tests: a clock to move, two faculties, people with roles, HTTP clients."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Anchor, Clock
from server.house import House
from server.ids import new_id
from server.people.tables import RoleRow, UserRow
from server.permissions import UNIVERSITY, Actor, Grant, Role, Scope
from server.plan import room
from server.plan.projections import PROJECTIONS
from server.plan.roster import micro
from server.plan.tables import Department, Discipline, Enrolment, Faculty, Group
from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.web.identity import Identity
from server.web.metrics import Metrics
from server.web.site import make_site

NOW = datetime(2026, 10, 14, 4, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in Bishkek."""


@dataclass
class Wall:
    """What the session clock says, in microseconds."""

    now: int = micro(NOW)

    def set(self, moment: datetime) -> None:
        self.now = micro(moment)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Without a flush of the disk for each commit: nothing here pulls a plug."""
    return Settings(data=tmp_path / "data", database_sync="normal")


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def house(settings: Settings, store: Store, wall: Wall) -> AsyncIterator[House]:
    clock = Clock(Anchor(0, "test"), mono=lambda: wall.now)
    async with await Trace.open(store, PROJECTIONS, clock=clock) as trace:
        made = House(settings, clock, store, trace)
        made.add(Metrics())
        async with room.open_room(made):
            yield made


@dataclass
class University:
    """Two faculties, each with a department, a group and a discipline. `people` are actors by login."""

    house: House
    faculty: dict[str, str] = field(default_factory=dict)
    department: dict[str, str] = field(default_factory=dict)
    group: dict[str, str] = field(default_factory=dict)
    discipline: dict[str, str] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)

    async def person(self, login: str, *grants: Grant) -> str:
        """Make an account with roles; returns its id."""

        async def work(db: AsyncSession) -> str:
            return await self._person(db, login, *grants)

        return str(await self.house.trace.unrecorded(work))

    async def _person(self, db: AsyncSession, login: str, *grants: Grant) -> str:
        key = f"{login:0>16}".replace("_", "0")[:16]
        db.add(UserRow(id=key, login=login, folded=login, name=login.title(), searched=login, created=0))
        await db.flush()
        for number, grant in enumerate(grants):
            role, scope = grant.role, grant.scope
            db.add(
                RoleRow(id=f"{key[1:]}{number}", user=key, role=role, scope_kind=scope.kind, scope=scope.id)
            )
        self.people[login] = Actor(key, grants=grants)
        return key

    def id(self, login: str) -> str:
        return self.people[login].id

    async def make(self) -> None:
        """Everything in one transaction, which is what keeps these tests quick."""
        await self.house.trace.unrecorded(self._make)

    async def _make(self, db: AsyncSession) -> None:
        for letter in ("a", "b"):
            self.faculty[letter] = new_id()
            self.department[letter] = new_id()
            self.discipline[letter] = new_id()
            db.add(Faculty(id=self.faculty[letter], name=f"Факультет {letter}"))
            await db.flush()
            db.add(Department(id=self.department[letter], faculty=self.faculty[letter], name="Кафедра"))
            await db.flush()
            for number in (1, 2):
                group = self.group[f"{letter}{number}"] = new_id()
                name = f"{letter.upper()}-{number}"
                db.add(Group(id=group, department=self.department[letter], name=name, language="ky"))
            db.add(
                Discipline(
                    id=self.discipline[letter],
                    department=self.department[letter],
                    name=f"Физика {letter}",
                    hours=120,
                )
            )
        await db.flush()
        in_a = Scope("faculty", self.faculty["a"])
        for login, role, scope in (
            ("admin", "admin", UNIVERSITY),
            ("teacher_a", "teacher", UNIVERSITY),
            ("teacher_b", "teacher", UNIVERSITY),
            ("psychologist", "teacher", UNIVERSITY),
            ("curator", "curator", Scope("group", self.group["a1"])),
            ("dispatcher", "dispatcher", in_a),
            ("dean", "dean", in_a),
            ("office_head", "office_head", UNIVERSITY),
            ("observer", "observer", UNIVERSITY),
            ("proctor", "proctor", UNIVERSITY),
            ("chair", "commission_chair", UNIVERSITY),
        ):
            await self._person(db, login, Grant(cast(Role, role), scope))
        since = micro(NOW) - 40 * 86_400_000_000
        for student, group in (("student1", "a1"), ("student2", "a2"), ("student3", "b1"), ("exchange", "")):
            key = await self._person(db, student, Grant("student"))
            if group:
                db.add(Enrolment(id=new_id(), group=self.group[group], student=key, since=since))


@pytest.fixture
async def university(house: House) -> University:
    made = University(house)
    await made.make()
    return made


Call = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def call(house: House, university: University) -> AsyncIterator[Call]:
    """`await call("teacher_a", "GET", "/api/v1/today")` -> status and decoded answer."""

    class Gate:
        async def identify(self, token: str) -> Identity | None:
            actor = university.people.get(token)
            return Identity(actor, "", token, "en") if actor else None

    async with TestClient(TestServer(make_site(house, Gate()))) as client:

        async def ask(login: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
            options: dict[str, Any] = {} if body is None else {"json": body}
            headers = {"Authorization": f"Bearer {login}"} if login else {}
            async with client.request(method, path, headers=headers, **options) as answer:
                if answer.status == 204:
                    return 204, None
                return answer.status, await answer.json()

        yield ask


@pytest.fixture
def lesson_body(university: University) -> Callable[..., dict[str, Any]]:
    """A body for POST /api/v1/lessons: a lecture of group a1, 10:30 to 11:50 today."""

    def body(**changes: Any) -> dict[str, Any]:
        return {
            "kind": "lecture",
            "starts": "2026-10-14T10:30:00+06:00",
            "ends": "2026-10-14T11:50:00+06:00",
            "discipline": university.discipline["a"],
            "groups": [university.group["a1"]],
            "teachers": [university.id("teacher_a")],
            **changes,
        }

    return body
