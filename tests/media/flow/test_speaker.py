"""media.flow.speaker: who has the floor, with coughs, pauses, fans and hostile levels."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from media.flow.speaker import KEEPS, MAX_LISTED, STOPS, Speakers

Plan = dict[str, Callable[[float], int]]


def play(
    speakers: Speakers, plan: Plan, start: float, end: float, voice_bit: bool = False
) -> list[tuple[float, str]]:
    """Feed 50 packets a second; the changes of who has the floor."""
    changes: list[tuple[float, str]] = []
    step = round(start * 50)
    while step < round(end * 50):
        now = step / 50
        for peer, level in plan.items():
            value = level(now)
            if value <= 127:
                speakers.heard(peer, value, value < 60, now, voice_bit)
        if step % 10 == 0:
            before = speakers.dominant
            speakers.tick(now)
            if speakers.dominant != before:
                changes.append((now, speakers.dominant))
        step += 1
    return changes


def talks(now: float) -> int:
    """Words of 0.4 s with pauses of 0.15 s, at -30 dBov."""
    return 30 if now % 0.55 < 0.4 else 80


def quiet(now: float) -> int:
    return 90


def fan(now: float) -> int:
    return 45


def nothing_sent(now: float) -> int:
    return 128


def test_the_first_to_speak_has_the_floor_within_a_second() -> None:
    speakers = Speakers()
    assert speakers.dominant == ""
    changes = play(speakers, {"a": quiet, "b": talks}, 0.0, 5.0)
    assert len(changes) == 1
    assert changes[0][1] == "b"
    assert changes[0][0] < 1.0
    assert speakers.speaking == ["b"]


def test_a_cough_does_not_take_the_floor() -> None:
    speakers = Speakers()
    play(speakers, {"a": talks, "b": quiet}, 0.0, 5.0)
    cough: Plan = {"a": talks, "b": lambda now: 5 if 5.5 <= now < 5.9 else 90}
    assert play(speakers, cough, 5.0, 10.0) == []
    assert speakers.dominant == "a"


def test_a_breath_does_not_lose_it_and_silence_keeps_the_last() -> None:
    speakers = Speakers()
    play(speakers, {"a": talks, "b": quiet}, 0.0, 5.0)
    assert play(speakers, {"a": quiet, "b": quiet}, 5.0, 6.0) == []
    assert speakers.speaking == ["a"]
    assert play(speakers, {"a": quiet, "b": quiet}, 6.0, 9.0) == []
    assert speakers.speaking == []
    assert speakers.dominant == "a"


def test_the_answer_takes_it_once_the_first_is_silent() -> None:
    speakers = Speakers()
    play(speakers, {"a": talks, "b": quiet}, 0.0, 5.0)
    changes = play(speakers, {"a": quiet, "b": talks}, 5.0, 9.0)
    assert [peer for _, peer in changes] == ["b"]
    assert changes[0][0] - 5.0 <= STOPS + 0.8


def test_dtx_is_silence() -> None:
    speakers = Speakers()
    play(speakers, {"a": talks, "b": quiet}, 0.0, 5.0)
    changes = play(speakers, {"a": nothing_sent, "b": talks}, 5.0, 9.0)
    assert [peer for _, peer in changes] == ["b"]


def test_a_clearly_louder_voice_takes_over() -> None:
    speakers = Speakers()
    play(speakers, {"a": lambda now: talks(now) + 20, "b": quiet}, 0.0, 5.0)
    changes = play(speakers, {"a": lambda now: talks(now) + 20, "b": talks}, 5.0, 10.0)
    assert [peer for _, peer in changes] == ["b"]


def test_two_equal_voices_do_not_flicker() -> None:
    speakers = Speakers()
    changes = play(speakers, {"a": talks, "b": lambda now: talks(now + 0.3)}, 0.0, 30.0)
    assert len(changes) == 1
    assert sorted(speakers.speaking) == ["a", "b"]


def test_steady_noise_is_no_voice() -> None:
    speakers = Speakers()
    play(speakers, {"fan": fan, "a": quiet}, 0.0, 60.0)
    changes = play(speakers, {"fan": fan, "a": talks}, 60.0, 65.0)
    assert speakers.speaking == ["a"]
    assert [peer for _, peer in changes[-1:]] == ["a"]


def test_the_voice_bit_tells_noise_at_once() -> None:
    speakers = Speakers()
    play(speakers, {"typing": lambda now: 60 if now % 1 < 0.5 else 100}, 0.0, 5.0, voice_bit=True)
    assert speakers.speaking == []


def test_who_left_does_not_speak() -> None:
    speakers = Speakers()
    play(speakers, {"a": talks}, 0.0, 3.0)
    speakers.gone("a")
    assert (speakers.dominant, speakers.speaking) == ("", [])
    assert not speakers.tick(3.1)


heard = st.tuples(st.integers(0, 12), st.integers(-5, 300), st.booleans(), st.floats(0, 3))


@given(st.lists(heard, max_size=300))
def test_anything_at_all(plan: list[tuple[int, int, bool, float]]) -> None:
    speakers, now, taken, holder = Speakers(), 0.0, -10.0, ""
    for peer, level, voice, step in plan:
        now += step
        speakers.heard(str(peer), level, voice, now)
        was_speaking = holder in speakers.speaking
        speakers.tick(now)
        assert len(speakers.speaking) <= MAX_LISTED
        assert len(set(speakers.speaking)) == len(speakers.speaking)
        if speakers.dominant != holder:
            if was_speaking and holder in speakers.speaking:
                assert now - taken >= KEEPS
            holder, taken = speakers.dominant, now
