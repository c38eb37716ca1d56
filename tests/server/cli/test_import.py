"""`sabak import`: a file from the command line, with its errors and its exit status."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli import main, names

Sabak = Callable[..., int]


@pytest.fixture
def sabak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sabak:
    monkeypatch.setenv("SABAK_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: main(["import", *arguments])


def test_the_command_is_called_import() -> None:
    assert names()["import"] == "import_"


@pytest.mark.slow
def test_try_out_write_and_repeat(sabak: Sabak, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "holidays.csv"
    file.write_text("Дата;Праздник\n31.08.2027;День независимости\n32.08.2027;Нет\n", "windows-1251")
    assert sabak("holidays", str(file), "--dry-run") == 1
    said = capsys.readouterr().out
    assert "error: row 3, Дата (32.08.2027): The date is not right" in said
    assert "new: 1, changed: 0, unchanged: 0, errors: 1" in said
    assert sabak("holidays", str(file)) == 1
    assert "Nothing was written." in capsys.readouterr().err
    assert sabak("holidays", str(file), "--skip-errors") == 0
    shown = capsys.readouterr()
    assert shown.out.endswith("Done.\n")
    assert "2 of 2 rows" in shown.err or "1 of 2 rows" in shown.err
    assert sabak("holidays", str(file), "--skip-errors") == 0
    assert "unchanged: 1" in capsys.readouterr().out


def test_mistakes_are_one_line_with_a_code(
    sabak: Sabak, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert sabak("users", "nowhere.csv") == 1
    assert "[import.file]" in capsys.readouterr().err
    (tmp_path / "a.csv").write_text("a;b\n1;2\n")
    assert sabak("users", "a.csv") == 1
    assert "No column was found for login, name; the file has: a, b." in capsys.readouterr().err
    assert sabak("users", "a.csv", "--mapping", "AVN") == 1
    assert "[object.unknown]" in capsys.readouterr().err
    (tmp_path / "b.csv").write_bytes(b"PK\0\0")
    assert sabak("users", "b.csv") == 1
    assert "This is not a CSV file" in capsys.readouterr().err
