"""Reception counters of one source (RFC 3550 appendix A): packet headers in, extended sequence
numbers and report blocks out. Sees restarts of a sender, doubles and what comes too late.
"""

from typing import Final

from media.wire.rtcp import ReportBlock
from media.wire.seq import SEQ_MASK, TIME_MASK, ExtendedSeq, extend_seq, seq_add, time_add, time_delta

START: Final = 0x10000
"""Extended numbers begin in the second cycle, so that what came before the first stays positive."""
MAX_FORWARD: Final = 3000
"""A jump further ahead is a restarted sender (RFC 3550 appendix A.1, MAX_DROPOUT)."""
WINDOW: Final = 1024
"""Numbers below the highest that still count; older ones are of no use to anybody."""


class Reception:
    """One source's counters. All times are seconds of the caller's clock."""

    __slots__ = (
        "_clock",
        "_expected_before",
        "_first",
        "_jitter",
        "_last_sr",
        "_last_sr_at",
        "_received_before",
        "_seen",
        "_suspect",
        "_transit",
        "doubles",
        "highest",
        "last_at",
        "received",
        "restarts",
    )

    def __init__(self, clock: int) -> None:
        self._clock = clock
        self.highest = -1
        """Extended; -1 before the first packet."""
        self.received = 0
        self.doubles = 0
        self.restarts = 0
        self.last_at = 0.0
        self._first = 0
        self._seen = 0
        """Bit i: `highest - i` has come."""
        self._suspect = -1
        self._transit: int | None = None
        self._jitter = 0.0
        self._expected_before = 0
        self._received_before = 0
        self._last_sr = 0
        self._last_sr_at = 0.0

    def receive(self, seq: int, time: int, now: float) -> ExtendedSeq | None:
        """The extended number of a packet, None for a double, one too late, or the first of a jump (the
        second one in a row proves a restart; numbers then go on behind the highest)."""
        if self.highest < 0:
            self._first = self.highest = seq + START
            self._seen = 1
        else:
            extended = extend_seq(seq, self.highest)
            ahead = extended - self.highest
            if 0 < ahead <= MAX_FORWARD:
                self._seen = (self._seen << ahead | 1) & ((1 << WINDOW) - 1)
                self.highest = extended
            elif -WINDOW < ahead <= 0:
                if self._seen >> -ahead & 1:
                    self.doubles += 1
                    return None
                self._seen |= 1 << -ahead
                self.received += 1
                self.last_at = now
                return extended
            elif seq == self._suspect:
                self._restart(seq)
            else:
                self._suspect = seq_add(seq, 1)
                return None
        self._suspect = -1
        self.received += 1
        self.last_at = now
        self._measure(time, now)
        return ExtendedSeq(self.highest)

    def _restart(self, seq: int) -> None:
        """Go on in the next cycle in which `seq` is ahead; what lies between is nobody's loss."""
        self.restarts += 1
        # More than a window ahead: no number from before the restart can be taken for a new one.
        highest = self.highest + MAX_FORWARD + 1
        highest += seq - highest & SEQ_MASK
        self._first += highest - self.highest - 1
        self.highest = highest
        self._seen = 1
        self._transit = None

    def _measure(self, time: int, now: float) -> None:
        """Interarrival jitter, RFC 3550 appendix A.8."""
        transit = time_add(int(now * self._clock), -time)
        if self._transit is not None:
            step = abs(time_delta(transit, self._transit))
            if step < self._clock * 10:  # more is a sender whose clock was set
                self._jitter += (step - self._jitter) / 16
        self._transit = transit

    @property
    def expected(self) -> int:
        return self.highest - self._first + 1 if self.highest >= 0 else 0

    @property
    def lost(self) -> int:
        return self.expected - self.received

    @property
    def jitter(self) -> float:
        """Seconds."""
        return self._jitter / self._clock

    def sender_report(self, ntp: int, now: float) -> None:
        """Note that a sender report with this 64-bit NTP time has come."""
        self._last_sr = ntp >> 16 & 0xFFFFFFFF
        self._last_sr_at = now

    def block(self, ssrc: int, now: float) -> ReportBlock | None:
        """The report block since the last call; None before the first packet."""
        if self.highest < 0:
            return None
        expected = self.expected - self._expected_before
        lost = expected - (self.received - self._received_before)
        self._expected_before = self.expected
        self._received_before = self.received
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=max(0.0, lost / expected) if expected > 0 else 0.0,
            lost=self.lost,
            highest=self.highest - START & TIME_MASK,
            jitter=int(self._jitter),
            last_sr=self._last_sr,
            delay=max(0.0, now - self._last_sr_at) if self._last_sr else 0.0,
        )
