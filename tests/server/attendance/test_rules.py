"""Presence against a reference that counts moments one by one, and the marks that follow from it."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from server.attendance.rules import MINUTE, Rules, Span, judge, length, union, within

END = 60
moment = st.integers(-5, END + 5)
spans = st.lists(st.tuples(moment, moment), max_size=12)
"""Joins and leaves of several devices; some end before they begin, as after a step of a clock."""


def counted(of: list[Span], limits: list[Span]) -> int:
    """The reference: moments that lie in one of the spans and in one of the limits."""
    return sum(
        any(begin <= at < end for begin, end in of) and any(begin <= at < end for begin, end in limits)
        for at in range(-10, END + 10)
    )


@given(spans, spans)
def test_presence_is_the_union_within_the_class(there: list[Span], open_times: list[Span]) -> None:
    found = within(there, open_times)
    assert length(found) == counted(there, open_times)
    assert 0 <= length(found) <= length(union(open_times))
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))


@given(spans, spans, st.integers(-5, END))
def test_a_verdict_is_never_negative_nor_longer_than_the_class(
    there: list[Span], open_times: list[Span], starts: int
) -> None:
    verdict = judge(there, open_times, starts, Rules())
    assert 0 <= verdict.present <= length(union(open_times))
    assert 0.0 <= verdict.share <= 1.0
    assert verdict.late_by >= 0
    if verdict.mark in ("present", "late"):
        assert verdict.share >= Rules().share
    assert (verdict.mark == "late") == (verdict.late_by > 0 and verdict.share >= Rules().share)


@given(spans, st.integers(0, 11), moment)
def test_a_device_more_changes_nothing_that_was_there(there: list[Span], which: int, cut: int) -> None:
    """Cutting one span in two, as a reconnect does, and adding a part of it once more is the same time."""
    whole = [(0, END)]
    before = judge(there, whole, 0, Rules()).present
    if there:
        begin, end = there[which % len(there)]
        middle = min(max(cut, begin), end) if begin < end else begin
        there = [*there, (begin, middle), (middle, end)]
    assert judge(there, whole, 0, Rules()).present == before


def minutes(*pairs: tuple[float, float]) -> list[Span]:
    return [(round(begin * MINUTE), round(end * MINUTE)) for begin, end in pairs]


def test_the_marks_of_a_lesson_of_eighty_minutes() -> None:
    lesson, rules = minutes((0, 80)), Rules()

    def mark(*pairs: tuple[float, float], starts: float = 0) -> str:
        return judge(minutes(*pairs), lesson, round(starts * MINUTE), rules).mark

    assert mark((0, 80)) == "present"
    assert mark((0, 53)) == "absent", "left for a third"
    assert mark((0, 40), (40.4, 80)) == "present", "lost the network for twenty seconds"
    assert mark((0, 60), (10, 30)) == "present", "three quarters, on two devices"
    assert mark((4.9, 80)) == "present"
    assert mark((6, 80)) == "late"
    assert mark((30, 80)) == "absent"
    assert mark() == "absent"
    assert mark((6, 80), starts=3) == "present", "the class was opened before its time"


def test_a_class_that_was_closed_for_a_while_counts_what_was_open() -> None:
    twice = minutes((0, 20), (50, 70))
    assert judge(minutes((0, 20), (50, 70)), twice, 0, Rules()).share == 1.0
    assert judge(minutes((0, 70)), twice, 0, Rules()).present == 40 * MINUTE
