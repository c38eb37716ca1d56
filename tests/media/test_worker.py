"""The worker's process: arguments, configuration errors, the control socket, an orderly stop."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import control
from media.messages import SetView, ToServer, View, WorkerState
from media.worker import BadAddress, parse_listen
from tests.bench.load.worker import Steering
from tests.media.engine.kit import FINGERPRINT, LISTENER, receives
from tests.patience import until


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:4000", [("127.0.0.1", 4000)]),
        ("10.0.0.1:4000,[::1]:4000", [("10.0.0.1", 4000), ("::1", 4000)]),
        (" 0.0.0.0:1 , [fe80::1%eth0]:2", [("0.0.0.0", 1), ("fe80::1%eth0", 2)]),
    ],
)
def test_addresses_to_listen_on(text: str, expected: list[tuple[str, int]]) -> None:
    assert parse_listen(text) == expected


@pytest.mark.parametrize("text", ["", "127.0.0.1", ":80", "host:port", "host:70000", "a:1,,b:2", "[::1]"])
def test_wrong_addresses_are_configuration_errors(text: str) -> None:
    with pytest.raises(BadAddress):
        parse_listen(text)


@given(text=st.text(max_size=40))
def test_no_text_is_more_than_a_configuration_error(text: str) -> None:
    try:
        for host, port in parse_listen(text):
            assert host
            assert 0 <= port <= 65_535
    except BadAddress:
        pass


async def start(folder: Path, listen: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "media.worker", "--index", "3", "--socket", str(folder / "media3.sock"),
        "--listen", listen, "--announce", "192.0.2.1,2001:db8::1", stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
async def test_a_taken_port_is_one_clear_line(kind: socket.SocketKind, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        number = taken.getsockname()[1]
        process = await start(tmp_path, f"127.0.0.1:{number}")
        _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 78
    (line,) = errors.decode().splitlines()
    assert str(number) in line
    assert "[media.port_taken]" in line


async def test_a_worker_tells_its_state_takes_calls_and_stops_in_order(tmp_path: Path) -> None:
    process = await start(tmp_path, "127.0.0.1:0")
    steering = Steering("room")
    dialing = asyncio.create_task(control.dial(tmp_path / "media3.sock", steering, ToServer))
    try:
        await until(lambda: steering.state, "the worker's snapshot", within=20)
        state = steering.state
        assert isinstance(state, WorkerState)
        assert (state.index, state.addresses, state.tcp) == (3, ["192.0.2.1", "2001:db8::1"], True)
        assert state.fingerprint.startswith("sha-256 ")
        assert state.peers == []
        await steering.open("peer", ("local", "p" * 22), FINGERPRINT, receives("stage"), LISTENER)
        assert steering.link is not None
        steering.link.change(SetView("peer", View(page=1)))
        before = state.epoch
        steering.link.close()  # the server comes back through a new link
        steering.state = None
        again: Callable[[], Any] = lambda: steering.state  # noqa: E731
        found = await until(again, "the next snapshot")
        assert found.epoch == before
        assert [peer.peer for peer in found.peers] == ["peer"]
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
        assert not (tmp_path / "media3.sock").exists()
    finally:
        dialing.cancel()
        if process.returncode is None:
            process.kill()
        await process.communicate()
