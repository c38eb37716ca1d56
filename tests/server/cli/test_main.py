"""The `sabak` command: finds its subcommands, is quick, and says errors in one line."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.cli import main, names, parser
from server.errors import CONFIGURATION_EXIT
from server.settings import sample


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SABAK_DATA", str(tmp_path / "data"))


def test_every_module_is_a_subcommand_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert {"serve", "stop", "status", "settings", "db", "trace", "bench"} <= set(names())
    for name in names():
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([name, "--help"])
        assert ended.value.code == 0
    assert "usage: sabak serve" in capsys.readouterr().out


def test_help_imports_neither_database_nor_web() -> None:
    code = (
        "import sys\nfrom server.cli import parser\nparser()\n"
        "print([each for each in ('sqlalchemy', 'aiohttp', 'alembic', 'cv2') if each in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_error_is_one_line_and_a_status(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SABAK_WORKERS", "many")
    assert main(["settings", "check"]) == CONFIGURATION_EXIT
    said = capsys.readouterr().err
    assert said.startswith("sabak: SABAK_WORKERS is wrong")
    assert said.count("\n") == 1
    assert "[settings.value]" in said


def test_the_sample_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "sample"]) == 0
    assert capsys.readouterr().out == sample()


def test_the_trace_is_exported_and_verified(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["db", "upgrade"]) == 0
    assert main(["trace", "export", "out.jsonl"]) == 0
    capsys.readouterr()
    for file in ([], ["out.jsonl"], [str(tmp_path / "data" / "sabak.db")]):
        assert main(["trace", "verify", *file]) == 0
        assert "Good: 0 entries" in capsys.readouterr().out
    assert main(["trace", "verify", "--head", f"1:{'0' * 64}"]) == 1
    assert "[truncated]" in capsys.readouterr().out
    assert main(["trace", "verify", "nothing"]) == CONFIGURATION_EXIT
    assert main(["trace", "rebuild"]) == 0
    Path("out.jsonl").write_text("{}")
    assert main(["trace", "verify", "out.jsonl"]) == 1


def test_status_and_stop_without_a_house(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ready"] is False
    assert found["children"]["server"] is None
    assert main(["stop"]) == CONFIGURATION_EXIT
    assert "[supervisor.not_running]" in capsys.readouterr().err


def test_serve_with_a_taken_port_ends_at_once_with_its_code(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = {"SABAK_DATA": str(tmp_path / "data"), "SABAK_HTTP": f"127.0.0.1:{taken.getsockname()[1]}"}
        begun = time.monotonic()
        command = [sys.executable, "-m", "server.cli", "serve"]
        done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=20)
    assert done.returncode == CONFIGURATION_EXIT
    assert "[supervisor.port_taken]" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begun < 10


def test_an_unknown_measurement_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "nothing"]) == 1
    assert "trace" in capsys.readouterr().err
