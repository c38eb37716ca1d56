"""Lines of the timetable over HTTP: semesters of lessons at once, holidays, bounds, removal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.server.plan.conftest import NOW, Call, University, Wall


@pytest.fixture
async def line(call: Call, university: University) -> Callable[..., dict[str, Any]]:
    """A body for POST /api/v1/timetable, with a semester and a holiday in the calendar."""
    semester = {"name": "Күз 2026", "starts": "2026-09-01", "ends": "2026-12-31"}
    assert (await call("admin", "POST", "/api/v1/semesters", semester))[0] == 201
    holiday = {"day": "2026-11-07", "name": "Тарых жана ата-бабаларды эскерүү күнү"}
    assert (await call("admin", "POST", "/api/v1/holidays", holiday))[0] == 201

    def body(**changes: Any) -> dict[str, Any]:
        return {
            "kind": "seminar",
            "weekday": 6,
            "starts": "09:30",
            "minutes": 80,
            "from": "2026-10-15",
            "until": "2026-11-30",
            "discipline": university.discipline["a"],
            "groups": [university.group["a1"]],
            "teachers": [university.id("teacher_a")],
            **changes,
        }

    return body


async def test_a_line_makes_its_lessons_without_the_holidays(
    call: Call, line: Callable[..., dict[str, Any]]
) -> None:
    status, made = await call("dispatcher", "POST", "/api/v1/timetable", line())
    assert status == 201, made
    assert made["skipped"] == ["2026-11-07"]
    _, answer = await call("student1", "GET", "/api/v1/lessons?from=2026-10-15&until=2026-12-01")
    assert [lesson["starts"] for lesson in answer["items"]] == [
        f"{day}T09:30:00+06:00"
        for day in ("2026-10-17", "2026-10-24", "2026-10-31", "2026-11-14", "2026-11-21", "2026-11-28")
    ]
    assert made["lessons"] == [lesson["id"] for lesson in answer["items"]]


async def test_odd_and_even_weeks_share_the_days(
    call: Call, line: Callable[..., dict[str, Any]], university: University
) -> None:
    _, odd = await call("dispatcher", "POST", "/api/v1/timetable", line(weeks="odd"))
    _, even = await call("dispatcher", "POST", "/api/v1/timetable", line(weeks="even"))
    assert odd["warnings"] == even["warnings"] == []
    assert (len(odd["lessons"]), len(even["lessons"])) == (4, 2)
    status, again = await call("dispatcher", "POST", "/api/v1/timetable", line(weeks="even"))
    assert status == 201
    assert len(again["warnings"]) == 2 * len(even["lessons"])


SENSELESS = [
    ({"until": "2126-10-15"}, "plan.date"),
    ({"from": "0001-01-01", "until": "9999-12-31"}, "plan.date"),
    ({"from": "2026-01-01", "until": "2027-12-31"}, "timetable.too_long"),
    ({"until": "2026-10-14"}, "timetable.range"),
    ({"until": "2026-10-16"}, "timetable.empty"),
    ({"from": "2026-11-07", "until": "2026-11-07"}, "timetable.empty"),
    ({"minutes": 100_000}, "timetable.minutes"),
    ({"minutes": -80}, "timetable.minutes"),
    ({"weeks": "odd", "until": "2027-03-01"}, "timetable.semester"),
    ({"weekday": 0}, "body.invalid"),
    ({"weekday": 8}, "body.invalid"),
    ({"starts": "24:00"}, "body.invalid"),
    ({"starts": "9:30"}, "body.invalid"),
    ({"from": "2026-02-30"}, "body.invalid"),
    ({"groups": ["0000000000000000"]}, "lesson.group"),
    ({"teachers": ["0000000000000000"]}, "person.unknown"),
]


async def test_a_line_without_sense_makes_nothing(call: Call, line: Callable[..., dict[str, Any]]) -> None:
    for changes, code in SENSELESS:
        status, answer = await call("office_head", "POST", "/api/v1/timetable", line(**changes))
        assert (status, answer["error"]["code"]) == (422, code), changes
    _, listed = await call("office_head", "GET", "/api/v1/timetable")
    assert listed["items"] == []


async def test_nobody_asks_for_ten_thousand_lessons_at_once(
    call: Call, line: Callable[..., dict[str, Any]]
) -> None:
    status, answer = await call("office_head", "POST", "/api/v1/timetable", line(groups=["0" * 16] * 10_000))
    assert (status, answer["error"]["code"]) == (422, "body.invalid")
    body = line(**{"from": "2026-10-15", "until": "2027-10-16", "weekday": 4})
    status, answer = await call("office_head", "POST", "/api/v1/timetable", body)
    assert status == 201
    assert len(answer["lessons"]) <= 53


async def test_removing_a_line_keeps_what_happened_and_what_was_moved(
    call: Call, line: Callable[..., dict[str, Any]], university: University, wall: Wall
) -> None:
    _, made = await call("dispatcher", "POST", "/api/v1/timetable", line())
    held, moved, called_off, *rest = made["lessons"]
    await university.house.trace.record("session.opened", {"lesson": held}, actor="system", session="s" * 16)
    move = {"starts": "2026-10-25T09:30:00+06:00", "ends": "2026-10-25T10:50:00+06:00"}
    assert (await call("dispatcher", "PATCH", f"/api/v1/lessons/{moved}", move))[0] == 200
    off = {"state": "cancelled", "reason": "майрам"}
    assert (await call("dispatcher", "PATCH", f"/api/v1/lessons/{called_off}", off))[0] == 200
    wall.set(NOW + timedelta(days=4))
    status, answer = await call("dispatcher", "DELETE", f"/api/v1/timetable/{made['id']}")
    assert (status, answer) == (200, {"removed": len(rest), "kept": 2})
    _, answer = await call("student1", "GET", "/api/v1/lessons?from=2026-10-15&until=2026-12-01")
    assert {lesson["id"] for lesson in answer["items"]} == {held, moved, called_off}


async def test_rights_over_the_timetable(
    call: Call, line: Callable[..., dict[str, Any]], university: University
) -> None:
    made = {
        login
        for login in university.people
        if (await call(login, "POST", "/api/v1/timetable", line()))[0] == 201
    }
    assert made == {"admin", "dispatcher", "office_head"}
    other = line(groups=[university.group["b1"]], discipline=university.discipline["b"])
    assert (await call("dispatcher", "POST", "/api/v1/timetable", other))[0] == 403
    _, theirs = await call("office_head", "POST", "/api/v1/timetable", other)
    assert (await call("dispatcher", "DELETE", f"/api/v1/timetable/{theirs['id']}"))[0] == 403
    _, seen = await call("dispatcher", "GET", "/api/v1/timetable")
    assert {item["groups"][0]["name"] for item in seen["items"]} == {"A-1"}
    _, seen = await call("office_head", "GET", f"/api/v1/timetable?group={university.group['b1']}")
    assert [item["id"] for item in seen["items"]] == [theirs["id"]]
    assert (seen["items"][0]["from"], seen["items"][0]["until"]) == ("2026-10-15", "2026-11-30")


async def test_the_calendar_belongs_to_the_whole_university(
    call: Call, line: Callable[..., dict[str, Any]], university: University
) -> None:
    office_of_a_faculty = {"name": "x", "starts": "2027-01-11", "ends": "2027-05-31"}
    assert (await call("dispatcher", "POST", "/api/v1/semesters", office_of_a_faculty))[0] == 403
    met = {"name": "x", "starts": "2026-12-31", "ends": "2027-05-31"}
    status, answer = await call("admin", "POST", "/api/v1/semesters", met)
    assert (status, answer["error"]["code"]) == (409, "semester.overlap")
    for starts, ends, code in (
        ("2027-05-31", "2027-01-11", "semester.range"),
        ("2027-01-11", "2029-01-11", "semester.range"),
        ("0001-01-01", "0001-05-05", "plan.date"),
    ):
        body = {"name": "y", "starts": starts, "ends": ends}
        status, answer = await call("admin", "POST", "/api/v1/semesters", body)
        assert (status, answer["error"]["code"]) == (422, code)
    _, answer = await call("student1", "GET", "/api/v1/semesters")
    (semester,) = answer["items"]
    assert (await call("student1", "DELETE", f"/api/v1/semesters/{semester['id']}"))[0] == 403
    assert (await call("admin", "DELETE", f"/api/v1/semesters/{semester['id']}"))[0] == 204
    assert (await call("admin", "DELETE", f"/api/v1/semesters/{semester['id']}"))[0] == 404
    _, answer = await call("student1", "GET", "/api/v1/holidays")
    assert [item["day"] for item in answer["items"]] == ["2026-11-07"]
    assert (await call("admin", "DELETE", "/api/v1/holidays/2026-11-07"))[0] == 204
    assert (await call("admin", "DELETE", "/api/v1/holidays/2026-11-07"))[0] == 404
    assert (await call("admin", "DELETE", "/api/v1/holidays/soon"))[0] == 422
