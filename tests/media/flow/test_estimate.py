"""media.flow.estimate: over an emulated link with a queue, losses, jitter, and a step in capacity."""

import random
from collections import deque
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.flow.estimate import CEILING, FLOOR, ArrivalClock, Estimator, RunResult, UpstreamCap, match
from media.wire.feedback import TransportFeedback

RTT = 0.06


class Sent(NamedTuple):
    first: int
    packets: int
    at: float
    size: int


ONE = RunResult(1, 0.0, 5.0, 5.0, 100, 1, 0)


class Link:
    """A bottleneck with a tail-drop queue. Its receiver reports on what was sent a round trip ago."""

    def __init__(
        self, bps: float, *, queue: float = 0.4, loss: float = 0.0, jitter: float = 0.0, seed: int = 1
    ) -> None:
        self.bps, self.queue, self.lost, self.jitter = bps, queue, loss, jitter
        self.free_at = 0.0
        self.chance = random.Random(seed)
        self.seq = 0x10000
        self.history: deque[Sent] = deque()
        self.fates: list[tuple[float, int, float | None]] = []
        self.worst_queue = 0.0
        self.dropped = 0

    def send(self, now: float, sizes: list[int]) -> None:
        """Packets that leave together."""
        if not sizes:
            return
        self.history.append(Sent(self.seq, len(sizes), now, sum(sizes)))
        for size in sizes:
            waiting = max(self.free_at - now, 0.0)
            arrived = None
            if waiting > self.queue:
                self.dropped += 1
            else:
                self.free_at = max(self.free_at, now) + size * 8 / self.bps
                self.worst_queue = max(self.worst_queue, waiting)
                if self.chance.random() >= self.lost:
                    arrived = 1000.0 + self.free_at + RTT / 2 + self.chance.random() * self.jitter
            self.fates.append((now, self.seq, arrived))
            self.seq += 1

    def report(self, now: float) -> list[RunResult]:
        ready = [fate for fate in self.fates if fate[0] + RTT <= now]
        self.fates = self.fates[len(ready) :]
        if not ready:
            return []
        return match(self.history, ready[0][1] & 0xFFFF, [arrived for _, _, arrived in ready])


