"""media.wire.feedback: every chunk form, round trips, hostile counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import rtcp
from media.wire.feedback import MAX_STATUSES, TransportFeedback, parse_transport_feedback

gaps = st.one_of(st.none(), st.integers(0, 255), st.integers(-3000, 3000))
stretches = st.lists(st.tuples(gaps, st.integers(1, 30)), min_size=1, max_size=20)


def read(data: bytes) -> TransportFeedback:
    reports, malformed = rtcp.parse(data)
    assert malformed == 0
    (report,) = reports
    assert isinstance(report, TransportFeedback)
    return report


@given(
    stretches,
    st.integers(0, 0xFFFF),
    st.integers(-0x800000, 0x7FFFFF),
    st.integers(0, 255),
)
def test_round_trip(parts: list[tuple[int | None, int]], base: int, reference: int, count: int) -> None:
    arrivals: list[int | None] = []
    ticks = 0
    for gap, times in parts:
        for _ in range(times):
            if gap is None:
                arrivals.append(None)
            else:
                ticks += gap
                arrivals.append(ticks)
    feedback = TransportFeedback(7, 8, base, reference, count, arrivals)
    data = rtcp.build_transport_feedback(feedback)
    assert len(data) % 4 == 0
    assert read(data) == feedback


def test_known_bytes() -> None:
    """A run of two small deltas, a two-bit vector, a one-bit vector, written out by hand."""
    head = bytes.fromhex("0000000100000002fffe0018fffffe07")
    run = (1 << 13 | 2).to_bytes(2, "big")
    two = (0xC000 | 0b01_00_10_00_00_00_01).to_bytes(2, "big")
    one = (0x8000 | 0b10_0000_0000_0001).to_bytes(2, "big")
    skip = (0 << 13 | 1).to_bytes(2, "big")
    deltas = bytes([4, 8, 1]) + (-3).to_bytes(2, "big", signed=True) + bytes([5, 6, 7])
    feedback = parse_transport_feedback(head + run + two + one + skip + deltas)
    assert (feedback.base, feedback.reference, feedback.count) == (0xFFFE, -2, 7)
    first = [4, 12, 13, None, 10, None, None, None, 15]
    assert feedback.arrivals == [*first, 21, *[None] * 12, 28, None, None][:24]


@pytest.mark.parametrize(
    "body",
    [
        bytes(19),
        bytes(16) + b"\x20\x01\x00\x00",  # no packets
        bytes(10) + b"\xff\xff" + bytes(4) + b"\x1f\xff" * 8,  # 65,535 packets
        bytes(10) + b"\x00\x04" + bytes(4) + b"\x20\x04\x00\x00",  # 4 deltas, 2 bytes
        bytes(10) + b"\x00\x04" + bytes(4) + b"\x60\x04\x00\x00",  # the reserved status
        bytes(10) + b"\x00\x04" + bytes(4) + b"\x20\x00\x00\x00",  # an empty run
    ],
)
def test_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_transport_feedback(body)


@given(st.binary(min_size=10, max_size=10), st.integers(0, 400), st.binary(max_size=100))
def test_arbitrary_bytes(head: bytes, count: int, rest: bytes) -> None:
    try:
        feedback = parse_transport_feedback(head + count.to_bytes(2, "big") + rest)
    except Malformed:
        return
    assert 1 <= len(feedback.arrivals) <= MAX_STATUSES


def test_truncations() -> None:
    data = rtcp.build_transport_feedback(TransportFeedback(1, 2, 3, 4, 5, [1, None, 600, 601, 602]))
    body = data[4 : -data[-1]] if data[0] & 0x20 else data[4:]
    assert parse_transport_feedback(body).arrivals == [1, None, 600, 601, 602]
    for size in range(len(body)):
        with pytest.raises(Malformed):
            parse_transport_feedback(body[:size])
