"""media.flow.reception: counters against a plain reckoning, restarts, doubles, jitter."""

from hypothesis import given
from hypothesis import strategies as st

from media.flow.reception import MAX_FORWARD, WINDOW, Reception


def test_first_packet_and_wrap() -> None:
    source = Reception(90000)
    assert source.block(1, 0.0) is None
    first = source.receive(65535, 0, 0.0)
    second = source.receive(0, 0, 0.0)
    assert first is not None
    assert second == first + 1
    assert source.expected == 2
    assert source.lost == 0


@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=300), st.integers(0, 65535)
)
def test_counts_losses_reordering_and_doubles(plan: list[tuple[int, bool]], start: int) -> None:
    """Each packet is moved back by some places; some are sent twice."""
    order = sorted(range(len(plan)), key=lambda index: (index + plan[index][0], index))
    source = Reception(90000)
    seen: set[int] = set()
    base = None
    for index in order:
        extended = source.receive((start + index) & 0xFFFF, 0, 0.0)
        assert extended is not None
        base = extended - index if base is None else base
        assert extended == base + index
        seen.add(index)
        if plan[index][1]:
            assert source.receive((start + index) & 0xFFFF, 0, 0.0) is None
    assert source.received == len(plan)
    assert source.doubles == sum(double for _, double in plan)
    assert source.highest == (base or 0) + len(plan) - 1


def test_block_tells_the_share_lost_since_the_last() -> None:
    source = Reception(90000)
    for seq in (10, 11, 13):
        source.receive(seq, 0, 0.0)
    source.sender_report(0x0000_1111_2222_3333, 5.0)
    block = source.block(7, 6.5)
    assert block is not None
    assert (block.ssrc, block.lost, block.fraction_lost) == (7, 1, 0.25)
    assert (block.last_sr, block.delay) == (0x1111_2222, 1.5)
    assert block.highest == 13
    for seq in range(14, 24):
        source.receive(seq, 0, 0.0)
    block = source.block(7, 7.0)
    assert block is not None
    assert (block.lost, block.fraction_lost) == (1, 0.0)


def test_a_restart_is_believed_on_the_second_packet() -> None:
    source = Reception(90000)
    before = source.receive(100, 0, 0.0)
    assert before is not None
    assert source.receive(40000, 0, 0.0) is None
    assert source.receive(101, 0, 0.0) == before + 1  # the odd one out was a stray
    assert source.receive(40000, 0, 0.0) is None
    again = source.receive(40001, 0, 0.0)
    assert again is not None
    assert again > before + MAX_FORWARD
    assert again & 0xFFFF == 40001
    assert source.restarts == 1
    assert source.lost == 0
    assert source.receive(40002, 0, 0.0) == again + 1


def test_too_late_is_nothing() -> None:
    source = Reception(90000)
    source.receive(5000, 0, 0.0)
    source.receive(5000 + WINDOW, 0, 0.0)
    assert source.receive(5000, 0, 0.0) is None


def test_jitter_of_an_even_stream_is_zero_and_of_a_rough_one_is_not() -> None:
    even, rough = Reception(90000), Reception(90000)
    for index in range(300):
        time = (0xFFFF0000 + index * 3000) & 0xFFFFFFFF
        even.receive(index, time, 1e6 + index / 30)
        rough.receive(index, time, 1e6 + index / 30 + (index % 2) * 0.01)
    assert even.jitter < 0.0005
    assert 0.008 < rough.jitter < 0.012
