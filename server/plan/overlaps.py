"""Lessons that want the same teacher or group at the same time.

Pure. The office is warned, never refused: a substitution, a joined stream or a lesson still to be
moved all overlap for a while, and the dispatcher knows better.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec


class Booking(msgspec.Struct, frozen=True):
    """A lesson as the overlap check sees it: half-open time and who is taken by it."""

    lesson: str
    starts: datetime
    ends: datetime
    teachers: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


class Clash(msgspec.Struct, frozen=True):
    """`code` is ``overlap.teacher`` or ``overlap.group``; `who` the teacher's or group's id."""

    code: Literal["overlap.teacher", "overlap.group"]
    who: str
    lesson: str
    other: str
    starts: datetime
    """Where the two begin to overlap."""


def overlaps(new: Iterable[Booking], existing: Iterable[Booking], limit: int = 100) -> list[Clash]:
    """Pairs of a new lesson with an existing or an earlier new one, by time; at most `limit`.

    One sweep over the starts: what has ended falls out, so the work is the number of lessons times
    how many run at one time. Touching lessons (one ends as the next starts) do not overlap.
    """
    tagged = [(booking, True) for booking in new]
    fresh = {booking.lesson for booking, _ in tagged}
    tagged += [(booking, False) for booking in existing if booking.lesson not in fresh]
    tagged.sort(key=lambda pair: (pair[0].starts, pair[0].lesson))
    found: list[Clash] = []
    running: list[tuple[Booking, bool]] = []
    for booking, is_new in tagged:
        running = [pair for pair in running if pair[0].ends > booking.starts]
        for other, other_new in running:
            if is_new or other_new:
                found.extend(_clash(booking, other, is_new))
                if len(found) >= limit:
                    return found[:limit]
        running.append((booking, is_new))
    return found


def _clash(later: Booking, earlier: Booking, later_is_new: bool) -> Iterable[Clash]:
    lesson, other = (later, earlier) if later_is_new else (earlier, later)
    for who in sorted(later.teachers & earlier.teachers):
        yield Clash("overlap.teacher", who, lesson.lesson, other.lesson, later.starts)
    for who in sorted(later.groups & earlier.groups):
        yield Clash("overlap.group", who, lesson.lesson, other.lesson, later.starts)
