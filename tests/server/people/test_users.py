"""Accounts by HTTP: make, search, change, reset, roles; nobody reaches above themselves."""

import pytest

from server.permissions import Grant, Scope
from tests.server.kit import PASSWORD, Running

USERS = "/api/v1/users"


@pytest.fixture
async def admin(site: Running) -> str:
    return await site.token_of(await site.person("root1", Grant("admin"), name="Башкы Админ"))


async def faculty(site: Running, admin: str, name: str) -> str:
    answer = await site.call("POST", "/api/v1/faculties", admin, json={"name": name})
    assert answer.status in (200, 201), answer.text
    return str(answer.json["id"])


async def test_make_and_first_login(site: Running, admin: str) -> None:
    body = {"login": "bekov.a", "name": "  Беков   Айбек ", "roles": [{"role": "student"}]}
    made = await site.call("POST", USERS, admin, json=body)
    assert made.status == 201 and made.json["name"] == "Беков Айбек"
    login = {"login": "bekov.a", "password": made.json["password"]}
    answer = await site.call("POST", "/api/v1/login", json=login)
    assert answer.json["next"] == "change_password"
    again = await site.call("POST", USERS, admin, json={**body, "login": "BEKOV.A"})
    assert (again.status, again.code) == (409, "user.login_taken")
    assert made.json["password"] not in str([r.data for r in await site.house.trace.read()])


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"login": "a"}, "user.login"),
    ({"login": "a b"}, "user.login"),
    ({"login": "<script>"}, "user.login"),
    ({"name": "   "}, "user.name"),
    ({"name": "a\u202eb"}, "user.name"),
    ({"email": "nowhere"}, "user.email"),
    ({"roles": []}, "body.invalid"),
    ({"roles": [{"role": "rector"}]}, "body.invalid"),
    ({"roles": [{"role": "guest"}]}, "role.scope"),
    ({"roles": [{"role": "student", "scope_kind": "lesson", "scope": "x"}]}, "role.scope"),
    ({"roles": [{"role": "student", "scope_kind": "faculty", "scope": "nowhere"}]}, "role.scope"),
    ({"roles": [{"role": "student", "scope_kind": "faculty"}]}, "role.scope"),
    ({"roles": [{"role": "student", "scope": "x"}]}, "role.scope"),
]


async def test_what_is_refused(site: Running, admin: str) -> None:
    for change, code in REFUSED:
        body = {"login": "good.one", "name": "Беков Айбек", "roles": [{"role": "student"}], **change}
        answer = await site.call("POST", USERS, admin, json=body)
        assert (answer.status, answer.code) == (422, code), (change, answer.text)


async def test_search_pages_and_words(site: Running, admin: str) -> None:
    for number in range(5):
        await site.person(f"student{number}", Grant("student"), name=f"Өмүров Үсөн {number}")
    await site.person("teacher9", Grant("teacher"), name="100% Ңуриза_")
    first = await site.call("GET", f"{USERS}?role=student&limit=3", admin)
    assert len(first.json["items"]) == 3 and first.json["next"]
    second = await site.call("GET", f"{USERS}?role=student&limit=3&after={first.json['next']}", admin)
    assert len(second.json["items"]) == 2 and second.json["next"] == ""
    for query, count in (("өмүров", 5), ("ҮСӨН 3", 1), ("STUDENT4", 1), ("100%", 1), ("_", 1), ("%%", 0)):
        found = await site.call("GET", USERS, admin, params={"query": query})
        assert len(found.json["items"]) == count, query
    assert "password" not in first.text and "argon2" not in first.text


