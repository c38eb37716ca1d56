"""A file of events gives what a clumsy reference gives that follows each device second by second."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.attendance.replay import Malformed, replay
from server.attendance.rules import Rules

PEOPLE, DEVICES = ("a", "b"), ("1", "2")

steps = st.lists(
    st.tuples(
        st.integers(-3, 9),  # seconds that the clock moves; a step back now and then
        st.sampled_from(["opened", "closed", "joined", "sign", "left", "killed"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(DEVICES),
    ),
    max_size=40,
)


def reference(events: list[dict[str, Any]]) -> dict[str, int]:
    """Seconds in which somebody had a device in the open class, counted one by one."""
    last, at = -(10**6), []
    for event in events:
        last = max(last, event["time"])
        at.append(last)
    times: list[tuple[int, int]] = []
    spans: dict[str, list[tuple[int, int]]] = {person: [] for person in PEOPLE}
    opened: int | None = None
    there: dict[tuple[str, str], tuple[int, int]] = {}
    for now, event in [*zip(at, events, strict=True), (last, {"kind": "closed"})]:
        kind = event["kind"]
        key = (event.get("person", ""), event.get("device", ""))
        if kind == "opened" and opened is None:
            opened = now
        elif kind == "joined" and key not in there:
            there[key] = (now, now)
        elif kind == "sign" and key in there:
            there[key] = (there[key][0], now)
        elif kind == "left" and key in there:
            spans[key[0]].append((there.pop(key)[0], now))
        elif kind == "killed":
            for each, (since, sign) in there.items():
                spans[each[0]].append((since, sign))
            there.clear()
        elif kind == "closed":
            for each, (since, _) in there.items():
                spans[each[0]].append((since, now))
            there.clear()
            if opened is not None:
                times.append((opened, now))
            opened = None
    seconds = range(min([0, *at]), max([0, *at]) + 1)
    return {
        person: sum(
            any(b <= second < e for b, e in spans[person]) and any(b <= second < e for b, e in times)
            for second in seconds
        )
        for person in PEOPLE
    }


@given(steps)
def test_it_equals_the_reference(moves: list[tuple[int, str, str, str]]) -> None:
    now = 100
    events: list[dict[str, Any]] = [{"time": 100, "kind": "roster", "people": list(PEOPLE)}]
    for move, kind, person, device in moves:
        now += move
        events.append({"time": now, "kind": kind, "person": person, "device": device})
    found = replay(map(json.dumps, events), Rules())
    assert {person: found[person].present // 1_000_000 for person in PEOPLE} == reference(events)
    assert all(0.0 <= verdict.share <= 1.0 for verdict in found.values())


def test_a_lesson_with_a_crash() -> None:
    lines = [
        '{"time": 0, "kind": "roster", "people": ["stays", "crashes", "never"]}',
        '{"time": 0, "kind": "planned", "starts": 0}',
        '{"time": 0, "kind": "opened"}',
        '{"time": 1, "kind": "joined", "person": "stays"}',
        '{"time": 1, "kind": "joined", "person": "crashes"}',
        '{"time": 50, "kind": "sign", "person": "crashes"}',
        '{"time": 99, "kind": "sign", "person": "stays"}',
        '{"time": 99, "kind": "killed"}',
        '{"time": 100, "kind": "joined", "person": "stays"}',
        '{"time": 200, "kind": "closed"}',
        "",
    ]
    found = replay(lines, Rules())
    assert {person: verdict.mark for person, verdict in found.items()} == {
        "stays": "present", "crashes": "absent", "never": "absent",
    }  # fmt: skip
    assert found["crashes"].present == 49_000_000


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", '{"time": 1}', '{"time": "x", "kind": "left"}', '{"time": 1e999, "kind": "left"}'],
)
def test_a_line_that_is_no_event_is_named(line: str) -> None:
    with pytest.raises(Malformed, match="line 2"):
        replay(['{"time": 0, "kind": "opened"}', line], Rules())
