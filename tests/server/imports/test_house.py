"""Imports on a real house over HTTP: dry run, apply, repeat, who may, slips, restart, time that passes."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from server.imports import room as imports_room
from server.imports.desk import KEPT, ImportDesk
from server.imports.tables import ImportAccount, ImportRow
from server.people.tables import RoleRow, UserRow
from server.permissions import Grant
from server.plan.tables import Department, Discipline, Enrolment, Group, Lesson, LessonGroup, Series, Taking
from server.settings import Settings
from tests.server.kit import Answer, Running, running

GROUPS = "Факультет;Кафедра;Группа;Язык\nФИТ;ПИ;ПИ-1-26;ky\nФИТ;ПИ;ПИ-2-26;русский\n"
USERS = (
    "Логин;ФИО;Роль;Группа;Кафедра\n"
    "asanova.n;Асанова Нурай;студент;ПИ-1-26;\n"
    "bekov.a;Беков Азамат;студент;ПИ-1-26;\n"
    "toktogulov;Токтогулов Айбек;преподаватель;;ПИ\n"
)
DISCIPLINES = "Предмет;Кафедра;Часы;Группы\nПрограммалоо;ПИ;120;ПИ-1-26, ПИ-2-26\nМатематика;ПИ;60;ПИ-1-26\n"
TIMETABLE = (
    "Дисциплина;Вид занятия;Группы;Преподаватель;День недели;Время;Минут;с;по\n"
    "Программалоо;лекция;ПИ-1-26,ПИ-2-26;toktogulov;пн;09:30;80;{first};{last}\n"
    "Математика;практика;ПИ-1-26;toktogulov;вторник;11:00;80;{first};{last}\n"
)


class Office:
    """Somebody at the page of imports."""

    def __init__(self, house: Running, token: str) -> None:
        self.house = house
        self.token = token

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        return await self.house.call(method, f"/api/v1/imports{path}", self.token, **options)

    async def send(self, kind: str, data: str | bytes, **query: str) -> Any:
        body = data.encode("windows-1251") if isinstance(data, str) and "ү" not in data else data
        answer = await self.call("POST", "", params={"kind": kind, "name": f"{kind}.csv", **query}, data=body)
        assert answer.status == 201, answer.text
        return answer.json

    async def check(self, sent: Any) -> Any:
        answer = await self.call("POST", f"/{sent['id']}/check", json={"mapping": sent["mapping"]})
        assert answer.status == 200, answer.text
        return answer.json

    async def apply(self, sent: Any, skip_errors: bool = False) -> Any:
        answer = await self.call("POST", f"/{sent['id']}/apply", json={"skip_errors": skip_errors})
        assert answer.status == 202, answer.text
        return await self.ended(sent)

    async def ended(self, sent: Any) -> Any:
        for _ in range(500):
            found = (await self.call("GET", f"/{sent['id']}")).json
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.02)
        raise AssertionError("the import does not end")

    async def bring(self, kind: str, data: str | bytes, skip_errors: bool = False) -> Any:
        """All three steps; the report of the second with the state of the third."""
        sent = await self.send(kind, data)
        await self.check(sent)
        return await self.apply(sent, skip_errors)

    async def bring_all(self) -> None:
        for kind, data in (("groups", GROUPS), ("users", USERS), ("disciplines", DISCIPLINES)):
            found = await self.bring(kind, data)
            assert (found["state"], found["report"]["errors"]) == ("done", 0), found


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Running]:
    async with running(settings, more_rooms=[imports_room.open_room]) as opened:
        yield opened


@pytest.fixture
async def office(house: Running) -> Office:
    return Office(house, await house.token_of(await house.person("head", Grant("office_head"))))


async def count(house: Running, table: Any) -> int:
    async with house.house.store.read() as db:
        return int(await db.scalar(select(func.count()).select_from(table)) or 0)


def timetable(house: Running) -> str:
    today = house.house.clock.datetime().date()
    first = today.replace(year=today.year + 1, month=2, day=1)
    return TIMETABLE.format(first=f"{first:%d.%m.%Y}", last=f"{first.replace(month=3):%d.%m.%Y}")


async def test_a_university_is_filled_and_the_same_files_change_nothing(
    house: Running, office: Office
) -> None:
    sent = await office.send("groups", GROUPS)
    assert sent["state"] == "uploaded"
    assert sent["preview"]["encoding"] == "windows-1251"
    assert sent["mapping"] == {
        "faculty": "Факультет", "department": "Кафедра", "name": "Группа", "language": "Язык",
    }  # fmt: skip
    checked = await office.check(sent)
    assert (checked["report"]["new"], checked["report"]["errors"]) == (2, 0)
    assert await count(house, Group) == 0  # a dry run writes nothing
    done = await office.apply(sent)
    assert (done["state"], done["done"], done["total"]) == ("done", 2, 2)
    for kind, data in (("users", USERS), ("disciplines", DISCIPLINES), ("timetable", timetable(house))):
        found = await office.bring(kind, data)
        assert (found["state"], found["report"]["problems"]) == ("done", []), found
    tables = (Group, Department, UserRow, RoleRow, Discipline, Taking, Enrolment, Series, Lesson, LessonGroup)
    before = [await count(house, table) for table in tables]
    assert before[:7] == [2, 1, 4, 4, 2, 3, 2]
    assert before[7] == 2 and before[8] >= 8
    for kind, data in (
        ("groups", GROUPS), ("users", USERS), ("disciplines", DISCIPLINES), ("timetable", timetable(house)),
    ):  # fmt: skip
        again = (await office.bring(kind, data))["report"]
        assert (again["new"], again["changed"], again["unchanged"], again["errors"]) == (
            0, 0, again["rows"], 0,
        ), again  # fmt: skip
    assert [await count(house, table) for table in tables] == before


async def test_lessons_are_what_the_office_would_have_made_by_hand(house: Running, office: Office) -> None:
    await office.bring_all()
    await office.bring("timetable", timetable(house))
    today = house.house.clock.datetime().date()
    days = {"since": f"{today.year + 1}-02-01", "until": f"{today.year + 1}-02-28"}
    found = await house.call(
        "GET", f"/api/v1/lessons?from={days['since']}&until={days['until']}", office.token
    )
    lesson = next(each for each in found.json["items"] if each["kind"] == "lecture")
    assert (lesson["title"], lesson["starts"][11:16]) == ("Программалоо", "09:30")
    assert {each["name"] for each in lesson["groups"]} == {"ПИ-1-26", "ПИ-2-26"}
    roster = await house.call("GET", f"/api/v1/lessons/{lesson['id']}/roster", office.token)
    assert {each["name"] for each in roster.json["items"]} == {
        "Асанова Нурай", "Беков Азамат", "Токтогулов Айбек",
    }  # fmt: skip


async def test_errors_name_the_row_and_are_skipped_on_request_only(house: Running, office: Office) -> None:
    await office.bring("groups", GROUPS)
    wrong = USERS + "x;Ж;студент;ПИ-9-26;\nfine.one;Жакшы;студент;ПИ-1-26;\nasanova.n;Кто-то;студент;;\n"
    sent = await office.send("users", wrong)
    report = (await office.check(sent))["report"]
    assert [(each["row"], each["column"], each["code"], each["value"]) for each in report["problems"]] == [
        (5, "Логин", "user.login", "x"),
        (7, "Логин", "import.duplicate", "asanova.n"),
    ]
    assert report["problems"][0]["message"].startswith("Логин")
    refused = await office.call("POST", f"/{sent['id']}/apply", json={})
    assert (refused.status, refused.code) == (409, "import.has_errors")
    assert await count(house, Enrolment) == 0
    done = await office.apply(sent, skip_errors=True)
    assert (done["state"], done["report"]["new"]) == ("done", 4)
    assert await count(house, Enrolment) == 3


async def test_what_differs_is_changed_and_roles_are_only_added(house: Running, office: Office) -> None:
    await office.bring_all()
    found = await office.bring("users", USERS.replace("Беков Азамат", "Беков Азамат Уулу"))
    assert (found["report"]["changed"], found["report"]["unchanged"]) == (1, 2)
    found = await office.bring("users", "login;name;role\ntoktogulov;Токтогулов Айбек;диспетчер\n")
    assert found["report"]["changed"] == 1
    async with house.house.store.read() as db:
        names = list(await db.scalars(select(UserRow.searched).where(UserRow.folded == "bekov.a")))
        user = await db.scalar(select(UserRow.id).where(UserRow.folded == "toktogulov"))
        roles = set(await db.scalars(select(RoleRow.role).where(RoleRow.user == user)))
    assert names == ["беков азамат уулу bekov.a"]
    assert roles == {"teacher", "dispatcher"}
    found = await office.bring("groups", GROUPS.replace("русский", "en"))
    assert (found["report"]["changed"], found["report"]["unchanged"]) == (1, 1)


async def test_nobody_climbs_by_an_import(house: Running, office: Office) -> None:
    await house.person("boss", Grant("admin"), name="Башчы")
    rows = "login;name;role\nme;Мен;admin\nyou;Сен;dean\nboss;Башка;teacher\nok;Ок;teacher\n"
    report = (await office.check(await office.send("users", rows.encode())))["report"]
    assert [(each["row"], each["code"]) for each in report["problems"]] == [
        (2, "import.role"), (3, "import.role"), (4, "import.above"),
    ]  # fmt: skip
    admin = Office(house, await house.token_of(await house.person("root", Grant("admin"))))
    report = (await admin.check(await admin.send("users", rows.encode())))["report"]
    assert [(each["row"], each["code"]) for each in report["problems"]] == [
        (2, "import.role"), (4, "import.above"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["student", "teacher", "dispatcher", "dean"])
async def test_others_are_refused(house: Running, role: Any) -> None:
    other = Office(house, await house.token_of(await house.person("other", Grant(role))))
    for method, path in (("GET", ""), ("POST", "?kind=users"), ("GET", "/sample/users")):
        assert (await other.call(method, path)).code == "permission.denied"


async def test_the_trace_tells_ids_and_counts_and_no_names(house: Running, office: Office) -> None:
    await office.bring_all()
    told = [each for each in await house.house.trace.read() if each.entry.kind.startswith("import.")]
    assert {each.entry.kind for each in told} == {
        "import.uploaded", "import.started", "import.written", "import.finished",
    }  # fmt: skip
    text = json.dumps([each.data for each in told], ensure_ascii=False)
    assert not any(name in text for name in ("Асанова", "asanova", "ПИ-1", "ФИТ", ".csv"))
    assert all("sha256" in each.data for each in told if each.entry.kind != "import.written")


async def test_slips_are_for_those_who_never_had_a_password(house: Running, office: Office) -> None:
    await office.bring("groups", GROUPS)
    done = await office.bring("users", USERS)
    assert done["slips"]["count"] == 3
    (group,) = done["slips"]["groups"]
    assert (group["name"], group["count"]) == ("ПИ-1-26", 2)
    login = {"login": "asanova.n", "password": ""}
    assert (await house.call("POST", "/api/v1/login", json=login)).status in (401, 422)
    printed = await office.call("POST", f"/{done['id']}/slips", json={"group": group["id"], "language": "ru"})
    assert (printed.status, printed.headers["X-Sabak-Remain"]) == (200, "0")
    assert printed.text.count("<section>") == 2
    assert "Беков Азамат" in printed.text
    password = printed.text.split("<code>")[1].split("</code>")[0]
    first = await house.call("POST", "/api/v1/login", json={"login": "asanova.n", "password": password})
    assert (first.status, first.json["next"]) == (200, "change_password")
    assert (await office.call("GET", f"/{done['id']}")).json["slips"]["count"] == 1
    again = await office.call("POST", f"/{done['id']}/slips", json={"group": group["id"]})
    assert "<section>" not in again.text
    assert "import.slips" in await house.kinds()


async def test_files_are_private_and_go(house: Running, office: Office) -> None:
    folder = house.house.settings.data / "imports"
    sent, other = await office.send("groups", GROUPS), await office.send("groups", GROUPS)
    path = folder / f"{sent['id']}.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await office.check(sent)
    await office.apply(sent)
    await house.house.part(ImportDesk).wait(sent["id"])
    assert not path.exists()
    house.time.seconds += KEPT + 1
    await house.house.part(ImportDesk).expire()
    office.token = await house.log_in("head")
    assert not list(folder.glob("*.csv"))
    found = (await office.call("GET", f"/{other['id']}")).json
    assert (found["state"], found["preview"]["rows"]) == ("expired", [])
    late = await office.call("POST", f"/{other['id']}/check", json={"mapping": other["mapping"]})
    assert late.code == "import.expired"
    assert (await office.call("POST", f"/{sent['id']}/apply", json={})).code == "import.state"


async def test_an_import_that_was_cut_off_says_so_and_goes_on(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr("server.imports.writing.PORTION", 5)
    rows = "login;name\n" + "".join(f"user{number};Аты {number}\n" for number in range(100))
    async with running(settings, more_rooms=[imports_room.open_room]) as house:
        office = Office(house, await house.token_of(await house.person("head", Grant("office_head"))))
        sent = await office.send("users", rows.encode())
        await office.check(sent)
        await office.call("POST", f"/{sent['id']}/apply", json={})
        while await count(house, ImportAccount) < 10:
            await asyncio.sleep(0.005)
    async with running(settings, more_rooms=[imports_room.open_room]) as house:
        async with house.house.store.read() as db:
            head = await db.scalar(select(UserRow.id).where(UserRow.folded == "head"))
        assert head is not None
        office = Office(house, await house.token_of(head))
        found = (await office.call("GET", f"/{sent['id']}")).json
        made = await count(house, ImportAccount)
        assert found["state"] == "stopped"
        assert found["done"] == made < 100
        done = await office.apply(sent)
        assert (done["state"], done["done"]) == ("done", 100)
        assert done["report"]["unchanged"] == made
        assert await count(house, UserRow) == 101


async def test_one_import_at_a_time(house: Running, office: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr("server.imports.writing.PORTION", 1)
    rows = "login;name\n" + "".join(f"user{number};Аты {number}\n" for number in range(50))
    sent, other = await office.send("users", rows.encode()), await office.send("groups", GROUPS)
    await office.check(sent)
    await office.check(other)
    await office.call("POST", f"/{sent['id']}/apply", json={})
    busy = await office.call("POST", f"/{other['id']}/apply", json={})
    assert (busy.status, busy.code) == (409, "import.busy")
    await office.ended(sent)
    assert (await office.apply(other))["state"] == "done"


async def test_overlaps_are_told_by_row(house: Running, office: Office) -> None:
    await office.bring_all()
    await office.bring("timetable", timetable(house))
    lines = timetable(house).splitlines()
    clash = lines[1].replace("лекция", "семинар").replace(";09:30;", ";10:00;")
    twins = lines[2].replace("вторник;11:00", "среда;12:00")
    other = twins.replace("практика", "лаб")
    report = (await office.check(await office.send("timetable", "\n".join([lines[0], clash, twins, other]))))[
        "report"
    ]
    assert report["errors"] == 0
    notes = {(each["row"], each["code"]) for each in report["notes"]}
    assert notes == {
        (2, "import.overlap.teacher"), (2, "import.overlap.group"),
        (4, "import.overlap.teacher"), (4, "import.overlap.group"),
    }  # fmt: skip
    assert any("toktogulov" in each["value"] for each in report["notes"])


async def test_wrong_lines_of_the_timetable(house: Running, office: Office) -> None:
    await office.bring_all()
    head, lecture, _ = timetable(house).splitlines()
    wrong = [
        lecture.replace("Программалоо", "Химия"),
        lecture.replace("toktogulov", "asanova.n"),
        lecture.replace("toktogulov", "nobody"),
        lecture.replace("09:30", "25:00"),
        lecture.replace(";80;", ";2;"),
        lecture.replace("пн", "никогда"),
        lecture.replace("ПИ-2-26", "ПИ-7-26"),
        ";".join([*lecture.split(";")[:-2], "01.02.2099", "01.03.2099"]),
        ";".join([*lecture.split(";")[:-2], "31.02.2027", "01.03.2027"]),
        lecture,
        lecture,
    ]
    report = (await office.check(await office.send("timetable", "\n".join([head, *wrong]))))["report"]
    assert [(each["row"], each["code"]) for each in report["problems"]] == [
        (2, "import.unknown"), (3, "person.role"), (4, "person.unknown"), (5, "import.time"),
        (6, "timetable.minutes"), (7, "import.word"), (8, "import.unknown"), (9, "plan.date"),
        (10, "import.date"), (12, "import.duplicate"),
    ]  # fmt: skip
    assert report["new"] == 1


async def test_holidays_are_left_out_and_named_anew(house: Running, office: Office) -> None:
    await office.bring_all()
    today = house.house.clock.datetime().date()
    days = [f"{day:02}.02.{today.year + 1}" for day in range(1, 8)]
    rows = "Дата;Праздник\n" + "".join(f"{day};Каникулы\n" for day in days)
    assert (await office.bring("holidays", rows))["report"]["new"] == 7
    assert (await office.bring("holidays", rows))["report"]["unchanged"] == 7
    assert (await office.bring("holidays", rows.replace("Каникулы", "Отдых")))["report"]["changed"] == 7
    await office.bring("timetable", timetable(house))
    async with house.house.store.read() as db:
        first = await db.scalar(select(func.min(Lesson.starts)))
    moment = house.house.clock.datetime().replace(
        year=today.year + 1, month=2, day=7, hour=18, minute=0, second=0, microsecond=0
    )
    assert first is not None and first >= moment.timestamp() * 1_000_000


async def test_enrolments_begin_end_and_stay(house: Running, office: Office) -> None:
    await office.bring_all()
    year = house.house.clock.datetime().year + 1
    rows = (
        "Логин;Группа;Дисциплина;Дата начала;Дата окончания\n"
        f"bekov.a;ПИ-2-26;;01.02.{year};\n"
        f"asanova.n;;Математика;01.02.{year};30.06.{year}\n"
    )
    first = (await office.bring("enrolments", rows))["report"]
    assert (first["new"], first["errors"]) == (2, 0)
    assert (await office.bring("enrolments", rows))["report"]["unchanged"] == 2
    ended = rows.replace(f"01.02.{year};\n", f"01.02.{year};01.03.{year}\n")
    assert (await office.bring("enrolments", ended))["report"]["changed"] == 1
    assert (await office.bring("enrolments", ended))["report"]["unchanged"] == 2
    wrong = (
        "Логин;Группа;Дисциплина;Дата начала;Дата окончания\nnobody;ПИ-2-26;;;\ntoktogulov;ПИ-1-26;;;\n"
        f"bekov.a;;;;\nbekov.a;ПИ-2-26;;01.02.{year};01.01.{year}\n"
    )
    report = (await office.check(await office.send("enrolments", wrong)))["report"]
    assert [each["code"] for each in report["problems"]] == [
        "person.unknown", "person.role", "import.either", "enrolment.range",
    ]  # fmt: skip


async def test_mappings_are_kept_by_name(house: Running, office: Office) -> None:
    odd = "A;B;C\nФИТ;ПИ;ПИ-1-26\n"
    sent = await office.send("groups", odd)
    assert sent["mapping"] == {}
    lacking = await office.call("POST", f"/{sent['id']}/check", json={"mapping": {}})
    assert lacking.json["error"]["details"]["fields"] == ["faculty", "department", "name"]
    body = {"kind": "groups", "name": "AVN", "mapping": {"faculty": "A", "department": "B", "name": "C"}}
    saved = await house.call("POST", "/api/v1/import-mappings", office.token, json=body)
    assert saved.status == 201
    assert (await house.call("POST", "/api/v1/import-mappings", office.token, json=body)).json == saved.json
    listed = await house.call("GET", "/api/v1/import-mappings?kind=groups", office.token)
    assert [each["name"] for each in listed.json["items"]] == ["AVN"]
    sent = await office.send("groups", odd, mapping="AVN")
    assert sent["mapping"] == body["mapping"]
    assert (await office.check(sent))["report"]["new"] == 1
    gone = await house.call("DELETE", f"/api/v1/import-mappings/{saved.json['id']}", office.token)
    assert gone.status == 204
    assert (await office.call("POST", "?kind=groups&mapping=AVN", data=odd.encode())).status == 404
    bad = {**body, "mapping": {"password": "A"}}
    assert (await house.call("POST", "/api/v1/import-mappings", office.token, json=bad)).status == 422


async def test_samples_can_be_imported_as_they_are(house: Running, office: Office) -> None:
    await office.bring("groups", GROUPS)
    for item in (await office.call("GET", "/kinds")).json["items"]:
        kind = item["kind"]
        file = (await office.call("GET", f"/sample/{kind}")).text
        sent = await office.send(kind, file.encode())
        assert set(sent["mapping"]) == {field["name"] for field in item["fields"]}
        assert (await office.check(sent))["report"]["rows"] == 1
    assert (await office.call("GET", "/sample/nothing")).status == 404


async def test_what_is_no_table_is_refused_with_a_code(house: Running, office: Office) -> None:
    for data, code in (
        (b"", "import.empty"),
        (b"PK\x03\x04\0\0\0\0", "import.binary"),
        (b"login;name\n" + b"a;b\n" * 50_001, "import.too_many_rows"),
    ):
        answer = await office.call("POST", "?kind=users", data=data)
        assert (answer.status, answer.code) == (422, code)
    assert await count(house, ImportRow) == 0
