"""The server notices a killed supervisor and starts another, which adopts what lives."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.settings import Settings
from server.supervisor.control import stop
from server.supervisor.guardian import watch_supervisor
from server.supervisor.processes import RunLock, living, make_run_dir, write_pid_file

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nothing_left(settings: Settings) -> Iterator[None]:
    yield
    for path in settings.run_dir.glob("*.pid"):
        if (identity := living(path)) and identity.pid != os.getpid():
            with suppress(ProcessLookupError):
                os.kill(identity.pid, signal.SIGKILL)


def pid_of(settings: Settings, name: str) -> int:
    identity = living(settings.run_dir / f"{name}.pid")
    return identity.pid if identity else 0


async def until_lives(settings: Settings, name: str, other_than: int = 0) -> int:
    deadline = time.monotonic() + 10
    while (pid := pid_of(settings, name)) in (0, other_than):
        assert time.monotonic() < deadline, f"no new {name}"
        await asyncio.sleep(0.02)
    return pid


async def test_a_killed_supervisor_is_replaced_and_children_stay(settings: Settings) -> None:
    house = (sys.executable, "-m", "tests.server.supervisor.small_house", str(settings.data), "sleeper0")
    with subprocess.Popen(house, cwd=ROOT) as first:
        child = await until_lives(settings, "sleeper0")
        before = await until_lives(settings, "supervisor")
        watching = asyncio.create_task(watch_supervisor(settings, command=house, grace=0.1))
        await asyncio.sleep(0.1)
        first.kill()
        first.wait()
    try:
        second = await until_lives(settings, "supervisor", other_than=before)
        os.kill(second, signal.SIGKILL)  # and once more
        await until_lives(settings, "supervisor", other_than=second)
        assert pid_of(settings, "sleeper0") == child
    finally:
        watching.cancel()
        await asyncio.wait([watching])
    assert await stop(settings) == 1


async def test_nothing_is_started_while_another_holds_the_lock(settings: Settings, tmp_path: Path) -> None:
    """As when systemd was faster: the lock decides."""
    make_run_dir(settings.run_dir)
    lock = RunLock(settings.run_dir)
    assert lock.take()
    with subprocess.Popen(["sleep", "60"]) as old:
        write_pid_file(settings.run_dir / "supervisor.pid")
        file = settings.run_dir / "supervisor.pid"
        file.write_text(file.read_text().replace(str(os.getpid()), str(old.pid)))  # dead: other start time
        old.kill()
    started = tmp_path / "started"
    watching = asyncio.create_task(watch_supervisor(settings, command=("touch", str(started)), grace=0.05))
    await asyncio.sleep(0.4)
    assert not started.exists()
    lock.release()
    deadline = time.monotonic() + 5
    while not started.exists():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    watching.cancel()
    await asyncio.wait([watching])


async def test_a_server_started_by_hand_watches_nothing(settings: Settings) -> None:
    await asyncio.wait_for(watch_supervisor(settings), 1)
