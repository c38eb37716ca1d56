"""Merging of neighbouring runs before the estimator; trials on a link too thin for any picture."""

import itertools
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.bandwidth import GROUP, TRIAL, TRIAL_EVERY, Bandwidth
from media.downlink import Downlink, Sent
from media.flow.estimate import RunResult, match
from media.wire.feedback import TransportFeedback

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


class Road:
    """Frames of five packets, 50 a second, and reports on them, 20 a second, read or not."""

    def __init__(self) -> None:
        self.downlink = Downlink()
        self.bandwidth = Bandwidth(self.downlink)
        self.now = 100.0
        self.read: list[float] = []

    def drive(
        self, seconds: float, wanted: float = 500_000.0, late: float = 0.0, lost: int = 0
    ) -> list[bool]:
        """`late`: seconds that a packet takes beyond the usual; `lost` of every ten. Returns of each
        report whether it was read."""
        read = []
        for step in range(round(seconds * 20)):
            base, arrivals = self.downlink.transport_seq, list[int | None]()
            for frame in range(3):
                sent = self.now + frame * 0.02
                self.downlink.history.append(Sent(self.downlink.transport_seq, 5, sent, 1000))
                self.downlink.transport_seq += 5
                arrivals += [round((sent + 0.02 + late - self.now) * 4000)] * 5
            for gone in range(0, len(arrivals), 10):
                arrivals[gone : gone + lost] = [None] * len(arrivals[gone : gone + lost])
            reference = round(self.now / 0.064)
            shift = round((self.now - reference * 0.064) * 4000)
            arrivals = [None if each is None else each + shift for each in arrivals]
            self.now += 0.05
            read.append(not self.bandwidth.skims(self.now))
            if read[-1]:
                report = TransportFeedback(1, 2, base & 0xFFFF, reference, step & 0xFF, arrivals)
                self.bandwidth.feedback(report, self.now, 0.04)
            self.bandwidth.plan_probe(self.now, wanted)
        return read


def test_reports_of_a_calm_and_roomy_link_are_skimmed() -> None:
    road = Road()
    assert all(road.drive(3.0)), "the first seconds are read"
    calm = road.drive(10.0)
    assert sum(calm) <= len(calm) / 3
    for before, after in itertools.pairwise(i for i, read in enumerate(calm) if read):
        assert after - before <= 5, "one in a fifth of a second is read"
    rate = road.bandwidth.acked_bps
    assert rate == pytest.approx(3 * 1000 * 8 * 20, rel=0.4), "what stayed unread counts as arrived"


@pytest.mark.parametrize(("late", "lost"), [(0.05, 0), (0.0, 2)])
def test_a_queue_or_losses_are_looked_at(late: float, lost: int) -> None:
    road = Road()
    road.drive(6.0)
    after = road.drive(2.0, late=late, lost=lost)
    assert all(after[8:]), "every report counts then"


def test_a_link_that_could_be_too_narrow_is_read_closely() -> None:
    road = Road()
    road.drive(3.0, wanted=road.bandwidth.bps)
    assert all(road.drive(3.0, wanted=road.bandwidth.bps))
