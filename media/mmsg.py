"""Many datagrams in one system call: `recvmmsg` and `sendmmsg` over memory laid out once.

The reader fills an arena and tells where each datagram lies; the writer gathers messages that lie in
an arena and hands them to the kernel, each optionally to be cut by it into equal datagrams
(``UDP_SEGMENT``; the last may be shorter). Peers are known by their raw ``sockaddr``, which is the
cheapest key there is: no address is ever printed or parsed on the way of a packet.

Python's own `sendmsg` parses its address and allocates its control data on each call; with the
arrays filled in place a single datagram costs 4.6 us against 6.0, five in one message 2.5 us each
against 2.7 (1.1 kB over a veth pair, kernel included).
"""

import ctypes
import errno
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from media.srtp import TRAILER_ROOM, Arena

UDP_SEGMENT: Final = 103
UDP_GRO: Final = 104
SOL_UDP: Final = 17
SO_RXQ_OVFL: Final = 40
SO_TIMESTAMPNS: Final = 35
SO_SNDBUFFORCE: Final = 32
SO_RCVBUFFORCE: Final = 33
MSG_TRUNC: Final = 0x20
MSG_DONTWAIT: Final = 0x40

MAX_SEGMENTS: Final = 32
"""Datagrams in one message. The kernel takes 64 (128 since 6.9); a frame seldom has more than 32."""
MAX_MESSAGE: Final = 60_000
"""Bytes in one message; the kernel's limit is 65,507."""

_MSGHDR = struct.Struct("=QI4xQQQQi4xI4x")
"""struct mmsghdr on 64-bit Linux: name, its length, iov, their count, control, its length, flags,
and the length the kernel writes."""
_IOV = struct.Struct("=QQ")
_CMSG = struct.Struct("=QiiH6x")
"""struct cmsghdr with a 16-bit value: length 18, level, type."""
_CMSG_HEAD = struct.Struct("=Qii")
_DESTINATION = struct.Struct("=QI")
_SEGMENT = struct.Struct("=H")
_TIMESPEC = struct.Struct("=qq")
_MSG = 64
_CONTROL = 96
_NAME = 28
"""Bytes of a sockaddr_in6, the larger of the two."""

assert _MSGHDR.size == _MSG
assert sys.platform == "linux" and ctypes.sizeof(ctypes.c_void_p) == 8

_libc = ctypes.CDLL(None, use_errno=True)
_sendmmsg = _libc.sendmmsg
_sendmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int]
_sendmmsg.restype = ctypes.c_int
_recvmmsg = _libc.recvmmsg
_recvmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p]
_recvmmsg.restype = ctypes.c_int


def pack_sockaddr(host: str, port: int) -> bytes:
    """A numeric IPv4 or IPv6 address as the kernel keeps it (16 or 28 bytes)."""
    if ":" in host:
        bare, _, scope = host.partition("%")
        number = int(scope) if scope.isdigit() else socket.if_nametoindex(scope) if scope else 0
        packed = socket.inet_pton(socket.AF_INET6, bare)
        return (
            struct.pack("=H", socket.AF_INET6)
            + struct.pack("!HI", port, 0)
            + packed
            + struct.pack("=I", number)
        )
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(host) + bytes(8)


def unpack_sockaddr(raw: bytes) -> tuple[str, int]:
    """Host and port; a scope (IPv6 link-local) is left out."""
    (port,) = struct.unpack_from("!H", raw, 2)
    if len(raw) >= 28:
        return socket.inet_ntop(socket.AF_INET6, raw[8:24]), port
    return socket.inet_ntoa(raw[4:8]), port


class Datagram(NamedTuple):
    """One received datagram: `size` bytes at offset `at` of the reader's arena, from `source`; `age`
    seconds before the read the kernel got it (0.0 where the socket does not say)."""

    at: int
    size: int
    source: bytes
    age: float


_datagram: Any = tuple.__new__
"""Half the price of calling `Datagram`."""


