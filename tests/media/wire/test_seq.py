"""media.wire.seq: distances and extended numbers around the wrap."""

from hypothesis import given
from hypothesis import strategies as st

from media.wire import seq

seqs = st.integers(0, seq.SEQ_MASK)
times = st.integers(0, seq.TIME_MASK)


def test_known_wraps() -> None:
    assert seq.seq_delta(0, 65535) == 1
    assert seq.seq_delta(65535, 0) == -1
    assert seq.seq_delta(32768, 0) == -32768
    assert seq.time_delta(5, 0xFFFFFFFB) == 10
    assert seq.delta(1, 126, 7) == 3
    assert seq.delta(0, 0x7FFF, 15) == 1


@given(seqs, st.integers(-32768, 32767))
def test_add_is_the_inverse_of_delta(start: int, step: int) -> None:
    assert seq.seq_delta(seq.seq_add(start, step), start) == step
    assert seq.delta(seq.seq_add(start, step), start, seq.SEQ_BITS) == step


@given(times, st.integers(-(2**31), 2**31 - 1))
def test_time_add_is_the_inverse_of_delta(start: int, step: int) -> None:
    assert seq.time_delta(seq.time_add(start, step), start) == step


@given(st.integers(-(2**40), 2**40), st.integers(-32768, 32767))
def test_extend_finds_the_nearest(near: int, step: int) -> None:
    true = near + step
    assert seq.extend_seq(true & seq.SEQ_MASK, near) == true
    assert seq.extend(true & seq.SEQ_MASK, near, seq.SEQ_BITS) == true


@given(seqs, st.lists(st.integers(-2000, 2000), max_size=60))
def test_unwrapper_follows_reordered_counters(start: int, steps: list[int]) -> None:
    follow = seq.Unwrapper(seq.SEQ_BITS)
    assert follow.unwrap(start) == start
    true = highest = start
    for step in steps:
        true = highest + step
        assert follow.unwrap(true & seq.SEQ_MASK) == true
        highest = max(highest, true)
        assert follow.highest == highest
