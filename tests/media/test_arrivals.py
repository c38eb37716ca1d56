"""Transport-wide feedback: whatever arrives is told once, at the right time."""

from hypothesis import given
from hypothesis import strategies as st

from media.arrivals import FeedbackWriter
from media.flow.estimate import ArrivalClock
from media.wire import rtcp
from media.wire.feedback import TICK


def told(writer: FeedbackWriter, clock: ArrivalClock) -> dict[int, float]:
    """Sequence numbers and times of what the next messages say arrived."""
    out: dict[int, float] = {}
    for data in writer.build(1, 2):
        (report,) = rtcp.parse(data).reports
        assert isinstance(report, rtcp.TransportFeedback)
        origin = clock.origin(report)
        for i, ticks in enumerate(report.arrivals):
            if ticks is not None:
                number = (report.base + i) & 0xFFFF
                assert number not in out
                out[number] = origin + ticks * TICK
    return out


@given(
    start=st.integers(0, 65_535),
    gaps=st.lists(st.integers(1, 40), min_size=1, max_size=80),
    pauses=st.lists(st.floats(0, 0.2), min_size=1, max_size=80),
    swap=st.booleans(),
)
def test_each_arrival_is_told_once_and_to_the_tick(
    start: int, gaps: list[int], pauses: list[float], swap: bool
) -> None:
    writer, clock = FeedbackWriter(), ArrivalClock()
    seq, now, sent = start, 1000.0, {}
    for gap, pause in zip(gaps, pauses, strict=False):
        seq, now = (seq + gap) & 0xFFFF, now + pause
        sent[seq] = now
    order = list(sent.items())
    if swap and len(order) > 2:  # the first decides where counting begins, so it stays
        order[1], order[2] = order[2], order[1]
    for number, at in order:
        writer.take(number, at)
    assert writer.pending == len(sent)
    heard = told(writer, clock)
    assert set(heard) == set(sent)
    first_heard, first_sent = heard[order[0][0]], order[0][1]
    for number, at in sent.items():
        assert abs((heard[number] - first_heard) - (at - first_sent)) <= 0.00051
    assert told(writer, clock) == {}
    assert writer.pending == 0


def test_messages_follow_each_other_without_a_hole() -> None:
    writer = FeedbackWriter()
    bases = []
    for burst in range(3):
        for i in range(5):
            writer.take(65_530 + burst * 5 + i & 0xFFFF, burst + i * 0.001)
        ((report,),) = (rtcp.parse(data).reports for data in writer.build(1, 2))
        assert isinstance(report, rtcp.TransportFeedback)
        bases.append((report.base, len(report.arrivals), report.count))
    assert bases == [(65_530, 5, 0), (65_535, 5, 1), (4, 5, 2)]


def test_a_restarted_or_mad_sender_is_followed_and_bounded() -> None:
    writer = FeedbackWriter()
    for i in range(5000):
        writer.take(i * 7919 & 0xFFFF, i * 0.001)
    assert writer.pending <= FeedbackWriter.MAX_PENDING
    assert all(len(data) < 1500 for data in writer.build(1, 2))


def test_more_than_one_message_holds_is_spread_over_several() -> None:
    writer = FeedbackWriter()
    for i in range(0, 2900, 3):
        writer.take(i, 5.0 + (i % 7) * 0.1)
    messages = writer.build(1, 2)
    assert len(messages) == 2
    assert all(len(data) < 2048 for data in messages)
