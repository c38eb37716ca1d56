"""A light simulated participant: one UDP socket that behaves like Chromium where the server can tell.

It finishes ICE and DTLS, reports what it receives (receiver reports each second, transport-wide
feedback each 100 ms or REMB), checks consent, and asks again for one packet in a hundred although it
has them all. It counts every packet by its sequence number, so that a run can prove that nothing was
missed; media is not decrypted, as a sink's work is not what is measured.
"""

import os
import socket
import struct
from dataclasses import dataclass, field

from media.dtls import Identity
from media.wire import rtcp
from media.wire.feedback import TransportFeedback
from tests.bench.load.association import Association

FEEDBACK_EVERY = 0.1
REPORT_EVERY = 1.0
NACK_SHARE = 100
"""One packet in this many is asked for again."""


@dataclass
class Stream:
    """What came of one SSRC. Lost is `expected - received`."""

    first: int
    highest: int
    received: int = 0
    octets: int = 0
    duplicates: int = 0
    seen: set[int] = field(default_factory=set)
    first_at: float = 0.0

    @property
    def expected(self) -> int:
        return self.highest - self.first + 1


class Participant:
    """One peer of the server. The caller opens it there with its sections, then calls `join`."""

    def __init__(
        self,
        name: str,
        host: str,
        remote: tuple[str, int],
        identity: Identity,
        transport_cc: int = 0,
        rtx: frozenset[int] = frozenset(),
        verify: bool = True,
    ) -> None:
        """
        Args:
            host: local address to bind.
            transport_cc: id of the transport-wide header extension, 0 for none.
            rtx: SSRCs of retransmission, counted apart.
            verify: keep every sequence number, to prove that each came exactly once.
        """
        self.name = name
        self.local = (os.urandom(4).hex(), os.urandom(12).hex())
        self.association = Association(identity, self.local)
        self.socket = socket.socket(
            socket.AF_INET6 if ":" in remote[0] else socket.AF_INET, socket.SOCK_DGRAM
        )
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self.socket.bind((host, 0))
        self.socket.connect(remote)
        self.streams: dict[int, Stream] = {}
        self.rtx_received = 0
        self.opened_at = self.first_media_at = 0.0
        self.started_at = 0.0
        self._rtx = rtx
        self._verify = verify
        self._cc = transport_cc
        self._arrivals: dict[int, float] = {}
        self._cc_unwrap = 0
        self._cc_base = -1
        self._feedback_count = 0
        self._next_feedback = self._next_report = 0.0
        self._nack: dict[int, list[int]] = {}
        self._ssrc = int.from_bytes(os.urandom(4), "big")
        self._buffer = bytearray(2048)

    def join(self, server: tuple[str, str], now: float) -> None:
        """Begin: `server` is the ufrag and password that the server listens for."""
        self.started_at = now
        self.association.remote = server

    def send(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            try:
                self.socket.send(datagram)
            except (BlockingIOError, ConnectionRefusedError):
                pass

    def receive(self, now: float) -> None:
        """Read until the socket is empty."""
        buffer, recv = self._buffer, self.socket.recv_into
        while True:
            try:
                size = recv(buffer)
            except (BlockingIOError, ConnectionRefusedError):
                return
            first = buffer[0]
            if first >= 128:
                if 192 <= buffer[1] <= 223:
                    continue  # sender reports: not needed to answer
                self._media(buffer, size, now)
            elif first >= 20:
                self.send(self.association.dtls(bytes(buffer[:size])))
                if self.association.open and not self.opened_at:
                    self.opened_at = now
            else:
                self.send(self.association.stun(bytes(buffer[:size]), now))

    def tick(self, now: float) -> None:
        """To be called every 20 ms or so."""
        self.send(self.association.tick(now))
        outbound = self.association.outbound
        if outbound is None:
            return
        reports: list[bytes] = []
        if now >= self._next_report:
            self._next_report = now + REPORT_EVERY
            reports += self._report()
        if now >= self._next_feedback:
            self._next_feedback = now + FEEDBACK_EVERY
            reports += self._feedback()
        if reports:
            sealed = outbound.seal_rtcp(b"".join(reports))
            if sealed:
                self.send([sealed])

    def close(self) -> None:
        self.socket.close()

    def lost(self) -> int:
        """Packets that the sequence numbers say were sent and that never came."""
        return sum(s.expected - (len(s.seen) if self._verify else s.received) for s in self.streams.values())

    def _media(self, buffer: bytearray, size: int, now: float) -> None:
        number, _, ssrc = struct.unpack_from("!HII", buffer, 2)
        if ssrc in self._rtx:
            self.rtx_received += 1
            stream = None
        else:
            stream = self.streams.get(ssrc)
            if stream is None:
                stream = self.streams[ssrc] = Stream(number, number, first_at=now)
                self.first_media_at = self.first_media_at or now
            extended = stream.highest + ((number - stream.highest + 0x8000) & 0xFFFF) - 0x8000
            if extended > stream.highest:
                stream.highest = extended
            stream.received += 1
            stream.octets += size
            if self._verify:
                if extended in stream.seen:
                    stream.duplicates += 1
                stream.seen.add(extended)
            if stream.received % NACK_SHARE == 0:
                self._nack.setdefault(ssrc, []).append(number)
        if self._cc and buffer[0] & 0x10:
            self._note_arrival(buffer, now)

    def _note_arrival(self, buffer: bytearray, now: float) -> None:
        """Find the transport-wide number among the one-byte extensions behind the fixed header."""
        at = 16
        end = at + 4 * (buffer[14] << 8 | buffer[15])
        while at < end:
            first = buffer[at]
            if first >> 4 == self._cc:
                number = buffer[at + 1] << 8 | buffer[at + 2]
                self._cc_unwrap += ((number - self._cc_unwrap + 0x8000) & 0xFFFF) - 0x8000
                self._arrivals[self._cc_unwrap] = now
                return
            at += 1 if not first else 2 + (first & 15)

    def _report(self) -> list[bytes]:
        blocks = [
            rtcp.ReportBlock(ssrc, 0.0, 0, stream.highest & 0xFFFFFFFF, 0, 0, 0.0)
            for ssrc, stream in list(self.streams.items())[:31]
        ]
        return [rtcp.build_receiver_report(self._ssrc, blocks), rtcp.build_sdes(self._ssrc, "load")]

    def _feedback(self) -> list[bytes]:
        out = [rtcp.build_nack(self._ssrc, ssrc, sorted(set(lost))) for ssrc, lost in self._nack.items()]
        self._nack.clear()
        if not self._arrivals:
            return out
        base = self._cc_base if self._cc_base >= 0 else min(self._arrivals)
        last = max(self._arrivals)
        start = self._arrivals.get(base) or min(self._arrivals.values())
        reference = int(start / 0.064)
        arrivals = [
            None if at is None else round((at - reference * 0.064) / 0.00025)
            for at in (self._arrivals.get(n) for n in range(base, last + 1))
        ]
        feedback = TransportFeedback(
            self._ssrc, next(iter(self.streams), 0), base & 0xFFFF, reference & 0xFFFFFF,
            self._feedback_count & 0xFF, arrivals,
        )  # fmt: skip
        self._feedback_count += 1
        self._cc_base = last + 1
        self._arrivals.clear()
        return [*out, rtcp.build_transport_feedback(feedback)]
