"""Terms, holds, requests for erasure and the calendar over HTTP; the nights and a clock that is wrong."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import server.retention.routes  # noqa: F401 - declares its routes
from server.board import network
from server.clock import Anchor, Clock
from server.errors import ServerError
from server.ids import new_id
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.live.tables import LiveSession
from server.live.words import LessonInfo
from server.people.tables import GuestLinkRow, GuestRow
from server.permissions import Grant, Scope
from server.plan.facts import lesson_facts
from server.plan.tables import Lesson
from server.retention import lock, nightly
from server.retention.kinds import DAY
from server.retention.nightly import judge
from server.retention.registry import registered
from server.retention.run import run
from server.settings import Settings
from server.store import Store
from server.trace import Recorded
from tests.server.kit import Running, running
from tests.server.retention.years import MARK, Years, at

DAY_OF_CLASS = date(2026, 9, 7)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(Settings(data=tmp_path / "data")) as found:
        await found.person("admin", Grant("admin"), name="Админ")
        await found.person("head", Grant("office_head"), name="Башчы")
        yield found


def history(house: Running) -> Years:
    """Records of the past in a running house: the clock is moved and brought back by the test's end."""
    time = [house.house.clock.now()]
    clock = Clock(Anchor(0, "test"), lambda: time[0])
    house.house.clock = house.house.trace.clock = clock
    return Years(house.house, house.house.settings.data, time)


async def lesson(house: Running, kind: str = "lecture") -> str:
    key = new_id()

    async def work(db: Any) -> None:
        db.add(Lesson(id=key, title="Physics", kind=kind, starts=0, ends=DAY))

    await house.house.trace.unrecorded(work)
    return key


async def test_terms(house: Running) -> None:
    head = await house.log_in("head")
    found = (await house.call("GET", "/api/v1/retention", head)).json
    assert {each["kind"] for each in found["kinds"]} == {each.name for each in registered()}
    chat = {"kind": "chat", "days": 100, "reason": "Кафедранын чечими"}
    assert (await house.call("PUT", "/api/v1/retention/terms", head, json=chat)).status == 204
    journals = {"kind": "journals", "days": 365, "reason": "орун аз"}
    refused = await house.call("PUT", "/api/v1/retention/terms", head, json=journals)
    assert (refused.status, refused.code) == (422, "retention.below_rules")
    assert refused.json["error"]["details"] == {"days": 1825}
    told = {**journals, "protocol": "№ 12, 03.09.2026"}
    assert (await house.call("PUT", "/api/v1/retention/terms", head, json=told)).status == 204
    unknown = await house.call("PUT", "/api/v1/retention/terms", head, json={**chat, "kind": "dreams"})
    assert unknown.code == "object.unknown"
    bad = await house.call("PUT", "/api/v1/retention/terms", head, json={**chat, "days": 0})
    assert bad.code == "body.invalid"
    exam = await lesson(house, "exam")
    own = {"kind": "recordings", "lesson": exam, "days": 2000, "reason": "апелляция"}
    assert (await house.call("PUT", "/api/v1/retention/terms", head, json=own)).status == 204
    found = (await house.call("GET", "/api/v1/retention", head, headers={"Accept-Language": "en"})).json
    (row,) = [each for each in found["kinds"] if each["kind"] == "journals"]
    assert (row["days"], row["default"], row["protocol"]) == (365, 1825, "№ 12, 03.09.2026")
    assert found["terms"][0]["days"] == 2000
    assert found["terms"][0]["title"].startswith("Physics")


async def test_who_may(house: Running) -> None:
    await house.person("dean", Grant("dean"))
    await house.person("part", Grant("office_head", Scope("faculty", "06q3z6r1ah2k9vfe")))
    for login in ("dean", "part"):
        token = await house.log_in(login)
        assert (await house.call("GET", "/api/v1/retention", token)).status == 403
    head = await house.log_in("head")
    decision = {"approve": True, "answer": "yes"}
    denied = await house.call("POST", "/api/v1/retention/requests/x/decide", head, json=decision)
    assert denied.status == 403


