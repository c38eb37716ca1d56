"""Growing at once, shrinking with patience, said again now and then."""

from hypothesis import given
from hypothesis import strategies as st

from media.flow.need import NOBODY, PATIENCE, REPEAT, WHOLE, Need, larger


def test_more_is_told_at_once_and_less_after_a_while() -> None:
    need = Need()
    told = [(now, need.told) for now in range(100, 109) if need.look(180, float(now)) and need.told == 180]
    assert told == [(100 + int(PATIENCE), 180)]
    assert need.look(720, 109.0)
    assert need.told == 720
    assert need.look(WHOLE, 109.2)
    assert need.told == WHOLE


def test_a_moment_without_lookers_changes_nothing() -> None:
    need = Need()
    need.look(WHOLE, 100.0)
    for now, height in ((101.0, NOBODY), (103.0, NOBODY), (104.0, WHOLE), (105.0, NOBODY), (110.0, NOBODY)):
        need.look(height, now)
        assert need.told == WHOLE
    assert need.look(NOBODY, 111.5)
    assert need.told == NOBODY


@given(heights=st.lists(st.sampled_from([WHOLE, NOBODY, 90, 180, 360, 720]), min_size=1, max_size=200))
def test_what_was_told_is_never_too_little_and_in_the_end_not_too_much(heights: list[int]) -> None:
    need, said = Need(), 0.0
    for step, height in enumerate(heights):
        now = 100.0 + step * 0.2
        if need.look(height, now):
            said = now
        assert larger(need.told, height) == need.told
        assert now - said < REPEAT + 0.2
    for step in range(1, round(2 * PATIENCE / 0.2) + 2):
        need.look(heights[-1], now + step * 0.2)
    assert need.told == heights[-1]
