"""A WebSocket client that costs next to nothing, so that 300 of them on one core do not hide the server.

Hands each text message on as a slice of what arrived; sends text and pongs. Frames are whole and
unmasked, as this server sends them (RFC 6455 section 5.2); the mask of ours is zero.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

TEXT, PING, PONG = 1, 9, 10


class Talker(asyncio.Protocol):
    """Made by `connect`. `take` gets every text message."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._rest = b""
        self._open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def connect(cls, url: str, token: str, take: Callable[[bytes], None]) -> Self:
        """Raises:
        ConnectionError: the server says no.
        """
        there = urlsplit(url)
        _, talker = await asyncio.get_running_loop().create_connection(
            lambda: cls(take), there.hostname, there.port
        )
        assert talker._transport is not None
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {there.path} HTTP/1.1", f"Host: {there.netloc}", "Upgrade: websocket",
            "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
            f"Authorization: Bearer {token}", "", "",
        ]  # fmt: skip
        talker._transport.write("\r\n".join(lines).encode())
        await talker._open
        return talker

    def send(self, text: bytes) -> None:
        self._frame(TEXT, text)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _frame(self, opcode: int, data: bytes) -> None:
        assert self._transport is not None and len(data) < 65_536
        length = len(data)
        size = bytes((0x80 | length,)) if length < 126 else b"\xfe" + length.to_bytes(2, "big")
        self._transport.write(bytes((0x80 | opcode,)) + size + bytes(4) + data)

    # --- asyncio.Protocol -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if not self._open.done():
            self._open.set_exception(error or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        if not self._open.done():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self._open.set_exception(ConnectionRefusedError(head.decode(errors="replace")[:200]))
                return
            self._open.set_result(None)
        at, end = 0, len(data)
        while end - at >= 2:
            length, begin = data[at + 1], at + 2
            if length >= 126:
                begin += 2 if length == 126 else 8
                length = int.from_bytes(data[at + 2 : begin], "big")
            after = begin + length
            if begin > end or after > end:
                break
            opcode = data[at] & 15
            if opcode == TEXT:
                self._take(data[begin:after])
            elif opcode == PING:
                self._frame(PONG, data[begin:after])
            at = after
        self._rest = data[at:]