async def test_holds(house: Running) -> None:
    head = await house.log_in("head")
    student = await house.person("nurai", Grant("student"), name="Асанова Нурай")
    lecture = await lesson(house)
    hold = {"scope": "person", "object": student, "reason": "сот"}
    key = (await house.call("POST", "/api/v1/retention/holds", head, json=hold)).json["id"]
    exam = await house.call(
        "POST",
        "/api/v1/retention/holds",
        head,
        json={"scope": "exam", "object": lecture, "reason": "апелляция"},
    )
    assert exam.code == "object.unknown", "a lecture is no exam"
    nobody = await house.call("POST", "/api/v1/retention/holds", head, json={**hold, "object": "nobody"})
    assert nobody.code == "object.unknown"
    found = (await house.call("GET", "/api/v1/retention", head)).json["holds"]
    assert (found[0]["title"], found[0]["author"], found[0]["released"]) == ("Асанова Нурай", "Башчы", None)
    path = f"/api/v1/retention/holds/{key}/release"
    assert (await house.call("POST", path, head, json={"reason": "бүттү"})).status == 204
    assert (await house.call("POST", path, head, json={"reason": "бүттү"})).code == "retention.over"
    found = (await house.call("GET", "/api/v1/retention", head)).json["holds"]
    assert found[0]["release_reason"] == "бүттү"


async def test_erasure(house: Running) -> None:
    made = history(house)
    taught = await made.lesson(DAY_OF_CLASS)
    await made.logins(DAY_OF_CLASS)
    key = await made.excuse(DAY_OF_CLASS, taught)
    made.move(made.time[0] + 40 * DAY)
    admin, head = await house.log_in("admin"), await house.log_in("head")
    person = await house.person("gulia", Grant("student"), name="Гүлиа")
    # the records name people by ids of their own: make them this account's
    said = made.note("chat", DAY_OF_CLASS, "", person)
    await made.record("chat.said", {"text": said}, person, "other")
    own = await house.token_of(person)

    asked = await house.call("POST", "/api/v1/me/erasure", own, json={"reason": "мен суранам"})
    assert asked.status == 201
    again = {"person": person, "reason": "суранат"}
    assert (
        await house.call("POST", "/api/v1/retention/requests", head, json=again)
    ).code == "retention.asked"
    path = f"/api/v1/retention/requests/{asked.json['id']}/decide"
    hold = {"scope": "person", "object": person, "reason": "сот"}
    held = (await house.call("POST", "/api/v1/retention/holds", head, json=hold)).json["id"]
    decision = {"approve": True, "answer": "макул"}
    refused = await house.call("POST", path, admin, json=decision)
    assert (refused.status, refused.code) == (409, "retention.held")
    await house.call("POST", f"/api/v1/retention/holds/{held}/release", head, json={"reason": "бүттү"})
    with lock.held(house.house.settings):
        assert (await house.call("POST", path, admin, json=decision)).code == "retention.busy"
    done = await house.call("POST", path, admin, json=decision)
    assert done.json["state"] == "approved"
    assert done.json["removed"] == {"chat": 1}
    assert set(done.json["kept"]) == {each.name for each in registered() if each.forced}
    assert (await house.call("POST", path, admin, json=decision)).code == "retention.decided"
    number = int(MARK.findall(said.encode())[0][1])
    there = made.marks()
    assert ("chat", number) not in there
    assert {kind for kind, _ in there} >= {"chat", "logins", "journals", "excuse_documents"}, "others' stay"
    assert (made.data / "excuses" / f"{key}.pdf").exists()

    other = await house.person("aibek", Grant("student"))
    asked = await house.call("POST", "/api/v1/retention/requests", head, json={**again, "person": other})
    path = f"/api/v1/retention/requests/{asked.json['id']}/decide"
    declined = await house.call("POST", path, admin, json={"approve": False, "answer": "экзамен жүрүп жатат"})
    assert (declined.json["state"], declined.json["removed"]) == ("declined", {})


