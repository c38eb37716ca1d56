"""Weeks, recurrence and days: properties over zones, parities and holidays, and known days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.plan.recurrence import MAX_SPAN_DAYS, BadRule, Rule, occurrences
from server.plan.weeks import Semester, day_bounds, fits, instant, local_date, monday, week_number

BISHKEK = ZoneInfo("Asia/Bishkek")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from([BISHKEK, BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/St_Johns")])
DAYS = st.dates(date(2015, 1, 1), date(2040, 1, 1))


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, Semester]:
    starts = draw(DAYS)
    semester = Semester(starts, starts + timedelta(days=draw(st.integers(0, MAX_SPAN_DAYS))))
    length = (semester.ends - semester.starts).days
    first = starts + timedelta(days=draw(st.integers(0, length)))
    last = first + timedelta(days=draw(st.integers(0, (semester.ends - first).days)))
    rule = Rule(
        draw(st.integers(1, 7)),
        draw(st.times()).replace(second=0, microsecond=0),
        draw(st.integers(5, 720)),
        first,
        last,
        draw(st.sampled_from(["every", "odd", "even"])),
    )
    return rule, semester


@given(rules(), ZONES, st.data())
def test_every_occurrence_obeys_its_rule(
    made: tuple[Rule, Semester], zone: ZoneInfo, data: st.DataObject
) -> None:
    rule, semester = made
    days = [rule.first + timedelta(days=n) for n in range((rule.last - rule.first).days + 1)]
    holidays = data.draw(st.sets(st.sampled_from(days), max_size=5))
    found = occurrences(rule, semester, holidays, zone)
    assert [each.day for each in found] == [
        day
        for day in days
        if day.isoweekday() == rule.weekday
        and day not in holidays
        and fits(rule.weeks, week_number(semester, day))
    ]
    for each in found:
        assert each.ends - each.starts == timedelta(minutes=rule.minutes)
        assert each.starts.tzinfo is UTC
        wall = each.starts.astimezone(zone)
        clocks_skip = wall.time() != rule.starts
        if not clocks_skip:
            assert wall.date() == each.day


@given(rules(), ZONES)
def test_odd_and_even_weeks_together_are_every_week(made: tuple[Rule, Semester], zone: ZoneInfo) -> None:
    rule, semester = made
    parts = {
        weeks: occurrences(
            Rule(rule.weekday, rule.starts, rule.minutes, rule.first, rule.last, weeks), semester, (), zone
        )
        for weeks in ("every", "odd", "even")
    }
    assert not {each.day for each in parts["odd"]} & {each.day for each in parts["even"]}
    assert sorted(parts["odd"] + parts["even"], key=lambda each: each.day) == parts["every"]


@given(DAYS, st.integers(0, 400))
def test_weeks_count_from_the_week_of_the_first_day(starts: date, later: int) -> None:
    semester = Semester(starts, starts + timedelta(days=400))
    day = starts + timedelta(days=later)
    number = week_number(semester, day)
    assert number >= 1
    assert monday(starts) + timedelta(weeks=number - 1) == monday(day)
    assert fits("odd", number) is (number % 2 == 1) is not fits("even", number)


def test_a_semester_that_begins_on_thursday_changes_parity_on_monday() -> None:
    semester = Semester(date(2026, 9, 3), date(2026, 12, 31))
    assert week_number(semester, date(2026, 9, 6)) == 1
    assert week_number(semester, date(2026, 9, 7)) == 2
    assert week_number(semester, date(2026, 8, 30)) == 0


@given(DAYS, ZONES)
def test_days_follow_one_another_without_a_gap(day: date, zone: ZoneInfo) -> None:
    first, last = day_bounds(day, zone)
    assert day_bounds(day + timedelta(days=1), zone)[0] == last
    assert timedelta(hours=22) < last - first < timedelta(hours=26)
    assert local_date(first, zone) == day
    assert local_date(last - timedelta(microseconds=1), zone) == day


def test_a_lesson_over_midnight_keeps_its_length() -> None:
    rule = Rule(5, time(23, 30), 80, date(2026, 10, 16), date(2026, 10, 16))
    (found,) = occurrences(rule, None, (), BISHKEK)
    assert found.starts == datetime(2026, 10, 16, 17, 30, tzinfo=UTC)
    assert found.ends.astimezone(BISHKEK) == datetime(2026, 10, 17, 0, 50, tzinfo=BISHKEK)


def test_a_lesson_keeps_its_wall_time_and_length_when_the_clocks_change() -> None:
    rule = Rule(7, time(9, 0), 80, date(2026, 3, 22), date(2026, 4, 5))
    found = occurrences(rule, None, (), BERLIN)
    assert [each.starts.hour for each in found] == [8, 7, 7]
    night = Rule(7, time(1, 30), 90, date(2026, 3, 29), date(2026, 3, 29))
    (over,) = occurrences(night, None, (), BERLIN)
    assert over.ends - over.starts == timedelta(minutes=90)
    assert over.ends.astimezone(BERLIN).time() == time(4, 0)


def test_a_time_that_the_clocks_skip_or_repeat() -> None:
    assert instant(date(2026, 3, 29), time(2, 30), BERLIN).astimezone(BERLIN).time() == time(3, 30)
    assert instant(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("timetable.weekday", {"weekday": 0}),
        ("timetable.weekday", {"weekday": 8}),
        ("timetable.minutes", {"minutes": 4}),
        ("timetable.minutes", {"minutes": 721}),
        ("timetable.range", {"last": date(2026, 8, 31)}),
        ("timetable.too_long", {"last": date(9999, 12, 31)}),
        ("timetable.semester", {"weeks": "odd", "last": date(2027, 2, 1)}),
    ],
)
def test_a_rule_without_sense_is_refused_with_its_code(code: str, changes: dict[str, object]) -> None:
    fields = {
        "weekday": 1,
        "starts": time(9),
        "minutes": 80,
        "first": date(2026, 9, 1),
        "last": date(2026, 12, 31),
        **changes,
    }
    semester = Semester(date(2026, 9, 1), date(2026, 12, 31))
    with pytest.raises(BadRule) as caught:
        occurrences(Rule(**fields), semester, (), BISHKEK)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_odd_weeks_without_a_semester_are_refused() -> None:
    rule = Rule(1, time(9), 80, date(2026, 9, 1), date(2026, 9, 30), "odd")
    with pytest.raises(BadRule, match=r"timetable\.semester"):
        occurrences(rule, None, (), BISHKEK)
