"""A real Sabak of our own for scenarios: `sabak serve --demo` on free ports over a folder of its own."""

import asyncio
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from server.demo.ensure import ensure_demo
from server.settings import Settings
from tests.patience import until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Kochkor-2026-sabak"


REFUSED = 10_080
"""A port that browsers do not go to."""


def free_port(count: int) -> int:
    """The first of `count` neighbouring ports free for both UDP and TCP. Below those that the kernel gives
    to outgoing connections, which could take one between this look and its use."""
    for base in range(10_000 + os.getpid() % 500 * 40, 32_000, count):
        if base <= REFUSED < base + count:
            continue
        try:
            with contextlib.ExitStack() as stack:
                for port in range(base, base + count):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        made = stack.enter_context(socket.socket(socket.AF_INET, kind))
                        made.bind(("", port))
                return base
        except OSError:
            continue
    raise RuntimeError("no free port")


FRESH = 300.0
"""Seconds for which a demo that was filled is good enough to begin with: its lessons lie around its now."""


class _Filled:
    """A folder with the demo in it, closed; `made` by the monotonic clock, below zero for never."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sabak-demo-")
        self.data = Path(self._folder.name) / "data"
        self.made = -FRESH


@functools.cache
def _filled() -> _Filled:
    return _Filled()


async def put_demo(data: Path) -> None:
    """Fill a folder that is not there yet with the demo university, which is made once for many scenarios
    and is half of a start's time; who serves it finds it as after a restart."""
    now, kept = time.monotonic(), _filled()
    if now - kept.made > FRESH:
        shutil.rmtree(kept.data, ignore_errors=True)
        await ensure_demo(Settings(data=kept.data, demo_password=PASSWORD))
        kept.made = now
    shutil.copytree(kept.data, data)


class House:
    """Start with `async with`; `url` is ready then. `kill` takes the name of any process of it."""

    def __init__(self, data: Path, host: str = "127.0.0.1", workers: int = 2, **environment: str) -> None:
        self.data = data
        self.host = host
        self.http_port = free_port(9)
        self.media_port = self.http_port + 1
        self.url = f"http://{host}:{self.http_port}"
        self.log = data.parent / f"{data.name}.log"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SABAK_")},
            "SABAK_DATA": str(data),
            "SABAK_HTTP": f"{host}:{self.http_port}",
            "SABAK_MEDIA": f"0.0.0.0:{self.media_port}",
            "SABAK_WORKERS": str(workers),
            "SABAK_DEMO_PASSWORD": PASSWORD,
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *arguments: str) -> None:
        """With `arguments`, and in a time zone of its own, an empty folder is filled by the start itself."""
        if not (self.data.exists() or arguments or "SABAK_TIME_ZONE" in self.environment):
            await put_demo(self.data)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command("serve", "--demo", *arguments),
                env=self.environment, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            await until(self.is_ready, "Sabak is ready", within=60)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tail()}") from None

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """The argument list of `sabak ARGUMENTS`."""
        return [sys.executable, "-m", "server.cli", *arguments]

    async def stop(self) -> None:
        """Orderly stop of everything, also of what outlived a killed supervisor."""
        done = await asyncio.create_subprocess_exec(
            *self.command("stop"), env=self.environment, cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await done.wait()
        if self._process and self._process.returncode is None:
            await self._process.wait()

    async def is_ready(self) -> bool:
        if self._process and self._process.returncode is not None:
            raise AssertionError(f"sabak serve ended with {self._process.returncode}: {self.tail()}")
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{self.url}/readyz", ssl=False, timeout=aiohttp.ClientTimeout(2)) as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def pid(self, name: str) -> int:
        """Of `supervisor`, `server`, `media0`, `recorder`, `vision0`, from its pid file."""
        return int(json.loads((self.run_dir / f"{name}.pid").read_text())["pid"])

    @property
    def run_dir(self) -> Path:
        return self.data / "run"

    def kill(self, name: str) -> int:
        """SIGKILL a process by name; returns the pid it had."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    async def api(self, method: str, path: str, token: str = "", **options: Any) -> Any:
        """Call the API as a program; returns the decoded answer, None for an empty one.

        Raises:
            AssertionError: an answer of 400 or more.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.request(method, self.url + path, ssl=False, **options) as answer,
        ):
            body = await answer.json() if answer.status != 204 else None
            assert answer.status < 400, f"{method} {path}: {answer.status} {body}"
            return body

    async def token(self, login: str) -> str:
        """Log in as a program and settle what a first login asks for."""
        answer = await self.api("POST", "/api/v1/login", json={"login": login, "password": PASSWORD})
        token = answer["token"]
        consents = await self.api("GET", "/api/v1/consents", token)
        for text in consents["pending"]:
            accepted = {"text": text["text"], "version": text["version"]}
            await self.api("POST", "/api/v1/consents", token, json=accepted)
        return str(token)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
