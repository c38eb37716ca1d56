"""Every declared route, message, slot and tap x every role x every relation, against docs/permissions.md.

The page is read, not the table behind it: rights change only together with the page that people review.
Routes are called by HTTP on the real application with real sessions; only what stands behind the judge
(the handlers, the answer of the resolvers) is replaced.
"""

import dataclasses
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from server.permissions import Actor, Grant, Scope, Standing, decide, declared, relations
from server.permissions.model import ROLES, Relation, Role
from server.permissions.publish import render
from server.permissions.registry import Declared
from server.settings import Settings
from server.web.registry import RouteSpec, parameters, routes
from server.web.request import Request
from tests.server.kit import Running, running

PAGE = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"

HERE, ELSEWHERE = Scope("faculty", "here"), Scope("faculty", "elsewhere")
LESSON = Scope("lesson", "thelesson")

STANDINGS: list[tuple[Relation, bool]] = [
    ("own", True),
    ("own", False),
    ("enrolled", True),
    ("enrolled", False),
    ("assigned", True),
    ("assigned", False),
    ("stranger", True),
    ("stranger", False),
]
"""Relation, and whether the object lies in the role's faculty."""


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == render(), (
        "run: python -m server.permissions.publish > docs/permissions.md"
    )


# --- reading the page, apart from the code under test --------------------------------------------


@dataclasses.dataclass
class Row:
    anyone: bool
    accounts: bool
    guests: bool
    system: bool
    who: dict[str, set[str]]

    def allows(self, role: str, relation: str, inside: bool, *, guest: bool) -> bool:
        if self.anyone or (self.guests if guest else self.accounts):
            return True
        need = self.who.get(role)
        if need is None:
            return False
        return inside if "in scope" in need else relation in need


def read_page() -> tuple[dict[str, Row], dict[tuple[str, str], str]]:
    text = PAGE.read_text("utf-8")
    rows = {}
    actions = text.partition("## Actions\n")[2].partition("\n## ")[0]
    for name, cell in re.findall(r"^\| `([a-z_.]+)` \| [^|]+ \| ([^|]+) \|$", actions, re.M):
        parts = [part.strip() for part in cell.split(";")]
        who = {
            role: set(need.split(" or "))
            for role, _, need in (part.partition(": ") for part in parts)
            if role in ROLES
        }
        rows[name] = Row(
            anyone="anyone, without login" in parts,
            accounts=any(part.startswith("every account") for part in parts),
            guests="every account and guest" in parts,
            system="the house itself" in parts,
            who=who,
        )
    titles = {"HTTP routes": "route", "Messages": "message", "Slots": "slot", "Taps": "tap"}
    listed = {}
    for title, kind in titles.items():
        section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
        for name, action in re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", section, re.M):
            listed[kind, name] = action
    return rows, listed


ROWS, LISTED = read_page()


def test_everything_declared_is_on_the_page_and_nothing_else() -> None:
    render()  # imports every room
    assert {(d.kind, d.name): d.action for d in declared()} == LISTED
    assert {d.kind for d in declared()} == {"route", "message", "slot", "tap"}
    assert set(LISTED.values()) <= set(ROWS)


def grant_of(role: Role) -> Grant:
    return Grant(role, LESSON if role == "guest" else HERE)


def standing(relation: Relation, inside: bool) -> Standing:
    return Standing(frozenset({relation}), frozenset({HERE, LESSON} if inside else {ELSEWHERE}))


def expected(entry: Declared, role: Role, relation: Relation, inside: bool) -> bool:
    row = ROWS[LISTED[entry.kind, entry.name]]
    if role == "guest" and not inside and not (row.guests or row.anyone):
        return False  # a guest never leaves the lesson
    return row.allows(role, relation, inside, guest=role == "guest")


def test_everything_by_the_judge() -> None:
    render()
    entries = declared()
    assert len(entries) > 100
    for entry in entries:
        for role in ROLES:
            actor = Actor("x", "guest" if role == "guest" else "account", (grant_of(role),))
            for relation, inside in STANDINGS:
                verdict = decide(actor, entry.action, standing(relation, inside))
                wanted = expected(entry, role, relation, inside)
                assert (verdict == "allowed") == wanted, (entry, role, relation, inside, verdict)


# --- routes by HTTP ---------------------------------------------------------------------------------


@dataclasses.dataclass
class Stage:
    """What the replaced resolvers answer now; None for an object that is not there."""

    standing: Standing | None = None


async def reached(request: Request) -> web.Response:
    return web.Response(status=299)


