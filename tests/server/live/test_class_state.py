"""The pure parts of the class: reducer, presence, history, paces, text."""

import copy
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ApiError
from server.live.history import History
from server.live.limits import Bucket, Pace, Paces
from server.live.presence import Presence, SeatKey
from server.live.state import ClassState
from server.live.text import LIMIT, clean

PEOPLE = ("a", "b", "c")

entries = st.lists(
    st.one_of(
        st.tuples(
            st.just("person.joined"), st.sampled_from(PEOPLE), st.just({"name": "N", "role": "student"})
        ),
        st.tuples(st.just("person.left"), st.sampled_from(PEOPLE), st.just({"at": 1})),
        st.tuples(
            st.just("media.state"),
            st.sampled_from(PEOPLE),
            st.fixed_dictionaries({name: st.booleans() for name in ("mic", "cam", "screen")}),
        ),
        st.tuples(st.just("chat.said"), st.sampled_from(PEOPLE), st.just({"text": "x", "key": "k"})),
        st.tuples(st.just("session.opened"), st.just("t"), st.just({"lesson": "l"})),
        st.tuples(
            st.just("session.closed"), st.just("t"), st.just({"lesson": "l", "reason": "", "away": {}})
        ),
        st.tuples(st.just("file.finished"), st.just("system"), st.just({})),
    ),
    max_size=40,
)


def folded(
    given_entries: list[tuple[str, str, dict[str, Any]]], state: ClassState | None = None
) -> ClassState:
    state = state or ClassState()
    for n, (kind, actor, data) in enumerate(given_entries, 1):
        state.apply(n, n * 10, kind, actor, data)
    return state


def look(state: ClassState) -> Any:
    return (state.phase, state.n, state.people)


@given(entries)
def test_the_state_follows_from_the_entries_alone(found: list[Any]) -> None:
    state = folded(found)
    assert look(folded(found)) == look(state)
    assert look(folded(found, folded(found))) == look(state), "entries seen before change nothing"
    assert state.n == len(found)
    closed = [i for i, entry in enumerate(found) if entry[0] == "session.closed"]
    opened = [i for i, entry in enumerate(found) if entry[0] == "session.opened"]
    if closed and (not opened or opened[-1] < closed[-1]):
        assert state.phase == "closed" and not state.people


def as_written(found: list[Any]) -> list[Any]:
    """As the desk writes: opened first, and nobody joins what is not open."""
    written, is_open = [], False
    for entry in found:
        if entry[0].startswith("session."):
            is_open = entry[0] == "session.opened"
        elif entry[0] != "file.finished" and not is_open:
            continue
        written.append(entry)
    return written


@given(entries.map(as_written), st.integers(0, 40))
def test_replaying_missed_events_over_the_newest_list_ends_right(found: list[Any], after: int) -> None:
    """A page gets the list as of now and then every event it missed: it must come out the same."""
    now = folded(found)
    page = ClassState()
    page.people = copy.deepcopy(now.people)
    page.phase = now.phase
    for n, (kind, actor, data) in enumerate(found, 1):
        if n > after:
            page.apply(n, n * 10, kind, actor, data)
    assert set(page.people) == set(now.people)
    assert {w: p.media() for w, p in page.people.items()} == {w: p.media() for w, p in now.people.items()}
    assert page.phase == now.phase


