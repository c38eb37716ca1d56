"""Lessons over HTTP: planning, warnings, changes, cancellation, removal, and everything refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.server.plan.conftest import NOW, Call, University, Wall

Body = Callable[..., dict[str, Any]]


async def make(call: Call, body: dict[str, Any], login: str = "office_head") -> dict[str, Any]:
    status, answer = await call(login, "POST", "/api/v1/lessons", body)
    assert status == 201, answer
    return dict(answer)


async def open_and_close(university: University, lesson: str, close: bool = True) -> None:
    trace = university.house.trace
    await trace.record("session.opened", {"lesson": lesson}, actor="system", session=f"s{lesson[1:]}")
    if close:
        await trace.record("session.closed", {"lesson": lesson}, actor="system", session=f"s{lesson[1:]}")


async def test_a_lesson_without_a_title_takes_its_disciplines(call: Call, lesson_body: Body) -> None:
    assert (await make(call, lesson_body()))["title"] == "Физика a"


async def test_overlaps_are_warned_about_and_not_refused(
    call: Call, university: University, lesson_body: Body
) -> None:
    first = await make(call, lesson_body())
    assert first["warnings"] == []
    second = await make(
        call, lesson_body(starts="2026-10-14T11:30:00+06:00", ends="2026-10-14T12:30:00+06:00")
    )
    assert {(w["code"], w["who"]) for w in second["warnings"]} == {
        ("overlap.teacher", university.id("teacher_a")),
        ("overlap.group", university.group["a1"]),
    }
    assert {w["other"] for w in second["warnings"]} == {first["id"]}
    assert second["warnings"][0]["starts"].startswith("2026-10-14T05:30:00")
    path = f"/api/v1/lessons/{first['id']}"
    await call("office_head", "PATCH", path, {"state": "cancelled", "reason": "ill"})
    third = await make(call, lesson_body(teachers=[university.id("teacher_b")]))
    assert {w["other"] for w in third["warnings"]} == {second["id"]}


SENSELESS = [
    ({"starts": "2026-10-14T11:50:00+06:00", "ends": "2026-10-14T10:30:00+06:00"}, "lesson.minutes"),
    ({"ends": "2026-10-14T10:34:00+06:00"}, "lesson.minutes"),
    ({"ends": "2026-10-14T22:31:00+06:00"}, "lesson.minutes"),
    ({"starts": "1970-01-01T00:00:00+00:00", "ends": "1970-01-01T01:00:00+00:00"}, "plan.date"),
    ({"starts": "9999-12-31T00:00:00+00:00", "ends": "9999-12-31T01:00:00+00:00"}, "plan.date"),
    ({"starts": "0001-01-01T00:00:00+14:00", "ends": "0001-01-01T01:00:00+14:00"}, "plan.date"),
    ({"starts": "2026-10-14T10:30:00"}, "body.invalid"),
    ({"starts": "2026-02-30T10:30:00Z"}, "body.invalid"),
    ({"starts": 12}, "body.invalid"),
    ({"kind": "party"}, "body.invalid"),
    ({"groups": ["0000000000000000"]}, "lesson.group"),
    ({"groups": ["x"] * 31}, "body.invalid"),
    ({"discipline": "0000000000000000"}, "lesson.discipline"),
    ({"discipline": None}, "lesson.discipline"),
    ({"discipline": None, "kind": "webinar"}, "lesson.title"),
    ({"teachers": []}, "body.invalid"),
    ({"teachers": ["0000000000000000"]}, "person.unknown"),
    ({"title": "a\x00b"}, "body.invalid"),
    ({"title": "x" * 201}, "body.invalid"),
    ({"students": [f"{n:016}" for n in range(301)]}, "body.invalid"),
    ({"surprise": 1}, "body.invalid"),
]


async def test_a_lesson_without_sense_is_refused(call: Call, lesson_body: Body) -> None:
    for changes, code in SENSELESS:
        status, answer = await call("office_head", "POST", "/api/v1/lessons", lesson_body(**changes))
        assert (status, answer["error"]["code"]) == (422, code), changes
        assert answer["error"]["message"]


async def test_parts_need_their_roles(call: Call, university: University, lesson_body: Body) -> None:
    async def code(**changes: Any) -> str:
        status, answer = await call("office_head", "POST", "/api/v1/lessons", lesson_body(**changes))
        assert status == 422
        return str(answer["error"]["code"])

    assert await code(teachers=[university.id("student1")]) == "person.role"
    assert await code(proctors=[university.id("teacher_b")]) == "person.role"
    assert await code(students=[university.id("teacher_b")]) == "person.role"
    twice = [university.id("teacher_a")]
    assert await code(teachers=twice, substitutes=twice) == "lesson.person_twice"


async def test_who_may_plan(call: Call, university: University, lesson_body: Body) -> None:
    async def status(login: str, **changes: Any) -> int:
        return (await call(login, "POST", "/api/v1/lessons", lesson_body(**changes)))[0]

    for login in ("student1", "curator", "dean", "observer", "proctor", "chair", "teacher_b"):
        assert await status(login) == 403, login
    assert await status("teacher_a") == 403, "not a group of theirs yet"
    for login in ("dispatcher", "office_head", "admin", "teacher_a"):
        assert await status(login) == 201, login
    other = {"groups": [university.group["b1"]], "discipline": university.discipline["b"]}
    assert await status("dispatcher", **other) == 403
    both = {"groups": [university.group["a1"], university.group["b1"]]}
    assert await status("dispatcher", **both) == 403
    assert await status("teacher_a", teachers=[university.id("teacher_b")]) == 403


async def test_a_dispatcher_cannot_move_a_lesson_to_another_faculty(
    call: Call, university: University, lesson_body: Body
) -> None:
    lesson = await make(call, lesson_body())
    path = f"/api/v1/lessons/{lesson['id']}"
    assert (await call("dispatcher", "PATCH", path, {"groups": [university.group["b1"]]}))[0] == 403
    status, answer = await call("dispatcher", "PATCH", path, {"groups": [university.group["a2"]]})
    assert status == 200
    assert [group["name"] for group in answer["groups"]] == ["A-2"]


async def test_a_change_keeps_what_it_does_not_name(
    call: Call, university: University, lesson_body: Body
) -> None:
    lesson = await make(call, lesson_body())
    path = f"/api/v1/lessons/{lesson['id']}"
    changes = {"substitutes": [university.id("teacher_b")], "reason": "ооруп калды"}
    status, answer = await call("dispatcher", "PATCH", path, changes)
    assert status == 200
    assert [teacher["name"] for teacher in answer["teachers"]] == ["Teacher_A", "Teacher_B"]
    assert answer["starts"] == lesson["starts"]
    _, seen = await call("teacher_b", "GET", path)
    assert (seen["relation"], seen["may"]["open"]) == ("assigned", True)
    status, answer = await call("dispatcher", "PATCH", path, {"starts": "2026-10-14T11:00:00+06:00"})
    assert (answer["starts"], answer["ends"]) == ("2026-10-14T11:00:00+06:00", lesson["ends"])
    assert len(answer["teachers"]) == 2
    found = await university.house.trace.read(kinds=["lesson.changed"])
    assert found[0].data["reason"] == "ооруп калды"
    assert found[0].entry.actor == university.id("dispatcher")


async def test_a_teacher_hands_a_lesson_over(call: Call, university: University, lesson_body: Body) -> None:
    lesson = await make(call, lesson_body())
    path = f"/api/v1/lessons/{lesson['id']}"
    status, _ = await call("teacher_a", "PATCH", path, {"teachers": [university.id("teacher_b")]})
    assert status == 200
    assert (await call("teacher_a", "GET", path))[0] == 403
    assert (await call("teacher_b", "GET", path))[0] == 200


async def test_what_was_held_stays(call: Call, university: University, lesson_body: Body, wall: Wall) -> None:
    lesson = await make(call, lesson_body())
    path = f"/api/v1/lessons/{lesson['id']}"
    await open_and_close(university, lesson["id"], close=False)

    async def code(method: str, body: Any = None) -> tuple[int, str]:
        status, answer = await call("office_head", method, path, body)
        return status, answer["error"]["code"]

    assert await code("PATCH", {"starts": "2026-10-14T10:40:00+06:00"}) == (409, "lesson.has_history")
    assert await code("PATCH", {"groups": []}) == (409, "lesson.has_history")
    assert await code("PATCH", {"state": "cancelled"}) == (409, "lesson.state")
    assert await code("DELETE") == (409, "lesson.has_history")
    added = {"substitutes": [university.id("teacher_b")]}
    assert (await call("office_head", "PATCH", path, added))[0] == 200
    await open_and_close(university, lesson["id"])
    assert await code("PATCH", {"substitutes": []}) == (409, "lesson.has_history")
    assert (await call("office_head", "PATCH", path, {"title": "Механика"}))[0] == 200


async def test_a_lesson_that_was_missed_cannot_be_made_to_disappear(
    call: Call, lesson_body: Body, wall: Wall
) -> None:
    lesson = await make(call, lesson_body())
    wall.set(NOW + timedelta(hours=3))
    status, answer = await call("office_head", "DELETE", f"/api/v1/lessons/{lesson['id']}")
    assert (status, answer["error"]["code"]) == (409, "lesson.has_history")


async def test_a_lesson_is_cancelled_with_a_reason_and_restored(call: Call, lesson_body: Body) -> None:
    lesson = await make(call, lesson_body())
    path = f"/api/v1/lessons/{lesson['id']}"
    status, answer = await call("dispatcher", "PATCH", path, {"state": "cancelled", "reason": "карантин"})
    assert (status, answer["state"]) == (200, "cancelled")
    assert answer["may"]["join"] is False
    status, answer = await call("dispatcher", "PATCH", path, {"title": "x"})
    assert (status, answer["error"]["code"]) == (409, "lesson.cancelled")
    status, answer = await call("dispatcher", "PATCH", path, {"state": "planned", "title": "x"})
    assert (status, answer["error"]["code"]) == (422, "lesson.state_alone")
    status, answer = await call("dispatcher", "PATCH", path, {"state": "planned"})
    assert (status, answer["state"]) == (200, "planned")


async def test_a_lesson_ahead_is_removed(call: Call, university: University, lesson_body: Body) -> None:
    lesson = await make(call, lesson_body())
    path = f"/api/v1/lessons/{lesson['id']}"
    assert (await call("teacher_a", "DELETE", path))[0] == 403
    assert (await call("dispatcher", "DELETE", path))[0] == 204
    assert (await call("dispatcher", "GET", path))[0] == 404
    kinds = [each.entry.kind for each in await university.house.trace.read()]
    assert kinds[-1] == "lesson.deleted"


async def test_a_refused_change_leaves_no_entry(
    call: Call, university: University, lesson_body: Body
) -> None:
    before = len(await university.house.trace.read())
    await call("office_head", "POST", "/api/v1/lessons", lesson_body(discipline="0000000000000000"))
    await call("office_head", "DELETE", "/api/v1/lessons/0000000000000000")
    assert len(await university.house.trace.read()) == before


async def test_a_stranger_learns_nothing(call: Call, lesson_body: Body) -> None:
    lesson = await make(call, lesson_body())
    for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
        status, answer = await call("student3", method, f"/api/v1/lessons/{lesson['id']}", body)
        assert (status, answer["error"]["code"]) == (403, "permission.denied")
    assert (await call("admin", "GET", "/api/v1/lessons/" + "x" * 500))[0] == 404
