"""A light simulated participant: one UDP socket that behaves like Chromium where the server can tell.

It finishes ICE and DTLS, checks consent, and reports what it receives: receiver reports with the times of
the sender reports they answer, transport-wide feedback as often as Chromium does, now and then a
keyframe request, and a NACK at once for one packet in a hundred although it has them all. It counts
every packet by its sequence number, so that a run can prove that nothing was missed. Media is not
decrypted, as a sink's work is not what is measured, but by a `probe`, which reads the sender's clock
out of some packets and compares it with the kernel's time of arrival.
"""

import os
import random
import socket
import struct
import time
from dataclasses import dataclass, field

from media.dtls import Identity
from media.errors import Malformed
from media.srtp import Arena
from media.wire import rtcp
from tests.bench.load import reports
from tests.bench.load.association import Association
from tests.bench.load.burst import ROOM, SO_TIMESTAMPNS, Burst

FEEDBACK_EVERY = 0.064
REPORT_EVERY = 0.5
"""Seconds, as the recorded Chromium does while it watches (`viewer_reports_per_second` in
`kit/chromium.json`)."""
NACK_SHARE = 100
"""One packet in this many is asked for again."""
KEYFRAME_EVERY = 30.0
"""Seconds between keyframe requests of one viewer, on average."""
PROBE_SHARE = 7
"""One packet in this many is opened by a probe; prime, so that every place in a frame gets its turn."""
SO_RCVBUFFORCE = 33
READS = 4
"""Bursts of one socket before others get their turn."""

_burst = Burst()
_scratch = Arena(ROOM)
_head = struct.Struct("!BBHII")


