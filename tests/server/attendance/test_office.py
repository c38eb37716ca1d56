"""Excuses, head counts and the lock of journals over HTTP, on a small semester."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import server.attendance.excuse_routes
import server.attendance.routes  # noqa: F401 - declares its routes
from server.attendance.desk import AttendanceDesk, on_campus
from server.attendance.tables import AttendanceMark, AttendanceTotal
from server.permissions import Grant, Scope
from server.plan.tables import Lesson, LessonGroup
from server.settings import Settings
from tests.bench.kit.semester import Semester, write
from tests.server.kit import Answer, Running, running

PDF = b"%PDF-1.7\nmedical certificate"


def monday(weeks_ago: int) -> date:
    today = datetime.now(UTC).date()
    return today - timedelta(days=today.weekday(), weeks=weeks_ago)


@dataclass
class Office:
    house: Running
    made: Semester
    head: str
    curator: str

    @property
    def group(self) -> str:
        return self.made.groups[0]

    async def absent(self) -> tuple[str, str, date]:
        """A student of the group, a lesson that they missed, and its day."""
        async with self.house.house.store.read() as db:
            asked = (
                select(AttendanceMark.student, Lesson.id, Lesson.starts)
                .join(Lesson, Lesson.id == AttendanceMark.lesson)
                .join(LessonGroup, LessonGroup.lesson == Lesson.id)
                .where(LessonGroup.group == self.group, AttendanceMark.mark == "absent")
                .order_by(Lesson.starts)
            )
            student, lesson, starts = (await db.execute(asked.limit(1))).one()
        return student, lesson, datetime.fromtimestamp(starts / 1e6, UTC).date()

    async def mark(self, lesson: str, student: str) -> AttendanceMark:
        async with self.house.house.store.read() as db:
            row = await db.get(AttendanceMark, (lesson, student))
        assert row is not None
        return row

    async def sums(self, lesson: str) -> dict[str, int]:
        async with self.house.house.store.read() as db:
            row = await db.get(AttendanceTotal, (lesson, self.group))
        assert row is not None
        return {mark: getattr(row, mark) for mark in ("present", "late", "absent", "excused")}

    async def excuse(self, token: str, student: str, day: date, body: bytes = PDF, **more: Any) -> Answer:
        query = {"student": student, "first": str(day), "last": str(day), "reason": "ооруду", **more}
        path = f"/api/v1/groups/{self.group}/excuses"
        return await self.house.call("POST", path, token, params=query, data=io.BytesIO(body))


async def open_office(tmp_path: Path, first: date) -> AsyncIterator[Office]:
    async with running(Settings(data=tmp_path / "data")) as house:
        house.house.add(AttendanceDesk(house.house, bytes(32)))
        made = await write(house.house.trace, 0.005, first=first)
        await house.person("head", Grant("office_head"))
        await house.person("curator", Grant("curator", Scope("group", made.groups[0])))
        yield Office(house, made, await house.log_in("head"), await house.log_in("curator"))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A semester that goes on."""
    async for each in open_office(tmp_path, monday(4)):
        yield each


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Office]:
    """A semester that has been over for long."""
    async for each in open_office(tmp_path, monday(40)):
        yield each


async def test_an_excuse_turns_absence_into_excused_and_back(office: Office) -> None:
    student, lesson, day = await office.absent()
    before = await office.sums(lesson)
    made = await office.excuse(office.curator, student, day)
    assert made.status == 200, made.text
    row = await office.mark(lesson, student)
    assert (row.mark, row.source, row.note) == ("excused", "excuse", "ооруду")
    after = await office.sums(lesson)
    assert after == {**before, "absent": before["absent"] - 1, "excused": before["excused"] + 1}

    path = f"/api/v1/groups/{office.group}/excuses"
    (listed,) = (await office.house.call("GET", path, office.head)).json["items"]
    assert (listed["student"], listed["document"], listed["withdrawn"]) == (student, True, False)
    file = await office.house.call("GET", f"{path}/{made.json['id']}/document", office.head)
    assert (file.text.encode(), file.headers["Content-Type"]) == (PDF, "application/pdf")
    (kept,) = (office.house.house.settings.data / "excuses").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600

    body = {"reason": "башка адам"}
    back = await office.house.call("POST", f"{path}/{made.json['id']}/withdraw", office.head, json=body)
    assert back.status == 204
    assert (await office.mark(lesson, student)).mark == "absent"
    assert await office.sums(lesson) == before


async def test_a_rebuilt_projection_is_the_one_that_grew(office: Office) -> None:
    """Marks of the trace alone: the bench's are written straight into the tables."""
    student, lesson, day = await office.absent()
    mark = {"student": student, "present": 0, "share": 0.0, "late_by": 0, "group": office.group}
    trace = office.house.house.trace
    data = {"lesson": lesson, "marks": [{**mark, "mark": "absent", "source": "computed"}]}
    await trace.record("attendance.computed", data, actor="system")
    await office.excuse(office.head, student, day)
    await trace.rebuild(["attendance"])
    row = await office.mark(lesson, student)
    assert (row.mark, row.source, row.group) == ("excused", "excuse", office.group)
    assert await office.sums(lesson) == {"present": 0, "late": 0, "absent": 0, "excused": 1}


