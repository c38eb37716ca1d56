"""Wrap-around arithmetic, the only module that knows it: 16-bit sequence numbers, 32-bit RTP time,
picture ids of 15 and 7 bits. Numbers from the wire come in; signed distances, sums and extended
numbers (which never wrap) go out. Inside `media`, whatever is kept for longer than a packet is
extended; the masks bring it back to the wire.
"""

from typing import NewType

Ssrc = NewType("Ssrc", int)
"""A synchronisation source, 32 bits (RFC 3550 section 3)."""
SequenceNumber = NewType("SequenceNumber", int)
"""An RTP sequence number as on the wire, 0..65535."""
RtpTime = NewType("RtpTime", int)
"""An RTP timestamp as on the wire, 0..2^32-1, in units of the track's clock rate."""
ExtendedSeq = NewType("ExtendedSeq", int)
"""A sequence number with its cycles: never wraps, so plain comparison and subtraction hold."""

SEQ_BITS = 16
SEQ_MASK = 0xFFFF
TIME_BITS = 32
TIME_MASK = 0xFFFFFFFF
PICTURE15_MASK = 0x7FFF
PICTURE7_MASK = 0x7F
TL0_MASK = 0xFF


def delta(newer: int, older: int, bits: int) -> int:
    """Signed distance from `older` to `newer` on a circle of 2^bits, -2^(bits-1)..2^(bits-1)-1."""
    half = 1 << (bits - 1)
    return ((newer - older + half) & ((1 << bits) - 1)) - half


def seq_delta(newer: int, older: int) -> int:
    """Signed distance between sequence numbers, -32768..32767 (RFC 3550 appendix A.1)."""
    return ((newer - older + 0x8000) & 0xFFFF) - 0x8000


def seq_add(seq: int, step: int) -> SequenceNumber:
    return SequenceNumber((seq + step) & SEQ_MASK)


def time_delta(newer: int, older: int) -> int:
    """Signed distance between RTP timestamps, -2^31..2^31-1."""
    return ((newer - older + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def time_add(time: int, step: int) -> RtpTime:
    return RtpTime((time + step) & TIME_MASK)


def extend(value: int, near: int, bits: int) -> int:
    """The number with `value` as its low `bits` bits that lies nearest to the extended number `near`.

    May be negative: a number that came just before the first one ever seen.
    """
    half = 1 << (bits - 1)
    return near + (((value - near + half) & ((1 << bits) - 1)) - half)


def extend_seq(seq: int, near: int) -> ExtendedSeq:
    """`extend` for sequence numbers, without the general case's cost."""
    return ExtendedSeq(near + (((seq - near + 0x8000) & 0xFFFF) - 0x8000))


class Unwrapper:
    """Follows one wrapping counter and extends each value by the highest seen so far.

    A jump of more than half the circle cannot be told from one backwards; whoever sees such jumps
    (a restarted sender) makes a new Unwrapper.
    """

    __slots__ = ("_bits", "highest")

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self.highest: int | None = None

    def unwrap(self, value: int) -> int:
        if self.highest is None:
            self.highest = value
            return value
        extended = extend(value, self.highest, self._bits)
        if extended > self.highest:
            self.highest = extended
        return extended
