"""A tap's queue: bounded, whole frames, everything accounted for."""

from hypothesis import given
from hypothesis import strategies as st

from media.taps import TapEnded, TapFrame, TapLost, TapQueue, TapTrack


def frame(size: int, *, key: bool = False, track: int = 1, time: int = 0) -> TapFrame:
    return TapFrame(track, time, 1.0, 2.0, key, False, 0, 0, bytes(size))


def test_order_is_kept_and_words_pass() -> None:
    woken: list[int] = []
    queue = TapQueue(lambda: woken.append(1))
    begun = TapTrack(1, "room", "peer", "cam", "f", "VP8", 90_000)
    for news in (begun, frame(10, key=True), TapEnded(1)):
        queue.put(news, video=True)
    assert queue.take() is begun
    assert isinstance(queue.take(), TapFrame)
    assert queue.take() == TapEnded(1)
    assert queue.take() is None
    assert len(woken) == 3
    assert queue.bytes == 0


def test_a_full_queue_drops_to_the_next_keyframe_and_says_so() -> None:
    queue = TapQueue(limit=100)
    queue.put(frame(80, key=True, time=1), video=True)
    queue.put(frame(80, time=2), video=True)
    assert queue.take() is not None
    queue.put(frame(10, time=3), video=True)  # there is room, but its reference is gone
    queue.put(frame(10, key=True, time=4), video=True)
    assert queue.take() == TapLost(1, 2)
    news = queue.take()
    assert isinstance(news, TapFrame)
    assert (news.time, news.gap) == (4, True)
    assert queue.dropped == 2


def test_sound_goes_on_as_soon_as_there_is_room() -> None:
    queue = TapQueue(limit=100)
    for time in range(3):
        queue.put(frame(60, key=True, time=time))
    queue.take()
    queue.put(frame(60, key=True, time=3))
    assert queue.take() == TapLost(1, 2)


def test_one_track_dropped_does_not_hold_up_another() -> None:
    queue = TapQueue(limit=100)
    queue.put(frame(90, key=True), video=True)
    queue.put(frame(50, track=2, key=True), video=True)
    queue.put(frame(5, track=3, key=True), video=True)
    queue.put(TapEnded(2))
    kinds = []
    while (news := queue.take()) is not None:
        kinds.append((type(news).__name__, news.track))
    assert kinds == [("TapFrame", 1), ("TapFrame", 3), ("TapLost", 2), ("TapEnded", 2)]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(("put", "take")), st.integers(1, 3), st.integers(0, 60), st.booleans()),
        max_size=100,
    )
)
def test_frames_are_bounded_and_all_accounted_for(steps: list[tuple[str, int, int, bool]]) -> None:
    queue = TapQueue(limit=100)
    put = got = told = 0

    def take() -> bool:
        nonlocal got, told
        news = queue.take()
        got += isinstance(news, TapFrame)
        told += news.frames if isinstance(news, TapLost) else 0
        return news is not None

    for what, track, size, key in steps:
        if what == "put":
            queue.put(frame(size, key=key, track=track), video=True)
            put += 1
        else:
            take()
        assert 0 <= queue.bytes <= 100
    for track in (1, 2, 3):
        queue.put(TapEnded(track))
    while take():
        pass
    assert got + told == put
    assert told == queue.dropped
