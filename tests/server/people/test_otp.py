"""Two-factor login: the pure part and by HTTP."""

import dataclasses
from collections.abc import AsyncIterator

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.people import otp
from server.people.limits import PAIR
from server.permissions import Grant
from server.settings import Settings
from tests.server.kit import PASSWORD, Running, running

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/api/v1/login"


@given(st.integers(200, 4_000_000_000), st.integers(-3, 3))
def test_a_code_is_good_one_step_around_and_only_once(now: int, off: int) -> None:
    code = pyotp.TOTP(SECRET).at(now + off * otp.STEP)
    step = otp.matching_step(SECRET, code, now, -1)
    if abs(off) <= otp.WINDOW and now // otp.STEP + off >= 0:
        assert step is not None
        again = otp.matching_step(SECRET, code, now, step)
        assert again is None or again > step  # two steps may share a code by chance
    if step is not None:
        assert abs(step - now // otp.STEP) <= otp.WINDOW


@given(st.text(max_size=12))
def test_junk_is_no_code(text: str) -> None:
    if not (text.replace(" ", "").isascii() and text.replace(" ", "").isdigit()):
        assert otp.matching_step(SECRET, text, 1_800_000_000, 0) is None
    otp.looks_like_recovery(text)


def test_rfc_6238_vector() -> None:
    """Appendix B, SHA-1, T = 59 s: 94287082, of which six digits are 287082."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert otp.matching_step(secret, "287082", 59, 0) == 1


def test_recovery_codes_are_many_and_typed_carelessly() -> None:
    codes = otp.new_recovery_codes()
    assert len(set(codes)) == 8 and all(otp.looks_like_recovery(code) for code in codes)
    assert otp.recovery_hash("u", codes[0].upper().replace("-", " ")) == otp.recovery_hash("u", codes[0])
    assert otp.recovery_hash("v", codes[0]) != otp.recovery_hash("u", codes[0])


def test_the_picture_is_an_svg() -> None:
    picture = otp.picture(otp.uri(SECRET, "nurai"))
    assert picture.startswith("<svg") and "<script" not in picture


async def enrol(site: Running, token: str) -> tuple[str, list[str], str]:
    """Switch it on; returns secret, recovery codes, the renewed token."""
    offer = await site.call("POST", "/api/v1/me/otp", token)
    secret = offer.json["secret"]
    code = pyotp.TOTP(secret).at(int(site.time()))
    done = await site.call("POST", "/api/v1/me/otp/confirm", token, json={"code": code})
    assert done.status == 200, done.text
    return secret, done.json["recovery"], done.json["token"]


async def test_the_whole_way(site: Running) -> None:
    token = await site.token_of(await site.person("teacher1", Grant("teacher")))
    early = await site.call("POST", "/api/v1/me/otp/confirm", token, json={"code": "123456"})
    assert early.code == "otp.not_offered"
    await site.call("POST", "/api/v1/me/otp", token)
    wrong = await site.call("POST", "/api/v1/me/otp/confirm", token, json={"code": "abcdef"})
    assert wrong.code == "otp.wrong"
    secret, recovery, renewed = await enrol(site, token)
    assert (await site.call("GET", "/api/v1/me", token)).code == "login.expired"
    me = await site.call("GET", "/api/v1/me", renewed)
    assert me.json["two_factor"] is True
    body = {"login": "teacher1", "password": PASSWORD}
    assert (await site.call("POST", LOGIN, json=body)).code == "login.otp_required"
    used = pyotp.TOTP(secret).at(int(site.time()))
    replay = await site.call("POST", LOGIN, json={**body, "otp": used})
    assert replay.code == "login.otp_wrong", "the code that switched it on is used up"
    site.time.seconds += 30
    fresh = {**body, "otp": pyotp.TOTP(secret).at(int(site.time()))}
    assert (await site.call("POST", LOGIN, json=fresh)).status == 200
    assert (await site.call("POST", LOGIN, json=fresh)).code == "login.otp_wrong"
    spare = {**body, "otp": recovery[0]}
    assert (await site.call("POST", LOGIN, json=spare)).status == 200
    assert (await site.call("POST", LOGIN, json=spare)).code == "login.otp_wrong"
    token = await site.log_in("teacher1", otp=recovery[1])
    no = await site.call("POST", "/api/v1/me/otp/remove", token, json={"password": "not-this-one"})
    assert no.code == "password.wrong"
    gone = await site.call("POST", "/api/v1/me/otp/remove", token, json={"password": PASSWORD})
    assert gone.status == 200
    await site.log_in("teacher1")


async def test_two_logins_at_once_cannot_use_one_code(site: Running) -> None:
    import asyncio

    token = await site.token_of(await site.person("teacher1", Grant("teacher")))
    secret, _, _ = await enrol(site, token)
    site.time.seconds += 60
    body = {"login": "teacher1", "password": PASSWORD, "otp": pyotp.TOTP(secret).at(int(site.time()))}
    answers = await asyncio.gather(*(site.call("POST", LOGIN, json=body) for _ in range(5)))
    assert sorted(a.status for a in answers) == [200, 401, 401, 401, 401]


async def test_asking_for_the_code_does_not_make_guessing_free(site: Running) -> None:
    """Right password, wrong codes, with half logins in between: still limited."""
    token = await site.token_of(await site.person("teacher1", Grant("teacher")))
    await enrol(site, token)
    body = {"login": "teacher1", "password": PASSWORD}
    codes = []
    for guess in range(PAIR.burst + 2):
        codes.append((await site.call("POST", LOGIN, json=body)).code)
        codes.append((await site.call("POST", LOGIN, json={**body, "otp": f"{guess:06}"})).code)
    assert codes.count("login.otp_wrong") <= PAIR.burst
    assert "login.limited" in codes


@pytest.fixture
async def strict(settings: Settings) -> AsyncIterator[Running]:
    async with running(dataclasses.replace(settings, require_two_factor=True)) as found:
        yield found


async def test_where_the_house_wants_it_staff_must(strict: Running) -> None:
    await strict.person("student7", Grant("student"))
    answer = await strict.call("POST", LOGIN, json={"login": "student7", "password": PASSWORD})
    assert answer.json["next"] == "ready"
    await strict.person("teacher1", Grant("teacher"))
    answer = await strict.call("POST", LOGIN, json={"login": "teacher1", "password": PASSWORD})
    assert answer.json["next"] == "enrol_otp"
    token = answer.json["token"]
    assert (await strict.call("GET", "/api/v1/today", token)).code == "login.enrol_otp"
    _, _, token = await enrol(strict, token)
    assert (await strict.call("GET", "/api/v1/me", token)).json["next"] == "ready"
    kept = await strict.call("POST", "/api/v1/me/otp/remove", token, json={"password": PASSWORD})
    assert kept.code == "otp.required"
