"""The sealed way to one subscriber, shared by all its slots.

Runs, single packets and reports come in plain; sealed datagrams go out on the path that ICE has
nominated. Each RTP packet takes the next transport-wide sequence number, and what was sent when is
remembered per run, so that feedback can be turned into an estimate without a record per packet.
"""

from collections import deque
from typing import Any, Final, NamedTuple

from media.port import Path
from media.srtp import Arena, Outbound
from media.step import Template, step
from media.wire.seq import SEQ_MASK

HISTORY: Final = 600
"""Runs remembered for feedback: about 3 s of a full seminar."""

_scratch: list[Arena] = []


class Sent(NamedTuple):
    """Packets that left together: transport-wide numbers from `first` (extended) on."""

    first: int
    packets: int
    at: float
    size: int
    """Bytes of them all."""


_sent: Any = tuple.__new__
"""Half the price of calling `Sent`, which shows once for each run and subscriber."""


class Downlink:
    """Sends to one peer. Until `outbound` (DTLS) and `path` (ICE) are there, everything is dropped."""

    __slots__ = (
        "bytes_sent",
        "history",
        "outbound",
        "packets_sent",
        "path",
        "refused",
        "transport_seq",
    )

    def __init__(self) -> None:
        self.outbound: Outbound | None = None
        self.path: Path | None = None
        self.transport_seq = 0x10000
        """The next one, extended."""
        self.history: deque[Sent] = deque(maxlen=HISTORY)
        self.packets_sent = 0
        self.bytes_sent = 0
        self.refused = 0
        """Packets libsrtp would not seal: an index twice."""

    def open(self, outbound: Outbound) -> None:
        """DTLS is done: packets may go."""
        self.outbound = outbound

    @property
    def congested(self) -> bool:
        """Whether to leave out what can be left out: the socket or the connection is full."""
        path = self.path
        if path is None:
            return True
        return path.outlet.congested if path.kind == "udp" else path.congested

    def send_run(
        self, template: Template, seq: int, time: int, ssrc: int, picture: int, tl0: int, now: float
    ) -> bool:
        """Write, seal and queue one run. False when nothing was sent."""
        path, outbound, transport_seq = self.path, self.outbound, self.transport_seq
        if path is None or outbound is None:
            return False
        size = len(template.data)
        if path.kind == "udp":
            messages = template.messages if path.gso else template.singles
            writer = path.outlet.writer
            at = writer.room(size, len(messages))
            if not step(writer.arena, at, template, outbound, seq, time, ssrc, transport_seq, picture, tl0):
                self.refused += len(template.packets)
                return False
            for offset, length, segment in messages:
                writer.add(at + offset, length, segment, path.name, path)
        elif not self._stream_run(path, template, outbound, seq, time, ssrc, picture, tl0):
            return False
        count = len(template.packets)
        if template.ids:
            self.history.append(_sent(Sent, (transport_seq, count, now, size)))
            self.transport_seq = transport_seq + count
        self.packets_sent += count
        self.bytes_sent += size
        return True

    def _stream_run(
        self,
        path: Any,
        template: Template,
        outbound: Outbound,
        seq: int,
        time: int,
        ssrc: int,
        picture: int,
        tl0: int,
    ) -> bool:
        if not _scratch:
            _scratch.append(Arena(128 * 1024))
        arena = _scratch[0]
        if not step(arena, 0, template, outbound, seq, time, ssrc, self.transport_seq, picture, tl0):
            self.refused += len(template.packets)
            return False
        took = [
            path.send_message(bytes(arena.view[offset : offset + length]), segment)
            for offset, length, segment in template.messages
        ]
        return all(took)

    def next_transport_seq(self) -> int:
        """The number the next packet given to `send_packet` must carry, if its layout has one."""
        return self.transport_seq & SEQ_MASK

    def send_packet(self, plain: bytes, now: float, *, numbered: bool) -> bool:
        """Seal and queue one packet made elsewhere. `numbered`: it carries `next_transport_seq`."""
        path, outbound = self.path, self.outbound
        if path is None or outbound is None:
            return False
        sealed = outbound.seal_rtp(plain)
        if sealed is None:
            self.refused += 1
            return False
        if not path.send(sealed):
            return False
        if numbered:
            self.history.append(Sent(self.transport_seq, 1, now, len(sealed)))
            self.transport_seq += 1
        self.packets_sent += 1
        self.bytes_sent += len(sealed)
        return True

    def send_rtcp(self, plain: bytes) -> bool:
        path, outbound = self.path, self.outbound
        if path is None or outbound is None or not plain:
            return False
        sealed = outbound.seal_rtcp(plain)
        return sealed is not None and path.send(sealed)
