"""A session's attendance from a file of events, without a server: for checking what the journal says.

One JSON object a line, in the order of their `time` (seconds of any one clock); docs/attendance.md lists
the kinds. Flows in: lines. Flows out: everybody's verdict by the same rules as the house's own.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from server.attendance.rules import Rules, Span, Verdict, judge

MOST_LINES = 1_000_000
SECOND = 1_000_000


class Event(msgspec.Struct):
    """`device` tells several of one person apart; `people` is for `roster`, `starts` for `planned`."""

    time: float
    kind: Literal["planned", "roster", "opened", "closed", "joined", "sign", "left", "killed"]
    person: str = ""
    device: str = ""
    people: list[str] = []
    starts: float = 0.0


class Malformed(Exception):
    """A line that is no event; the message names it."""


class Session:
    """What the events so far say."""

    def __init__(self) -> None:
        self.starts = 0
        self.roster: list[str] = []
        self.open_times: list[Span] = []
        self.spans: dict[str, list[Span]] = {}
        self.now = -(2**62)
        self._opened: int | None = None
        self._there: dict[tuple[str, str], list[int]] = {}
        """By person and device: since when, and its last sign of life."""

    def take(self, event: Event) -> None:
        # A clock that is set back does not make anybody leave before they came.
        self.now = max(self.now, round(event.time * SECOND))
        key = (event.person, event.device)
        match event.kind:
            case "planned":
                self.starts = round(event.starts * SECOND)
            case "roster":
                self.roster = list(event.people)
            case "opened":
                self._opened = self.now if self._opened is None else self._opened
            case "closed":
                self._close()
            case "joined":
                self._there.setdefault(key, [self.now, self.now])
            case "sign":
                if key in self._there:
                    self._there[key][1] = self.now
            case "left":
                if key in self._there:
                    self._end(key, self.now)
            case "killed":
                for each in list(self._there):
                    self._end(each, self._there[each][1])

    def _end(self, key: tuple[str, str], at: int) -> None:
        since, _ = self._there.pop(key)
        self.spans.setdefault(key[0], []).append((since, at))

    def _close(self) -> None:
        for key in list(self._there):
            self._end(key, self.now)
        if self._opened is not None:
            self.open_times.append((self._opened, self.now))
        self._opened = None

    def verdicts(self, rules: Rules) -> dict[str, Verdict]:
        """Everybody on the roster, and whoever came besides."""
        self._close()
        people = dict.fromkeys([*self.roster, *self.spans])
        return {
            person: judge(self.spans.get(person, ()), self.open_times, self.starts, rules)
            for person in people
        }


def replay(lines: Iterable[str], rules: Rules) -> dict[str, Verdict]:
    """Raises Malformed: a line that is no event, or too many lines."""
    session, decode = Session(), msgspec.json.Decoder(Event).decode
    for number, line in enumerate(lines, start=1):
        if number > MOST_LINES:
            raise Malformed(f"more than {MOST_LINES} lines")
        if not line.strip():
            continue
        try:
            session.take(decode(line))
        except (msgspec.MsgspecError, OverflowError, ValueError) as error:
            raise Malformed(f"line {number}: {error}") from None
    return session.verdicts(rules)
