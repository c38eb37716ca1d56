"""How often a seat may ask: token buckets. Pure: seconds flow in, seconds to wait flow out.

A person types a few lines a minute and a page asks a few times a second at most. The numbers below
leave that untouched and stop a script from filling the trace (every chat line is an entry) or the
media worker (every offer costs about 4 ms of parsing).
"""

import math
from collections.abc import Mapping
from typing import NamedTuple


class Pace(NamedTuple):
    """`burst` at once, then `rate` a second."""

    rate: float
    burst: float


ANY = Pace(20, 60)
"""All messages of a seat together. A page that comes back asks about ten things at once."""

PACES: Mapping[str, Pace] = {
    "caption.say": Pace(2, 10),
    "caption.lend": Pace(1, 20),
    "chat.send": Pace(1, 10),
    "chat.edit": Pace(1, 5),
    "chat.remove": Pace(2, 20),
    "hand.raise": Pace(0.5, 5),
    "hand.lower": Pace(2, 10),
    "poll.open": Pace(0.5, 10),
    "poll.vote": Pace(2, 10),
    "question.ask": Pace(0.2, 5),
    "question.upvote": Pace(2, 20),
    "reaction.send": Pace(2, 5),
    "lesson.open": Pace(0.2, 3),
    "lesson.close": Pace(0.2, 3),
    "class.ask": Pace(1, 20),
    "class.lock": Pace(0.5, 6),
    "class.mute": Pace(1, 20),
    "class.rule": Pace(1, 10),
    "groups.open": Pace(0.2, 5),
    "groups.close": Pace(0.2, 5),
    "groups.move": Pace(5, 60),
    "groups.tell": Pace(1, 10),
    "groups.visit": Pace(2, 20),
    "media.offer": Pace(0.2, 5),
    "media.restart": Pace(0.5, 5),
    "media.state": Pace(2, 10),
    "media.view": Pace(10, 30),
    "together.set": Pace(0.5, 10),
    "together.confirm": Pace(1, 20),
    "slides.show": Pace(4, 12),
    "slides.close": Pace(1, 5),
    "slides.draw": Pace(8, 40),
    "slides.pens": Pace(1, 20),
    "slides.undo": Pace(5, 20),
    "slides.clear": Pace(1, 5),
    "slides.point": Pace(15, 30),
    "slides.trail": Pace(15, 30),
}


class Bucket:
    """Holds up to `burst` tokens and gains `rate` a second."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._tokens = pace.burst
        self._at = now

    def take(self, now: float) -> float:
        """Take one token. Returns 0, or the seconds until there is one."""
        pace = self._pace
        self._tokens = min(pace.burst, self._tokens + max(0.0, now - self._at) * pace.rate)
        self._at = max(self._at, now)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / pace.rate


class Paces:
    """The buckets of one seat: one for all it says, one for each dear kind of message."""

    def __init__(self, now: float) -> None:
        self._any = Bucket(ANY, now)
        self._kinds: dict[str, Bucket] = {}

    def take(self, kind: str, now: float) -> float:
        """0 when the message may pass, else the seconds to wait. A refused message costs a token."""
        wait = self._any.take(now)
        pace = PACES.get(kind)
        if wait or pace is None:
            return wait
        bucket = self._kinds.get(kind)
        if bucket is None:
            bucket = self._kinds[kind] = Bucket(pace, now)
        return bucket.take(now)


def seconds_up(seconds: float) -> float:
    """Seconds to wait as a client is told: rounded up to tenths."""
    return math.ceil(seconds * 10) / 10
