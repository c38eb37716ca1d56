"""What the worker says back about packets that arrived: transport-wide congestion feedback.

Arrival times by transport-wide sequence number come in, feedback messages go out. From them alone
Chromium's estimate rises, so that it opens all three layers. Pure: `now` is an argument, in seconds of
the worker's clock.
"""

from typing import Final

from media.wire import rtcp
from media.wire.seq import extend_seq

MAX_GAP: Final = 3000
"""Packets. A jump beyond it is a restarted sender."""


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
