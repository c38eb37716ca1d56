"""Several students at one device: what is told to whom, who confirms, whose presence it makes."""

from typing import Any

import pytest
from sqlalchemy import select

from server.attendance.desk import AttendanceDesk
from server.attendance.tables import AttendanceMark
from server.together.state import FOR_EVER, Together, claims, stay
from tests.patience import until
from tests.server.live.campus import LESSON, Campus
from tests.server.trial.test_trial import asked

pytestmark = pytest.mark.classroom


async def gathered(campus: Campus) -> tuple[list[Any], str, str]:
    pages = await campus.opened("student1", "watcher")
    two, three = campus.user("student2"), campus.user("student3")
    answer = await pages[1].ask("together.set", people=[two, three], name="Нарын, 12-бөлмө")
    assert answer["type"] == "ok", answer
    return pages, two, three


async def test_everybody_hears_how_many_and_only_the_teacher_who(campus: Campus) -> None:
    (teacher, student, watcher), two, three = await gathered(campus)
    for page in (teacher, student, watcher):
        told = await page.event("together.set")
        assert (told["name"], told["count"]) == ("Нарын, 12-бөлмө", 3)
        assert two not in str(told)
    status, rooms = await asked(campus, "teacher", f"/api/v1/lessons/{LESSON}/together")
    assert status == 200
    assert [one["id"] for one in rooms["items"][0]["people"]] == sorted([two, three])
    assert not any(one["confirmed"] for one in rooms["items"][0]["people"])
    for login in ("student1", "watcher", "boss"):
        assert (await asked(campus, login, f"/api/v1/lessons/{LESSON}/together"))[0] == 403
    status, mates = await asked(campus, "student1", f"/api/v1/lessons/{LESSON}/mates")
    assert [one["id"] for one in mates["items"]] == [two, three]
    assert (await asked(campus, "stranger", f"/api/v1/lessons/{LESSON}/mates"))[0] == 403


async def test_nobody_but_students_of_the_lesson_sits_there(campus: Campus) -> None:
    (teacher, student, _), two, _ = await gathered(campus)
    for person in ("nobody", campus.user("stranger"), campus.user("teacher")):
        assert (await student.ask("together.set", people=[person], name="x"))["code"] == "person.unknown"
    assert (await student.ask("together.set", people=[two], name=" "))["code"] == "text.empty"
    assert (await student.ask("together.confirm", person=campus.user("student1"), people=[two]))[
        "type"
    ] == "error"
    nobody = await teacher.ask("together.confirm", person="nobody", people=[two])
    assert nobody["code"] == "together.none"
    assert (await student.ask("together.set", people=[]))["type"] == "ok"
    assert campus.desk.of_lesson(LESSON).state.part(Together).rooms == {}  # type: ignore[union-attr]


async def test_who_is_confirmed_is_marked_with_the_room(campus: Campus) -> None:
    (teacher, _, _), two, three = await gathered(campus)
    answer = await teacher.ask(
        "together.confirm", person=campus.user("student1"), people=[two, campus.user("stranger")]
    )
    assert answer["type"] == "ok"
    verdicts, _, _ = await campus.house.part(AttendanceDesk).verdicts(campus.desk.of_lesson(LESSON).session)  # type: ignore[union-attr]
    assert verdicts[two].mark == "present" and verdicts[three].mark == "absent"
    await teacher.ask("lesson.close")

    async def marked() -> bool:
        async with campus.house.store.read() as db:
            return len((await db.scalars(select(AttendanceMark))).all()) == 3

    await until(marked, "everybody has a mark")
    async with campus.house.store.read() as db:
        rows = {row.student: row for row in await db.scalars(select(AttendanceMark))}
    assert (rows[two].mark, rows[two].source, rows[two].note) == ("present", "room", "Нарын, 12-бөлмө")
    assert (rows[three].mark, rows[three].source) == ("absent", "computed"), "a word alone marks nobody"
    assert rows[campus.user("student1")].source == "computed"


async def test_a_room_survives_a_restart(campus: Campus) -> None:
    await gathered(campus)
    await campus.stop()
    await campus.start()
    await campus.seated("teacher", tab="again")
    rooms = campus.desk.of_lesson(LESSON).state.part(Together).rooms  # type: ignore[union-attr]
    assert rooms[campus.user("student1")].count == 3


def entry(time: int, kind: str, actor: str, **data: Any) -> tuple[int, str, str, dict[str, Any]]:
    return time, kind, actor, data


def test_stays_are_added_up() -> None:
    entries = [
        entry(10, "together.set", "h", people=["a", "b"], name="12"),
        entry(20, "together.confirmed", "t", person="h", people=["a", "b"]),
        entry(30, "together.set", "h", people=["b", "c"], name="12"),
        entry(40, "together.set", "h", people=["a", "b"], name="13"),
        entry(50, "session.closed", "t"),
    ]
    found = claims(entries)
    assert found["a"][0].spans == [(10, 30), (40, 50)]
    assert found["b"][0].spans == [(10, 50)] and found["b"][0].room == "13"
    assert "c" not in found, "never confirmed"
    assert claims(entries[:2])["a"][0].spans == [(10, FOR_EVER)]


def test_who_is_named_soon_was_there_from_the_beginning() -> None:
    minute = 60_000_000
    device = [(0, 30 * minute), (40 * minute, 60 * minute)]
    assert stay(device, [(2 * minute, FOR_EVER)]) == device
    assert stay(device, [(10 * minute, 50 * minute)]) == [
        (10 * minute, 30 * minute),
        (40 * minute, 50 * minute),
    ]
    assert stay(device, [(32 * minute, 35 * minute)]) == []


def test_a_confirmation_can_be_taken_back() -> None:
    entries = [
        entry(10, "together.set", "h", people=["a", "b"], name="12"),
        entry(20, "together.confirmed", "t", person="h", people=["a", "b"]),
        entry(30, "together.confirmed", "t", person="h", people=["b"]),
    ]
    assert set(claims(entries)) == {"b"}
