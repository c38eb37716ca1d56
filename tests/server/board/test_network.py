"""Network facts of a lesson: hand-made ones, and what must hold for any spans."""

from hypothesis import given
from hypothesis import strategies as st

from server.board.network import BRIDGED, Fact, network_facts

SECOND = 1_000_000
STARTS, ENDS = 1000 * SECOND, 5800 * SECOND


def test_a_lost_link_and_a_restart_are_told_with_their_times() -> None:
    spans = [(1010 * SECOND, 2000 * SECOND), (2045 * SECOND, 5700 * SECOND), (2001 * SECOND, 2001 * SECOND)]
    assert network_facts(spans, STARTS, ENDS, [2010 * SECOND, 9000 * SECOND]) == [
        Fact("came", 1010 * SECOND),
        Fact("lost", 2000 * SECOND, 45),
        Fact("restarted", 2010 * SECOND),
        Fact("left", 5700 * SECOND),
    ]


def test_who_never_came_is_told_even_when_the_server_was_down() -> None:
    facts = network_facts([], STARTS, ENDS, [3000 * SECOND])
    assert [fact.kind for fact in facts] == ["restarted", "never_came"]


@given(
    st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)), max_size=12),
    st.lists(st.integers(0, 10**10), max_size=4),
)
def test_facts_are_in_order_and_gaps_are_real(spans: list[tuple[int, int]], restarts: list[int]) -> None:
    facts = network_facts(spans, STARTS, ENDS, restarts)
    assert [fact.at for fact in facts] == sorted(fact.at for fact in facts)
    inside = [(begin, end) for begin, end in spans if end > begin]
    for fact in facts:
        if fact.kind == "lost":
            assert fact.seconds * SECOND >= BRIDGED - SECOND
            middle = fact.at + BRIDGED // 2
            assert not any(begin <= middle < end for begin, end in inside)
    assert (any(fact.kind == "never_came" for fact in facts)) == (not inside)