def drive(
    estimator: Estimator, link: Link, start: float, end: float, *, app: float = 1e9, wanted: float = 0.0
) -> list[float]:
    """Send frames at 30 fps at the estimate (at most `app` bit/s), probes on top; the estimate over time."""
    history = []
    frame = round(start * 30)
    while frame < round(end * 30):
        now = frame / 30
        left = int(min(estimator.bps, app) / 30 / 8)
        link.send(now, [1100] * (left // 1100) + ([left % 1100] if left % 1100 else []))
        probe = estimator.next_probe(now, wanted)
        if probe is not None:
            first, count = link.seq, max(probe.packets, probe.size // 1100)
            for index in range(count):
                link.send(now + probe.duration * index / count, [probe.size // count])
            estimator.probe_sent(probe.number, first, link.seq - 1)
        if frame % 3 == 0:
            estimator.feedback(link.report(now), now, RTT)
            history.append(estimator.bps)
        frame += 1
    return history


@pytest.mark.parametrize("capacity", [100_000.0, 300_000.0, 1_000_000.0, 3_000_000.0])
@pytest.mark.parametrize("jitter", [0.0, 0.008])
def test_finds_the_capacity_and_keeps_the_queue_short(capacity: float, jitter: float) -> None:
    estimator, link = Estimator(), Link(capacity, jitter=jitter)
    drive(estimator, link, 0.0, 30.0)
    link.worst_queue, link.dropped = 0.0, 0
    history = drive(estimator, link, 30.0, 60.0)
    mean = sum(history) / len(history)
    assert 0.6 * capacity <= mean <= 1.15 * capacity
    # One packet takes 88 ms at 100 kbit/s: there the queue cannot be kept as short.
    assert link.dropped <= (3 if capacity < 200_000 else 0)
    assert link.worst_queue < (0.41 if capacity < 200_000 else 0.15)


def test_gives_way_within_two_seconds_and_comes_back() -> None:
    estimator, link = Estimator(), Link(3_000_000.0)
    drive(estimator, link, 0.0, 20.0)
    link.bps = 700_000.0
    history = drive(estimator, link, 20.0, 24.0)
    assert min(history) < 800_000.0
    assert min(history[:20]) < 1_000_000.0
    link.bps = 3_000_000.0
    history = drive(estimator, link, 24.0, 60.0, wanted=4_000_000.0)
    assert history[-1] > 1_800_000.0


def test_random_loss_of_some_percent_does_not_matter() -> None:
    estimator, link = Estimator(), Link(3_000_000.0, loss=0.03)
    history = drive(estimator, link, 0.0, 30.0)
    assert min(history[50:]) > 1_400_000.0
    assert 0.0 < estimator.loss < 0.1


@pytest.mark.parametrize(("loss", "least"), [(0.1, 250_000.0), (0.15, 180_000.0)])
def test_the_losses_of_a_bad_radio_leave_room_for_a_picture(loss: float, least: float) -> None:
    estimator, link = Estimator(), Link(600_000.0, loss=loss)
    history = drive(estimator, link, 0.0, 60.0)
    assert min(history[300:]) >= least
    assert estimator.bps < 800_000.0


def test_heavy_loss_does() -> None:
    estimator, link = Estimator(), Link(3_000_000.0, loss=0.3)
    history = drive(estimator, link, 0.0, 10.0)
    assert history[-1] < 500_000.0


def test_probes_find_what_a_quiet_sender_cannot() -> None:
    without, probed = Estimator(), Estimator()
    drive(without, Link(8_000_000.0), 0.0, 10.0, app=400_000.0)
    assert without.bps == 1_500_000.0  # nothing was learned
    link = Link(8_000_000.0)
    history = drive(probed, link, 0.0, 10.0, app=400_000.0, wanted=5_000_000.0)
    assert 4_500_000.0 <= history[-1] <= 8_500_000.0
    assert history[20] > 2_500_000.0  # within two seconds
    assert link.dropped == 0


def test_probes_do_not_believe_in_more_than_there_is() -> None:
    estimator, link = Estimator(start=1_000_000.0), Link(1_800_000.0)
    history = drive(estimator, link, 0.0, 30.0, app=500_000.0, wanted=10_000_000.0)
    assert 1_200_000.0 <= history[-1] <= 2_100_000.0
    assert max(history) <= 2_500_000.0


def test_probes_that_find_nothing_become_rare() -> None:
    estimator, link = Estimator(start=1_000_000.0), Link(1_050_000.0)
    count = 0
    for second in range(120):
        before = estimator._probe_number
        drive(estimator, link, float(second), second + 1.0, app=300_000.0, wanted=10_000_000.0)
        count += estimator._probe_number - before
    assert 2 <= count <= 12


def test_no_probe_without_need_or_feedback() -> None:
    estimator = Estimator()
    assert estimator.next_probe(0.0, 10e6) is None
    estimator.feedback([ONE], 0.1, RTT)
    assert estimator.next_probe(0.2, 1_000_000.0) is None
    assert estimator.next_probe(0.2, 10e6) is not None
    assert estimator.next_probe(0.3, 10e6) is None  # one at a time


def test_remb_counts_where_there_is_no_feedback() -> None:
    estimator = Estimator()
    estimator.remb(800_000.0, 0.0)
    assert estimator.bps == 800_000.0
    estimator.receiver_report(0.4, 1.0)
    assert estimator.bps == pytest.approx(640_000.0)
    estimator.feedback([ONE], 1.1, RTT)
    estimator.remb(100_000.0, 1.2)
    assert estimator.bps > 500_000.0
    estimator.remb(100_000.0, 9.0)  # the feedback has stopped
    assert estimator.bps == 100_000.0


def test_runs_are_matched_with_feedback() -> None:
    history = deque([Sent(65534, 2, 0.0, 200), Sent(65536, 4, 0.1, 800), Sent(65540, 1, 0.2, 50)])
    # The first message ends within the second run; the first packet was not heard of.
    assert match(history, 65535, [1.0, 1.1, None]) == [
        RunResult(65535, 0.0, 1.0, 1.0, 100, 1, 0),
        RunResult(65536, 0.1, 1.1, 1.1, 200, 2, 1),
    ]
    assert match(history, 65535, [1.0]) == []  # reported twice
    assert match(history, 2, [None, None]) == [RunResult(65538, 0.1, None, None, 0, 2, 2)]
    assert match(history, 3, [None]) == []
    assert match(history, 4, [2.0]) == [RunResult(65540, 0.2, 2.0, 2.0, 50, 1, 0)]
    assert not history
    assert match(history, 5, [1.0]) == []


@given(
    st.lists(st.integers(1, 8), min_size=1, max_size=40),
    st.lists(st.integers(1, 30), min_size=1, max_size=40),
    st.integers(0, 70000),
)
def test_every_packet_is_counted_once(runs: list[int], messages: list[int], start: int) -> None:
    history: deque[Sent] = deque()
    seq = start
    for index, packets in enumerate(runs):
        history.append(Sent(seq, packets, float(index), packets * 10))
        seq += packets
    at, counted, size = start, 0, 0
    for count in messages:
        count = min(count, seq - at)  # noqa: PLW2901
        results = match(history, at & 0xFFFF, [float(at + index) for index in range(count)])
        counted += sum(result.packets for result in results)
        size += sum(result.size for result in results)
        at += count
    assert counted == at - start
    assert size == counted * 10


results = st.lists(
    st.builds(
        RunResult,
        st.integers(0, 100),
        st.floats(0, 1e6),
        st.floats(-1e6, 1e6),
        st.floats(-1e6, 1e6),
        st.integers(0, 70000),
        st.integers(1, 30),
        st.integers(0, 30),
    ),
    max_size=40,
)


@settings(max_examples=60)
@given(st.lists(st.tuples(results, st.floats(0, 100), st.floats(0, 10), st.floats(0, 1e12)), max_size=10))
def test_hostile_feedback_stays_within_bounds(
    plan: list[tuple[list[RunResult], float, float, float]],
) -> None:
    estimator, now = Estimator(), 0.0
    for reported, step, rtt, wanted in plan:
        now += step
        estimator.feedback(reported, now, rtt)
        assert FLOOR <= estimator.bps <= CEILING
        probe = estimator.next_probe(now, wanted)
        if probe is not None:
            estimator.probe_sent(probe.number, 0, 50)
            assert 0 < probe.duration <= 1.0
            assert probe.size <= CEILING


def test_arrival_times_go_on_over_the_wrap() -> None:
    clock = ArrivalClock()
    first = clock.origin(TransportFeedback(1, 2, 3, 0x7FFFFF, 0, [0]))
    second = clock.origin(TransportFeedback(1, 2, 3, -0x800000, 0, [0]))
    assert second == pytest.approx(first + 0.064)


def test_upstream_cap() -> None:
    cap = UpstreamCap(6_000_000.0)
    assert cap.update(0.0, 300_000.0, 0.0) == 6_000_000.0
    lowered = cap.update(0.2, 1_000_000.0, 1.0)
    assert lowered == pytest.approx(900_000.0)
    assert cap.update(0.05, 1_000_000.0, 2.0) == lowered
    for second in range(3, 60):
        cap.update(0.0, 1_000_000.0, float(second))
    assert cap.bps == 6_000_000.0