def bare(spec: RouteSpec) -> RouteSpec:
    """The same route behind which nothing happens. (Handshakes are plain GETs here.)"""
    return dataclasses.replace(spec, handler=reached, body=None, query=None, answer=None)


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    set_up = Stage()

    async def resolve(_house: object, _actor: Actor, _key: str) -> Standing | None:
        return set_up.standing

    render()
    monkeypatch.setattr(relations, "_resolvers", dict.fromkeys(relations._resolvers, resolve))
    return set_up


@pytest.fixture
async def site(settings: Settings, stage: Stage) -> AsyncIterator[Running]:
    async with running(settings, [bare(spec) for spec in routes()]) as found:
        yield found


def address(spec: RouteSpec) -> str:
    path = spec.path.replace("{path:.*}", "somewhere")
    for name in parameters(spec.path):
        path = path.replace(f"{{{name}}}", "thelesson")
    return path


async def tokens(site: Running) -> dict[Role, str]:
    """A real session of a real account for each role, and of a real guest."""
    found: dict[Role, str] = {}
    for role in ROLES:
        if role != "guest":
            user = await site.person(role.replace("_", "."), grant_of(role))
            found[role] = await site.token_of(user)
    found["guest"] = await guest_token(site)
    return found


async def guest_token(site: Running) -> str:
    from datetime import timedelta

    from server.people.consents import for_guests
    from server.people.guests import Guests

    guests = site.house.part(Guests)
    soon = site.house.clock.datetime() + timedelta(hours=1)
    _, secret = await guests.invite("system", LESSON.id, "Partner", "guest", soon)
    agreed = {text.text: text.version for text in for_guests("en")}
    opened, _ = await guests.enter(secret, "Partner", agreed, "en", "127.0.0.1", "test")
    return opened.token


@pytest.mark.slow
async def test_routes_by_http(site: Running, stage: Stage) -> None:
    specs = routes()
    assert len(specs) > 30
    by_role = await tokens(site)
    entries = {entry.name: entry for entry in declared("route")}
    wrong = []
    for spec in specs:
        entry, path = entries[spec.name], address(spec)
        row = ROWS[spec.action]
        stage.standing = standing("stranger", True)
        nobody = await site.call(spec.method, path)
        if (nobody.status == 299) != row.anyone or (not row.anyone and nobody.status != 401):
            wrong.append(f"{spec.name}: anyone got {nobody.status}")
        for role, token in by_role.items():
            for relation, inside in STANDINGS if spec.target else [("stranger", False)]:
                stage.standing = standing(relation, inside)
                answer = await site.call(spec.method, path, token)
                if spec.target:
                    allowed = expected(entry, role, relation, inside)
                elif spec.narrows:
                    row = ROWS[spec.action]
                    allowed = (
                        row.anyone or role in row.who or (row.guests if role == "guest" else row.accounts)
                    )
                else:  # no object: these roles hold for one faculty only
                    row = ROWS[spec.action]
                    allowed = row.anyone or (row.guests if role == "guest" else row.accounts)
                if answer.status != (299 if allowed else 403):
                    wrong.append(f"{spec.name}: {role} as {relation} {inside} got {answer.status}")
    assert not wrong, "\n".join(wrong)


async def test_routes_without_object_want_the_whole_university(site: Running) -> None:
    specs = [spec for spec in routes() if not spec.target and not spec.narrows]
    for role in ROLES:
        if role == "guest":
            continue
        token = await site.token_of(await site.person(role.replace("_", "."), Grant(role)))
        for spec in specs:
            row = ROWS[spec.action]
            allowed = row.anyone or row.accounts or "in scope" in row.who.get(role, set())
            answer = await site.call(spec.method, address(spec), token)
            assert answer.status == (299 if allowed else 403), (spec.name, role)


async def test_an_object_that_is_not_there(site: Running, stage: Stage) -> None:
    """404 for who might do it to such objects, 403 for who never may, 401 for nobody."""
    by_role = await tokens(site)
    stage.standing = None
    for spec in (spec for spec in routes() if spec.target):
        assert (await site.call(spec.method, address(spec))).status == 401
        for role, token in by_role.items():
            answer = await site.call(spec.method, address(spec), token)
            row = ROWS[spec.action]
            wanted = 404 if role in row.who or row.accounts else 403
            assert answer.status == wanted, (spec.name, role, answer.text)


async def test_expired_and_disabled_sessions_are_nobody(site: Running, stage: Stage) -> None:
    user = await site.person("someone", Grant("admin"))
    token = await site.token_of(user)
    site.time.seconds += 30 * 86400
    stage.standing = standing("own", True)
    for spec in routes():
        answer = await site.call(spec.method, address(spec), token)
        assert answer.status == (299 if ROWS[spec.action].anyone else 401), spec.name