@dataclass(slots=True)
class Stream:
    """What came of one SSRC. Lost is `expected - received`."""

    first: int
    highest: int
    received: int = 0
    duplicates: int = 0
    seen: set[int] = field(default_factory=set)
    report: tuple[int, float] = (0, 0.0)
    """Middle of the NTP time of its last sender report, and when that came."""

    @property
    def lost(self) -> int:
        return self.highest - self.first + 1 - len(self.seen)


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
        video: frozenset[int] = frozenset(),
        probe: bool = False,
    ) -> None:
        """
        Args:
            host: local address to bind.
            transport_cc: id of the transport-wide header extension, 0 for none.
            rtx: SSRCs of retransmission, counted apart.
            video: SSRCs of pictures, for keyframe requests and NACKs.
        """
        self.name = name
        self.local = (os.urandom(4).hex(), os.urandom(12).hex())
        self.association = Association(identity, self.local)
        self.socket = socket.socket(
            socket.AF_INET6 if ":" in remote[0] else socket.AF_INET, socket.SOCK_DGRAM
        )
        self.socket.setblocking(False)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 * 1024 * 1024)
        except PermissionError:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        if probe:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind((host, 0))
        self.socket.connect(remote)
        self.fd = self.socket.fileno()
        self.streams: dict[int, Stream] = {}
        self.rtx_received = 0
        self.opened_at = self.started_at = 0.0
        self.first_media_at = self.first_picture_at = 0.0
        self.delays: list[float] = []
        """Seconds from the sender's `send` to the kernel here, of the packets a probe opened."""
        self._probe = probe
        self._rtx = rtx
        self._video = video
        self._feedback = reports.Feedback(transport_cc)
        self._next_feedback = self._next_report = 0.0
        self._next_keyframe = 0.0
        self._nack: dict[int, list[int]] = {}
        self._ssrc = int.from_bytes(os.urandom(4), "big")

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
        """Read what is there."""
        burst = _burst
        data = burst.data
        for _ in range(READS):
            count = burst.read(self.fd)
            for i in range(count):
                at = i * ROOM
                if data[at] >= 128:
                    if 192 <= data[at + 1] <= 223:
                        self._control(bytes(data[at : at + burst.size(i)]), now)
                        continue
                    self._media(data, at, now)
                    if self._probe:
                        self._look(i)
                else:
                    self._connect(bytes(data[at : at + burst.size(i)]), now)
            if count < 32:
                return

    def _connect(self, datagram: bytes, now: float) -> None:
        if datagram[0] >= 20:
            self.send(self.association.dtls(datagram))
            if self.association.open and not self.opened_at:
                self.opened_at = now
                self._next_keyframe = now + random.expovariate(1 / KEYFRAME_EVERY)
                self._next_feedback = now + random.uniform(0, FEEDBACK_EVERY)
                self._next_report = now + random.uniform(0, REPORT_EVERY)
        else:
            self.send(self.association.stun(datagram, now))

    def tick(self, now: float) -> None:
        """To be called every 20 ms or so."""
        self.send(self.association.tick(now))
        if self.association.outbound is None:
            return
        if self._nack:
            lost, self._nack = self._nack, {}
            self.send_rtcp(b"".join(rtcp.build_nack(self._ssrc, ssrc, seqs) for ssrc, seqs in lost.items()))
        if now >= self._next_feedback:
            self._next_feedback = now + FEEDBACK_EVERY
            self.send_rtcp(self._feedback.build(self._ssrc, next(iter(self.streams), 0)))
        if now >= self._next_report:
            self._next_report = now + REPORT_EVERY
            self.send_rtcp(self._report(now))
        if now >= self._next_keyframe:
            self._next_keyframe = now + random.expovariate(1 / KEYFRAME_EVERY)
            shown = [ssrc for ssrc in self.streams if ssrc in self._video]
            if shown:
                self.send_rtcp(rtcp.build_pli(self._ssrc, random.choice(shown)))

    def send_rtcp(self, plain: bytes) -> None:
        outbound = self.association.outbound
        sealed = outbound.seal_rtcp(plain) if outbound is not None and plain else None
        if sealed:
            self.send([sealed])

    def close(self) -> None:
        self.socket.close()

    def _media(self, data: bytearray, at: int, now: float) -> None:
        first, _, number, _, ssrc = _head.unpack_from(data, at)
        stream = self.streams.get(ssrc)
        if stream is not None:
            highest = stream.highest
            extended = highest + ((number - highest + 0x8000) & 0xFFFF) - 0x8000
            if extended > highest:
                stream.highest = extended
            stream.received += 1
            if extended in stream.seen:
                stream.duplicates += 1
            stream.seen.add(extended)
            if not stream.received % NACK_SHARE and ssrc in self._video:
                self._nack.setdefault(ssrc, []).append(number)
        elif ssrc in self._rtx:
            self.rtx_received += 1
        else:
            self.streams[ssrc] = Stream(number, number, 1, 0, {number})
            self.first_media_at = self.first_media_at or now
            if ssrc in self._video:
                self.first_picture_at = self.first_picture_at or now
        if first & 0x10:
            self._feedback.note(data, at, now)

    def _look(self, i: int) -> None:
        """Open one packet in `PROBE_SHARE` and read the sender's clock at the end of its payload."""
        inbound, data, at = self.association.inbound, _burst.data, i * ROOM
        number = data[at + 2] << 8 | data[at + 3]
        stamp = _burst.stamp(i)
        if number % PROBE_SHARE or inbound is None or not stamp:
            return
        size = _burst.size(i)
        _scratch.view[:size] = data[at : at + size]
        plain = inbound.open_rtp(_scratch, 0, size)
        if plain < 12:
            return
        end = plain - (_scratch.buffer[plain - 1] if _scratch.buffer[0] & 0x20 else 0)
        (sent,) = struct.unpack_from("!d", _scratch.buffer, end - 8)
        if 0.0 < stamp - sent < 10.0:
            self.delays.append(stamp - sent)

    def _control(self, sealed: bytes, now: float) -> None:
        inbound = self.association.inbound
        if inbound is None:
            return
        _scratch.view[: len(sealed)] = sealed
        plain = inbound.open_rtcp(_scratch, 0, len(sealed))
        if plain > 0:
            self.reported(bytes(_scratch.view[:plain]), now)

    def reported(self, plain: bytes, now: float) -> None:
        """Reports of the server: note when a sender report came, to tell it in the next receiver report."""
        try:
            compound = rtcp.parse(plain)
        except Malformed:
            return
        for report in compound.reports:
            if isinstance(report, rtcp.SenderReport) and report.ssrc in self.streams:
                self.streams[report.ssrc].report = (rtcp.middle(report.ntp), now)

    def _report(self, now: float) -> bytes:
        blocks = [
            rtcp.ReportBlock(
                ssrc, 0.0, 0, stream.highest & 0xFFFFFFFF, 0, stream.report[0],
                now - stream.report[1] if stream.report[0] else 0.0,
            )
            for ssrc, stream in list(self.streams.items())[:31]
        ]  # fmt: skip
        return rtcp.build_receiver_report(self._ssrc, blocks) + rtcp.build_sdes(self._ssrc, "load")


def wall() -> float:
    """The clock of stamps: the kernel's times of arrival are Unix seconds."""
    return time.time()
