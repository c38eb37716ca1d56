"""Notices in the page: told once, read, chosen, live; and what becomes of them in time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from server.exams.tables import ExamRow
from server.ids import new_id
from server.notices.book import Notices
from server.notices.due import DAY, MINUTE, Due
from server.notices.live import REFUSED
from server.notices.records import NoticesKept
from server.notices.room import open_room as open_notices
from server.notices.tables import LetterRow, NoticeRow
from server.people.sessions import Sessions
from server.permissions import Grant
from server.plan import lessons
from server.plan.lesson_shapes import LessonChange
from server.plan.tables import Lesson, LessonPerson
from server.plan.views import local
from server.settings import Settings
from tests.server.kit import Running, running
from tests.server.notices.conftest import Office, open_office, post_settings
from tests.server.notices.postman import postman


async def texts(house: Running, token: str) -> list[tuple[str, str]]:
    answer = await house.call("GET", "/api/v1/me/notices", token, headers={"Accept-Language": "en"})
    assert answer.status == 200, answer.text
    return [(each["kind"], each["title"]) for each in answer.json["items"]]


async def test_told_once_and_read(office: Office) -> None:
    nurai = await office.person("nurai")
    token = await office.running.token_of(nurai)
    facts = {"title": "Physics", "starts_at": 1_790_000_000_000_000, "reason": "illness"}
    for _ in range(2):
        await office.book.give("lesson_cancelled", [nurai, "nobody"], "l1", facts, key="same")
    found = (await office.running.call("GET", "/api/v1/me/notices", token)).json
    assert (found["unread"], found["more"], len(found["items"])) == (1, False, 1)
    (one,) = found["items"]
    assert one["title"] == "Lesson cancelled: Physics" and one["path"] == "/lessons/l1"
    assert one["text"].endswith("Reason: illness")
    body = {"ids": [one["id"]]}
    done = await office.running.call("POST", "/api/v1/me/notices/read", token, json=body)
    assert done.status == 204
    assert (await office.running.call("GET", "/api/v1/me/notices", token)).json["unread"] == 0


async def test_others_cannot_read_or_mark_mine(office: Office) -> None:
    nurai, aibek = await office.person("nurai"), await office.person("aibek")
    await office.book.give("lesson_moved", [nurai], "l1", {"title": "T"}, key="1")
    (row,) = await office.book.of(nurai, "", 10)
    token = await office.running.token_of(aibek)
    other = await office.running.call("GET", f"/api/v1/me/notices?before={row.id}", token)
    assert other.json["items"] == []
    await office.running.call("POST", "/api/v1/me/notices/read", token, json={"ids": [row.id]})
    assert await office.book.unread(nurai) == 1
    assert (await office.running.call("GET", "/api/v1/me/notices")).status == 401


async def test_many_come_in_pages(office: Office) -> None:
    nurai = await office.person("nurai")
    token = await office.running.token_of(nurai)
    for n in range(120):
        await office.book.give("exam_moved", [nurai], f"e{n}", {"title": str(n)}, key=str(n))
    seen: list[str] = []
    before, more = "", True
    while more:
        path = f"/api/v1/me/notices?before={before}"
        found = (await office.running.call("GET", path, token)).json
        seen += [each["title"] for each in found["items"]]
        before, more = found["items"][-1]["id"], found["more"]
    assert len(seen) == len(set(seen)) == 120 and seen[0].endswith("119")
    assert found["unread"] == 99, "past that nobody counts on"


async def test_choices(office: Office) -> None:
    nurai = await office.person("nurai")
    token, path = await office.running.token_of(nurai), "/api/v1/me/notices/choices"
    found = (await office.running.call("GET", path, token)).json
    assert found["mail"] and found["email"] == "nurai@uni.test" and found["zone"] == "Asia/Bishkek"
    topics = {each["topic"]: each for each in found["topics"]}
    assert topics["own_case"]["fixed"] and "commission" not in topics
    off = {"topic": "lesson_changes", "page": False, "mail": False}
    found = (await office.running.call("PUT", path, token, json=off)).json
    assert not {each["topic"]: each for each in found["topics"]}["lesson_changes"]["page"]
    await office.book.give("lesson_moved", [nurai], "l", {"title": "T"}, key="1")
    assert await office.book.of(nurai, "", 10) == []
    unknown = await office.running.call("PUT", path, token, json={**off, "topic": "dreams"})
    assert (unknown.status, unknown.code) == (404, "object.unknown")
    zone = "/api/v1/me/notices/zone"
    assert (await office.running.call("PUT", zone, token, json={"zone": "../etc"})).code == "notice.zone"
    found = (await office.running.call("PUT", zone, token, json={"zone": "Europe/Berlin"})).json
    assert found["zone"] == "Europe/Berlin"


async def test_open_pages_hear_of_it_and_end_with_the_login(office: Office) -> None:
    nurai = await office.person("nurai")
    token = await office.running.token_of(nurai)
    url = office.running.url.replace("http", "ws") + "/ws/notices"
    headers = {"Authorization": f"Bearer {token}"}
    async with office.running.http.ws_connect(url, headers=headers) as page:
        assert await page.receive_json(timeout=5) == {"type": "notices", "unread": 0}
        await office.book.give("exam_planned", [nurai], "e", {"title": "T"}, key="1")
        assert await page.receive_json(timeout=5) == {"type": "notices", "unread": 1}
        await office.book.mark_read(nurai, [])
        assert await page.receive_json(timeout=5) == {"type": "notices", "unread": 0}
        known = await office.house.part(Sessions).find(token)
        assert known is not None
        office.house.part(Sessions).ended([known.session])
        assert (await page.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
        assert page.close_code == REFUSED
    refused = await office.running.call(
        "GET", "/ws/notices", cookie=token, headers={"Origin": "https://x.kg"}
    )
    assert refused.code == "origin.foreign"


async def test_all_of_it_on_postgresql(tmp_path: Path, by_hand: None, postgres_settings: Settings) -> None:
    async with postman() as mail:
        settings = post_settings(tmp_path, mail.port, database=postgres_settings.database)
        async with open_office(settings, mail) as office:
            await test_told_once_and_read(office)
            await retained(office)


async def test_retention_takes_days_and_persons(office: Office) -> None:
    await retained(office)


async def retained(office: Office) -> None:
    gulnara, bermet = await office.person("gulnara"), await office.person("bermet")
    await office.book.give("exam_planned", [gulnara, bermet], "e", {"title": "T"}, key="1")
    await office.book.choose(gulnara, "support", True, False)
    await office.post.gather(0)
    kept = NoticesKept()
    async with office.house.store.read() as db:
        now = office.house.clock.now()
        assert await kept.due(office.house, db, now, [gulnara]) == []
        (day,) = await kept.due(office.house, db, now + 2 * DAY, [gulnara])
        assert day.people == {gulnara}
        (own,) = await kept.of_person(office.house, db, gulnara)
        removal = await kept.prepare(office.house, db, [own])
    assert await office.house.trace.unrecorded(removal.rows) == 3
    assert [row.person for row in await office.letters()] == [bermet]
    assert await office.book.of(gulnara, "", 10) == [] and len(await office.book.of(bermet, "", 10)) == 1
    async with office.house.store.read() as db:
        assert await kept.of_person(office.house, db, gulnara) == []
        removal = await kept.prepare(office.house, db, [day])
    assert await office.house.trace.unrecorded(removal.rows) >= 1
    async with office.house.store.read() as db:
        assert list(await db.scalars(select(NoticeRow))) == []
        assert len(list(await db.scalars(select(LetterRow)))) == 1, "mail that waits is sent all the same"
    told = [each for each in await office.house.trace.read() if each.entry.kind == "notice.given"]
    assert told and all(gulnara not in str(each.data) for each in told), "the trace names nobody"


# --- what gives notices by itself -------------------------------------------------------------------


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    async def nothing(_due: Due) -> None:
        return None

    monkeypatch.setattr(Due, "run", nothing)  # the tests look by hand
    async with running(Settings(data=tmp_path / "data"), more_rooms=(open_notices,)) as found:
        yield found


async def planned(house: Running, kind: str, starts: int, people: dict[str, str]) -> str:
    """A lesson with these people by name."""
    key = new_id()

    async def work(db: Any) -> None:
        db.add(Lesson(id=key, title="Physics", kind=kind, starts=starts, ends=starts + 90 * MINUTE))
        await db.flush()
        for person, part in people.items():
            db.add(LessonPerson(lesson=key, person=person, part=part))

    await house.house.trace.unrecorded(work)
    return key


async def test_a_lesson_is_soon_moved_and_cancelled(house: Running) -> None:
    teacher = await house.person("teacher", Grant("teacher"))
    nurai = await house.person("nurai", Grant("student"))
    now, book = house.house.clock.now(), house.house.part(Notices)
    people = {teacher: "teacher", nurai: "student"}
    await planned(house, "webinar", now + 5 * MINUTE, people)
    far = await planned(house, "webinar", now + DAY, people)
    due = Due(house.house, book)
    await due.look()
    await due.look()
    await Due(house.house, book).look()  # after a restart
    token = await house.token_of(nurai)
    assert await texts(house, token) == [("lesson_soon", "Lesson soon: Physics")]
    soon = (now // MINUTE + 3000) * MINUTE
    change = LessonChange(
        starts=local(house.house, soon), ends=local(house.house, soon + 60 * MINUTE), reason="illness"
    )
    await lessons.change(house.house, teacher, far, change)
    await lessons.change(house.house, "system", far, LessonChange(state="cancelled", reason="no light"))
    async with asyncio.timeout(10):
        while len(await texts(house, token)) < 3:
            await asyncio.sleep(0.05)
    assert [kind for kind, _ in await texts(house, token)] == [
        "lesson_cancelled",
        "lesson_moved",
        "lesson_soon",
    ]
    mine = [kind for kind, _ in await texts(house, await house.token_of(teacher))]
    assert mine == ["lesson_cancelled", "lesson_soon"], "nobody is told of what they did themselves"


async def test_entries_of_the_time_when_the_server_was_down_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path / "data")
    async with running(settings, more_rooms=(open_notices,)) as house:
        nurai = await house.person("nurai", Grant("student"))
        lesson = await planned(house, "lecture", house.house.clock.now() + DAY, {nurai: "student"})
        await asyncio.sleep(0.1)
    async with running(settings) as house:
        change = LessonChange(state="cancelled", reason="no light")
        await lessons.change(house.house, "system", lesson, change)
    for _ in range(2):
        async with running(settings, more_rooms=(open_notices,)) as house:
            token = await house.token_of(nurai)
            async with asyncio.timeout(10):
                while not await texts(house, token):
                    await asyncio.sleep(0.05)
            await asyncio.sleep(0.2)
            assert await texts(house, token) == [("lesson_cancelled", "Lesson cancelled: Physics")]


async def test_an_exam_is_told_once_to_each_and_who_comes_late(house: Running) -> None:
    nurai, aibek = [await house.person(login, Grant("student")) for login in ("nurai", "aibek")]
    proctor = await house.person("proctor", Grant("proctor"))
    now, book = house.house.clock.now(), house.house.part(Notices)
    people = {nurai: "student", proctor: "proctor"}
    exam = await planned(house, "exam", now + 3 * DAY, people)
    due = Due(house.house, book)
    await due.look()
    assert await texts(house, await house.token_of(nurai)) == [], "a draft is nobody's business"

    async def ready(db: Any) -> None:
        db.add(ExamRow(lesson=exam, rules="r1", rehearsal=False, pages=0, settings={}, time=now))

    await house.house.trace.unrecorded(ready)
    await due.look()
    assert {kind for kind, _ in await texts(house, await house.token_of(nurai))} == {
        "exam_planned", "exam_equipment",
    }  # fmt: skip
    assert [kind for kind, _ in await texts(house, await house.token_of(proctor))] == ["exam_duty"]

    async def joins(db: Any) -> None:
        db.add(LessonPerson(lesson=exam, person=aibek, part="student"))

    await house.house.trace.unrecorded(joins)
    await due.look()
    assert len(await texts(house, await house.token_of(aibek))) == 2
    assert len(await texts(house, await house.token_of(nurai))) == 2


async def test_an_explanation_is_wanted_of_a_lesson_that_was_not_held(house: Running) -> None:
    teacher = await house.person("teacher", Grant("teacher"))
    now, book = house.house.clock.now(), house.house.part(Notices)
    await planned(house, "lecture", now - 100 * MINUTE, {teacher: "teacher"})
    await planned(house, "lecture", now - 3 * DAY, {teacher: "teacher"})
    due = Due(house.house, book)
    await due.look()
    await due.look()
    assert await texts(house, await house.token_of(teacher)) == [
        ("explanation_wanted", "An explanation is wanted: Physics")
    ]


async def test_what_was_soon_is_tidied_away_the_day_after(house: Running) -> None:
    nurai = await house.person("nurai", Grant("student"))
    book = house.house.part(Notices)
    await book.give("lesson_soon", [nurai], "l", {"title": "T"}, key="1")
    await book.give("lesson_moved", [nurai], "l", {"title": "T"}, key="2")
    await book.tidy()
    assert len(await book.of(nurai, "", 9)) == 2
    made = house.house.clock
    house.house.clock = type(made)(made.anchor, lambda: made.mono() + 25 * 3600 * 1_000_000)
    await book.tidy()
    assert [row.kind for row in await book.of(nurai, "", 9)] == ["lesson_moved"]