async def test_a_correction_by_hand_is_left_alone_by_an_excuse(office: Office) -> None:
    student, lesson, day = await office.absent()
    path = f"/api/v1/lessons/{lesson}/attendance/{student}"
    body = {"mark": "absent", "reason": "келген жок"}
    assert (await office.house.call("POST", path, office.head, json=body)).status == 204
    await office.excuse(office.head, student, day)
    assert (await office.mark(lesson, student)).source == "corrected"


BAD: list[tuple[dict[str, str], bytes, int, str]] = [
    ({}, b"MZ\x90 a program", 422, "excuse.document"),
    ({"last": "2020-01-01"}, b"", 422, "excuse.range"),
    ({"first": "2020-01-01"}, b"", 422, "excuse.range"),
    ({"reason": "   a  "}, b"", 422, "attendance.reason"),
    ({"student": "nobody"}, b"", 404, "person.unknown"),
    ({"first": "yesterday"}, b"", 422, "query.invalid"),
    ({}, b"%PDF-" + b"x" * (10 * 1024 * 1024), 413, "body.too_large"),
]


async def test_bad_excuses_change_nothing(office: Office) -> None:
    student, lesson, day = await office.absent()
    for more, body, status, code in BAD:
        whom = more.get("student", student)
        rest = {name: value for name, value in more.items() if name != "student"}
        answer = await office.excuse(office.head, whom, day, body, **rest)
        assert (answer.status, answer.code) == (status, code), more
    assert (await office.mark(lesson, student)).mark == "absent"
    assert not (office.house.house.settings.data / "excuses").exists()


async def test_excuses_are_for_those_who_look_after_the_group(office: Office) -> None:
    student, _, day = await office.absent()
    other = Scope("group", office.made.groups[1])
    await office.house.person("foreign", Grant("curator", other))
    await office.house.person("dispatcher", Grant("dispatcher"))
    for login in ("foreign", "dispatcher"):
        token = await office.house.log_in(login)
        answer = await office.excuse(token, student, day)
        assert (answer.status, answer.code) == (403, "permission.denied")


async def test_a_locked_journal_is_changed_only_after_reopening(archive: Office) -> None:
    student, lesson, day = await archive.absent()
    call, path = archive.house.call, f"/api/v1/lessons/{lesson}/attendance/{student}"
    body = {"mark": "present", "reason": "келген экен"}
    refused = await call("POST", path, archive.head, json=body)
    assert (refused.status, refused.code) == (409, "journal.locked")
    assert (await archive.excuse(archive.curator, student, day)).code == "journal.locked"

    journal = f"/api/v1/groups/{archive.group}/journal"
    query = f"from={archive.made.first}&until={archive.made.last}"
    lock = (await call("GET", f"{journal}?{query}", archive.head)).json["lock"]
    assert lock["locked"] and not lock["reopened"]
    again = {"semester": lock["semester"], "until": str(datetime.now(UTC).date() + timedelta(days=3))}
    again["reason"] = "деканаттын чечими"
    denied = await call("POST", f"{journal}/reopen", archive.curator, json=again)
    assert (denied.status, denied.code) == (403, "permission.denied")
    far = {**again, "until": "2099-01-01"}
    assert (await call("POST", f"{journal}/reopen", archive.head, json=far)).code == "journal.until"
    assert (await call("POST", f"{journal}/reopen", archive.head, json=again)).status == 204
    lock = (await call("GET", f"{journal}?{query}", archive.head)).json["lock"]
    assert not lock["locked"] and lock["reopened"]
    assert (await call("POST", path, archive.head, json=body)).status == 204
    assert "journal.reopened" in await archive.house.kinds()


async def test_heads_are_counted_by_the_teacher(office: Office) -> None:
    _, lesson, _ = await office.absent()
    body = {"count": 17}
    path = f"/api/v1/lessons/{lesson}/attendance-count"
    assert (await office.house.call("POST", path, office.head, json=body)).status == 403
    data = {"lesson": lesson, "count": 17}
    await office.house.house.trace.record("attendance.counted", data, actor="teacher")
    sheet = await office.house.call("GET", f"/api/v1/lessons/{lesson}/attendance", office.head)
    assert sheet.json["counted"] == 17


async def test_journal_sheet_and_own_marks_can_be_taken_along(office: Office) -> None:
    _, lesson, _ = await office.absent()
    days = f"from={office.made.first}&until={office.made.last}"
    for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")):
        for path in (
            f"/groups/{office.group}/journal/paper?{days}&form={form}",
            f"/lessons/{lesson}/attendance/paper?form={form}",
            f"/me/attendance/paper?form={form}",
        ):
            headers = {"Authorization": f"Bearer {office.head}"}
            async with office.house.http.get(f"{office.house.url}/api/v1{path}", headers=headers) as answer:
                assert answer.status == 200, path
                assert (await answer.read()).startswith(begins), path


@pytest.mark.parametrize(
    ("address", "networks", "good"),
    [
        ("203.0.113.9", (), True),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("11.1.2.3", ("10.0.0.0/8",), False),
        ("2001:db8::5", ("10.0.0.0/8", "2001:db8::/32"), True),
        ("", ("10.0.0.0/8",), False),
        ("not an address", ("10.0.0.0/8",), False),
    ],
)
def test_campus_networks(address: str, networks: tuple[str, ...], good: bool) -> None:
    assert on_campus(address, networks) is good
