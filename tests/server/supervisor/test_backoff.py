"""The pauses before a dead child is started again."""

from server.supervisor.backoff import Backoff


def test_the_first_restart_is_fast_and_repeated_deaths_slow_down_to_ten_seconds() -> None:
    backoff = Backoff()
    pauses = [backoff.died(alive=0.5) for _ in range(12)]
    assert pauses[0] < 0.3
    assert pauses == sorted(pauses)
    assert pauses[-1] == 10


def test_thirty_seconds_alive_make_the_next_restart_fast_again() -> None:
    backoff = Backoff()
    for _ in range(10):
        backoff.died(alive=1)
    assert backoff.died(alive=29) == 10
    assert backoff.died(alive=30) < 0.3
