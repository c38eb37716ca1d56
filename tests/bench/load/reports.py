"""Transport-wide feedback of a simulated participant, built the short way: what arrived in order and
without a gap is one run and a row of one-byte deltas, as browsers write it; the rest goes the long way.
"""

import struct

from media.wire import rtcp
from media.wire.feedback import TransportFeedback

_HEAD = struct.Struct("!BBHIIHHIH")


class Feedback:
    """Arrivals by transport-wide number; `cc` is the id of the extension, 0 for none."""

    def __init__(self, cc: int) -> None:
        self._cc = cc
        self._numbers: list[int] = []
        self._times: list[float] = []
        self._last = 0
        self._next = -1
        self._count = 0

    def note(self, data: bytearray, at: int, now: float) -> None:
        """One packet with a header extension lies at `at`."""
        here, cc = at + 16, self._cc
        if not cc:
            return
        end = here + 4 * (data[at + 14] << 8 | data[at + 15])
        while here < end:
            first = data[here]
            if first >> 4 == cc:
                number = data[here + 1] << 8 | data[here + 2]
                self._last += ((number - self._last + 0x8000) & 0xFFFF) - 0x8000
                self._numbers.append(self._last)
                self._times.append(now)
                return
            here += 1 if not first else 2 + (first & 15)

    def build(self, sender: int, media: int) -> bytes:
        """The message for what came since the last call; empty for nothing."""
        numbers, times = self._numbers, self._times
        if not numbers:
            return b""
        self._numbers, self._times = [], []
        first, last, count = numbers[0], numbers[-1], len(numbers)
        base = first if self._next < 0 else min(first, self._next)
        reference = int(times[0] / 0.064)
        ticks = [int((time - reference * 0.064) * 4000) for time in times]
        self._next = last + 1
        self._count = (self._count + 1) & 0xFF
        if base == first and last - first + 1 == count < 0x2000:
            deltas = [after - before for before, after in zip([0, *ticks], ticks, strict=False)]
            if min(deltas) >= 0 and max(deltas) <= 255 and numbers == list(range(first, last + 1)):
                body = bytes(deltas)
                padding = -(22 + len(body)) % 4
                return _HEAD.pack(
                    0xAF if padding else 0x8F, 205, (22 + len(body) + padding) // 4 - 1,
                    sender, media, base & 0xFFFF, count,
                    (reference & 0xFFFFFF) << 8 | self._count, 0x2000 | count,
                ) + body + (bytes(padding - 1) + bytes([padding]) if padding else b"")  # fmt: skip
        at = dict(zip(numbers, ticks, strict=True))
        low, high = min(base, *numbers), max(numbers)
        self._next = high + 1
        arrivals = [at.get(number) for number in range(low, high + 1)]
        return rtcp.build_transport_feedback(
            TransportFeedback(
                sender, media, low & 0xFFFF, reference & 0xFFFFFF, self._count, arrivals[-8000:]
            )
        )
