"""What the worker says back about packets that arrived: reception reports and transport-wide feedback.

Arrival times and sequence numbers come in, RTCP report blocks (RFC 3550 section 6.4.1, appendix A) and
feedback messages go out. Pure: `now` is an argument, in seconds of the worker's clock.
"""

from typing import Final

from media.wire import rtcp
from media.wire.seq import extend_seq

MAX_GAP: Final = 3000
"""Packets. A jump beyond it is a restarted sender (RFC 3550 appendix A.1, MAX_DROPOUT)."""


class Reception:
    """One source's reception: extended numbers, loss, jitter."""

    __slots__ = ("_expected_before", "_jitter", "_received_before", "_transit", "base", "clock", "highest",
                 "last_sr", "last_sr_at", "received", "restarts")  # fmt: skip

    def __init__(self, clock: int) -> None:
        self.clock = clock
        self.base = -1
        self.highest = -1
        self.received = 0
        self.restarts = 0
        self.last_sr = 0
        self.last_sr_at = 0.0
        self._jitter = 0.0
        self._transit = 0.0
        self._expected_before = 0
        self._received_before = 0

    def take(self, seq: int, time: int, now: float) -> int:
        """Note one packet (no retransmission); its extended sequence number, or -1 for one from
        before a restart of the sender that cannot be placed."""
        if self.base < 0:
            # One cycle up, so that packets which overtook the first one do not go below zero.
            self.base = self.highest = seq + 0x10000
            extended: int = self.highest
        else:
            extended = extend_seq(seq, self.highest)
            step = extended - self.highest
            if step > 0:
                if step > MAX_GAP:
                    self.restarts += 1
                    self.base += step - 1
                self.highest = extended
            elif step < -MAX_GAP:
                return -1
        self.received += 1
        transit = now * self.clock - time
        if self.received > 1:
            # The difference of two transits, freed of the wrap of RTP time.
            change = abs((transit - self._transit + 0x80000000) % 0x100000000 - 0x80000000)
            self._jitter += (change - self._jitter) / 16
        self._transit = transit
        return extended

    def report(self, ssrc: int, now: float) -> rtcp.ReportBlock:
        """The report block since the last call."""
        expected = self.highest - self.base + 1
        interval = expected - self._expected_before
        got = self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        lost = max(0, interval - got)
        return rtcp.ReportBlock(
            ssrc,
            min(lost / interval, 1.0) if interval > 0 else 0.0,
            expected - self.received,
            self.highest & 0xFFFFFFFF,
            int(self._jitter),
            self.last_sr,
            now - self.last_sr_at if self.last_sr else 0.0,
        )


class FeedbackWriter:
    """Collects arrivals by transport-wide sequence number; `build` makes the feedback messages."""

    MAX_PENDING: Final = 2000
    MAX_SPAN: Final = 1500
    """Numbers in one message: keeps it under one datagram even when each needs a two-byte delta."""

    __slots__ = ("_arrivals", "_base", "_count", "_highest")

    def __init__(self) -> None:
        self._arrivals: dict[int, float] = {}
        self._highest = -1
        self._base = -1
        self._count = 0

    def take(self, seq: int, now: float) -> None:
        extended: int = seq + 0x10000 if self._highest < 0 else extend_seq(seq, self._highest)
        if self._base < 0:
            self._base = extended
        if abs(extended - self._highest) > MAX_GAP and self._highest >= 0:  # a restarted or mad sender
            self._arrivals.clear()
            self._base = extended
        self._highest = max(self._highest, extended)
        if extended >= self._base and len(self._arrivals) < self.MAX_PENDING:
            self._arrivals.setdefault(extended, now)

    @property
    def pending(self) -> int:
        return len(self._arrivals)

    def build(self, sender: int, media: int) -> list[bytes]:
        """RTCP packets for everything since the last call, in order."""
        out: list[bytes] = []
        arrivals = self._arrivals
        last = max(arrivals, default=-1)
        first = self._base
        while first <= last:
            out.append(self._message(sender, media, first, min(last, first + self.MAX_SPAN - 1)))
            first += self.MAX_SPAN
        if arrivals:
            self._base = last + 1
            arrivals.clear()
        return [message for message in out if message]

    def _message(self, sender: int, media: int, first: int, last: int) -> bytes:
        arrivals = self._arrivals
        ticks = [arrivals.get(seq) for seq in range(first, last + 1)]
        known = [time for time in ticks if time is not None]
        if not known:
            return b""
        reference = int(min(known) / 0.064)
        start = reference * 256
        offsets = [None if time is None else round(time * 4000) - start for time in ticks]
        # A delta has 16 bits: 8 s. What waited longer is told as lost rather than told wrongly.
        offsets = [None if tick is not None and tick > 30000 else tick for tick in offsets]
        self._count = (self._count + 1) & 0xFF
        return rtcp.build_transport_feedback(
            rtcp.TransportFeedback(
                sender, media, first & 0xFFFF, reference & 0xFFFFFF, self._count - 1 & 0xFF, offsets
            )
        )
