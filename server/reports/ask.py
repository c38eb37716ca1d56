"""What somebody wants of a report, and the small things that all reports share."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from server.board.standing import Facts as Standing
from server.board.standing import standing
from server.papers import Cell, Column, Paper
from server.papers.paper import Kind
from server.papers.words import say
from server.plan.sorting import sort_key
from server.reports.facts import Facts, Held
from server.reports.hours import Counting

Base = Literal["total", "contact"]
View = Literal["group", "discipline", "teacher"]


class Ask(msgspec.Struct, frozen=True):
    """`now` in microseconds; `minimum` and `mooc_minimum` as shares 0..1."""

    language: str
    first: date
    last: date
    now: int
    zone: ZoneInfo
    view: View = "group"
    base: Base = "total"
    counting: Counting = Counting()
    minimum: float = 0.2
    mooc_minimum: float = 0.1

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def column(self, key: str, kind: Kind = "text", weight: float = 1.0) -> Column:
        return Column(self.say(key), kind, weight)

    def over(self, lesson: Held) -> bool:
        """Its time has passed."""
        return lesson.ends <= self.now

    def stands(self, lesson: Held) -> tuple[str, int, int]:
        """How it ended, by the board's words; minutes late and early."""
        known = Standing(
            lesson.starts, lesson.ends, lesson.state, lesson.opened, lesson.closed, teacher_in=True
        )
        found = standing(known, self.now, self.counting.tolerance)
        return found.word, found.late, found.early


Build = Callable[[Facts, Ask], Paper]


def ordered(rows: Iterable[list[Cell]], texts: int) -> list[list[Cell]]:
    """Rows in the order of their first `texts` cells, by the alphabet."""
    return sorted(rows, key=lambda row: [sort_key(str(cell)) for cell in row[:texts]])


def ratio(part: float, whole: float) -> float | None:
    """None where there is nothing to take a share of."""
    return round(part / whole, 4) if whole else None


def hours(value: float) -> float:
    return round(value, 2)
