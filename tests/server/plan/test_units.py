"""Faculties, departments, groups, disciplines over HTTP: lists, changes, history, scopes."""

from collections.abc import Callable
from typing import Any

from server.permissions import Grant, Scope, enclosing
from server.permissions.relations import members, scope_exists, scope_name
from tests.server.plan.conftest import Call, University

Body = Callable[..., dict[str, Any]]


async def test_a_unit_is_made_changed_archived_and_removed(call: Call) -> None:
    status, made = await call("admin", "POST", "/api/v1/faculties", {"name": "Юридика"})
    assert status == 201
    path = f"/api/v1/faculties/{made['id']}"
    _, changed = await call("admin", "PATCH", path, {"name": "Укук", "archived": True})
    assert changed == {"id": made["id"], "name": "Укук", "archived": True}
    _, listed = await call("student1", "GET", "/api/v1/faculties")
    assert "Укук" not in {item["name"] for item in listed["items"]}
    _, listed = await call("student1", "GET", "/api/v1/faculties?archived=true")
    assert "Укук" in {item["name"] for item in listed["items"]}
    status, answer = await call("admin", "POST", "/api/v1/departments", {"faculty": made["id"], "name": "x"})
    assert (status, answer["error"]["code"]) == (409, "unit.archived")
    assert (await call("admin", "DELETE", path))[0] == 204
    assert (await call("admin", "DELETE", path))[0] == 404


async def test_what_has_history_is_archived_and_not_removed(
    call: Call, university: University, lesson_body: Body
) -> None:
    paths = [
        f"/api/v1/faculties/{university.faculty['a']}",
        f"/api/v1/departments/{university.department['a']}",
        f"/api/v1/groups/{university.group['a1']}",
    ]
    assert (await call("admin", "POST", "/api/v1/lessons", lesson_body()))[0] == 201
    paths.append(f"/api/v1/disciplines/{university.discipline['a']}")
    for path in paths:
        status, answer = await call("admin", "DELETE", path)
        assert (status, answer["error"]["code"]) == (409, "unit.has_history"), path
        status, answer = await call("admin", "PATCH", path, {"archived": True})
        assert (status, answer["archived"]) == (200, True)
    assert (await call("admin", "DELETE", f"/api/v1/groups/{university.group['a2']}"))[0] == 409
    assert (await call("admin", "DELETE", f"/api/v1/groups/{university.group['b2']}"))[0] == 204


async def test_names_are_taken_once(call: Call, university: University) -> None:
    body = {"department": university.department["b"], "name": "A-1"}
    status, answer = await call("admin", "POST", "/api/v1/groups", body)
    assert (status, answer["error"]["code"]) == (409, "unit.name_taken")
    path = f"/api/v1/groups/{university.group['a2']}"
    status, answer = await call("admin", "PATCH", path, {"name": "A-1"})
    assert (status, answer["error"]["code"]) == (409, "unit.name_taken")


SENSELESS = [
    ("faculties", {"name": ""}),
    ("faculties", {"name": " x"}),
    ("faculties", {"name": "x\ny"}),
    ("faculties", {"name": "x" * 201}),
    ("faculties", {}),
    ("faculties", []),
    ("groups", {"department": "x", "name": "G"}),
    ("groups", {"department": "0" * 16, "name": "G", "language": "de"}),
    ("disciplines", {"department": "0" * 16, "name": "D", "hours": -1}),
    ("disciplines", {"department": "0" * 16, "name": "D", "hours": 10**9}),
    ("disciplines", {"department": "0" * 16, "name": "D", "mooc": "yes"}),
]


async def test_a_unit_without_sense_is_refused(call: Call) -> None:
    for path, body in SENSELESS:
        status, answer = await call("admin", "POST", f"/api/v1/{path}", body)
        assert (status, answer["error"]["code"]) == (422, "body.invalid"), body


async def test_a_unit_goes_into_one_that_exists(call: Call) -> None:
    for path, holder in (("departments", "faculty"), ("groups", "department"), ("disciplines", "department")):
        status, answer = await call("admin", "POST", f"/api/v1/{path}", {holder: "0" * 16, "name": "x"})
        assert (status, answer["error"]["code"]) == (404, "object.unknown")


async def test_an_office_keeps_to_its_faculty(call: Call, university: University) -> None:
    await university.person("head_a", Grant("office_head", Scope("faculty", university.faculty["a"])))
    for letter, expected in (("a", 201), ("b", 403)):
        body = {"department": university.department[letter], "name": f"new {letter}"}
        assert (await call("head_a", "POST", "/api/v1/groups", body))[0] == expected
        assert (await call("head_a", "POST", "/api/v1/disciplines", body))[0] == expected
        body = {"faculty": university.faculty[letter], "name": "new"}
        assert (await call("head_a", "POST", "/api/v1/departments", body))[0] == expected
        path = f"/api/v1/disciplines/{university.discipline[letter]}"
        assert (await call("head_a", "PATCH", path, {"mooc": True}))[0] == (200 if expected == 201 else 403)
    assert (await call("head_a", "POST", "/api/v1/faculties", {"name": "x"}))[0] == 403


async def test_everybody_may_look_and_few_may_change(call: Call, university: University) -> None:
    for path in ("faculties", "departments", "groups", "disciplines"):
        for login in university.people:
            assert (await call(login, "GET", f"/api/v1/{path}"))[0] == 200
    allowed = {
        login
        for login in university.people
        if (await call(login, "POST", "/api/v1/faculties", {"name": f"of {login}"}))[0] == 201
    }
    assert allowed == {"admin", "office_head"}


async def test_lists_are_searched_narrowed_and_paged(call: Call, university: University) -> None:
    _, answer = await call("admin", "GET", f"/api/v1/groups?of={university.department['b']}")
    assert [item["name"] for item in answer["items"]] == ["B-1", "B-2"]
    _, answer = await call("admin", "GET", "/api/v1/disciplines?query=ФИЗИКА%20B")
    assert [item["name"] for item in answer["items"]] == ["Физика b"]
    seen, after = [], ""
    for _ in range(4):
        _, answer = await call("admin", "GET", f"/api/v1/groups?limit=1&after={after}")
        seen += [item["name"] for item in answer["items"]]
        after = answer["next"]
    assert (seen, after) == (["A-1", "A-2", "B-1", "B-2"], "")


async def test_the_others_learn_how_scopes_nest(university: University, call: Call) -> None:
    house = university.house
    group = Scope("group", university.group["a1"])
    assert await enclosing(house, group) == {
        group,
        Scope("department", university.department["a"]),
        Scope("faculty", university.faculty["a"]),
    }
    assert await scope_name(house, group) == "A-1"
    assert await scope_name(house, Scope("faculty", university.faculty["a"])) == "Факультет a"
    assert not await scope_exists(house, Scope("department", "nowhere"))
    assert await members(house, group) == {university.id("student1")}
