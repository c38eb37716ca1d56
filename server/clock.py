"""Session time: the machine's monotonic clock plus one recorded wall offset.

Everything that is put side by side later - trace, attendance, recordings, the beacon - uses this
clock and no other, so a step of the wall clock during a class moves nothing. Times are integer
microseconds: `mono` since the machine started (CLOCK_MONOTONIC, which every process of the machine
shares), `now` since 1970 in UTC. A server that starts again during the same boot keeps the offset
of the one before, unless the wall clock was set by more than a second in between (a demo clock always
goes on); each start writes the anchor into the trace as ``server.started``.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from media.boot import boot_id

STEP = 1_000_000
"""Microseconds. A smaller difference is NTP at work and is ignored; a larger one was a decision."""


def _mono() -> int:
    return time.monotonic_ns() // 1000


def _wall() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Anchor:
    """now = offset + mono, or with a demo clock offset + origin + (mono - origin) * speed.

    `offset` and `origin` in microseconds; `boot` is the boot it belongs to.
    """

    offset: int
    boot: str
    origin: int = 0
    speed: float = 1.0


class Clock:
    """Reads the session time. Tests pass their own `mono` and `wall` sources."""

    def __init__(self, anchor: Anchor, mono: Callable[[], int] = _mono) -> None:
        self.anchor = anchor
        self._mono = mono

    @classmethod
    def start(
        cls,
        previous: Anchor | None = None,
        *,
        speed: float = 1.0,
        mono: Callable[[], int] = _mono,
        wall: Callable[[], int] = _wall,
        boot: str | None = None,
    ) -> "Clock":
        """A clock anchored now, or on `previous` when that still holds (see the module).

        `speed` other than 1 makes the demo clock: it starts at the wall time and runs `speed` times
        as fast.
        """
        here = mono()
        anchor = Anchor(wall() - here, boot_id() if boot is None else boot, here, speed)
        if (
            previous is not None
            and previous.boot == anchor.boot != ""
            and previous.speed == speed
            and (speed != 1.0 or abs(previous.offset - anchor.offset) < STEP)
        ):
            anchor = previous
        return cls(anchor, mono)

    def mono(self) -> int:
        """Microseconds of the machine's monotonic clock."""
        return self._mono()

    def now(self) -> int:
        """Microseconds since 1970 in UTC by the session clock."""
        return self.at(self._mono())

    def at(self, mono: int) -> int:
        """The session time of a `mono` reading of this boot."""
        anchor = self.anchor
        if anchor.speed == 1.0:
            return anchor.offset + mono
        return anchor.offset + anchor.origin + round((mono - anchor.origin) * anchor.speed)

    def datetime(self) -> datetime:
        """`now` as an aware datetime in UTC."""
        return as_datetime(self.now())


def as_datetime(time_us: int) -> datetime:
    """A `time` of the trace as an aware datetime in UTC."""
    seconds, microseconds = divmod(time_us, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
