"""What an outlet does when the kernel says no."""

import ctypes
import errno
import socket
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from media import mmsg, outlet
from media.outlet import Outlet


class Kernel:
    """Stands in for sendmmsg: refuses with `error` while it is set, after `takes` messages."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.error = 0

    def __call__(self, fd: int, headers: int, count: int, flags: int) -> int:
        if self.error:
            ctypes.set_errno(self.error)
            return -1
        return int(self.real(fd, headers, count, flags))


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel(mmsg._sendmmsg)
    monkeypatch.setattr(mmsg, "_sendmmsg", made)
    return made


@pytest.fixture
def ways() -> Iterator[tuple[Outlet, Any, socket.socket]]:
    """An outlet, a path to the far socket, and the far socket."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far,
    ):
        for sock in (near, far):
            sock.bind(("127.0.0.1", 0))
            sock.setblocking(False)
        made = Outlet(near.fileno(), Counter())
        name = mmsg.Name(mmsg.pack_sockaddr(*far.getsockname()))
        yield made, SimpleNamespace(name=name, gso=True), far
        made.close()


def arrived(far: socket.socket) -> list[bytes]:
    out = []
    try:
        while True:
            out.append(far.recv(65_536))
    except BlockingIOError:
        return out


async def test_a_full_socket_is_congested_until_its_backlog_is_sent(kernel: Kernel, ways: Any) -> None:
    made, path, far = ways
    kernel.error = errno.EAGAIN
    for i in range(5):
        made.send(bytes([i]) * 10, path)
    made.flush()
    assert made.congested
    assert arrived(far) == []
    kernel.error = 0
    made._writable()
    assert not made.congested
    assert arrived(far) == [bytes([i]) * 10 for i in range(5)]


async def test_the_backlog_is_bounded(kernel: Kernel, ways: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made, path, far = ways
    monkeypatch.setattr(outlet, "MAX_BACKLOG", 1000)
    kernel.error = errno.EAGAIN
    for _ in range(50):
        made.send(bytes(100), path)
    made.flush()
    assert made._counters["send_dropped"] == 40
    kernel.error = 0
    made._writable()
    assert len(arrived(far)) == 10


@pytest.mark.parametrize("error", [errno.EIO, errno.EINVAL, errno.EMSGSIZE])
async def test_a_destination_that_cannot_segment_gets_single_datagrams(
    error: int, kernel: Kernel, ways: Any
) -> None:
    made, path, far = ways
    kernel.error = error
    at = made.writer.room(250)
    made.writer.arena.view[at : at + 250] = b"x" * 250
    made.writer.add(at, 250, 100, path.name, path)
    made.flush()
    assert not path.gso
    assert made._counters["gso_refused"] == 1
    kernel.error = 0
    made._writable()
    assert arrived(far) == [b"x" * 100, b"x" * 100, b"x" * 50]


async def test_other_errors_are_counted(kernel: Kernel, ways: Any) -> None:
    made, path, _ = ways
    kernel.error = errno.EPERM
    made.send(b"lost", path)
    made.flush()
    assert made._counters["send_errors"] == 1
    assert not made.congested