async def test_an_office_head_keeps_to_the_faculty(site: Running, admin: str) -> None:
    here, there = await faculty(site, admin, "Физика"), await faculty(site, admin, "Химия")
    head = await site.token_of(await site.person("head1", Grant("office_head", Scope("faculty", here))))
    inside = await site.person("student1", Grant("student", Scope("faculty", here)))
    outside = await site.person("student2", Grant("student", Scope("faculty", there)))
    dean = await site.person("dean1", Grant("dean", Scope("faculty", here)))
    both = await site.person(
        "mixed", Grant("student", Scope("faculty", here)), Grant("admin", Scope("faculty", here))
    )
    shown = {u["login"] for u in (await site.call("GET", USERS, head)).json["items"]}
    assert shown == {"head1", "student1", "dean1", "mixed"}
    assert (await site.call("GET", f"{USERS}/{outside}", head)).status == 403
    assert (await site.call("POST", f"{USERS}/{inside}/reset", head)).status == 200
    for user in (outside, dean, both):
        assert (await site.call("POST", f"{USERS}/{user}/reset", head)).status == 403
        assert (await site.call("PATCH", f"{USERS}/{user}", head, json={"name": "X Y"})).status == 403
    role = {"role": "teacher", "scope_kind": "faculty", "scope": here}
    assert (await site.call("POST", f"{USERS}/{inside}/roles", head, json=role)).status == 201
    for wrong in (
        {"role": "admin", "scope_kind": "faculty", "scope": here},
        {"role": "teacher", "scope_kind": "faculty", "scope": there},
        {"role": "teacher"},
    ):
        assert (await site.call("POST", f"{USERS}/{inside}/roles", head, json=wrong)).status == 403
    made = {"login": "new.one", "name": "Жаңы Студент", "roles": [role, {"role": "dispatcher"}]}
    assert (await site.call("POST", USERS, head, json=made)).status == 403


async def test_reset_ends_every_login_and_the_second_factor(site: Running, admin: str) -> None:
    user = await site.person("nurai", Grant("student"))
    token = await site.token_of(user)
    program = (await site.call("POST", "/api/v1/me/tokens", token, json={"name": "x", "days": 1})).json[
        "token"
    ]
    slip = await site.call("POST", f"{USERS}/{user}/reset", admin)
    assert slip.json["login"] == "nurai"
    for old in (token, program):
        assert (await site.call("GET", "/api/v1/me", old)).code == "login.expired"
    body = {"login": "nurai", "password": PASSWORD}
    assert (await site.call("POST", "/api/v1/login", json=body)).code == "login.wrong"
    answer = await site.call("POST", "/api/v1/login", json={**body, "password": slip.json["password"]})
    assert answer.json["next"] == "change_password"


async def test_disabling_and_roles_work_at_once(site: Running, admin: str) -> None:
    user = await site.person("teacher1", Grant("teacher"))
    token = await site.token_of(user)
    assert "lesson.open" in (await site.call("GET", "/api/v1/me", token)).json["actions"]
    role = (await site.call("GET", f"{USERS}/{user}", admin)).json["roles"][0]["id"]
    assert (await site.call("DELETE", f"{USERS}/{user}/roles/{role}", admin)).status == 204
    assert "lesson.open" not in (await site.call("GET", "/api/v1/me", token)).json["actions"]
    assert (await site.call("DELETE", f"{USERS}/{user}/roles/{role}", admin)).code == "role.unknown"
    given = {"role": "curator"}
    assert (await site.call("POST", f"{USERS}/{user}/roles", admin, json=given)).status == 201
    assert (await site.call("POST", f"{USERS}/{user}/roles", admin, json=given)).code == "role.held"
    assert (await site.call("PATCH", f"{USERS}/{user}", admin, json={"disabled": True})).json["disabled"]
    assert (await site.call("GET", "/api/v1/me", token)).code == "login.expired"
    await site.call("PATCH", f"{USERS}/{user}", admin, json={"disabled": False})
    await site.log_in("teacher1")


async def test_nobody_shuts_themselves_out(site: Running, admin: str) -> None:
    me = (await site.call("GET", "/api/v1/me", admin)).json
    user = (await site.call("GET", f"{USERS}/{me['id']}", admin)).json
    assert (
        await site.call("PATCH", f"{USERS}/{me['id']}", admin, json={"disabled": True})
    ).code == "user.self"
    role = user["roles"][0]["id"]
    assert (await site.call("DELETE", f"{USERS}/{me['id']}/roles/{role}", admin)).code == "user.self"
    assert (await site.call("POST", f"{USERS}/{me['id']}/reset", admin)).code == "user.self"


async def test_slips(site: Running, admin: str) -> None:
    items = [{"login": f"s{n}", "name": "<b>Асанова</b>", "password": "abc-def"} for n in range(30)]
    page = await site.call("POST", "/api/v1/slips", admin, json={"items": items, "language": "ru"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.count("<section>") == 30 and "<b>" not in page.text and "Одноразовый" in page.text
    style = await site.call("GET", "/slips.css")
    assert "@page" in style.text
    student = await site.token_of(await site.person("student1", Grant("student")))
    refused = await site.call("POST", "/api/v1/slips", student, json={"items": items})
    assert refused.status == 403
