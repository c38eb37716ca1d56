"""`sabak user`: on its own, and beside a server that runs."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli import main

Sabak = Callable[..., int]


@pytest.fixture
def sabak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sabak:
    monkeypatch.setenv("SABAK_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: main(["user", *arguments])


@pytest.mark.slow
def test_add_list_reset_disable_role(
    sabak: Sabak, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    slips = tmp_path / "slips.html"
    assert sabak("add", "nurai", "Асанова Нурай", "--role", "student", "--slips", str(slips)) == 0
    login, password = capsys.readouterr().out.strip().split("\t")
    assert login == "nurai" and re.fullmatch(r"([a-z2-9]{3}-){3}[a-z2-9]{3}", password)
    assert password in slips.read_text() and "<style>" in slips.read_text()
    assert slips.stat().st_mode & 0o077 == 0
    assert sabak("add", "Nurai", "Башка", "--role", "student") == 1
    assert "This login is taken. [user.login_taken]" in capsys.readouterr().err
    assert sabak("role", "give", "nurai", "curator") == 0
    assert sabak("role", "give", "nurai", "curator") == 1
    assert sabak("disable", "nurai") == 0
    capsys.readouterr()
    assert sabak("list", "асан") == 0
    assert capsys.readouterr().out.strip() == "nurai\tАсанова Нурай\tstudent curator\tdisabled"
    assert sabak("enable", "nurai") == 0
    assert sabak("role", "take", "nurai", "curator") == 0
    assert sabak("role", "take", "nurai", "curator") == 1
    assert sabak("reset", "nurai") == 0
    capsys.readouterr()
    assert sabak("list", "--role", "student") == 0
    assert capsys.readouterr().out.strip() == "nurai\tАсанова Нурай\tstudent"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("reset", "nobody"), "object.unknown"),
        (("add", "a b", "X", "--role", "student"), "user.login"),
        (("add", "good", "X", "--role", "rector"), "role.unknown"),
        (("add", "good", "X", "--role", "guest"), "role.unknown"),
        (("add", "good", "X", "--role", "dean:faculty:nowhere"), "role.scope"),
        (("add", "good", "X", "--role", "dean:lesson:x"), "role.scope"),
        (("add", "good", "X", "--role", "dean:faculty"), "role.scope"),
    ],
)
def test_mistakes_are_one_line_with_a_code(
    sabak: Sabak, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str
) -> None:
    assert sabak(*arguments) == 1
    error = capsys.readouterr().err
    assert f"[{code}]" in error and len(error.strip().splitlines()) == 1
