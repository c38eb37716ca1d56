"""ICE over TCP (RFC 6544, passive) with RFC 4571 framing: one connection is one path.

Bytes of a stream come in and leave as frames; frames go out behind their 2-byte length. A reader that
does not keep up loses datagrams as it would on a bad link: the queue is bounded and never waited for.
"""

import asyncio
import struct
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

from media import mmsg
from media.wire import stun

if TYPE_CHECKING:
    from media.port import Owner

MAX_FRAME: Final = 2048
"""Bytes; as long as an RTP packet may be. A longer frame is another protocol: the stream is closed."""
MAX_QUEUE: Final = 256 * 1024
"""Bytes waiting for a slow reader: about one second of a 720p picture."""
PROOF_TIME: Final = 10.0
"""Seconds in which a connection must send a signed binding."""


class StreamPath(asyncio.Protocol):
    """One ICE-TCP connection. `owner` is None until a signed binding came."""

    kind: Literal["tcp"] = "tcp"

    def __init__(
        self,
        on_frame: "Callable[[StreamPath, bytes], None]",
        on_close: "Callable[[StreamPath], None]",
        on_open: "Callable[[StreamPath], None]",
        counters: Counter[str],
    ) -> None:
        self.owner: Owner | None = None
        self.remote: stun.Address = ("::", 0)
        self._on_frame = on_frame
        self._on_close = on_close
        self._on_open = on_open
        self._counters = counters
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    # --- asyncio.Protocol ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=MAX_QUEUE)
        name = transport.get_extra_info("peername")
        self.remote = (name[0], name[1]) if name else self.remote
        self._timer = asyncio.get_running_loop().call_later(PROOF_TIME, self._unproven)
        self._on_open(self)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        at = 0
        while len(buffer) - at >= 2 and self._transport is not None:
            (size,) = struct.unpack_from("!H", buffer, at)
            if size > MAX_FRAME:
                self._counters["tcp_malformed"] += 1
                self.forget()
                return
            if len(buffer) - at - 2 < size:
                break
            self._on_frame(self, bytes(buffer[at + 2 : at + 2 + size]))
            at += 2 + size
        del buffer[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        self._on_close(self)

    # --- a path -------------------------------------------------------------------------------------

    def adopt(self, owner: "Owner") -> None:
        self.owner = owner
        if self._timer is not None:
            self._timer.cancel()

    @property
    def congested(self) -> bool:
        return self._transport is None or self._transport.get_write_buffer_size() > MAX_QUEUE

    def send(self, data: bytes) -> bool:
        return self.send_message(data, 0)

    def send_message(self, data: bytes, segment: int) -> bool:
        """One message that a UDP socket would cut into datagrams of `segment` bytes."""
        transport = self._transport
        if transport is None or transport.get_write_buffer_size() > MAX_QUEUE:
            self._counters["tcp_dropped"] += 1
            return False
        framed = [struct.pack("!H", len(piece)) + piece for piece in mmsg.pieces(data, segment)]
        transport.write(b"".join(framed))
        return True

    def forget(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _unproven(self) -> None:
        self._counters["tcp_unproven"] += 1
        self.forget()
