"""Rosters over time: what changes later does not change what was (R6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from server.plan import roster
from server.plan.tables import Lesson
from tests.server.plan.conftest import NOW, Call, University, Wall

Body = Callable[..., dict[str, Any]]


async def students(call: Call, lesson: str) -> set[str]:
    status, answer = await call("dispatcher", "GET", f"/api/v1/lessons/{lesson}/roster")
    assert status == 200, answer
    return {entry["name"] for entry in answer["items"] if entry["part"] == "student"}


async def make(call: Call, body: dict[str, Any]) -> str:
    status, answer = await call("office_head", "POST", "/api/v1/lessons", body)
    assert status == 201, answer
    return str(answer["id"])


async def test_who_leaves_stays_on_the_roster_of_the_past(
    call: Call, university: University, lesson_body: Body, wall: Wall
) -> None:
    today = await make(call, lesson_body())
    tomorrow = await make(
        call, lesson_body(starts="2026-10-15T10:30:00+06:00", ends="2026-10-15T11:50:00+06:00")
    )
    wall.set(NOW + timedelta(hours=5))
    path = f"/api/v1/groups/{university.group['a1']}/students"
    assert (await call("office_head", "DELETE", f"{path}/{university.id('student1')}"))[0] == 204
    assert await students(call, today) == {"Student1"}
    assert await students(call, tomorrow) == set()
    assert (await call("student1", "GET", f"/api/v1/lessons/{today}"))[0] == 200
    assert (await call("student1", "GET", f"/api/v1/lessons/{tomorrow}"))[0] == 403
    _, was = await call("office_head", "GET", f"{path}?on=2026-10-13")
    _, is_now = await call("office_head", "GET", path)
    assert [item["name"] for item in was["items"]] == ["Student1"]
    assert is_now["items"] == []


async def test_who_comes_later_was_not_there_before(
    call: Call, university: University, lesson_body: Body, wall: Wall
) -> None:
    today = await make(call, lesson_body())
    wall.set(NOW + timedelta(hours=5))
    path = f"/api/v1/groups/{university.group['a1']}/students"
    status, answer = await call("office_head", "POST", path, {"students": [university.id("student3")]})
    assert (status, answer) == (200, {"added": 1})
    assert await students(call, today) == {"Student1"}
    later = await make(
        call, lesson_body(starts="2026-10-15T10:30:00+06:00", ends="2026-10-15T11:50:00+06:00")
    )
    assert await students(call, later) == {"Student1", "Student3"}


async def test_who_is_taken_out_during_the_lesson_cannot_come_back_but_was_there(
    call: Call, university: University, lesson_body: Body, wall: Wall
) -> None:
    lesson = await make(call, lesson_body())
    wall.set(NOW + timedelta(minutes=60))
    path = f"/api/v1/groups/{university.group['a1']}/students/{university.id('student1')}"
    assert (await call("office_head", "DELETE", path))[0] == 204
    assert (await call("student1", "GET", f"/api/v1/lessons/{lesson}"))[0] == 403
    assert await students(call, lesson) == {"Student1"}
    wall.set(NOW + timedelta(hours=3))
    assert (await call("student1", "GET", f"/api/v1/lessons/{lesson}"))[0] == 200


async def test_an_exchange_student_takes_one_discipline(
    call: Call, university: University, lesson_body: Body
) -> None:
    lesson = await make(call, lesson_body())
    takers = f"/api/v1/disciplines/{university.discipline['a']}/takers"
    body = {"student": university.id("exchange"), "from": "2026-10-01"}
    status, taking = await call("office_head", "POST", takers, body)
    assert status == 201, taking
    assert await students(call, lesson) == {"Student1", "Exchange"}
    assert (await call("exchange", "GET", f"/api/v1/lessons/{lesson}"))[0] == 200
    status, again = await call("office_head", "POST", takers, body)
    assert (status, again["error"]["code"]) == (409, "taking.known")
    _, listed = await call("office_head", "GET", takers)
    assert [item["student"]["name"] for item in listed["items"]] == ["Exchange"]
    assert (await call("office_head", "DELETE", f"{takers}/{taking['id']}"))[0] == 204
    assert (await call("exchange", "GET", f"/api/v1/lessons/{lesson}"))[0] == 403


async def test_enrolling_twice_adds_nobody(call: Call, university: University) -> None:
    path = f"/api/v1/groups/{university.group['a1']}/students"
    _, answer = await call("office_head", "POST", path, {"students": [university.id("student1")] * 2})
    assert answer == {"added": 0}


async def test_enrolments_without_sense_are_refused(call: Call, university: University) -> None:
    path = f"/api/v1/groups/{university.group['a1']}/students"
    ids = [university.id("student3")]

    async def code(body: dict[str, Any]) -> tuple[int, str]:
        status, answer = await call("office_head", "POST", path, body)
        return status, answer["error"]["code"]

    assert await code({"students": ["nobody0000000000"]}) == (422, "person.unknown")
    assert await code({"students": [university.id("teacher_a")]}) == (422, "person.role")
    assert await code({"students": ids, "from": "2026-10-10", "until": "2026-10-01"}) == (
        422,
        "enrolment.range",
    )
    assert await code({"students": ids, "from": "0001-01-01"}) == (422, "plan.date")
    assert await code({"students": []}) == (422, "body.invalid")
    assert await code({"students": [f"{n:016}" for n in range(301)]}) == (422, "body.invalid")
    takers = f"/api/v1/disciplines/{university.discipline['a']}/takers"
    status, answer = await call("office_head", "POST", takers, {})
    assert (status, answer["error"]["code"]) == (422, "taking.who")
    missing = f"{path}/{university.id('student3')}"
    status, answer = await call("office_head", "DELETE", missing)
    assert (status, answer["error"]["code"]) == (404, "enrolment.unknown")


async def test_rights_over_rosters(call: Call, university: University, lesson_body: Body) -> None:
    await make(call, lesson_body())
    path = f"/api/v1/groups/{university.group['a1']}/students"
    seen = {login: (await call(login, "GET", path))[0] for login in university.people}
    allowed = {"admin", "teacher_a", "curator", "dispatcher", "dean", "office_head"}
    assert {login for login, status in seen.items() if status == 200} == allowed
    body = {"students": [university.id("student3")]}
    changed = {login for login in university.people if (await call(login, "POST", path, body))[0] == 200}
    assert changed == {"admin", "office_head"}


async def test_a_future_enrolment_that_is_taken_back_never_was(call: Call, university: University) -> None:
    path = f"/api/v1/groups/{university.group['a1']}/students"
    ids = [university.id("student3")]
    assert (await call("admin", "POST", path, {"students": ids, "from": "2026-11-01"}))[0] == 200
    assert (await call("admin", "DELETE", f"{path}/{ids[0]}"))[0] == 204
    _, answer = await call("admin", "GET", f"{path}?on=2026-11-02")
    assert [item["name"] for item in answer["items"]] == ["Student1"]


async def test_the_roster_of_a_moment(university: University, call: Call, lesson_body: Body) -> None:
    key = await make(call, lesson_body())
    async with university.house.store.read() as db:
        lesson = await db.get(Lesson, key)
        assert lesson is not None
        found = await roster.lesson_roster(db, lesson)
    assert found == {university.id("student1"): "student", university.id("teacher_a"): "teacher"}


def test_microseconds_are_exact() -> None:
    moment = datetime.fromisoformat("2026-10-14T10:30:00.123457+06:00")
    assert roster.micro(moment) == 1791952200123457