async def test_the_calendar(house: Running) -> None:
    made = history(house)
    today = datetime.now(UTC).date()
    await made.lesson(today - timedelta(days=100))
    await made.lesson(today - timedelta(days=1000))
    held = await made.lesson(today - timedelta(days=300))
    hold = {"hold": "h", "scope": "lesson", "object": held, "reason": "x"}
    await made.record("retention.held", hold, "head")
    made.move(int(datetime.now(UTC).timestamp() * 1e6))
    head = await house.log_in("head")
    months = (await house.call("GET", "/api/v1/retention/calendar", head)).json["months"]
    recordings = [each for each in months if each["kind"] == "recordings"]
    assert [each["month"] for each in recordings] == sorted(each["month"] for each in recordings)
    assert recordings[0]["month"] == str(today.replace(day=1)), "what is overdue goes now"
    assert sum(each["items"] for each in recordings) == 3
    assert sum(each["held"] for each in recordings) == 1
    assert all(each["bytes"] > 0 for each in recordings)


async def test_an_exam_has_a_term_of_its_own(house: Running) -> None:
    made = history(house)
    exam = await made.lesson(DAY_OF_CLASS, "exam")
    other = await made.lesson(DAY_OF_CLASS, "exam")
    lecture = await made.lesson(DAY_OF_CLASS)
    head = await house.log_in("head")
    term = {"kind": "exam_recordings", "lesson": exam, "days": 2000, "reason": "апелляция"}
    assert (await house.call("PUT", "/api/v1/retention/terms", head, json=term)).status == 204

    async def there(as_of: date) -> set[str]:
        await run(made.house, as_of, trigger="hand")
        return {made.made[mark].lesson for mark in made.marks() if mark[0] == "recordings"}

    assert await there(date(2027, 12, 1)) == {exam, other}, "the lecture's is gone"
    assert await there(date(2030, 1, 1)) == {exam}
    assert await there(date(2032, 6, 1)) == set()
    assert lecture


async def test_nobody_is_said_to_have_stayed_away_once_presence_is_gone(house: Running) -> None:
    made = history(house)
    held = await made.lesson(DAY_OF_CLASS)

    async def facts() -> list[str]:
        async with made.house.store.read() as db:
            (lesson,) = await lesson_facts(db, [await db.get_one(Lesson, held)])
            return [fact.kind for fact in await network.read(db, lesson, made.time[0])]

    assert await facts() == ["never_came"], "no teacher is named to it"
    await run(made.house, DAY_OF_CLASS + timedelta(days=800), trigger="hand")
    assert await facts() == []


async def test_an_old_class_can_be_looked_at_after_its_entries_were_erased(house: Running) -> None:
    made = history(house)
    old = await made.lesson(DAY_OF_CLASS)
    await run(made.house, date(2040, 1, 1), trigger="hand")
    async with made.house.store.read() as db:
        session = await db.scalar(select(LiveSession.session).where(LiveSession.lesson == old))
    entries = await made.house.trace.read(session)
    info = LessonInfo(id=old, title="", kind="lecture", discipline="", teachers=[], starts="", ends="")
    room = Classroom(info, 0, _no_pages)
    for each in entries:
        room.take(each)
    assert (room.state.phase, room.state.people) == ("closed", {})
    assert sum(each.data is None for each in entries) > 5


async def _no_pages(session: str, after: int, limit: int) -> list[Recorded]:
    return []


async def test_guests_go_with_their_link(house: Running) -> None:
    made = history(house)
    mark = made.note("guests", DAY_OF_CLASS)

    async def work(db: Any) -> None:
        link = GuestLinkRow(
            id="g1", hash=bytes(32), lesson="l1", name=mark, role="guest", made_by="head",
            created=made.time[0], expires=at(DAY_OF_CLASS),
        )  # fmt: skip
        db.add(link)
        await db.flush()
        db.add(GuestRow(id="g2", link="g1", name=mark, created=made.time[0]))

    told = {"user": "g2", "link": "g1", "name": mark}
    await made.house.trace.record("guest.entered", told, actor="g2", work=work)
    await run(made.house, DAY_OF_CLASS + timedelta(days=399), trigger="hand")
    assert ("guests", 1) in made.marks()
    outcome = await run(made.house, DAY_OF_CLASS + timedelta(days=402), trigger="hand")
    assert (outcome.counts["guests"].rows, outcome.counts["guests"].entries) == (2, 1)
    assert made.marks() == set()


