"""Conditions to flags: hand-made exams, and what must hold for any sequence of looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.kinds import DEFAULTS, KINDS, MERGE, SECOND, Kind, Threshold
from proctoring.rules import Flag, Tracker, Watch

pytestmark = pytest.mark.exam

LOOKS = st.lists(st.tuples(st.integers(1, 6), st.sampled_from([True, False, None])), max_size=120)


def look(watch: Watch, kind: Kind, pattern: str, start: int = 0) -> list[Flag]:
    """One look a second: `x` shows it, `.` does not, `?` could not tell, a space is no look at all."""
    changed = []
    for second, sign in enumerate(pattern, start=start):
        if sign != " ":
            changed += watch.see(second * SECOND, {kind: {"x": True, ".": False, "?": None}[sign]})
    return changed


def episodes(watch: Watch) -> list[tuple[str, int, int | None]]:
    return [
        (flag.kind, flag.begin // SECOND, None if flag.end is None else flag.end // SECOND)
        for flag in watch.flags
    ]


@pytest.mark.parametrize(
    ("kind", "pattern", "expected"),
    [
        ("absent", "..xxxxxxxxx....", []),  # nine looks are eight seconds
        ("absent", "..xxxxxxxxxxxx......", [("absent", 2, 13)]),
        ("absent", "..xxxxxx.xxxxxx......", [("absent", 2, 14)]),  # one look between does not clear it
        ("absent", "..xxxxx....xxxxx....", []),
        ("absent", "..xxxxx???xxxx....", []),  # what could not be judged counts for nobody
        ("absent", "x                    x", []),
        ("several", ".xxxx....", [("several", 1, 4)]),
        ("share_ended", "..x", [("share_ended", 2, None)]),
        ("phone", "..x.x...", [("phone", 2, 4)]),
        ("phone", "..x..x..x", []),
        ("other_person", "x.x.x", []),
        ("other_person", ".xx...", [("other_person", 1, 2)]),
    ],
)
def test_how_long_it_must_last(kind: Kind, pattern: str, expected: list[tuple[str, int, int | None]]) -> None:
    watch = Watch()
    look(watch, kind, pattern)
    assert episodes(watch) == expected


def test_flags_that_are_close_are_one() -> None:
    watch = Watch()
    look(watch, "several", "xxxxx....xxxxx.........................xxxxx....")
    assert episodes(watch) == [("several", 0, 13), ("several", 39, 43)]


def test_a_break_ends_what_stands_and_hides_what_follows() -> None:
    watch = Watch()
    look(watch, "several", "xxxxx")
    assert [flag.end for flag in watch.pause(5 * SECOND)] == [4 * SECOND]
    look(watch, "several", "xxxxxxxx", start=6)
    watch.resume()
    look(watch, "several", "..........", start=20)
    assert episodes(watch) == [("several", 0, 4)]


def test_an_accommodation_leaves_no_trace() -> None:
    watch = Watch(off=["head_away"])
    look(watch, "head_away", "x" * 60)
    assert watch.flags == [] and watch.finish(60 * SECOND) == []


def test_minutes_that_could_not_be_judged_are_counted_apart() -> None:
    watch = Watch()
    look(watch, "absent", "....???....          ...")
    assert watch.flags == []
    # three seconds of looks that saw nothing, and eleven between the last look and the next
    assert watch.unjudged == {"webcam": (3 + 11) * SECOND}


def test_approved_rules_replace_the_house_s_own() -> None:
    watch = Watch({"absent": Threshold("webcam", 2, 1)})
    look(watch, "absent", "xxx..")
    assert episodes(watch) == [("absent", 0, 2)]


@given(st.sampled_from(KINDS), LOOKS)
def test_for_any_looks(kind: Kind, looks: list[tuple[int, bool | None]]) -> None:
    watch, now = Watch(), 0
    shown: list[int] = []
    for gap, holds in looks:
        now += gap * SECOND
        watch.see(now, {kind: holds})
        if holds:
            shown.append(now)
    watch.finish(now)
    threshold = DEFAULTS[kind]
    for flag in watch.flags:
        assert flag.end is not None
        assert flag.begin in shown and flag.end in shown, "it begins and ends with a look that showed it"
        assert flag.end - flag.begin >= threshold.raise_after * SECOND
        inside = sum(flag.begin <= at <= flag.end for at in shown)
        assert inside >= max(1, threshold.looks)
    for before, after in zip(watch.flags, watch.flags[1:], strict=False):
        assert before.end is not None
        assert after.begin - before.end >= MERGE * SECOND
    assert 0 <= sum(watch.unjudged.values()) <= now


@given(st.lists(st.integers(1, 4), min_size=30, max_size=60))
def test_what_holds_all_the_time_is_found_in_time(gaps: list[int]) -> None:
    tracker, now, found = Tracker(DEFAULTS["absent"]), 0, None
    for gap in gaps:
        now += gap * SECOND
        tracker.see(now, True)
        if tracker.begin is not None and found is None:
            found = now
    assert found is not None
    assert found - gaps[0] * SECOND <= (10 + 4) * SECOND, "within one look of its threshold"


@given(LOOKS)
def test_nothing_shown_is_nothing_flagged(looks: list[tuple[int, bool | None]]) -> None:
    watch, now = Watch(), 0
    for gap, holds in looks:
        now += gap * SECOND
        watch.see(now, dict.fromkeys(KINDS, False if holds else holds))
    assert watch.flags == []
