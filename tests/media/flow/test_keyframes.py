"""media.flow.keyframes: merged, spaced, repeated, and not at one subscriber's will."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from media.flow.keyframes import ASKS, FIRST_RETRY, REFILL, SPACING, AskLimit, KeyframeRequests


def test_many_wants_are_one_request() -> None:
    requests = KeyframeRequests()
    assert not requests.due(0.0, 0.05)
    for _ in range(50):
        requests.want()
    assert requests.due(0.0, 0.05)
    assert not requests.due(0.01, 0.05)
    requests.came(0.1)
    assert not requests.pending
    assert not requests.due(5.0, 0.05)
    assert requests.sent == 1


def test_is_repeated_until_one_comes_and_slower_each_time() -> None:
    requests = KeyframeRequests()
    requests.want()
    at = [now / 100 for now in range(1000) if requests.due(now / 100, 0.05)]
    assert at[0] == 0.0
    gaps = [b - a for a, b in itertools.pairwise(at)]
    assert FIRST_RETRY + 0.05 <= gaps[0] <= FIRST_RETRY + 0.07
    assert gaps == sorted(gaps)
    assert 4 <= len(at) <= 8


def test_the_next_waits_its_time() -> None:
    requests = KeyframeRequests()
    requests.came(10.0)
    requests.want()
    assert not requests.due(10.0 + SPACING / 2, 0.0)
    assert requests.pending
    assert requests.due(10.0 + SPACING, 0.0)


def test_recording_has_one_every_so_often() -> None:
    requests = KeyframeRequests()
    requests.every(10.0)
    assert requests.due(0.0, 0.0)
    requests.came(0.1)
    assert not requests.due(9.9, 0.0)
    assert requests.due(10.2, 0.0)


@given(st.lists(st.floats(0, 2), max_size=200))
def test_no_more_than_one_a_second_whatever_is_asked(steps: list[float]) -> None:
    """A publisher that answers at once."""
    requests, now, sent = KeyframeRequests(), 0.0, []
    for step in steps:
        now += step
        requests.want()
        if requests.due(now, 0.0):
            sent.append(now)
            requests.came(now)
    assert all(b - a >= SPACING - 1e-9 for a, b in itertools.pairwise(sent))


def test_one_subscriber_may_not_ask_for_ever() -> None:
    limit = AskLimit()
    heard = sum(limit.allow(now / 100) for now in range(2000))
    assert ASKS + 20 / REFILL - 1 <= heard <= ASKS + 20 / REFILL
    assert limit.refused == 2000 - heard
