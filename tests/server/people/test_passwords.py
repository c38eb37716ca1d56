"""Password rules (pure) and hashing."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ApiError
from server.people import passwords
from server.people.passwords import Passwords, check


def judged(password: str, login: str = "nurai", name: str = "Асанова Нурай", least: int = 10) -> str:
    try:
        check(password, login, name, least)
    except ApiError as error:
        return error.code
    return "good"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ysyk-Kol-1609", "good"),
        ("тоонун башы кар", "good"),
        ("correct horse battery staple", "good"),
        ("short", "password.short"),
        ("a" * 9, "password.short"),
        ("x1" * 65, "password.long"),
        ("tab\tin the middle", "password.characters"),
        ("nurai12345", "password.personal"),
        ("NURAI!!2026", "password.personal"),
        ("Асанова2026", "password.personal"),
        ("password123", "password.common"),
        ("Кыргызстан1", "password.common"),
        ("qwertyuiop", "password.common"),
        ("1234567890", "password.common"),
        ("0987654321", "password.common"),
        ("йцукенгшщз", "password.common"),
        ("aaaaaaaaaaaa", "password.common"),
        ("abababababab", "password.common"),
        ("abcdefghijkl", "password.common"),
    ],
)
def test_rules(password: str, code: str) -> None:
    assert judged(password) == code


@given(st.text(max_size=200), st.text(max_size=70), st.text(max_size=200))
def test_every_text_is_good_or_has_a_code(password: str, login: str, name: str) -> None:
    code = judged(password, login, name)
    assert code == "good" or code.startswith("password.")
    if code == "good":
        assert 10 <= len(password) <= passwords.LONGEST


def test_one_time_passwords_pass_the_rules_and_differ() -> None:
    made = {passwords.one_time() for _ in range(200)}
    assert len(made) == 200
    assert all(judged(each) == "good" and len(each) == 15 for each in made)


async def test_hashing() -> None:
    hasher = Passwords(8, 1, 2)
    stored = await hasher.hash("Ysyk-Kol-1609")
    assert stored.startswith("$argon2id$") and "Ysyk" not in stored
    assert await hasher.verify(stored, "Ysyk-Kol-1609")
    assert not await hasher.verify(stored, "ysyk-kol-1609")
    assert not await hasher.verify("", "")
    assert not await hasher.verify("no hash at all", "x")
    assert Passwords(16, 1).is_outdated(stored) and not hasher.is_outdated(stored)


def test_the_real_parameters_are_those_of_rfc_9106() -> None:
    real = Passwords()
    assert real.is_outdated(Passwords(8, 1)._nobody)
    assert "m=65536,t=3" in real._nobody and real._nobody.startswith("$argon2id$v=19$")


async def test_a_storm_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_WAITING", 3)
    hasher = Passwords(8, 1, 1)
    stored = await hasher.hash("x")
    results = await asyncio.gather(*(hasher.verify(stored, "x") for _ in range(8)), return_exceptions=True)
    busy = [r for r in results if isinstance(r, ApiError)]
    assert len(busy) == 5 and {error.code for error in busy} == {"server.busy"}
    assert await hasher.verify(stored, "x")