class Reader:
    """Reads bursts from UDP sockets into `arena`. One reader serves all sockets of a worker."""

    def __init__(self, slots: int = 32, room: int = 65_536) -> None:
        self.arena = Arena(slots * room)
        self.overflows: dict[int, int] = {}
        """By file descriptor: datagrams the kernel dropped because the socket was full, ever."""
        self.truncated = 0
        self.full = False
        """The last burst took all there is room for: more may be waiting."""
        self._slots = slots
        self._room = room
        self._headers = Arena(slots * _MSG)
        self._iovs = Arena(slots * _IOV.size)
        self._names = Arena(slots * _NAME)
        self._controls = Arena(slots * _CONTROL)
        for i in range(slots):
            _IOV.pack_into(self._iovs.buffer, i * _IOV.size, self.arena.address + i * room, room)
            _MSGHDR.pack_into(
                self._headers.buffer, i * _MSG, self._names.address + i * _NAME, _NAME,
                self._iovs.address + i * _IOV.size, 1, self._controls.address + i * _CONTROL, _CONTROL, 0, 0,
            )  # fmt: skip
        self._armed = bytes(self._headers.buffer)
        """The headers before a read: the kernel writes lengths and flags into them."""

    def read(self, fd: int) -> list[Datagram]:
        """One burst; empty when nothing is waiting. Datagrams are valid until the next call."""
        count = _recvmmsg(fd, self._headers.address, self._slots, MSG_DONTWAIT, None)
        self.full = count == self._slots
        if count <= 0:
            return []  # EAGAIN, or an ICMP error of an earlier send: neither is of interest here
        out: list[Datagram] = []
        headers, names, room = self._headers.buffer, self._names.buffer, self._room
        now = time.time()
        at = name = 0
        for i in range(count):
            _, namelen, _, _, _, controllen, flags, size = _MSGHDR.unpack_from(headers, i * _MSG)
            source = bytes(names[name : name + namelen])
            segment, age = self._control(fd, i, controllen, now) if controllen else (0, 0.0)
            if flags & MSG_TRUNC:
                self.truncated += 1
            elif segment and segment < size:
                out += [
                    Datagram(at + start, min(segment, size - start), source, age)
                    for start in range(0, size, segment)
                ]
            else:
                out.append(_datagram(Datagram, (at, size, source, age)))
            at += room
            name += _NAME
        size = count * _MSG
        headers[:size] = self._armed[:size]
        return out

    def _control(self, fd: int, i: int, length: int, now: float) -> tuple[int, float]:
        """Note a drop count; the segment size of a coalesced datagram (0 for a plain one), and its age."""
        segment, age = 0, 0.0
        at, end = i * _CONTROL, i * _CONTROL + min(length, _CONTROL)
        data = self._controls.buffer
        while at + 16 <= end:
            size, level, kind = _CMSG_HEAD.unpack_from(data, at)
            if size < 16 or at + size > end:
                break
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = _TIMESPEC.unpack_from(data, at + 16)
                # Wall time may be set at any moment: an age outside a second is not believed.
                age = now - seconds - nanoseconds * 1e-9
                if not 0.0 <= age <= 1.0:
                    age = 0.0
            elif level == SOL_UDP and kind == UDP_GRO:
                (segment,) = struct.unpack_from("=H", data, at + 16)
            elif level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL:
                (self.overflows[fd],) = struct.unpack_from("=I", data, at + 16)
            at += (size + 7) & ~7
        return segment, age


