"""The way out of one UDP socket: gathered messages, and what happens when the kernel says no.

Packets lie in the writer's arena already; `flush` sends them in few calls. A destination whose route
cannot segment (EIO, EINVAL, EMSGSIZE) gets its datagrams one by one from then on. A full socket
(EAGAIN) keeps a bounded backlog and calls itself congested until it is gone: video is not made for a
congested socket at all, so the backlog holds little more than sound and reports.
"""

import asyncio
import errno
from collections import Counter, deque
from typing import TYPE_CHECKING, Final

from media import mmsg

if TYPE_CHECKING:
    from media.port import UdpPath

MAX_BACKLOG: Final = 4 * 1024 * 1024
"""Bytes kept for a socket that is full: one flush of the arena and some sound."""


class Outlet:
    """Sends for one socket; `congested` asks callers to leave out what can be left out."""

    def __init__(self, fd: int, counters: Counter[str]) -> None:
        self.fd = fd
        self.congested = False
        self.writer = mmsg.Writer(fd, self._refused)
        self._counters = counters
        self._backlog: deque[tuple[bytes, int, mmsg.Name, UdpPath | None]] = deque()
        self._waiting = 0

    def send(self, data: bytes, path: "UdpPath") -> bool:
        """Queue one datagram, sent with the next flush."""
        writer = self.writer
        size = len(data)
        at = writer.room(size)
        writer.arena.view[at : at + size] = data
        writer.add(at, size, 0, path.name, path)
        return True

    def send_to(self, data: bytes, name: bytes) -> None:
        """One datagram to an address that is no path (an error answer to a signed check)."""
        writer = self.writer
        at = writer.room(len(data))
        writer.arena.view[at : at + len(data)] = data
        writer.add(at, len(data), 0, mmsg.Name(name), None)

    def flush(self) -> None:
        self.writer.flush()

    def close(self) -> None:
        self.flush()
        if self.congested:
            asyncio.get_running_loop().remove_writer(self.fd)
        self._backlog.clear()

    def _refused(self, refusal: mmsg.Refusal) -> None:
        path: UdpPath | None = refusal.tag  # type: ignore[assignment]
        error = refusal.error
        if error in (errno.EAGAIN, errno.ENOBUFS):
            self._keep(refusal.payload, refusal.segment, refusal.name, path)
        elif refusal.segment and error in (errno.EIO, errno.EINVAL, errno.EMSGSIZE):
            self._counters["gso_refused"] += 1
            if path is not None:
                path.gso = False
            for piece in mmsg.pieces(refusal.payload, refusal.segment):
                self._keep(piece, 0, refusal.name, path)
        else:
            self._counters["send_errors"] += 1

    def _keep(self, payload: bytes, segment: int, name: mmsg.Name, path: "UdpPath | None") -> None:
        if self._waiting + len(payload) > MAX_BACKLOG:
            self._counters["send_dropped"] += 1
            return
        self._backlog.append((payload, segment, name, path))
        self._waiting += len(payload)
        if not self.congested:
            self.congested = True
            asyncio.get_running_loop().add_writer(self.fd, self._writable)

    def _writable(self) -> None:
        """Send the backlog, oldest first; what the kernel refuses again comes back through `_refused`."""
        writer = self.writer
        batch = [self._backlog.popleft() for _ in range(min(len(self._backlog), writer.SLOTS))]
        for payload, segment, name, path in batch:
            self._waiting -= len(payload)
            at = writer.room(len(payload))
            writer.arena.view[at : at + len(payload)] = payload
            writer.add(at, len(payload), segment, name, path)
        writer.flush()
        if not self._backlog and self.congested:
            self.congested = False
            asyncio.get_running_loop().remove_writer(self.fd)
