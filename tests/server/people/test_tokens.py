"""Sessions and tokens for programs: list, revoke, expire, be told."""

import pytest

from server.people.profiles import MAX_TOKENS
from server.people.sessions import Sessions
from server.permissions import Grant
from tests.server.kit import Running

TOKENS = "/api/v1/me/tokens"
SESSIONS = "/api/v1/me/sessions"


async def test_a_program_works_with_the_rights_but_not_the_login(site: Running) -> None:
    token = await site.token_of(await site.person("root1", Grant("admin")))
    made = await site.call("POST", TOKENS, token, json={"name": "import", "days": 30})
    assert made.status == 201
    program = made.json["token"]
    assert (await site.call("GET", "/api/v1/users", program)).status == 200
    for method, path in (("GET", TOKENS), ("POST", TOKENS), ("GET", SESSIONS), ("POST", "/api/v1/me/otp")):
        assert (await site.call(method, path, program)).status == 403
    listed = await site.call("GET", TOKENS, token)
    assert listed.json["items"][0]["name"] == "import" and program not in listed.text
    assert (await site.call("DELETE", f"{TOKENS}/{made.json['id']}", token)).status == 204
    assert (await site.call("GET", "/api/v1/users", program)).code == "login.expired"
    assert (await site.call("DELETE", f"{TOKENS}/{made.json['id']}", token)).code == "token.unknown"


async def test_tokens_expire_and_are_few(site: Running) -> None:
    user = await site.person("root1", Grant("admin"))
    token = await site.token_of(user)
    made = [
        await site.call("POST", TOKENS, token, json={"name": "x", "days": 1}) for _ in range(MAX_TOKENS + 1)
    ]
    assert made[-1].code == "token.too_many"
    site.time.seconds += 86400 + 1
    assert (await site.call("GET", "/api/v1/me", made[0].json["token"])).code == "login.expired"


@pytest.mark.parametrize(
    "body", [{"name": "", "days": 1}, {"name": "x", "days": 0}, {"name": "x", "days": 9999}]
)
async def test_bad_tokens(site: Running, body: dict[str, object]) -> None:
    token = await site.token_of(await site.person("root1", Grant("admin")))
    assert (await site.call("POST", TOKENS, token, json=body)).code == "body.invalid"


async def test_sessions_are_listed_and_revoked_with_a_call(site: Running) -> None:
    user = await site.person("nurai", Grant("student"))
    here, there = await site.token_of(user), await site.token_of(user)
    listed = (await site.call("GET", SESSIONS, here)).json["items"]
    assert len(listed) == 2 and [s["current"] for s in listed].count(True) == 1
    other = next(s["id"] for s in listed if not s["current"])
    told: list[str] = []
    site.house.part(Sessions).on_revoked.append(told.append)
    assert (await site.call("DELETE", f"{SESSIONS}/{other}", here)).status == 204
    assert other in told
    assert (await site.call("GET", "/api/v1/me", there)).code == "login.expired"
    assert (await site.call("DELETE", f"{SESSIONS}/{other}", here)).code == "session.unknown"


async def test_nobody_ends_anothers_session(site: Running) -> None:
    mine = await site.token_of(await site.person("nurai", Grant("student")))
    theirs = await site.token_of(await site.person("aibek", Grant("student")))
    other = (await site.call("GET", SESSIONS, theirs)).json["items"][0]["id"]
    assert (await site.call("DELETE", f"{SESSIONS}/{other}", mine)).code == "session.unknown"
    assert (await site.call("GET", "/api/v1/me", theirs)).status == 200


async def test_what_another_process_changes_arrives_through_the_trace(site: Running) -> None:
    """`sabak user disable` beside the server: its entry revokes here."""
    from server.people.accounts import Accounts
    from server.people.passwords import Passwords
    from server.trace import Trace

    user = await site.person("nurai", Grant("student"))
    token = await site.token_of(user)
    assert (await site.call("GET", "/api/v1/me", token)).status == 200
    told: list[str] = []
    changed: list[str] = []
    sessions = site.house.part(Sessions)
    sessions.on_revoked.append(told.append)
    sessions.on_changed.append(changed.append)
    async with await Trace.open(site.house.store, clock=site.house.clock) as trace:
        from server.house import House

        other = House(site.house.settings, site.house.clock, site.house.store, trace)
        await Accounts(other, Passwords(8, 1), Sessions(other, site.time)).disable("system", user, True)
    assert user not in changed
    await sessions.look()
    assert changed == [user] and len(told) == 1
    assert (await site.call("GET", "/api/v1/me", token)).code == "login.expired"


async def test_a_login_that_is_over_ends_its_websockets_too(site: Running) -> None:
    user = await site.person("nurai", Grant("student"))
    token, told = await site.token_of(user), list[str]()
    session = (await site.call("GET", SESSIONS, token)).json["items"][0]["id"]
    sessions = site.house.part(Sessions)
    sessions.on_revoked.append(told.append)
    for _ in range(12):
        site.time.seconds += 3600
        sessions.touch(session)
        assert told == []
        await sessions.flush()
    assert told == [session]


async def test_seen_is_written_down_without_an_entry(site: Running) -> None:
    token = await site.token_of(await site.person("nurai", Grant("student")))
    before = len(await site.kinds())
    first = (await site.call("GET", SESSIONS, token)).json["items"][0]["seen"]
    site.time.seconds += 600
    await site.call("GET", "/api/v1/me", token)
    await site.house.part(Sessions).flush()
    assert (await site.call("GET", SESSIONS, token)).json["items"][0]["seen"] > first
    assert len(await site.kinds()) == before
