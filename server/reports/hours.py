"""Academic hours of a lesson, planned and held (R8). Pure.

A lesson counts for as long as it was really open, at most its planned length. A shortfall within the
tolerance (the minutes after which somebody is late) is overlooked: nobody opens a class to the second.
"""

import msgspec

from server.reports.facts import Held

MINUTE = 60_000_000


class Counting(msgspec.Struct, frozen=True):
    """`hour`: minutes of an academic hour; `tolerance`: minutes that are overlooked."""

    hour: int = 45
    tolerance: int = 5

    def planned(self, lesson: Held) -> float:
        return (lesson.ends - lesson.starts) / (self.hour * MINUTE)

    def held(self, lesson: Held) -> float:
        length = lesson.ends - lesson.starts
        there = min(lesson.held, length)
        if there <= 0 or lesson.state == "cancelled":
            return 0.0
        if length - there <= self.tolerance * MINUTE:
            there = length
        return there / (self.hour * MINUTE)
