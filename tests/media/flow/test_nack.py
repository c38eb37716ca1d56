"""media.flow.nack: repair over a lossy path, patience, giving up, and greedy subscribers."""

import random

from hypothesis import given
from hypothesis import strategies as st

from media.flow.nack import (
    BURST,
    GIVE_UP,
    MAX_MISSING,
    MAX_RESENDS,
    MIN_RESEND_RATE,
    PATIENCE,
    Due,
    Gaps,
    ResendLimit,
)

NOTHING = Due([], False)


def test_out_of_order_is_not_lost() -> None:
    gaps = Gaps()
    for seq in (100, 102):
        gaps.received(seq, 0.0)
    assert gaps.due(PATIENCE / 2, 0.05) == NOTHING
    gaps.received(101, PATIENCE / 2)
    assert not gaps.waiting
    assert gaps.due(1.0, 0.05) == NOTHING
    assert gaps.repaired == 0


def test_asks_waits_a_round_trip_and_gives_up() -> None:
    gaps = Gaps()
    gaps.received(65535, 0.0)
    gaps.received(65538, 0.0)
    assert gaps.due(0.02, 0.1) == Due([0, 1], False)
    assert gaps.due(0.10, 0.1) == NOTHING
    assert gaps.due(0.15, 0.1) == Due([0, 1], False)
    gaps.received(65536, 0.2)
    assert gaps.repaired == 1
    assert gaps.due(0.3, 0.1) == Due([1], False)
    assert gaps.due(GIVE_UP, 0.1) == Due([], True)
    assert gaps.given_up == 1
    assert not gaps.waiting


def test_an_outage_asks_for_a_keyframe_and_nothing_else() -> None:
    gaps = Gaps()
    gaps.received(0, 0.0)
    gaps.received(MAX_MISSING + 10, 0.0)
    assert gaps.waiting
    assert gaps.due(0.05, 0.05) == Due([], True)
    assert not gaps.waiting


def test_a_keyframe_makes_the_past_worthless() -> None:
    gaps = Gaps()
    for seq in (1, 3, 6):
        gaps.received(seq, 0.0)
    gaps.keyframe(5)
    assert gaps.due(0.1, 0.0) == Due([5], False)


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 150))
def test_repairs_a_lossy_path(seed: int, loss: int, delay_ms: int) -> None:
    """Every lost packet is asked for within bounds, and comes or is given up."""
    chance = random.Random(seed)
    gaps, now, rtt = Gaps(), 0.0, delay_ms / 500
    back: list[tuple[float, int]] = []
    asked = 0
    got = {0}
    gaps.received(0, now)
    for seq in range(1, 400):
        now += 0.004
        for due, again in [one for one in back if one[0] <= now]:
            back.remove((due, again))
            got.add(again)
            gaps.received(again, now)
        if chance.randrange(100) >= loss:
            got.add(seq)
            gaps.received(seq, now)
        found = gaps.due(now, rtt)
        asked += len(found.ask)
        back += [(now + rtt, again) for again in found.ask if chance.randrange(100) >= loss]
    for _ in range(400):
        now += 0.004
        for due, again in [one for one in back if one[0] <= now]:
            back.remove((due, again))
            got.add(again)
            gaps.received(again, now)
        found = gaps.due(now, rtt)
        back += [(now + rtt, again) for again in found.ask]
    assert not gaps.waiting
    highest = max(got)
    assert len(got) + gaps.given_up >= highest + 1
    if rtt < 0.15 and loss <= 10:
        assert gaps.given_up == 0


def test_one_packet_is_resent_some_times_and_not_too_soon() -> None:
    limit = ResendLimit()
    assert limit.allow(7, 1000, 0.0, 0.1, 0.0)
    assert not limit.allow(7, 1000, 0.05, 0.1, 0.0)
    for index in range(1, MAX_RESENDS):
        assert limit.allow(7, 1000, 0.1 * index, 0.1, 0.0)
    assert not limit.allow(7, 1000, 1.0, 0.1, 0.0)
    assert limit.allow(7, 1000, 30.0, 0.1, 0.0)  # the number has come round
    assert limit.refused == 2


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(50, 1200), st.integers(0, 20)), max_size=400))
def test_a_greedy_subscriber_gets_its_share(plan: list[tuple[int, int, int]]) -> None:
    limit, now, spent = ResendLimit(), 0.0, 0
    for seq, size, step in plan:
        now += step / 1000
        if limit.allow(seq, size, now, 0.05, 0.0):
            spent += size
    assert spent <= MIN_RESEND_RATE * (now + BURST) + 1