async def test_a_file_that_cannot_be_removed(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others go on, and it is due again."""
    made = history(house)
    await made.lesson(DAY_OF_CLASS)

    def denied(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", denied)
    outcome = await run(made.house, date(2032, 1, 1), trigger="hand")
    assert outcome.problems == ["recordings: Permission denied", "slides: Permission denied"]
    assert outcome.counts["chat"].items == 3
    monkeypatch.undo()
    again = await run(made.house, date(2032, 1, 1), trigger="hand")
    assert (again.problems, again.counts["recordings"].files) == ([], 2)
    assert {kind for kind, _ in made.marks()} == set()


async def test_a_database_that_cannot_be_written_anew(
    house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = history(house)
    await made.lesson(DAY_OF_CLASS)

    async def locked(_self: Store) -> None:
        raise OSError("database is locked")

    monkeypatch.setattr(Store, "vacuum", locked)
    outcome = await run(made.house, date(2032, 1, 1), trigger="hand")
    assert outcome.problems == ["database: database is locked"]
    monkeypatch.undo()
    assert not (await run(made.house, date(2032, 1, 1), trigger="hand", vacuum=True)).problems
    assert made.marks() == set()


async def test_a_crash_in_the_middle(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files and entries are gone, the rows are not: the next run ends it."""
    made = history(house)
    await made.lesson(DAY_OF_CLASS)
    record = made.house.trace.record

    async def dies(kind: str, *args: Any, **more: Any) -> Any:
        if kind == "retention.removed":
            raise ServerError("test.killed")
        return await record(kind, *args, **more)

    monkeypatch.setattr(made.house.trace, "record", dies)
    with pytest.raises(ServerError):
        await run(made.house, date(2032, 1, 1), trigger="hand")
    monkeypatch.undo()
    outcome = await run(made.house, date(2032, 1, 1), trigger="hand")
    assert not outcome.problems
    assert {kind for kind, _ in made.marks()} == set()


@pytest.mark.parametrize(
    ("hour", "day", "nights", "newest", "verdict"),
    [
        (3, 20, [19], 0, "run"),
        (4, 20, [19], 0, "wait"),
        (3, 20, [19, 20], 0, "wait"),
        (3, 19, [18, 19, 20], 0, "wait"),
        (3, 17, [18, 20], 0, "run"),
        (3, 20, [], 0, "run"),
        (3, 60, [20], 0, "postpone"),
        (3, 61, [20, 60], 0, "run"),
        (3, 21, [20, 90], 0, "run"),
        (3, 20, [19], 10_000_000_000, "wait"),
    ],
)
def test_nights(hour: int, day: int, nights: list[int], newest: int, verdict: str) -> None:
    def on(number: int) -> date:
        return date(2026, 1, 1) + timedelta(days=number)

    assert judge(hour, 3, on(day), [on(each) for each in nights], newest, 0) == verdict


async def test_the_night_itself(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    made = history(house)
    await made.lesson(DAY_OF_CLASS)
    house.house.add(LiveDesk.__new__(LiveDesk))
    monkeypatch.setattr(LiveDesk, "running", lambda _self: [])

    def quiet(day: date) -> int:
        return int(datetime(day.year, day.month, day.day, 21, 30, tzinfo=UTC).timestamp()) * 1_000_000

    async def night(day: date) -> str:
        made.move(quiet(day))
        return await nightly.look(house.house)

    assert await night(DAY_OF_CLASS + timedelta(days=1)) == "run"
    assert await night(DAY_OF_CLASS + timedelta(days=1)) == "wait"
    before = made.marks()
    assert await night(DAY_OF_CLASS + timedelta(days=4000)) == "postpone"
    assert made.marks() == before, "a jump removes nothing"
    made.move(quiet(DAY_OF_CLASS + timedelta(days=2)))
    await made.record("chat.said", {"text": "back"}, "nurai", "other")
    assert await night(DAY_OF_CLASS + timedelta(days=2)) == "run"
    assert made.marks() == before, "the clock was set back, and nothing went early"
    kinds = await house.kinds()
    assert kinds.count("retention.ran") == 3
    assert "retention.removed" not in kinds
