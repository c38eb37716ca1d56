"""The demo's timetable, at any moment: a lesson is on, nobody is in two places, every kind is there."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.demo import week
from server.demo.people import DEPARTMENTS, GROUPS, STAFF, latin, students
from server.demo.subjects import SUBJECTS
from server.plan.kinds import KINDS

BISHKEK = ZoneInfo("Asia/Bishkek")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=BISHKEK)
)


@given(MOMENTS)
def test_the_teachers_lesson_is_on_now(now: datetime) -> None:
    main = week.timetable(now)[0]
    assert (main.teacher, main.groups, main.weeks) == ("teacher", ("ИТ-21",), "every")
    began = week.began(now)
    assert timedelta(minutes=10) <= now - began < timedelta(minutes=15)
    assert (main.weekday, main.starts) == (began.isoweekday(), began.time())
    first, last = week.semester(now)
    assert first <= began.date() <= last


@given(MOMENTS)
def test_nobody_is_in_two_places(now: datetime) -> None:
    places: Counter[tuple[object, ...]] = Counter()
    for line in week.timetable(now):
        for parity in ("odd", "even") if line.weeks == "every" else (line.weeks,):
            for who in (*line.groups, line.teacher):
                places[line.weekday, line.starts, parity, who] += 1
    assert max(places.values()) == 1


@given(MOMENTS)
def test_there_are_lessons_at_several_times_of_the_day(now: datetime) -> None:
    today = week.began(now).isoweekday()
    starts = {line.starts for line in week.timetable(now) if line.weekday == today and line.weeks == "every"}
    assert len(starts) >= 3
    assert all(line.minutes >= 50 for line in week.singles(now))
    slots = week.slots(now)
    assert slots == sorted(slots)
    assert all(week.FIRST <= each <= week.LAST for each in slots)


@given(MOMENTS)
def test_every_group_has_lessons_and_every_kind_is_shown(now: datetime) -> None:
    lines = week.timetable(now)
    singles = week.singles(now)
    assert {group for line in lines for group in line.groups} == set(GROUPS)
    shown = {line.kind for line in lines} | {single.kind for single in singles}
    assert set(KINDS) - shown <= {"lab", "practical", "seminar", "lecture", "rehearsal", "trial"}
    assert {"exam", "psychologist", "office_hours", "curator_hour", "defence", "webinar"} <= shown
    assert lines == week.timetable(now)


def test_the_people_are_the_same_each_time() -> None:
    found = students()
    assert found == students()
    assert [each.login for each in found[:3]] == ["student1", "student2", "student3"]
    assert {each.group for each in found[:3]} == {"ИТ-21"}
    everybody = [*STAFF, *found]
    assert len({each.login for each in everybody}) == len(everybody)
    assert Counter(each.group for each in found) == {name: size for name, (_, _, size) in GROUPS.items()}
    wanted = {"admin", "teacher", "curator", "dispatcher", "observer", "proctor", "commission1"}
    wanted |= {"commission2", "commission3", "chair", "dean", "office", "secretary"}
    assert wanted <= {each.login for each in everybody}


def test_names_become_logins() -> None:
    assert latin("Өмүрбек Жээнбекова") == "omurbek.zheenbekova"
    assert latin("Үсөн Кузнецов") == "uson.kuznetsov"


def test_subjects_name_what_there_is() -> None:
    teachers = {each.login for each in STAFF if any(post.role == "teacher" for post in each.posts)}
    for subject in SUBJECTS:
        assert subject.teacher in teachers
        assert subject.department in DEPARTMENTS
        assert set(subject.groups) <= set(GROUPS)
        assert subject.contact <= subject.hours
