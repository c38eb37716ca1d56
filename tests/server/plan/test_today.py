"""What is on today, per role (R2): each sees their own, offices their scope, nobody a private meeting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.permissions import Actor, Grant, Scope
from tests.server.plan.conftest import NOW, Call, University, Wall

Body = Callable[..., dict[str, Any]]


async def titles(call: Call, login: str, path: str = "/api/v1/today") -> set[str]:
    status, answer = await call(login, "GET", path)
    assert status == 200, answer
    return {lesson["title"] for lesson in answer["lessons"]}


@pytest.fixture
async def day(call: Call, university: University, lesson_body: Body) -> dict[str, str]:
    """A lesson of each sort today; ids by title."""
    u = university
    wanted = [
        lesson_body(title="a1"),
        lesson_body(
            title="a2", groups=[u.group["a2"]],
            starts="2026-10-14T12:00:00+06:00", ends="2026-10-14T13:20:00+06:00",
        ),
        lesson_body(
            title="b1", groups=[u.group["b1"]], teachers=[u.id("teacher_b")], discipline=u.discipline["b"]
        ),
        lesson_body(
            title="exam", kind="exam", proctors=[u.id("proctor")], chair=u.id("chair"),
            starts="2026-10-14T15:00:00+06:00", ends="2026-10-14T17:00:00+06:00",
        ),
        lesson_body(
            title="talk", kind="psychologist", discipline=None, groups=[],
            teachers=[u.id("psychologist")], students=[u.id("student2")],
        ),
        lesson_body(
            title="by name", groups=[], students=[u.id("exchange")], teachers=[u.id("teacher_b")],
            discipline=u.discipline["b"],
        ),
        lesson_body(
            title="substituted", groups=[u.group["b2"]], teachers=[u.id("teacher_b")],
            substitutes=[u.id("teacher_a")], discipline=u.discipline["b"],
            starts="2026-10-14T18:00:00+06:00", ends="2026-10-14T19:00:00+06:00",
        ),
    ]  # fmt: skip
    made = {}
    for body in wanted:
        maker = "psychologist" if body["title"] == "talk" else "office_head"
        status, answer = await call(maker, "POST", "/api/v1/lessons", body)
        assert status == 201, answer
        made[body["title"]] = answer["id"]
    return made


SEEN = [
    ("student1", {"a1", "exam"}),
    ("student2", {"a2", "talk"}),
    ("student3", {"b1"}),
    ("exchange", {"by name"}),
    ("teacher_a", {"a1", "a2", "exam", "substituted"}),
    ("teacher_b", {"b1", "by name", "substituted"}),
    ("psychologist", {"talk"}),
    ("curator", {"a1", "exam"}),
    ("dispatcher", {"a1", "a2", "exam"}),
    ("dean", {"a1", "a2", "exam"}),
    ("office_head", {"a1", "a2", "b1", "exam", "by name", "substituted"}),
    ("admin", {"a1", "a2", "b1", "exam", "by name", "substituted"}),
    ("observer", {"a1", "a2", "b1", "exam", "by name", "substituted"}),
    ("proctor", {"exam"}),
    ("chair", {"exam"}),
]


async def test_today_shows_each_role_its_own(call: Call, day: dict[str, str]) -> None:
    for login, seen in SEEN:
        assert await titles(call, login) == seen, login
        status, answer = await call(login, "GET", "/api/v1/lessons")
        assert status == 200
        assert {lesson["title"] for lesson in answer["items"]} == seen, login
        assert await titles(call, login, "/api/v1/week") == seen, login


async def test_a_guest_sees_the_lesson_of_the_link_alone(
    call: Call, day: dict[str, str], university: University
) -> None:
    grant = Grant("guest", Scope("lesson", day["a1"]))
    university.people["visitor"] = Actor("0000000000visito", "guest", grants=(grant,))
    assert await titles(call, "visitor") == {"a1"}
    _, answer = await call("visitor", "GET", "/api/v1/today")
    (lesson,) = answer["lessons"]
    assert lesson["relation"] == "assigned"
    assert lesson["may"] == {"join": True, "open": False, "edit": False, "invite": False}


async def test_a_lesson_view_has_the_shape_of_the_contract(
    call: Call, day: dict[str, str], university: University
) -> None:
    _, answer = await call("student1", "GET", "/api/v1/today")
    assert answer["date"] == "2026-10-14"
    assert answer["zone"] == "Asia/Bishkek"
    assert answer["now"] == "2026-10-14T10:00:00+06:00"
    assert answer["lessons"][0] == {
        "id": day["a1"],
        "title": "a1",
        "kind": "lecture",
        "discipline": {"id": university.discipline["a"], "name": "Физика a"},
        "groups": [{"id": university.group["a1"], "name": "A-1"}],
        "teachers": [{"id": university.id("teacher_a"), "name": "Teacher_A"}],
        "starts": "2026-10-14T10:30:00+06:00",
        "ends": "2026-10-14T11:50:00+06:00",
        "state": "planned",
        "relation": "enrolled",
        "may": {"join": True, "open": False, "edit": False, "invite": False},
    }


async def test_what_a_person_may_do_with_a_lesson(call: Call, day: dict[str, str]) -> None:
    async def may(login: str) -> dict[str, bool]:
        _, answer = await call(login, "GET", f"/api/v1/lessons/{day['a1']}")
        return dict(answer["may"])

    assert await may("teacher_a") == {"join": True, "open": True, "edit": True, "invite": True}
    assert await may("dispatcher") == {"join": True, "open": False, "edit": True, "invite": True}
    assert await may("observer") == {"join": True, "open": False, "edit": False, "invite": False}
    assert await may("admin") == {"join": False, "open": False, "edit": True, "invite": False}


async def test_a_psychologists_meeting_is_closed_to_everybody_else(
    call: Call, day: dict[str, str], university: University
) -> None:
    path = f"/api/v1/lessons/{day['talk']}"
    others = university.people.keys() - {"psychologist", "student2"}
    for login in sorted(others):
        assert (await call(login, "GET", path))[0] == 403, login
        assert (await call(login, "PATCH", path, {"title": "x"}))[0] == 403, login
        assert (await call(login, "DELETE", path))[0] == 403, login
        assert (await call(login, "GET", f"{path}/roster"))[0] == 403, login
    assert (await call("student2", "GET", path))[0] == 200


async def test_a_lesson_that_is_over_offers_nothing_to_enter(
    call: Call, day: dict[str, str], wall: Wall
) -> None:
    wall.set(NOW + timedelta(hours=2))
    _, answer = await call("teacher_a", "GET", f"/api/v1/lessons/{day['a1']}")
    assert answer["may"] == {"join": False, "open": False, "edit": True, "invite": False}


async def test_a_lesson_over_midnight_is_on_both_days(
    call: Call, university: University, lesson_body: Body
) -> None:
    night = lesson_body(title="night", starts="2026-10-14T23:30:00+06:00", ends="2026-10-15T00:50:00+06:00")
    assert (await call("office_head", "POST", "/api/v1/lessons", night))[0] == 201
    assert await titles(call, "student1") == {"night"}
    assert await titles(call, "student1", "/api/v1/today?date=2026-10-15") == {"night"}
    assert await titles(call, "student1", "/api/v1/today?date=2026-10-16") == set()


async def test_the_day_changes_at_midnight_of_the_university(
    call: Call, day: dict[str, str], wall: Wall
) -> None:
    wall.set(datetime.fromisoformat("2026-10-14T17:59:59+00:00"))
    assert "a1" in await titles(call, "student1")
    wall.set(datetime.fromisoformat("2026-10-14T18:00:00+00:00"))
    assert await titles(call, "student1") == set()


async def test_the_week_runs_from_monday_and_knows_its_number(call: Call, day: dict[str, str]) -> None:
    semester = {"name": "Күз 2026", "starts": "2026-09-01", "ends": "2026-12-31"}
    assert (await call("admin", "POST", "/api/v1/semesters", semester))[0] == 201
    _, answer = await call("student1", "GET", "/api/v1/week?from=2026-10-18")
    assert (answer["from"], answer["until"], answer["week"]) == ("2026-10-12", "2026-10-18", 7)
    assert {lesson["title"] for lesson in answer["lessons"]} == {"a1", "exam"}


SENSELESS = [
    ("/api/v1/today?date=0001-01-01", "plan.date"),
    ("/api/v1/today?date=9999-12-31", "plan.date"),
    ("/api/v1/week?from=9999-12-31", "plan.date"),
    ("/api/v1/today?date=yesterday", "query.invalid"),
    ("/api/v1/lessons?from=2026-01-01&until=2099-01-01", "lesson.range"),
    ("/api/v1/lessons?from=2026-02-01&until=2026-01-01", "lesson.range"),
    ("/api/v1/lessons?after=unknown", "lesson.after"),
    ("/api/v1/lessons?limit=10000", "query.invalid"),
]


async def test_days_without_sense_are_refused(call: Call) -> None:
    for path, code in SENSELESS:
        status, answer = await call("admin", "GET", path)
        assert (status, answer["error"]["code"]) == (422, code), path


async def test_nobody_sees_anything_without_a_login(call: Call) -> None:
    for path in ("/api/v1/today", "/api/v1/week", "/api/v1/lessons", "/api/v1/groups", "/api/v1/timetable"):
        assert (await call("", "GET", path))[0] == 401


async def test_a_list_of_lessons_comes_in_pages(call: Call, day: dict[str, str]) -> None:
    seen: list[str] = []
    after = ""
    while True:
        _, answer = await call("admin", "GET", f"/api/v1/lessons?limit=2&after={after}")
        assert len(answer["items"]) <= 2
        seen += [lesson["id"] for lesson in answer["items"]]
        after = answer["next"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 6
