"""Datagrams of one socket, many in one system call, for sinks that must not become the bottleneck.

Segments are never joined here (no UDP_GRO): each datagram is received as a browser receives it.
"""

import ctypes
import socket
import struct
from typing import Final

ROOM: Final = 2048
SLOTS: Final = 32

_MSGHDR = struct.Struct("=QI4xQQQQi4xI4x")
_IOV = struct.Struct("=QQ")
_CONTROL: Final = 64
_STAMP = struct.Struct("=Qiiqq")
SO_TIMESTAMPNS: Final = 35

_libc = ctypes.CDLL(None, use_errno=True)
_recvmmsg = _libc.recvmmsg
_recvmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p]
_recvmmsg.restype = ctypes.c_int


def _address(block: bytearray) -> int:
    return ctypes.addressof((ctypes.c_char * len(block)).from_buffer(block))


class Burst:
    """`read(fd)` tells how many datagrams came; datagram i lies at `i * ROOM` of `data`."""

    def __init__(self) -> None:
        self.data = bytearray(ROOM * SLOTS)
        self._headers = bytearray(_MSGHDR.size * SLOTS)
        self._controls = bytearray(_CONTROL * SLOTS)
        self._iovs = bytearray(_IOV.size * SLOTS)
        data, iovs, controls = _address(self.data), _address(self._iovs), _address(self._controls)
        self._at = _address(self._headers)
        for i in range(SLOTS):
            _IOV.pack_into(self._iovs, i * _IOV.size, data + i * ROOM, ROOM)
            _MSGHDR.pack_into(
                self._headers, i * _MSGHDR.size, 0, 0, iovs + i * _IOV.size, 1, controls + i * _CONTROL,
                _CONTROL, 0, 0,
            )  # fmt: skip
        self._armed = bytes(self._headers)

    def read(self, fd: int) -> int:
        self._headers[:] = self._armed
        return max(0, int(_recvmmsg(fd, self._at, SLOTS, socket.MSG_DONTWAIT, None)))

    def size(self, i: int) -> int:
        return int.from_bytes(self._headers[i * 64 + 56 : i * 64 + 60], "little")

    def stamp(self, i: int) -> float:
        """Unix seconds at which the kernel put the datagram into the socket; 0.0 when it does not say
        (`SO_TIMESTAMPNS` is not set there)."""
        if not int.from_bytes(self._headers[i * 64 + 40 : i * 64 + 48], "little"):
            return 0.0
        _, level, kind, seconds, nanoseconds = _STAMP.unpack_from(self._controls, i * _CONTROL)
        return seconds + nanoseconds / 1e9 if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS) else 0.0
