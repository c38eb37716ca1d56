"""From spans of presence to a mark of the journal. Pure: microseconds in, a verdict out.

Presence is the union of somebody's spans within the time in which the class was open, whatever the
number of their devices; it is never negative and never longer than the class. Present is who was there
for the set share of it; late is who came later than the set minutes and stayed that share all the same.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

Span = tuple[int, int]
"""[begin, end) in microseconds of session time."""
Mark = Literal["present", "late", "absent", "excused"]
MARKS: tuple[Mark, ...] = ("present", "late", "absent", "excused")

MINUTE = 60_000_000


class Rules(msgspec.Struct, frozen=True):
    """share: of the class that makes somebody present, 0..1; late: minutes after its beginning."""

    share: float = 0.75
    late: int = 5


class Verdict(msgspec.Struct, frozen=True):
    """present: microseconds; share of the class, 0..1; late_by: microseconds, 0 for in time."""

    mark: Mark
    present: int
    share: float
    late_by: int


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted spans that do not touch; empty and backward ones are nothing."""
    out: list[Span] = []
    for begin, end in sorted(span for span in spans if span[1] > span[0]):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return out


def within(spans: Iterable[Span], limits: Sequence[Span]) -> list[Span]:
    """What of the spans lies within the limits; both are made unions first."""
    out: list[Span] = []
    bounds = union(limits)
    for begin, end in union(spans):
        out += [(max(begin, b), min(end, e)) for b, e in bounds if min(end, e) > max(begin, b)]
    return out


def length(spans: Iterable[Span]) -> int:
    return sum(end - begin for begin, end in spans)


def judge(spans: Iterable[Span], open_times: Sequence[Span], starts: int, rules: Rules) -> Verdict:
    """`open_times`: when the class was open; `starts`: its planned beginning, before which nobody is late."""
    whole = length(union(open_times))
    there = within(spans, open_times)
    present = length(there)
    share = present / whole if whole else 0.0
    if not there:
        return Verdict("absent", 0, 0.0, 0)
    begins = max(starts, min(begin for begin, _ in open_times))
    late_by = max(0, there[0][0] - begins)
    if late_by <= rules.late * MINUTE:
        late_by = 0
    if share < rules.share:
        return Verdict("absent", present, share, late_by)
    return Verdict("late" if late_by else "present", present, share, late_by)
