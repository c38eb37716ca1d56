"""Who is here, who is away, who has left. Pure: seats come and go, `now` is an argument.

A seat is one tab of one person. When its socket drops, the seat is kept for `GRACE` seconds; a person
all of whose seats are dropped is *away* at once, and has *left* when the last of them runs out - with
the time of the last sign of life, not the time at which we gave up.

Times: `now` and deadlines in seconds of any monotonic clock, signs of life in µs of session time.
"""

from typing import NamedTuple

GRACE = 15.0
"""Seconds. A page that reloads is back in 2, a phone that changes networks in about 8."""


class SeatKey(NamedTuple):
    person: str
    tab: str


class Gone(NamedTuple):
    """A seat whose grace ran out. `left`: the person's last one; `sign`: their last sign of life."""

    seat: SeatKey
    left: bool
    sign: int


class _Dropped(NamedTuple):
    deadline: float
    sign: int


class Presence:
    """The seats of one class."""

    def __init__(self, grace: float = GRACE) -> None:
        self.grace = grace
        self._here: dict[str, set[str]] = {}
        self._dropped: dict[str, dict[str, _Dropped]] = {}

    def come(self, seat: SeatKey) -> None:
        """A seat is (again) connected."""
        self._here.setdefault(seat.person, set()).add(seat.tab)
        dropped = self._dropped.get(seat.person)
        if dropped is not None:
            dropped.pop(seat.tab, None)
            dropped.pop(RESTORED, None)
            if not dropped:
                del self._dropped[seat.person]

    def drop(self, seat: SeatKey, sign: int, now: float) -> None:
        """The seat's socket is gone; `sign` is when it was last heard."""
        self._forget_here(seat)
        self._dropped.setdefault(seat.person, {})[seat.tab] = _Dropped(now + self.grace, sign)

    def leave(self, seat: SeatKey, sign: int) -> Gone:
        """The seat says goodbye: no grace."""
        self._forget_here(seat)
        kept = self._dropped.get(seat.person, {})
        kept.pop(seat.tab, None)
        return self._gone(seat, sign)

    def restore(self, person: str, sign: int, now: float) -> None:
        """After a restart: the trace says that they are here, but no socket has come yet."""
        self.drop(SeatKey(person, RESTORED), sign, now)

    def due(self, now: float) -> list[Gone]:
        """Seats whose grace has run out; each is told once."""
        gone: list[Gone] = []
        for person in list(self._dropped):
            kept = self._dropped[person]
            for tab, dropped in list(kept.items()):
                if dropped.deadline <= now:
                    del kept[tab]
                    gone.append(self._gone(SeatKey(person, tab), dropped.sign))
        return gone

    def here(self, person: str) -> bool:
        return person in self._here

    def known(self, person: str) -> bool:
        """Here, or away and not yet given up."""
        return person in self._here or person in self._dropped

    def away(self) -> dict[str, int]:
        """People without a connected seat, with their last sign of life."""
        return {
            person: max(dropped.sign for dropped in kept.values())
            for person, kept in self._dropped.items()
            if person not in self._here
        }

    def people(self) -> set[str]:
        return set(self._here) | set(self._dropped)

    def clear(self) -> None:
        self._here.clear()
        self._dropped.clear()

    def _forget_here(self, seat: SeatKey) -> None:
        tabs = self._here.get(seat.person)
        if tabs is not None:
            tabs.discard(seat.tab)
            if not tabs:
                del self._here[seat.person]

    def _gone(self, seat: SeatKey, sign: int) -> Gone:
        kept = self._dropped.get(seat.person)
        if kept is not None and not kept:
            del self._dropped[seat.person]
        return Gone(seat, not self.known(seat.person), sign)


RESTORED = ""
"""The tab of a person who is known from the trace alone; no real tab has this name."""
