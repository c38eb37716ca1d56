"""How one lesson stands at a moment, for the dispatcher (R11). Pure; instants are microseconds.

In flow the plan, what became of the lesson and who is in it; out flow a word and the minutes that go
with it. A lesson is late from the planned time on, a no-show once its time is over.
"""

from typing import Literal

import msgspec

from server.plan.state import State

MINUTE = 60_000_000

Word = Literal[
    "ahead", "due", "late", "running", "teacher_away", "held", "ended_early", "not_held", "cancelled"
]

ATTENTION: frozenset[Word] = frozenset({"late", "teacher_away", "ended_early", "not_held"})
"""What somebody has to look into."""


class Facts(msgspec.Struct, frozen=True):
    """`opened` is the first opening, `closed` the last closing, None for never."""

    starts: int
    ends: int
    state: State
    opened: int | None = None
    closed: int | None = None
    teacher_in: bool = False


class Standing(msgspec.Struct, frozen=True):
    """`late`: minutes from the planned beginning to the opening, or to now while it is awaited; `early`:
    minutes that it ended before its time. Both 0 within the tolerance."""

    word: Word
    late: int = 0
    early: int = 0


def standing(facts: Facts, now: int, tolerance: int) -> Standing:
    """`tolerance`: minutes that a lesson may begin late or end early without a word."""
    opened = facts.opened
    late = _minutes((opened if opened is not None else now) - facts.starts, tolerance)
    match facts.state:
        case "cancelled":
            return Standing("cancelled")
        case "open":
            return Standing("running" if facts.teacher_in else "teacher_away", late)
        case "closed":
            early = _minutes(facts.ends - (facts.closed or facts.ends), tolerance)
            return Standing("ended_early" if early else "held", late, early)
        case _:
            if now < facts.starts:
                return Standing("ahead")
            if now >= facts.ends:
                return Standing("not_held")
            return Standing("late" if late else "due", late)


def _minutes(span: int, tolerance: int) -> int:
    minutes = span // MINUTE
    return minutes if minutes >= max(tolerance, 1) else 0
