"""Overlaps: the sweep finds what comparing every pair finds, and only that."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.plan.overlaps import Booking, overlaps

START = datetime(2026, 10, 14, tzinfo=UTC)
PEOPLE = st.frozensets(st.sampled_from("xyz"), max_size=2)


@st.composite
def bookings(draw: st.DrawFn, prefix: str) -> list[Booking]:
    spans = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10), PEOPLE, PEOPLE), max_size=8))
    return [
        Booking(
            f"{prefix}{number}",
            START + timedelta(minutes=begin),
            START + timedelta(minutes=begin + length),
            teachers,
            groups,
        )
        for number, (begin, length, teachers, groups) in enumerate(spans)
    ]


@given(bookings("n"), bookings("e"))
def test_the_sweep_finds_what_comparing_every_pair_finds(new: list[Booking], existing: list[Booking]) -> None:
    expected = set()
    for place, one in enumerate(new):
        for other in [*new[place + 1 :], *existing]:
            if one.starts < other.ends and other.starts < one.ends:
                pair = frozenset({one.lesson, other.lesson})
                expected |= {("overlap.teacher", who, pair) for who in one.teachers & other.teachers}
                expected |= {("overlap.group", who, pair) for who in one.groups & other.groups}
    found = overlaps(new, existing, limit=10_000)
    assert {(each.code, each.who, frozenset({each.lesson, each.other})) for each in found} == expected
    assert len(found) == len(expected)
    assert all(each.lesson.startswith("n") for each in found)


def test_touching_lessons_do_not_overlap() -> None:
    hour = timedelta(hours=1)
    first = Booking("a", START, START + hour, frozenset("x"))
    second = Booking("b", START + hour, START + 2 * hour, frozenset("x"))
    assert overlaps([second], [first]) == []


def test_warnings_are_bounded() -> None:
    many = [Booking(str(n), START, START + timedelta(hours=1), frozenset("x")) for n in range(100)]
    assert len(overlaps(many, [], limit=100)) == 100


def test_a_changed_lesson_does_not_overlap_with_itself() -> None:
    lesson = Booking("a", START, START + timedelta(hours=1), frozenset("x"))
    assert overlaps([lesson], [lesson]) == []
