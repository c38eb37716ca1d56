"""The supervisor with real processes: restart, back-off, adoption after SIGKILL, one at a time."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from server.errors import SupervisorError
from server.settings import Settings
from server.supervisor.control import stop
from server.supervisor.plan import ChildPlan
from server.supervisor.processes import Process, living, start_time
from server.supervisor.supervisor import Supervisor
from tests.server.supervisor.small_house import children

ROOT = Path(__file__).parents[3]
HOUSE = "tests.server.supervisor.small_house"


@pytest.fixture(autouse=True)
def nothing_left(settings: Settings) -> Iterator[None]:
    """Ends what a failed test may have left, by its pid file."""
    yield
    for path in settings.run_dir.glob("*.pid"):
        if identity := living(path):
            with suppress(ProcessLookupError):
                os.kill(identity.pid, signal.SIGKILL)


def pid_of(settings: Settings, name: str) -> int:
    identity = living(settings.run_dir / f"{name}.pid")
    return identity.pid if identity else 0


async def until_lives(settings: Settings, name: str, other_than: int = 0, seconds: float = 5) -> int:
    deadline = time.monotonic() + seconds
    while (pid := pid_of(settings, name)) in (0, other_than):
        assert time.monotonic() < deadline, f"{name} does not run within {seconds} s"
        await asyncio.sleep(0.01)
    return pid


@asynccontextmanager
async def running(supervisor: Supervisor) -> AsyncIterator[None]:
    task = asyncio.create_task(supervisor.run())
    try:
        yield
    finally:
        supervisor.stop()
        await task


def spawn(settings: Settings, *names: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", HOUSE, str(settings.data), *names], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


async def test_a_dead_child_is_back_at_once_and_a_stop_ends_all(settings: Settings) -> None:
    async with running(Supervisor(settings, children=children(settings, ["sleeper0", "sleeper1"]))):
        first = await until_lives(settings, "sleeper0")
        other = await until_lives(settings, "sleeper1")
        os.kill(first, signal.SIGKILL)
        begun = time.monotonic()
        second = await until_lives(settings, "sleeper0", other_than=first)
        assert time.monotonic() - begun < 2
        assert pid_of(settings, "sleeper1") == other
    assert start_time(second) is None
    assert start_time(other) is None
    assert not list(settings.run_dir.glob("*.pid"))


async def test_children_outlive_a_killed_supervisor_and_the_next_one_adopts_them(settings: Settings) -> None:
    names = ["sleeper0", "recorder"]
    with spawn(settings, *names) as killed:
        before = [await until_lives(settings, name) for name in names]
        killed.kill()
        killed.wait()
        assert [pid_of(settings, name) for name in names] == before
        async with running(Supervisor(settings, children=children(settings, names))):
            await asyncio.sleep(0.2)
            assert [pid_of(settings, name) for name in names] == before
            os.kill(before[0], signal.SIGKILL)  # the death of an adopted child is seen too
            assert await until_lives(settings, "sleeper0", other_than=before[0]) != before[0]
        assert all(start_time(pid) is None for pid in before)


async def test_a_living_child_that_should_be_started_otherwise_is_replaced(settings: Settings) -> None:
    with spawn(settings, "sleeper0", "sleeper1") as killed:
        kept = await until_lives(settings, "sleeper0")
        dropped = await until_lives(settings, "sleeper1")
        killed.kill()
        killed.wait()
        changed = [*children(settings, ["sleeper0"]), children(settings, ["recorder"])[0]]
        changed[0] = ChildPlan("sleeper0", changed[0].command, "another stamp")
        async with running(Supervisor(settings, children=changed)):
            await until_lives(settings, "sleeper0", other_than=kept)
            assert start_time(kept) is None
            assert start_time(dropped) is None


async def test_a_second_supervisor_is_refused(settings: Settings) -> None:
    async with running(Supervisor(settings, children=children(settings, ["sleeper0"]))):
        pid = await until_lives(settings, "sleeper0")
        with spawn(settings, "sleeper0") as second:
            _, said = await asyncio.to_thread(second.communicate)
        assert second.returncode == 1
        assert "supervisor.running" in said
        assert pid_of(settings, "sleeper0") == pid


async def test_wrong_configuration_of_a_child_stops_the_house(settings: Settings) -> None:
    wrong = ChildPlan("wrong", (sys.executable, "-c", "import sys; sys.exit(78)"), "stamp")
    supervisor = Supervisor(settings, children=[*children(settings, ["sleeper0"]), wrong])
    with pytest.raises(SupervisorError) as refused:
        await asyncio.wait_for(supervisor.run(), 20)
    assert refused.value.code == "supervisor.child"
    assert not list(settings.run_dir.glob("*.pid"))


async def test_a_taken_port_is_told_before_anything_starts(settings: Settings) -> None:
    import socket

    from server.settings_values import Address

    for kind, where in ((socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            address = Address("127.0.0.1", taken.getsockname()[1])
            child = ChildPlan("server", ("true",), "stamp", **{where: (address,)})  # type: ignore[arg-type]
            with pytest.raises(SupervisorError, match=f"port {address} is taken") as refused:
                await Supervisor(settings, children=[child]).run()
            assert refused.value.code == "supervisor.port_taken"


async def test_stop_from_outside_also_ends_orphans(settings: Settings) -> None:
    with spawn(settings, "sleeper0", "recorder") as house:
        pids = [await until_lives(settings, name) for name in ("sleeper0", "recorder", "supervisor")]
        assert await stop(settings) == 2
        assert all(start_time(pid) is None for pid in pids[:2])
        house.wait()
    with spawn(settings, "sleeper0") as house:
        orphan = await until_lives(settings, "sleeper0")
        house.kill()
        house.wait()
        assert await stop(settings) == 1
        assert start_time(orphan) is None
    with pytest.raises(SupervisorError) as none:
        await stop(settings)
    assert none.value.code == "supervisor.not_running"


async def test_children_get_their_own_session_niceness_and_no_settings(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SABAK_DEMO_PASSWORD", "a secret")
    child = ChildPlan("sleeper0", children(settings, ["sleeper0"])[0].command, "stamp", nice=10)
    async with running(Supervisor(settings, children=[child])):
        pid = await until_lives(settings, "sleeper0")
        await asyncio.sleep(0.2)  # past exec
        assert os.getsid(pid) == pid
        assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.nice(0) + 10)
        assert b"SABAK_" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_a_pid_that_was_given_out_again_is_not_adopted(tmp_path: Path) -> None:
    path = tmp_path / "x.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        path.write_text(f'{{"pid": {stranger.pid}, "start": 1, "boot": "", "stamp": ""}}')
        assert Process.adopt(path) is None
        stranger.kill()
    for broken in ("", "{", "[]", '{"pid": "x"}'):
        path.write_text(broken)
        assert living(path) is None
