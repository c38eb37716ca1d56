"""The server process: starts, serves, stops in order; says what the operator must change."""

import asyncio
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from server.settings import Settings, dump
from server.settings_values import Address
from server.tls import lan
from tests.patience import until

pytestmark = pytest.mark.served


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


@contextmanager
def process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    settings.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = settings.run_dir / "settings.json"
    file.write_text(dump(settings))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SABAK_")}
    started = subprocess.Popen(
        [sys.executable, "-m", "server.app", "--settings", str(file)],
        stderr=subprocess.PIPE,
        env=environment,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


async def get(url: str, context: ssl.SSLContext | bool = True) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url, ssl=context) as answer:
        return answer.status, await answer.text()


async def answers(url: str, context: ssl.SSLContext | bool = True) -> bool:
    try:
        return (await get(f"{url}/healthz", context))[0] == 200
    except (aiohttp.ClientError, OSError):
        return False


@pytest.mark.slow
async def test_it_serves_says_what_is_missing_and_stops_in_order(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", http=Address("127.0.0.1", free_port()), vision_workers=0)
    with process(settings) as started:
        await until(lambda: answers(settings.url), "the server", within=30)
        status, body = await get(f"{settings.url}/readyz")
        checks = json.loads(body)["checks"]
        assert checks["store"] and checks["trace"]
        assert status == (200 if all(checks.values()) else 503)
        started.send_signal(signal.SIGTERM)
        _, log = await asyncio.to_thread(started.communicate, timeout=15)
        assert started.returncode == 0, log.decode()
        assert b"Traceback" not in log, log.decode()


@pytest.mark.slow
async def test_https_with_the_local_authority(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", http=Address("127.0.0.1", free_port()), vision_workers=0)
    settings = lan.prepare(settings)
    local = f"https://127.0.0.1:{settings.http.port}"
    context = ssl.create_default_context(cafile=str(settings.data / "tls" / "ca.crt"))
    with process(settings):
        await until(lambda: answers(local, context), "the server", within=30)
        async with aiohttp.ClientSession() as http:
            body = {"login": "nobody", "password": "x", "cookie": True}
            async with http.post(f"{local}/api/v1/login", json=body, ssl=context) as answer:
                assert answer.status == 401
                assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
                assert f"wss://127.0.0.1:{settings.http.port}" in answer.headers["Content-Security-Policy"]
        status, text = await get(f"{local}/ca.crt", context)
        assert status == 200 and text == (settings.data / "tls" / "ca.crt").read_text()


@pytest.mark.slow
def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = Settings(data=tmp_path / "data", http=Address("127.0.0.1", port), vision_workers=0)
        with process(settings) as started:
            _, log = started.communicate(timeout=30)
    assert started.returncode == 78
    assert b"supervisor.port_taken" in log and b"Traceback" not in log


@pytest.mark.parametrize("content", ["", "{", '{"data": 5}', '{"colour": "red"}'])
def test_a_settings_file_that_is_broken(tmp_path: Path, content: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(content)
    command = [sys.executable, "-m", "server.app", "--settings", str(file)]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert done.returncode == 78
    assert b"settings." in done.stderr and b"Traceback" not in done.stderr
