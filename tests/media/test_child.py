"""Child processes: their state on the control socket, their signals, their exit status."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from media.child import AskState, Caller, ChildState, run
from media.control import Link, dial
from media.errors import PortTaken
from media.messages import Done
from proctoring.messages import VisionState
from tests.patience import until

ROOT = Path(__file__).parents[2]


class Asker:
    """Follows a child."""

    def __init__(self, opening: msgspec.Struct) -> None:
        self.opening = opening
        self.states: list[VisionState] = []
        self.links: list[Link] = []

    def snapshot(self) -> msgspec.Struct:
        return self.opening

    def on_open(self, link: Link) -> None: ...

    def on_snapshot(self, link: Link, body: Any) -> None:
        self.states.append(body)
        self.links.append(link)

    def on_change(self, link: Link, body: Any) -> None: ...

    async def on_call(self, link: Link, body: Any) -> Caller:
        return Caller("test")

    def on_close(self, link: Link) -> None: ...


@contextmanager
def child(module: str, socket: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", module, "--socket", str(socket), "--media", f"{socket}.0,{socket}.1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("opening", [Done(), Caller("test")])
async def test_a_child_tells_its_state_and_another_process_is_another_epoch(
    tmp_path: Path, opening: msgspec.Struct
) -> None:
    module, role = "proctoring.worker", "vision"
    socket, asker = tmp_path / "child.sock", Asker(opening)
    following = asyncio.create_task(dial(socket, asker, VisionState | ChildState))
    try:
        with child(module, socket) as process:
            await until(lambda: asker.states, "the first state")
            told = await asker.links[0].call(AskState())
            assert (told.role, told.jobs, told.epoch) == (role, 0, asker.states[0].epoch)
            process.send_signal(signal.SIGKILL)
        with child(module, socket) as process:
            await until(lambda: len(asker.states) == 2, "the state of the next process")
            assert asker.states[0].epoch != asker.states[1].epoch
            process.send_signal(signal.SIGTERM)
            _, said = await asyncio.to_thread(process.communicate)
            assert process.returncode == 0
            assert "Traceback" not in said
        assert not socket.exists()
    finally:
        following.cancel()
        await asyncio.wait([following])


def test_a_wrong_configuration_is_one_line_and_78(capsys: pytest.CaptureFixture[str]) -> None:
    async def fails(_stop: asyncio.Event) -> None:
        raise PortTaken("UDP port 40000 is taken")

    assert run("media0", fails) == 78
    assert capsys.readouterr().err == "media0: UDP port 40000 is taken [media.port_taken]\n"


def test_a_defect_is_1() -> None:
    async def fails(_stop: asyncio.Event) -> None:
        raise RuntimeError("a defect")

    assert run("media0", fails) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_in_order(number: signal.Signals) -> None:
    async def main(stop: asyncio.Event) -> None:
        asyncio.get_running_loop().call_later(0.01, signal.raise_signal, number)
        await asyncio.wait_for(stop.wait(), 5)

    assert run("media0", main) == 0
