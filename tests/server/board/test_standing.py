"""How a lesson stands: hand-made moments, and what must hold at any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.board.standing import ATTENTION, MINUTE, Facts, Standing, standing

STARTS, ENDS = 600 * MINUTE, 680 * MINUTE


def at(minute: int) -> int:
    """Minutes after the planned beginning."""
    return STARTS + minute * MINUTE


@pytest.mark.parametrize(
    ("facts", "minute", "expected"),
    [
        (Facts(STARTS, ENDS, "planned"), -1, Standing("ahead")),
        (Facts(STARTS, ENDS, "planned"), 4, Standing("due")),
        (Facts(STARTS, ENDS, "planned"), 12, Standing("late", late=12)),
        (Facts(STARTS, ENDS, "planned"), 80, Standing("not_held")),
        (Facts(STARTS, ENDS, "open", at(-3), teacher_in=True), 10, Standing("running")),
        (Facts(STARTS, ENDS, "open", at(7), teacher_in=True), 10, Standing("running", late=7)),
        (Facts(STARTS, ENDS, "open", at(0)), 10, Standing("teacher_away")),
        (Facts(STARTS, ENDS, "closed", at(1), at(78)), 90, Standing("held")),
        (Facts(STARTS, ENDS, "closed", at(1), at(95)), 99, Standing("held")),
        (Facts(STARTS, ENDS, "closed", at(9), at(60)), 61, Standing("ended_early", late=9, early=20)),
        (Facts(STARTS, ENDS, "cancelled"), 10, Standing("cancelled")),
    ],
)
def test_moments(facts: Facts, minute: int, expected: Standing) -> None:
    assert standing(facts, at(minute), 5) == expected


@given(
    state=st.sampled_from(["planned", "open", "closed", "cancelled"]),
    opened=st.none() | st.integers(-60, 200),
    closed=st.none() | st.integers(-60, 300),
    minute=st.integers(-300, 300),
    teacher_in=st.booleans(),
    tolerance=st.integers(0, 60),
)
def test_minutes_are_said_only_beyond_the_tolerance(
    state: str, opened: int | None, closed: int | None, minute: int, teacher_in: bool, tolerance: int
) -> None:
    facts = Facts(
        STARTS, ENDS, state,  # type: ignore[arg-type]
        None if opened is None else at(opened), None if closed is None else at(closed), teacher_in,
    )  # fmt: skip
    found = standing(facts, at(minute), tolerance)
    for minutes in (found.late, found.early):
        assert minutes == 0 or minutes >= max(tolerance, 1)
    if found.early:
        assert found.word in ATTENTION