steps = st.lists(
    st.tuples(
        st.sampled_from(["come", "drop", "leave", "wait"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(["t1", "t2"]),
        st.floats(0, 20),
    ),
    max_size=60,
)


@given(steps)
def test_presence_against_a_simple_model(found: list[Any]) -> None:
    presence = Presence(15)
    here: set[SeatKey] = set()
    dropped: dict[SeatKey, tuple[float, int]] = {}
    now = 0.0
    for step, person, tab, pause in found:
        key = SeatKey(person, tab)
        sign = int(now * 1e6)
        known = {seat.person for seat in here} | {seat.person for seat in dropped}
        match step:
            case "come":
                presence.come(key)
                here.add(key)
                dropped.pop(key, None)
            case "drop" if key in here:
                presence.drop(key, sign, now)
                here.discard(key)
                dropped[key] = (now + 15, sign)
            case "leave" if key in here:
                gone = presence.leave(key, sign)
                here.discard(key)
                left = person not in {seat.person for seat in here} | {seat.person for seat in dropped}
                assert gone == (key, left, sign)
            case "wait":
                now += pause
                out = {seat: each for seat, each in dropped.items() if each[0] <= now}
                told = presence.due(now)
                assert {gone.seat: gone.sign for gone in told} == {s: sign for s, (_, sign) in out.items()}
                for seat in out:
                    del dropped[seat]
                left_now = known - {s.person for s in here} - {s.person for s in dropped}
                assert {gone.seat.person for gone in told if gone.left} == left_now & {s.person for s in out}
        assert presence.people() == {seat.person for seat in here} | {seat.person for seat in dropped}
        away = {seat.person for seat in dropped} - {seat.person for seat in here}
        assert set(presence.away()) == away


def test_a_restored_person_is_relieved_by_any_tab() -> None:
    presence = Presence(15)
    presence.restore("a", 5, 0.0)
    presence.restore("b", 6, 0.0)
    assert presence.away() == {"a": 5, "b": 6}
    presence.come(SeatKey("a", "new-tab"))
    (gone,) = presence.due(15.0)
    assert (gone.seat.person, gone.left, gone.sign) == ("b", True, 6)
    assert presence.people() == {"a"}


@given(
    st.lists(st.booleans(), max_size=120),
    st.integers(0, 130),
    st.integers(1, 9),
    st.integers(4, 40),
)
def test_history_gives_every_event_once_in_order(told: list[bool], after: int, page: int, keep: int) -> None:
    history = History(keep)
    for n, is_told in enumerate(told, 1):
        history.add(n, b"%d" % n if is_told else None)
    cursor = max(after, history.floor)
    heard: list[int] = []
    for _ in range(200):
        found = history.after(cursor, page)
        assert found is not None
        events, reached = found
        assert reached >= cursor and len(events) <= page
        heard += [int(event) for event in events]
        if not events and reached == cursor:
            break
        cursor = reached
    assert heard == [n for n, is_told in enumerate(told, 1) if is_told and n > max(after, history.floor)]
    if history.floor:
        assert history.after(history.floor - 1) is None, "older ones are not made up"


@given(st.lists(st.floats(0, 3), max_size=80), st.integers(1, 10), st.floats(0.1, 20))
def test_a_bucket_never_gives_more_than_its_pace(pauses: list[float], burst: int, rate: float) -> None:
    bucket = Bucket(Pace(rate, burst), 0.0)
    now, taken = 0.0, 0
    for pause in pauses:
        now += pause
        wait = bucket.take(now)
        if wait == 0:
            taken += 1
        else:
            assert bucket.take(now + wait + 1e-6) == 0, "what it promised, it keeps"
            now += wait + 1e-6
            taken += 1
        assert taken <= burst + rate * now + 1e-3


def test_dear_messages_have_paces_of_their_own() -> None:
    paces = Paces(0.0)
    assert [paces.take("media.offer", 0.0) > 0 for _ in range(6)] == [False] * 5 + [True]
    assert paces.take("ping", 0.0) == 0


@given(st.text(max_size=3000))
def test_clean_text_is_harmless_and_stays_so(text: str) -> None:
    try:
        line = clean(text)
    except ApiError as error:
        assert error.code in ("chat.empty", "chat.too_long")
        return
    assert 0 < len(line) <= LIMIT
    assert clean(line) == line
    assert line == unicodedata.normalize("NFC", line)
    assert all(unicodedata.category(letter) != "Cc" or letter == "\n" for letter in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("  Саламатсызбы, эже!\r\n", "Саламатсызбы, эже!"),
        ("a\u0000b\u202ec", "abc"),
        ("one\n\n\n\n\n\n\ntwo", "one\n\n\ntwo"),
        ("👩‍🏫", "👩‍🏫"),
        ("z" + "\u0301" * 50, unicodedata.normalize("NFC", "z" + "\u0301" * 5)),
        ("  и\u0306 ", "й"),
    ],
)
def test_what_people_type(given_text: str, expected: str) -> None:
    assert clean(given_text) == expected


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "\u0007\u202e", "\ufeff"])
def test_nothing_to_show_is_nothing_said(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        clean(text)
    assert caught.value.code == "chat.empty"


def test_too_long() -> None:
    assert len(clean("ы" * LIMIT)) == LIMIT
    for text in ("ы" * (LIMIT + 1), "ы" * 1_000_000):
        with pytest.raises(ApiError) as caught:
            clean(text)
        assert caught.value.code == "chat.too_long"
