"""Merging of neighbouring runs before the estimator; trials on a link too thin for any picture."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.bandwidth import GROUP, TRIAL, TRIAL_EVERY, Bandwidth
from media.downlink import Downlink
from media.flow.estimate import RunResult, match

RUNS = st.lists(
    st.tuples(
        st.floats(0.0005, 0.05),
        st.lists(st.one_of(st.none(), st.integers(0, 400)), min_size=1, max_size=8),
        st.integers(1, 9000),
    ),
    min_size=1,
    max_size=30,
)

Runs = list[tuple[float, list[int | None], int]]


def matched(runs: Runs, group: float) -> list[RunResult]:
    """Results of one message about all runs; arrivals in ticks of 250 us, 20 ms after the sending."""
    history: deque[tuple[int, int, float, int]] = deque()
    times: list[int | None] = []
    now, first = 10.0, 100
    for pause, late, size in runs:
        now += pause
        history.append((first, len(late), now, size))
        first += len(late)
        times += [None if ticks is None else round((now + 0.02) * 4000) + ticks for ticks in late]
    out = match(history, 100, times, group, 0.0, 0.00025)
    assert not history
    return out


@given(runs=RUNS)
def test_nothing_is_lost_in_merging(runs: Runs) -> None:
    apart, together = matched(runs, 0.0), matched(runs, GROUP)
    assert len(apart) == len(runs)
    for attribute in ("size", "packets", "lost"):
        assert sum(getattr(r, attribute) for r in together) == sum(getattr(r, attribute) for r in apart)
    assert len(together) <= len(apart)
    assert {r.first for r in together} <= {r.first for r in apart}


@given(runs=RUNS)
def test_times_of_departure_and_arrival_belong_together(runs: Runs) -> None:
    """Else a pair would look as if it had waited for its second half."""
    apart = {(r.sent, r.began, r.arrived) for r in matched(runs, 0.0)}
    for result in matched(runs, GROUP):
        assert (result.sent, result.began, result.arrived) in apart


@given(runs=RUNS)
def test_what_came_is_between_the_first_and_the_last(runs: Runs) -> None:
    """Whatever the order in which packets came."""
    for (_, late, size), result in zip(runs, matched(runs, 0.0), strict=True):
        came = [ticks for ticks in late if ticks is not None]
        assert result.packets == len(late)
        assert result.lost == len(late) - len(came)
        assert result.size == size * len(came) // len(late)
        if result.began is None or result.arrived is None:
            assert not came
        else:
            start = round((result.sent + 0.02) * 4000)
            assert round(result.began * 4000) == start + min(came)
            assert round(result.arrived * 4000) == start + max(came)


def test_frames_at_30_a_second_stay_apart_and_pairs_at_60_go_together() -> None:
    assert len(matched([(1 / 30, [0] * 5, 5500)] * 6, GROUP)) == 6
    assert len(matched([(1 / 60, [0] * 5, 5500)] * 6, GROUP)) == 3
    assert GROUP < 1 / 30


def test_a_picture_is_tried_again_now_and_then() -> None:
    bandwidth = Bandwidth(Downlink())
    tried = []
    for tick in range(400):
        now = 100.0 + tick * 0.1
        bandwidth.without_picture(now)
        tried.append(bandwidth.trying(now))
    assert sum(tried) * 0.1 == pytest.approx(40.0 * TRIAL / TRIAL_EVERY, abs=TRIAL)
    assert not Bandwidth(Downlink()).trying(100.0)
