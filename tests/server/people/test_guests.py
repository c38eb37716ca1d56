"""Guest links (R30): one lesson, a name, a role, an end."""

from datetime import timedelta

import pytest

from server.people.consents import for_guests
from server.people.guests import MAX_ENTRIES, Guests
from server.permissions import Grant, Scope, Standing, relations
from server.permissions.model import Actor
from tests.server.kit import Running

LESSON = "thelesson"
LINKS = f"/api/v1/lessons/{LESSON}/guests"


@pytest.fixture(autouse=True)
def lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lesson of `teacher1`, without a plan."""

    async def resolve(_house: object, actor: Actor, key: str) -> Standing | None:
        if key not in (LESSON, "another"):
            return None
        scopes = frozenset({Scope("lesson", key)})
        own = any(g.role == "teacher" for g in actor.grants) and key == LESSON
        guest = any(g.scope in scopes for g in actor.grants)
        return Standing(frozenset({"own" if own else "assigned" if guest else "stranger"}), scopes)

    monkeypatch.setitem(relations._resolvers, "lesson", resolve)


AGREED = {text.text: text.version for text in for_guests("en")}


async def invited(site: Running, teacher: str, hours: float = 2, role: str = "guest") -> tuple[str, str]:
    """Link id and secret."""
    end = (site.house.clock.datetime() + timedelta(hours=hours)).isoformat()
    made = await site.call("POST", LINKS, teacher, json={"name": "Прага", "role": role, "expires": end})
    assert made.status == 201, made.text
    base, _, secret = made.json["url"].partition("#")
    assert base.endswith("/guest") and secret.startswith("g_")
    return made.json["id"], secret


@pytest.fixture
async def teacher(site: Running) -> str:
    return await site.token_of(await site.person("teacher1", Grant("teacher")))


async def test_a_guest_enters_one_lesson_and_no_more(site: Running, teacher: str) -> None:
    link, secret = await invited(site, teacher)
    entered = await site.call(
        "POST",
        "/api/v1/guest",
        json={"token": secret, "name": "Jana  Nováková", "agreed": AGREED, "cookie": False},
    )
    assert entered.status == 200 and entered.json["lesson"] == LESSON
    token = entered.json["token"]
    me = (await site.call("GET", "/api/v1/me", token)).json
    assert (me["kind"], me["name"], me["lesson"], me["login"]) == ("guest", "Jana Nováková", LESSON, "")
    for method, path, status in (
        ("GET", "/api/v1/users", 403),
        ("GET", "/api/v1/me/sessions", 403),
        ("POST", "/api/v1/me/tokens", 403),
        ("GET", LINKS, 403),
        ("POST", "/api/v1/me/password", 403),
    ):
        assert (await site.call(method, path, token)).status == status, path
    listed = (await site.call("GET", LINKS, teacher)).json["items"]
    assert listed[0]["id"] == link and listed[0]["entered"] == 1
    assert secret not in str([r.data for r in await site.house.trace.read()])


async def test_nobody_enters_without_agreeing(site: Running, teacher: str) -> None:
    _, secret = await invited(site, teacher)
    shown = (await site.call("GET", "/api/v1/guest/texts")).json["texts"]
    assert {text["text"]: text["version"] for text in shown} == AGREED and all(t["body"] for t in shown)
    for agreed in ({}, {**AGREED, "personal_data": "2001-01-01"}, {**AGREED, "another": "1"}):
        body = {"token": secret, "name": "Jana", "agreed": agreed, "cookie": False}
        answer = await site.call("POST", "/api/v1/guest", json=body)
        assert (answer.status, answer.code) == (422, "guest.consent")
    body = {"token": secret, "name": "Jana", "agreed": AGREED, "cookie": False}
    assert (await site.call("POST", "/api/v1/guest", json=body)).status == 200
    (entered,) = [r for r in await site.house.trace.read() if r.entry.kind == "guest.entered"]
    assert entered.data["agreed"] == AGREED


async def test_a_withdrawn_link_puts_them_out(site: Running, teacher: str) -> None:
    link, secret = await invited(site, teacher)
    entry = {"token": secret, "name": "Jana", "agreed": AGREED, "cookie": False}
    token = (await site.call("POST", "/api/v1/guest", json=entry)).json["token"]
    assert (await site.call("DELETE", f"/api/v1/guests/{link}", teacher)).status == 204
    assert (await site.call("GET", "/api/v1/me", token)).code == "login.expired"
    assert (await site.call("POST", "/api/v1/guest", json=entry)).code == "guest.link"
    assert (await site.call("GET", LINKS, teacher)).json["items"] == []
    assert (await site.call("DELETE", "/api/v1/guests/nothing", teacher)).code == "object.unknown"


async def test_an_end_that_has_come(site: Running, teacher: str) -> None:
    _, secret = await invited(site, teacher, hours=1)
    entry = {"token": secret, "name": "Jana", "agreed": AGREED, "cookie": False}
    token = (await site.call("POST", "/api/v1/guest", json=entry)).json["token"]
    anchor = site.house.clock.anchor
    import dataclasses

    site.house.clock.anchor = dataclasses.replace(anchor, offset=anchor.offset + 3700 * 1_000_000)
    site.time.seconds += 10  # what was remembered is asked for again
    assert (await site.call("GET", "/api/v1/me", token)).code == "login.expired"
    assert (await site.call("POST", "/api/v1/guest", json=entry)).code == "guest.link"


@pytest.mark.parametrize("secret", ["", "g_" + "a" * 43, "x" * 200])
async def test_forged_links(site: Running, secret: str) -> None:
    answer = await site.call("POST", "/api/v1/guest", json={"token": secret, "name": "Jana"})
    assert (answer.status, answer.code) == (401, "guest.link")


async def test_bad_invitations(site: Running, teacher: str) -> None:
    now = site.house.clock.datetime()
    for expires in (now - timedelta(hours=1), now + timedelta(days=800), now.replace(tzinfo=None)):
        body = {"name": "Прага", "expires": expires.isoformat()}
        answer = await site.call("POST", LINKS, teacher, json=body)
        assert answer.code == "guest.expires"
    body = {"name": "Прага", "expires": (now + timedelta(hours=1)).isoformat(), "role": "teacher"}
    assert (await site.call("POST", LINKS, teacher, json=body)).code == "body.invalid"
    assert (await site.call("POST", "/api/v1/lessons/another/guests", teacher, json=body)).status == 403
    assert (await site.call("POST", "/api/v1/lessons/nothing/guests", teacher, json=body)).status == 404


async def test_one_link_lets_a_bounded_number_in(site: Running, teacher: str) -> None:
    _, secret = await invited(site, teacher)
    guests = site.house.part(Guests)
    for number in range(MAX_ENTRIES):
        await guests.enter(secret, f"Guest {number}", AGREED, "en", f"10.0.0.{number}", "test")
    answer = await site.call(
        "POST", "/api/v1/guest", json={"token": secret, "name": "Late", "agreed": AGREED}
    )
    assert (answer.status, answer.code) == (409, "guest.full")
