"""Merging of results before the estimator."""

from hypothesis import given
from hypothesis import strategies as st

from media.bandwidth import GROUP, merged
from media.flow.estimate import RunResult

RESULTS = st.lists(
    st.tuples(st.floats(0.0005, 0.05), st.integers(1, 8), st.integers(0, 8), st.integers(1, 9000)),
    min_size=1,
    max_size=30,
)


def results(steps: list[tuple[float, int, int, int]]) -> list[RunResult]:
    out, now, first = [], 10.0, 100
    for pause, packets, lost, size in steps:
        now += pause
        gone = min(lost, packets)
        came = packets > gone
        began, arrived = (now + 0.02, now + 0.021) if came else (None, None)
        out.append(RunResult(first, now, began, arrived, size if came else 0, packets, gone))
        first += packets
    return out


@given(steps=RESULTS)
def test_nothing_is_lost_in_merging(steps: list[tuple[float, int, int, int]]) -> None:
    before = results(steps)
    after = merged(before)
    for attribute in ("size", "packets", "lost"):
        assert sum(getattr(r, attribute) for r in after) == sum(getattr(r, attribute) for r in before)
    assert len(after) <= len(before)


@given(steps=RESULTS)
def test_times_of_departure_and_arrival_belong_together(steps: list[tuple[float, int, int, int]]) -> None:
    """Else a pair would look as if it had waited for its second half."""
    before = results(steps)
    for group in merged(before):
        assert any((r.sent, r.began, r.arrived) == (group.sent, group.began, group.arrived) for r in before)
        if group.began is not None:
            assert abs(group.began - group.sent - 0.02) < 1e-9


def test_frames_at_30_a_second_stay_apart_and_pairs_at_60_go_together() -> None:
    assert len(merged(results([(1 / 30, 5, 0, 5500)] * 6))) == 6
    assert len(merged(results([(1 / 60, 5, 0, 5500)] * 6))) == 3
    assert GROUP < 1 / 30
