"""Logging in and out by HTTP: proof, limits, cookies, expiry, the states before `ready`."""

import pytest

from server.people.limits import PAIR
from server.people.sessions import IDLE
from server.permissions import Grant
from tests.server.kit import PASSWORD, Running

LOGIN = "/api/v1/login"


async def test_a_right_password_opens_and_me_tells_who(site: Running) -> None:
    await site.person("nurai", Grant("student"))
    token = await site.log_in("NurAI")
    me = await site.call("GET", "/api/v1/me", token)
    assert me.status == 200
    assert (me.json["login"], me.json["next"], me.json["kind"]) == ("nurai", "ready", "account")
    assert me.json["roles"][0]["role"] == "student"
    assert "lesson.join" in me.json["actions"] and "user.create" not in me.json["actions"]
    assert "login.opened" in await site.kinds()


@pytest.mark.parametrize("login", ["nurai", "nobody", "blocked"])
async def test_every_failure_looks_alike(site: Running, login: str) -> None:
    await site.person("nurai", Grant("student"))
    admin = await site.token_of(await site.person("root1", Grant("admin")))
    blocked = await site.person("blocked", Grant("student"))
    disabled = await site.call("PATCH", f"/api/v1/users/{blocked}", admin, json={"disabled": True})
    assert disabled.status == 200, disabled.text
    password = PASSWORD if login == "blocked" else "wrong-password"
    answer = await site.call("POST", LOGIN, json={"login": login, "password": password})
    assert (answer.status, answer.code) == (401, "login.wrong")
    assert answer.json["error"]["details"] == {}


async def test_a_storm_is_refused_with_retry_after_and_leaves_the_trace_small(site: Running) -> None:
    await site.person("nurai", Grant("student"))
    before = len(await site.kinds())
    body = {"login": "nurai", "password": "wrong-password"}
    answers = [await site.call("POST", LOGIN, json=body) for _ in range(PAIR.burst + 5)]
    assert [a.status for a in answers] == [401] * PAIR.burst + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].json["error"]["details"]["retry_after"] >= 1
    right = await site.call("POST", LOGIN, json={"login": "nurai", "password": PASSWORD})
    assert right.status == 429
    assert len(await site.kinds()) == before
    metrics = (await site.call("GET", "/metrics")).text
    assert 'sabak_limited_total{limit="login.limited"} 6.0' in metrics


async def test_the_browser_gets_cookies_and_must_prove_csrf(site: Running) -> None:
    await site.person("nurai", Grant("student"))
    body = {"login": "nurai", "password": PASSWORD, "cookie": True}
    answer = await site.call("POST", LOGIN, json=body)
    assert answer.json["token"] == "" and answer.json["csrf"]
    cookies = answer.headers.getall("Set-Cookie")
    session = next(c for c in cookies if c.startswith("sabak_session="))
    csrf = next(c for c in cookies if c.startswith("sabak_csrf="))
    assert "HttpOnly" in session and "SameSite=Lax" in session and "Path=/" in session
    assert "HttpOnly" not in csrf and answer.json["csrf"] in csrf
    token = session.split(";")[0].partition("=")[2]
    change = {"theme": "dark"}
    missing = await site.call("PATCH", "/api/v1/me", cookie=token, csrf=False, json=change)
    assert (missing.status, missing.code) == (403, "csrf.missing")
    forged = await site.call(
        "PATCH", "/api/v1/me", cookie=token, csrf=False, json=change, headers={"X-Sabak-CSRF": "a" * 32}
    )
    assert forged.code == "csrf.missing"
    assert (await site.call("PATCH", "/api/v1/me", cookie=token, json=change)).json["theme"] == "dark"
    out = await site.call("POST", "/api/v1/logout", cookie=token)
    assert out.status == 204
    assert all("Max-Age=0" in c for c in out.headers.getall("Set-Cookie"))
    assert (await site.call("GET", "/api/v1/me", cookie=token)).code == "login.expired"


async def test_cookies_are_secure_behind_a_tls_proxy_only_if_trusted(site: Running) -> None:
    await site.person("nurai", Grant("student"))
    body = {"login": "nurai", "password": PASSWORD, "cookie": True}
    claimed = {"X-Forwarded-Proto": "https"}
    answer = await site.call("POST", LOGIN, json=body, headers=claimed)
    assert not any("Secure" in c for c in answer.headers.getall("Set-Cookie"))
    assert "Strict-Transport-Security" not in answer.headers


