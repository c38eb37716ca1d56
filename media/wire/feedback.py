"""Transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01): when each
packet of a transport arrived, or that it did not. A list of arrivals goes in and out; runs, vectors
and deltas are this module's own business.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from media.errors import Malformed

TICK: Final = 0.00025
"""Seconds of one delta."""
TICKS_PER_REFERENCE: Final = 256
"""The reference time counts 64 ms."""
MAX_STATUSES: Final = 8192
"""Packets in one message. Browsers send some hundreds; a two-byte run could claim 8,191."""

_HEAD = struct.Struct("!IIHHI")
_ABSENT, _SMALL, _LARGE = 0, 1, 2


@dataclass(slots=True)
class TransportFeedback:
    sender: int
    media: int
    base: int
    """Transport-wide sequence number of the first entry, 16 bits."""
    reference: int
    """24-bit signed count of 64 ms: the clock of the receiver, of no known zero; wraps."""
    count: int
    """Of feedback messages, 8 bits: a gap in it is a lost feedback."""
    arrivals: list[int | None] = field(default_factory=list)
    """Per packet from `base` on: ticks of 250 us after the reference time, None for not received."""


def parse_transport_feedback(body: bytes) -> TransportFeedback:
    """`body`: from the sender's SSRC to the end of the RTCP packet.

    Raises:
        Malformed: chunks or deltas that are not there, or more than `MAX_STATUSES` packets.
    """
    if len(body) < 18:
        raise Malformed("cut transport feedback")
    sender, media, base, count, word = _HEAD.unpack_from(body)
    reference = word >> 8
    if reference & 0x800000:
        reference -= 0x1000000
    if not 1 <= count <= MAX_STATUSES:
        raise Malformed("transport feedback of too many packets")
    size = len(body)
    statuses: list[int] = []
    at = 16
    while len(statuses) < count:
        if at + 2 > size:
            raise Malformed("transport feedback without its chunks")
        chunk = body[at] << 8 | body[at + 1]
        at += 2
        if not chunk & 0x8000:
            statuses += [chunk >> 13 & 3] * min(chunk & 0x1FFF, count - len(statuses))
            if not chunk & 0x1FFF:
                raise Malformed("an empty run in transport feedback")
        elif chunk & 0x4000:
            statuses += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            statuses += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    del statuses[count:]
    arrivals: list[int | None] = []
    if statuses.count(_SMALL) == count and at + count <= size:  # nearly always
        arrivals += accumulate(body[at : at + count])
        return TransportFeedback(sender, media, base, reference, word & 0xFF, arrivals)
    ticks = 0
    for status in statuses:
        if status == _ABSENT:
            arrivals.append(None)
        elif status == _SMALL:
            if at >= size:
                raise Malformed("transport feedback without its deltas")
            ticks += body[at]
            at += 1
            arrivals.append(ticks)
        elif status == _LARGE:
            if at + 2 > size:
                raise Malformed("transport feedback without its deltas")
            step = body[at] << 8 | body[at + 1]
            ticks += step - 0x10000 if step & 0x8000 else step
            at += 2
            arrivals.append(ticks)
        else:
            raise Malformed("a reserved status in transport feedback")
    return TransportFeedback(sender, media, base, reference, word & 0xFF, arrivals)


def build_transport_feedback(feedback: TransportFeedback) -> bytes:
    """The RTCP packet. `arrivals`: 1..MAX_STATUSES of them, neighbouring ones (of those received)
    within -32768..32767 ticks, the first within that of 0; a reader of other clocks starts a new one.
    """
    assert 1 <= len(feedback.arrivals) <= MAX_STATUSES
    statuses: list[int] = []
    deltas = bytearray()
    last = 0
    for ticks in feedback.arrivals:
        if ticks is None:
            statuses.append(_ABSENT)
            continue
        step = ticks - last
        last = ticks
        if 0 <= step <= 255:
            statuses.append(_SMALL)
            deltas.append(step)
        else:
            statuses.append(_LARGE)
            deltas += struct.pack("!h", step)
    head = _HEAD.pack(
        feedback.sender,
        feedback.media,
        feedback.base,
        len(statuses),
        (feedback.reference & 0xFFFFFF) << 8 | feedback.count & 0xFF,
    )
    body = head + _chunks(statuses) + deltas
    padding = -len(body) % 4
    first = 0x8F | (0x20 if padding else 0)
    tail = bytes(padding - 1) + bytes([padding]) if padding else b""
    return struct.pack("!BBH", first, 205, (len(body) + padding) // 4) + body + tail


def _chunks(statuses: Sequence[int]) -> bytes:
    """Runs where they pay, else vectors of one bit (14 packets) or two (7)."""
    out = bytearray()
    at, size = 0, len(statuses)
    while at < size:
        run = 1
        while at + run < size and run < 0x1FFF and statuses[at + run] == statuses[at]:
            run += 1
        if run >= 14 or at + run == size:
            chunk = statuses[at] << 13 | run
            at += run
        elif _LARGE not in (ahead := statuses[at : at + 14]):
            chunk = 0x8000 | sum(status << (13 - i) for i, status in enumerate(ahead))
            at += 14
        else:
            chunk = 0xC000 | sum(status << (12 - 2 * i) for i, status in enumerate(statuses[at : at + 7]))
            at += 7
        out += struct.pack("!H", chunk)
    return bytes(out)
