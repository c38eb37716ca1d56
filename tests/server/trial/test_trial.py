"""Trial classes: anybody has one, it leaves no mark anywhere, it ends by itself, there are not too many."""

from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from server.attendance.desk import AttendanceDesk
from server.attendance.tables import AttendanceMark
from server.permissions import Actor, Grant, decide
from server.plan.kinds import KINDS, TRIAL
from server.trial import desk as desk_module
from tests.patience import until
from tests.server.live.campus import Campus

pytestmark = pytest.mark.classroom


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "TICK", 0.05)


async def begun(campus: Campus, login: str) -> str:
    status, answer = await campus.post(login, "/api/v1/trial")
    assert status == 200, answer
    return str(answer["lesson"])


async def asked(campus: Campus, login: str, path: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {campus.tokens[login]}"}
    async with aiohttp.ClientSession() as http, http.get(campus.url + path, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_teacher_runs_the_own_trial(campus: Campus) -> None:
    lesson = await begun(campus, "teacher")
    assert await begun(campus, "teacher") == lesson, "the same while it lasts"
    page = await campus.page("teacher", lesson=lesson)
    welcome = await page.type("welcome")
    assert welcome["rights"]["open"] and welcome["rights"]["slides"] and welcome["state"] == "planned"
    assert (await page.ask("lesson.open"))["type"] == "ok"
    assert (await page.ask("chat.send", key="k", text="Салам"))["type"] == "ok"
    assert (await page.ask("poll.open", key="p", question="?", answers="open"))["type"] == "ok"


@pytest.mark.parametrize("login", ["student1", "boss", "watcher", "desk", "stranger"])
async def test_anybody_else_finds_it_open(campus: Campus, login: str) -> None:
    lesson = await begun(campus, login)
    page = await campus.page(login, lesson=lesson)
    welcome = await page.type("welcome")
    assert welcome["state"] == "open"
    assert welcome["rights"]["publish"] == ["mic", "cam", "screen"] and welcome["rights"]["chat"]
    assert not welcome["rights"]["open"]
    assert [one["role"] for one in welcome["people"]] == ["student"]
    assert (await page.ask("hand.raise"))["type"] == "ok"
    assert (await page.ask("poll.open", key="p", question="?", answers="open"))["type"] == "error"


async def test_nobody_else_comes_in_or_sees_it(campus: Campus) -> None:
    lesson = await begun(campus, "teacher")
    for login in ("second", "student1", "boss", "watcher", "desk"):
        assert (await asked(campus, login, f"/api/v1/lessons/{lesson}"))[0] == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await campus.connect(login, lesson)
    _, today = await asked(campus, "teacher", "/api/v1/today")
    assert lesson not in {one["id"] for one in today["lessons"]}, "not even in the own day"
    headers = {"Authorization": f"Bearer {campus.tokens['teacher']}"}
    later = {"ends": "2030-01-01T10:00:00Z"}
    async with (
        aiohttp.ClientSession() as http,
        http.patch(f"{campus.url}/api/v1/lessons/{lesson}", headers=headers, json=later) as answer,
    ):
        assert (await answer.json())["error"]["code"] == "lesson.state", "it cannot be made longer"


async def test_it_leaves_no_mark_in_a_journal(campus: Campus, quick: None) -> None:
    lesson = await begun(campus, "student1")
    await (await campus.page("student1", lesson=lesson)).type("welcome", state="open")
    room = await campus.desk.classroom(lesson)
    assert not KINDS[TRIAL].recorded
    await campus.desk.close(room, "system", "trial")
    await campus.house.part(AttendanceDesk).compute(room.session, 1)
    async with campus.house.store.read() as db:
        assert await db.scalar(select(func.count()).select_from(AttendanceMark)) == 0


async def test_it_ends_when_its_time_is_over(campus: Campus, quick: None) -> None:
    lesson = await begun(campus, "student1")
    page = await campus.page("student1", lesson=lesson)
    await page.type("welcome", state="open")
    (await campus.desk.classroom(lesson)).ends = campus.house.clock.now()
    assert (await page.type("bye"))["code"] == "session.closed"
    assert await begun(campus, "student1") != lesson, "the next one is new"


async def test_it_ends_when_everybody_has_gone(
    campus: Campus, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "EMPTY", 0)
    lesson = await begun(campus, "student1")

    async def closed() -> bool:
        return (await campus.desk.classroom(lesson)).state.phase == "closed"

    await until(closed, "the empty trial is closed", within=5)


async def test_there_are_not_too_many_at_once(campus: Campus) -> None:
    lessons = [await begun(campus, login) for login in ("student1", "student2", "teacher")]
    status, answer = await campus.post("student3", "/api/v1/trial")
    assert (status, answer["error"]["code"]) == (409, "trial.full")
    assert await begun(campus, "student1") == lessons[0], "whoever has one keeps it"
    await campus.desk.close(await campus.desk.classroom(lessons[0]), "system", "trial")
    assert await begun(campus, "student3")


async def test_a_guest_has_none(campus: Campus) -> None:
    guest = Actor("guest", "guest", (Grant("guest"),))
    assert decide(guest, "class.try") == "denied"