class Name:
    """A destination's sockaddr in memory of its own, which messages point to. `raw` are its bytes."""

    __slots__ = ("_memory", "address", "length", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.length = len(raw)
        self._memory = ctypes.create_string_buffer(raw, _NAME)
        self.address = ctypes.addressof(self._memory)


class Refusal(NamedTuple):
    """A message the kernel would not take: its tag as given to `Writer.add`, and errno."""

    tag: object
    error: int
    payload: bytes
    segment: int
    name: Name


class Writer:
    """Gathers messages for one socket and sends them together.

    `arena` is where callers build packets; `room` tells where the next may begin. `flush` empties
    everything; what the kernel refused is handed to `refused` with a copy of its bytes.
    """

    SLOTS: Final = 64

    def __init__(self, fd: int, refused: Callable[[Refusal], None], size: int = 384 * 1024) -> None:
        self.arena = Arena(size + TRAILER_ROOM)
        self.at = 0
        """Offset of the first free byte; callers move it by `add`."""
        self.calls = 0
        self._fd = fd
        self._refused = refused
        self._size = size
        self._headers = Arena(self.SLOTS * _MSG)
        self._iovs = Arena(self.SLOTS * _IOV.size)
        self._controls = Arena(self.SLOTS * 32)
        self._count = 0
        self._tags: list[tuple[object, Name]] = []
        self._segmented = [False] * self.SLOTS
        """Whether a place's header points to its control data."""
        for i in range(self.SLOTS):
            iov = self._iovs.address + i * _IOV.size
            _MSGHDR.pack_into(self._headers.buffer, i * _MSG, 0, 16, iov, 1, 0, 0, 0, 0)
            _CMSG.pack_into(self._controls.buffer, i * 32, 18, SOL_UDP, UDP_SEGMENT, 0)

    def room(self, size: int, messages: int = 1) -> int:
        """Offset at which `size` bytes in so many messages may be written now; sends what is waiting if
        they do not fit."""
        if self.at + size > self._size or self._count + messages > self.SLOTS:
            self.flush()
        return self.at

    def add(self, at: int, size: int, segment: int, name: Name, tag: object) -> None:
        """Queue `size` bytes at `at` for `name`; `segment` cuts them, 0 for one datagram.

        Needs a free place: call `room` before.
        """
        i = self._count
        _DESTINATION.pack_into(self._headers.buffer, i * _MSG, name.address, name.length)
        _IOV.pack_into(self._iovs.buffer, i * 16, self.arena.address + at, size)
        if segment:
            _SEGMENT.pack_into(self._controls.buffer, i * 32 + 16, segment)
            if not self._segmented[i]:
                self._segmented[i] = True
                _IOV.pack_into(self._headers.buffer, i * _MSG + 32, self._controls.address + i * 32, 24)
        elif self._segmented[i]:
            self._segmented[i] = False
            _IOV.pack_into(self._headers.buffer, i * _MSG + 32, 0, 0)
        self._tags.append((tag, name))
        self._count = i + 1
        self.at = (at + size + 63) & ~63

    def flush(self) -> None:
        """Send everything. Returns when the kernel has taken or refused each message."""
        sent, count = 0, self._count
        if not count:
            return
        while sent < count:
            self.calls += 1
            done = _sendmmsg(self._fd, self._headers.address + sent * _MSG, count - sent, MSG_DONTWAIT)
            if done > 0:
                sent += done
                continue
            error = ctypes.get_errno()
            if error == errno.EINTR:
                continue
            # A full socket refuses all that follow too; any other error belongs to one message.
            last = count if error in (errno.EAGAIN, errno.ENOBUFS) else sent + 1
            for i in range(sent, last):
                self._hand_back(i, error)
            sent = last
        self._count = 0
        self._tags.clear()
        self.at = 0

    def _hand_back(self, i: int, error: int) -> None:
        address, size = _IOV.unpack_from(self._iovs.buffer, i * 16)
        at = address - self.arena.address
        segment = _SEGMENT.unpack_from(self._controls.buffer, i * 32 + 16)[0] if self._segmented[i] else 0
        tag, name = self._tags[i]
        self._refused(Refusal(tag, error, bytes(self.arena.view[at : at + size]), segment, name))


def pieces(payload: bytes, segment: int) -> Iterator[bytes]:
    """The datagrams of one message."""
    step = segment or len(payload)
    for start in range(0, len(payload), step):
        yield payload[start : start + step]
