"""The bad network's own proof: a lane does what its numbers say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.lane import Harm, Lane


def through(
    harm: Harm, count: int, seed: int = 7, size: int = 100, gap: float = 0.001
) -> list[tuple[float, int]]:
    """Send `count` numbered packets `gap` seconds apart; return (arrival, number) in arrival order."""
    lane, out, now = Lane(harm, seed), [], 0.0
    for number in range(count):
        now = number * gap
        out += [(now, int.from_bytes(p[:4], "big")) for p in lane.due(now)]
        lane.push(now, number.to_bytes(4, "big") + bytes(size - 4))
    while (due := lane.next_due()) is not None:
        out += [(due, int.from_bytes(p[:4], "big")) for p in lane.due(due)]
    return out


@given(st.integers(0, 2**32), st.integers(1, 200))
def test_no_harm_passes_everything_in_order(seed: int, count: int) -> None:
    assert [n for _, n in through(Harm(), count, seed)] == list(range(count))


@pytest.mark.parametrize("loss", [0.01, 0.1, 0.5])
def test_loss_is_the_share_asked_for(loss: float) -> None:
    got = 1 - len(through(Harm(loss=loss), 20_000)) / 20_000
    assert got == pytest.approx(loss, abs=4 * (loss * (1 - loss) / 20_000) ** 0.5)


def test_bursts_keep_the_share_and_have_the_length() -> None:
    arrived = {n for _, n in through(Harm(loss=0.1, burst=5), 100_000)}
    lost = [n for n in range(100_000) if n not in arrived]
    runs = sum(1 for i, n in enumerate(lost) if i == 0 or lost[i - 1] != n - 1)
    assert len(lost) / 100_000 == pytest.approx(0.1, rel=0.1)
    assert len(lost) / runs == pytest.approx(5, rel=0.1)


def test_delay_and_jitter_keep_the_order() -> None:
    arrivals = through(Harm(delay_ms=50, jitter_ms=30), 5_000)
    assert [n for _, n in arrivals] == list(range(5_000))
    delays = [at - n * 0.001 for at, n in arrivals]
    assert min(delays) >= 0.050
    assert max(delays) <= 0.080 + 1e-9


def test_reordered_packets_overtake() -> None:
    order = [n for _, n in through(Harm(delay_ms=20, reorder=0.1), 5_000)]
    assert sorted(order) == list(range(5_000))
    overtaken = sum(1 for i in range(1, len(order)) if order[i] < order[i - 1])
    assert overtaken > 100


def test_rate_limits_and_the_queue_overflows() -> None:
    # 100-byte packets each ms are 800 kbit/s; the wire takes 400
    arrivals = through(Harm(rate_kbps=400, queue_ms=100), 4_000)
    seconds = arrivals[-1][0] - arrivals[0][0]
    assert (len(arrivals) - 1) * 800 / seconds == pytest.approx(400_000, rel=0.01)
    assert max(at - n * 0.001 for at, n in arrivals) <= 0.103


def test_duplicates() -> None:
    assert len(through(Harm(duplicate=0.2), 10_000)) == pytest.approx(12_000, rel=0.02)


def test_down_passes_nothing() -> None:
    assert through(Harm(down=True), 100) == []


def test_same_seed_same_run() -> None:
    harm = Harm(loss=0.1, delay_ms=10, jitter_ms=10, reorder=0.1, duplicate=0.1)
    assert through(harm, 2_000, seed=3) == through(harm, 2_000, seed=3)
    assert through(harm, 2_000, seed=3) != through(harm, 2_000, seed=4)
