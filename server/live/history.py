"""The numbered events of one class, encoded once, for seats that follow or catch up.

Events flow in as they are committed; each seat asks for what comes after its own cursor and gets the
same bytes as everybody else in the event's audience, and nothing of an event for others. The newest are
kept in memory; what is older is read back from the trace, a page at a time, by whoever asked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from server.live.folds import EVERYBODY, Audience, may_hear

KEEP = 4000
"""Events in memory. A lecture of 300 makes about 2,000; at 150 bytes each that is 0.6 MB."""

PAGE = 200
"""Events handed to one seat before others have a turn."""


class History:
    """A window on the end of the session. `n` is the number of the last entry, told to clients or not."""

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self._numbers: list[int] = []
        self._events: list[bytes] = []
        self._audiences: list[Audience] = []
        self.floor = 0
        """Events numbered `floor` or less are not here."""
        self.n = 0

    def add(self, n: int, event: bytes | None, audience: Audience = EVERYBODY) -> None:
        """Take in entry `n`; `event` is None for one that clients are not told."""
        if n <= self.n:
            return
        self.n = n
        if event is None:
            return
        self._numbers.append(n)
        self._events.append(event)
        self._audiences.append(audience)
        if len(self._numbers) > self._keep + self._keep // 4:  # cut seldom: a cut copies the lists
            cut = len(self._numbers) - self._keep
            self.floor = self._numbers[cut - 1]
            del self._numbers[:cut]
            del self._events[:cut]
            del self._audiences[:cut]

    def change(self, n: int, how: Callable[[bytes], bytes]) -> None:
        """Tell event `n` differently to whoever has not got it yet."""
        at = bisect_left(self._numbers, n)
        if at < len(self._numbers) and self._numbers[at] == n:
            self._events[at] = how(self._events[at])

    def after(
        self, cursor: int, limit: int = PAGE, who: frozenset[str] = frozenset()
    ) -> tuple[list[bytes], int] | None:
        """Events after `cursor` in order that `who` may hear, and the cursor behind them.

        None: they are older than the window; read the trace.
        """
        if cursor < self.floor:
            return None
        start = bisect_right(self._numbers, cursor)
        end = min(start + limit, len(self._numbers))
        events = [
            event
            for event, audience in zip(self._events[start:end], self._audiences[start:end], strict=True)
            if may_hear(audience, who)
        ]
        if end < len(self._numbers):
            return events, self._numbers[end - 1]
        return events, max(cursor, self.n)
