"""Loss repair, both ways. `Gaps` watches one up layer and says what to ask its publisher for again;
`ResendLimit` guards one down slot against a subscriber that asks for everything.
"""

from typing import Final, NamedTuple

from media.wire.seq import SEQ_MASK

PATIENCE: Final = 0.010
"""Seconds that a missing packet may just be out of order. Chromium sends a 720p frame within 4 ms."""
RETRY: Final = 0.020
"""Seconds of slack on top of one round trip before asking again."""
MIN_RETRY: Final = 0.040
MAX_TRIES: Final = 8
GIVE_UP: Final = 0.8
"""Seconds; a viewer's jitter buffer has skipped the frame by then."""
MAX_MISSING: Final = 256
"""Packets. Beyond it a keyframe is cheaper than the repair."""


class Due(NamedTuple):
    ask: list[int]
    """16-bit sequence numbers to put into a NACK now, rising."""
    keyframe: bool
    """Something was given up: the picture is broken until the next keyframe."""


class _Missing:
    __slots__ = ("asked", "since", "tries")

    def __init__(self, since: float) -> None:
        self.since = since
        self.asked = 0.0
        self.tries = 0


class Gaps:
    """Missing packets of one up layer, by extended sequence number."""

    __slots__ = ("_broken", "_highest", "_missing", "given_up", "repaired")

    def __init__(self) -> None:
        self._highest = -1
        self._missing: dict[int, _Missing] = {}
        self._broken = False
        self.repaired = 0
        """Packets that came after they had been asked for."""
        self.given_up = 0

    def received(self, seq: int, now: float) -> None:
        """A packet of the layer has come, by itself or by RTX."""
        ahead = seq - self._highest
        if ahead == 1:
            self._highest = seq
        elif ahead <= 0:
            missing = self._missing.pop(seq, None)
            if missing is not None and missing.tries:
                self.repaired += 1
        else:
            if self._highest >= 0:
                if ahead - 1 + len(self._missing) > MAX_MISSING:
                    self.given_up += ahead - 1 + len(self._missing)
                    self._missing.clear()
                    self._broken = True
                else:
                    for lost in range(self._highest + 1, seq):
                        self._missing[lost] = _Missing(now)
            self._highest = seq

    def keyframe(self, seq: int) -> None:
        """A keyframe begins at `seq`: what is missing before it matters to nobody any more."""
        for lost in [lost for lost in self._missing if lost < seq]:
            del self._missing[lost]
        self._broken = False

    @property
    def waiting(self) -> bool:
        return bool(self._missing) or self._broken

    def due(self, now: float, rtt: float) -> Due:
        """What to ask for now; to be called every 10 ms or so while `waiting`. `rtt` in seconds."""
        ask: list[int] = []
        wait = max(rtt + RETRY, MIN_RETRY)
        gone: list[int] = []
        for seq, missing in self._missing.items():
            if now - missing.since >= GIVE_UP or (missing.tries >= MAX_TRIES and now - missing.asked >= wait):
                gone.append(seq)
            elif missing.tries == 0:
                if now - missing.since >= PATIENCE:
                    ask.append(seq)
            elif now - missing.asked >= wait and missing.tries < MAX_TRIES:
                ask.append(seq)
        for seq in ask:
            missing = self._missing[seq]
            missing.asked = now
            missing.tries += 1
        for seq in gone:
            del self._missing[seq]
        self.given_up += len(gone)
        keyframe = bool(gone) or self._broken
        self._broken = False
        return Due([seq & SEQ_MASK for seq in sorted(ask)], keyframe)


MAX_RESENDS: Final = 4
"""Of one packet; a fifth would come too late."""
MIN_RESEND_RATE: Final = 40_000
"""Bytes per second that may always be spent on resending."""
RESEND_SHARE: Final = 0.4
"""Of the slot's own rate: repairs 20 % loss with every other copy lost as well."""
BURST: Final = 0.5
"""Seconds of that rate that may be spent at once."""
REMEMBERED: Final = 1024


class ResendLimit:
    """What one slot may resend: each packet some few times, not before the last copy can have come, and
    all together no more than a share of the slot's rate."""

    __slots__ = ("_at", "_sent", "_tokens", "refused")

    def __init__(self) -> None:
        self._tokens = MIN_RESEND_RATE * BURST
        self._at: float | None = None
        self._sent: dict[int, tuple[float, int]] = {}
        self.refused = 0

    def allow(self, seq: int, size: int, now: float, rtt: float, rate: float) -> bool:
        """Whether to resend out number `seq` (16 bits) of `size` bytes now, and count it if so.

        `rate`: bytes per second that the slot sends at present.
        """
        self._refill(now, max(MIN_RESEND_RATE, rate * RESEND_SHARE))
        last, times = self._sent.get(seq, (-1e9, 0))
        if now - last > 5.0:
            times = 0  # another packet: the number has come round
        elif times >= MAX_RESENDS or now - last < max(rtt * 0.8, 0.010):
            self.refused += 1
            return False
        if size > self._tokens:
            self.refused += 1
            return False
        self._tokens -= size
        self._sent.pop(seq, None)
        self._sent[seq] = (now, times + 1)
        if len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]
        return True

    def _refill(self, now: float, rate: float) -> None:
        if self._at is not None:
            self._tokens = min(self._tokens + (now - self._at) * rate, rate * BURST)
        self._at = now
