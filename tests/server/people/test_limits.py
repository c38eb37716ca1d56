"""Rate limits: pure, the clock is an argument."""

from hypothesis import given
from hypothesis import strategies as st

from server.people.limits import ACCOUNT, ADDRESS, PAIR, Buckets, Limit, LoginLimits

LIMIT = Limit(3, 10.0)


def test_a_burst_then_one_each_period() -> None:
    buckets = Buckets(LIMIT)
    for _ in range(3):
        assert buckets.wait("k", 0.0) == 0
        buckets.charge("k", 0.0)
    assert buckets.wait("k", 0.0) == 10
    assert buckets.wait("k", 4.5) == 6
    assert buckets.wait("k", 10.0) == 0
    assert buckets.wait("other", 0.0) == 0


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_never_more_than_burst_and_rate(pauses: list[float]) -> None:
    buckets, now, passed = Buckets(LIMIT), 0.0, 0
    for pause in pauses:
        now += pause
        if buckets.wait("k", now) == 0:
            buckets.charge("k", now)
            passed += 1
    assert passed <= LIMIT.burst + now / LIMIT.seconds + 1e-6


@given(st.lists(st.floats(0, 100), min_size=4, max_size=40))
def test_waiting_as_told_is_enough(pauses: list[float]) -> None:
    buckets, now = Buckets(LIMIT), 0.0
    for pause in pauses:
        now += pause / 10
        now += buckets.wait("k", now)
        assert buckets.wait("k", now) == 0
        buckets.charge("k", now)


def test_a_clock_that_steps_back_does_no_harm() -> None:
    buckets = Buckets(LIMIT)
    buckets.charge("k", 100.0)
    assert buckets.wait("k", 0.0) == 0


def test_memory_is_bounded() -> None:
    buckets = Buckets(LIMIT, most=100)
    for number in range(1000):
        buckets.charge(str(number), 0.0)
    assert len(buckets) == 100
    assert buckets.wait("999", 0.0) == 0


def test_what_is_given_back_leaves_nothing() -> None:
    buckets = Buckets(LIMIT)
    buckets.charge("k", 0.0)
    buckets.give_back("k", 0.0)
    assert len(buckets) == 0


def test_guessing_from_afar_does_not_lock_the_student_out() -> None:
    limits = LoginLimits()
    for _ in range(PAIR.burst):
        assert limits.attempt("nurai", "6.6.6.6", 0.0) == 0
    assert limits.attempt("nurai", "6.6.6.6", 0.0) > 0
    assert limits.attempt("nurai", "10.0.0.1", 0.0) == 0


def test_many_addresses_guess_one_account_no_faster() -> None:
    limits = LoginLimits()
    passed = sum(limits.attempt("nurai", f"6.6.{n // 250}.{n % 250}", 0.0) == 0 for n in range(500))
    assert passed == ACCOUNT.burst


def test_one_address_tries_many_accounts_only_so_often() -> None:
    limits = LoginLimits()
    passed = sum(limits.attempt(f"user{n}", "6.6.6.6", 0.0) == 0 for n in range(500))
    assert passed == ADDRESS.burst


def test_a_class_that_logs_in_together_is_not_held_up() -> None:
    """300 students behind one address, each right the first time (R16)."""
    limits = LoginLimits()
    for number in range(300):
        assert limits.attempt(f"student{number}", "10.0.0.1", 0.0) == 0
        limits.succeeded(f"student{number}", "10.0.0.1", 0.0)
