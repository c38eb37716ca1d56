"""The board's log over HTTP: moves of many, explanations, notes, the talon, and who may do what."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import server.board.lesson_routes  # noqa: F401 - declares its routes
from server.board.log import entries_of, moved_from
from server.permissions import Grant, Scope
from server.plan import units
from server.plan.roster import micro
from server.settings import Settings
from tests.server.kit import Answer, Running, running


@dataclass
class Office:
    house: Running
    tokens: dict[str, str]
    ids: dict[str, str]
    body: dict[str, Any]

    async def call(self, login: str, method: str, path: str, **options: Any) -> Answer:
        return await self.house.call(method, f"/api/v1{path}", self.tokens[login], **options)

    async def lesson(self, hours: float, **more: Any) -> str:
        starts = datetime.now(UTC) + timedelta(hours=hours)
        times = {"starts": starts.isoformat(), "ends": (starts + timedelta(minutes=80)).isoformat()}
        made = await self.call("dispatcher", "POST", "/lessons", json={**self.body, **times, **more})
        assert made.status == 201, made.text
        return str(made.json["id"])

    async def starts(self, lesson: str) -> int:
        found = await self.call("dispatcher", "GET", f"/lessons/{lesson}")
        return micro(datetime.fromisoformat(found.json["starts"]))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running(Settings(data=tmp_path / "data")) as house:
        faculty = await units.create(house.house, "system", "faculty", {"name": "Факультет"})
        fields = {"faculty": faculty.id, "name": "Кафедра", "contact": "201-бөлмө"}
        department = await units.create(house.house, "system", "department", fields)
        fields = {"department": department.id, "name": "ИТ-21"}
        group = await units.create(house.house, "system", "group", fields)
        fields = {"department": department.id, "name": "Физика"}
        discipline = await units.create(house.house, "system", "discipline", fields)
        ids = {}
        for login, grant in {
            "dispatcher": Grant("dispatcher", Scope("faculty", faculty.id)),
            "elsewhere": Grant("dispatcher", Scope("faculty", "0000000000000000")),
            "teacher": Grant("teacher"),
            "other": Grant("teacher"),
            "student": Grant("student"),
        }.items():
            ids[login] = await house.person(login, grant)
        tokens = {login: await house.log_in(login) for login in ids}
        body = {
            "kind": "lecture", "discipline": discipline.id, "groups": [group.id],
            "teachers": [ids["teacher"]],
        }  # fmt: skip
        yield Office(house, tokens, ids, body)


async def test_lessons_are_moved_together_and_remembered(office: Office) -> None:
    lessons = [await office.lesson(hours) for hours in (2, 4)]
    before = [await office.starts(lesson) for lesson in lessons]
    body = {"lessons": lessons, "days": 3, "minutes": 30, "reason": "майрам күнү которулду"}
    moved = await office.call("dispatcher", "POST", "/board/move", json=body)
    assert (moved.status, moved.json) == (200, {"warnings": []})
    shift = (3 * 24 * 60 + 30) * 60_000_000
    assert [await office.starts(lesson) for lesson in lessons] == [start + shift for start in before]
    async with office.house.house.store.read() as db:
        log = await entries_of(db, lessons)
        away = await moved_from(db, min(before), max(before) + 1)
    assert away == dict(zip(lessons, before, strict=True))
    assert [(row.kind, row.text) for row in log[lessons[0]]] == [("moved", "майрам күнү которулду")]


async def test_who_may_not_edit_one_moves_none(office: Office) -> None:
    lesson = await office.lesson(2)
    before = await office.starts(lesson)
    body = {"lessons": [lesson], "days": 1, "reason": "себеп бар"}
    for login, code in (("elsewhere", "permission.denied"), ("student", "permission.denied")):
        assert (await office.call(login, "POST", "/board/move", json=body)).code == code
    unknown = {**body, "lessons": [lesson, "0000000000000000"]}
    assert (await office.call("dispatcher", "POST", "/board/move", json=unknown)).code == "object.unknown"
    cancelled = await office.lesson(5)
    change = {"state": "cancelled", "reason": "ооруду"}
    assert (await office.call("dispatcher", "PATCH", f"/lessons/{cancelled}", json=change)).status == 200
    both = {**body, "lessons": [lesson, cancelled]}
    refused = await office.call("dispatcher", "POST", "/board/move", json=both)
    assert (refused.status, refused.code) == (409, "lesson.has_history")
    assert await office.starts(lesson) == before


async def test_lessons_are_cancelled_together(office: Office) -> None:
    lessons = [await office.lesson(hours) for hours in (2, 4)]
    body = {"lessons": lessons, "reason": "электр жок"}
    assert (await office.call("dispatcher", "POST", "/board/cancel", json=body)).status == 204
    for lesson in lessons:
        assert (await office.call("dispatcher", "GET", f"/lessons/{lesson}")).json["state"] == "cancelled"


async def test_explanations_and_notes_stand_beside_the_facts(office: Office) -> None:
    lesson = await office.lesson(-2)
    path = f"/lessons/{lesson}"
    said = {"text": "  Айылда   жарык өчтү "}
    assert (await office.call("teacher", "POST", f"{path}/explanation", json=said)).status == 204
    for login in ("other", "student", "dispatcher"):
        assert (await office.call(login, "POST", f"{path}/explanation", json=said)).status == 403
    assert (
        await office.call("dispatcher", "POST", f"{path}/notes", json={"text": "ырасталды"})
    ).status == 204
    assert (await office.call("teacher", "POST", f"{path}/notes", json={"text": "ырасталды"})).status == 403
    assert (await office.call("teacher", "POST", f"{path}/explanation", json={"text": " "})).status == 422

    log = (await office.call("dispatcher", "GET", f"{path}/log")).json
    assert (log["word"], log["attention"]) == ("not_held", True)
    assert [(line["kind"], line["text"]) for line in log["lines"]] == [
        ("explained", "Айылда жарык өчтү"),
        ("noted", "ырасталды"),
    ]
    assert [fact["kind"] for fact in log["facts"]][-1] == "never_came"
    assert {each["name"]: each["phone"] for each in log["contacts"]}["Кафедра"] == "201-бөлмө"
    own = (await office.call("teacher", "GET", f"{path}/log")).json
    assert own["lines"] and not own["contacts"], "contacts are the board's"
    assert (await office.call("other", "GET", f"{path}/log")).status == 403

    headers = {"Authorization": f"Bearer {office.tokens['dispatcher']}"}
    url = f"{office.house.url}/api/v1{path}/talon?form=csv"
    async with office.house.http.get(url, headers=headers) as answer:
        text = (await answer.read()).decode("utf-8-sig")
    assert "Айылда жарык өчтү" in text and "Физика" in text


async def test_a_substitution_is_a_line_of_its_own(office: Office) -> None:
    lesson = await office.lesson(2)
    starts = datetime.now(UTC) + timedelta(hours=30)
    change = {
        "substitutes": [office.ids["other"]], "reason": "окутуучу ооруду", "starts": starts.isoformat(),
        "ends": (starts + timedelta(minutes=80)).isoformat(),
    }  # fmt: skip
    assert (await office.call("dispatcher", "PATCH", f"/lessons/{lesson}", json=change)).status == 200
    log = (await office.call("dispatcher", "GET", f"/lessons/{lesson}/log")).json
    assert sorted(line["kind"] for line in log["lines"]) == ["moved", "substituted"]
    await office.house.house.trace.rebuild(["board.log"])
    again = (await office.call("dispatcher", "GET", f"/lessons/{lesson}/log")).json
    assert again["lines"] == log["lines"]