async def test_forged_tokens(site: Running) -> None:
    for token in ("s_" + "a" * 43, "p_" + "b" * 43, "x", "s_\u00e9", "a" * 5000):
        answer = await site.call("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status == 401 and answer.code in ("login.expired", "login.required")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_login_ends_by_age_and_by_idleness(site: Running) -> None:
    user = await site.person("nurai", Grant("student"))
    idle, kept = await site.token_of(user), await site.token_of(user)
    step = IDLE // 2 + 60
    site.time.seconds += step
    assert (await site.call("GET", "/api/v1/me", kept)).status == 200
    site.time.seconds += step
    assert (await site.call("GET", "/api/v1/me", kept)).status == 200
    assert (await site.call("GET", "/api/v1/me", idle)).code == "login.expired"
    for _ in range(12 * 3600 // step):
        site.time.seconds += step
        last = await site.call("GET", "/api/v1/me", kept)
    assert last.code == "login.expired"


async def test_a_first_login_settles_password_then_texts(site: Running) -> None:
    await site.person("nurai", Grant("student"), settled=False)
    answer = await site.call("POST", LOGIN, json={"login": "nurai", "password": PASSWORD})
    assert answer.json["next"] == "change_password"
    token = answer.json["token"]
    early = await site.call("GET", "/api/v1/consents", token)
    assert (early.status, early.code) == (403, "login.change_password")
    change = {"old": PASSWORD, "new": "Kara-Buura-77"}
    renewed = await site.call("POST", "/api/v1/me/password", token, json=change)
    assert renewed.json["next"] == "consent", renewed.text
    assert (await site.call("GET", "/api/v1/me", token)).code == "login.expired"
    token = renewed.json["token"]
    assert (await site.call("GET", "/api/v1/me/sessions", token)).code == "login.consent"
    russian = {"Accept-Language": "ru,en;q=0.5"}
    pending = (await site.call("GET", "/api/v1/consents", token, headers=russian)).json["pending"]
    assert [text["text"] for text in pending] == ["personal_data", "platform_rules", "academic_honesty"]
    assert "Согласие" in pending[0]["title"] and "деканат" in pending[0]["body"]
    for text in pending:
        accepted = {"text": text["text"], "version": text["version"]}
        last = await site.call("POST", "/api/v1/consents", token, json=accepted)
    assert last.json == {"next": "ready"}
    assert (await site.call("GET", "/api/v1/me/sessions", token)).status == 200
    assert (await site.kinds()).count("consent.accepted") == 3
    outdated = {"text": "personal_data", "version": "1999-01-01"}
    assert (await site.call("POST", "/api/v1/consents", token, json=outdated)).code == "consent.outdated"


async def test_changing_the_password_ends_other_logins_and_tells(site: Running) -> None:
    user = await site.person("nurai", Grant("student"))
    here, there = await site.token_of(user), await site.token_of(user)
    from server.people.sessions import Sessions

    ended: list[str] = []
    site.house.part(Sessions).on_revoked.append(ended.append)
    wrong = {"old": "not-this-one", "new": "Kara-Buura-77"}
    assert (await site.call("POST", "/api/v1/me/password", here, json=wrong)).code == "password.wrong"
    good = {"old": PASSWORD, "new": "Kara-Buura-77"}
    assert (await site.call("POST", "/api/v1/me/password", here, json=good)).status == 200
    assert (await site.call("GET", "/api/v1/me", there)).code == "login.expired"
    assert len(set(ended)) == 2


async def test_no_secret_reaches_the_trace(site: Running) -> None:
    await site.person("nurai", Grant("student"), settled=False)
    token = await site.log_in("nurai")
    await site.call("POST", "/api/v1/me/password", token, json={"old": PASSWORD, "new": "Kara-Buura-77"})
    text = str([recorded.data for recorded in await site.house.trace.read()])
    assert "nurai" in text
    for secret in (PASSWORD, "Kara-Buura-77", token, "argon2"):
        assert secret not in text
