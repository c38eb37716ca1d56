"""A small house for the plan's tests: a clock to move, two faculties, people with roles, HTTP clients."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import Anchor, Clock
from server.house import House
from server.people.tables import RoleRow, UserRow
from server.permissions import UNIVERSITY, Actor, Grant, Role, Scope
from server.plan import room, roster, units
from server.plan.roster import micro
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
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def house(settings: Settings, store: Store, wall: Wall) -> AsyncIterator[House]:
    clock = Clock(Anchor(0, "test"), mono=lambda: wall.now)
    async with await Trace.open(store, room.projections(), clock=clock) as trace:
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

    async def person(self, login: str, *grants: Grant, name: str = "") -> str:
        """Make an account with roles; returns its id."""
        key = f"{login:0>16}".replace("_", "0")[:16]

        async def work(db: AsyncSession) -> None:
            db.add(
                UserRow(
                    id=key, login=login, folded=login, name=name or login.title(), searched=login, created=0
                )
            )
            await db.flush()
            for number, grant in enumerate(grants):
                db.add(
                    RoleRow(
                        id=f"{key[1:]}{number}",
                        user=key,
                        role=grant.role,
                        scope_kind=grant.scope.kind,
                        scope=grant.scope.id,
                    )
                )

        await self.house.trace.unrecorded(work)
        self.people[login] = Actor(key, grants=grants)
        return key

    def id(self, login: str) -> str:
        return self.people[login].id

    async def make(self) -> None:
        for letter in ("a", "b"):
            faculty = await units.create(self.house, "system", "faculty", {"name": f"Факультет {letter}"})
            self.faculty[letter] = faculty.id
            department = await units.create(
                self.house, "system", "department", {"faculty": faculty.id, "name": "Кафедра"}
            )
            self.department[letter] = department.id
            for number in (1, 2):
                made = await units.create(
                    self.house,
                    "system",
                    "group",
                    {"department": department.id, "name": f"{letter.upper()}-{number}", "language": "ky"},
                )
                self.group[f"{letter}{number}"] = made.id
            discipline = await units.create(
                self.house,
                "system",
                "discipline",
                {"department": department.id, "name": f"Физика {letter}", "hours": 120},
            )
            self.discipline[letter] = discipline.id

        def role(name: Role, scope: Scope = UNIVERSITY) -> Grant:
            return Grant(name, scope)

        in_a = Scope("faculty", self.faculty["a"])
        await self.person("admin", role("admin"))
        await self.person("teacher_a", role("teacher"))
        await self.person("teacher_b", role("teacher"))
        await self.person("psychologist", role("teacher"))
        await self.person("curator", role("curator", Scope("group", self.group["a1"])))
        await self.person("dispatcher", role("dispatcher", in_a))
        await self.person("dean", role("dean", in_a))
        await self.person("office_head", role("office_head"))
        await self.person("observer", role("observer"))
        await self.person("proctor", role("proctor"))
        await self.person("chair", role("commission_chair"))
        for student, group in (("student1", "a1"), ("student2", "a2"), ("student3", "b1"), ("exchange", "")):
            key = await self.person(student, role("student"))
            if group:
                start = micro(NOW) - 40 * 86_400_000_000
                await roster.enrol(self.house, "system", self.group[group], [key], start, None)


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
