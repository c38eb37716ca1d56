"""The trace over HTTP: the signed head, slices for those who may, what is written about oneself."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from server.live.tables import LiveSession
from server.permissions import Grant, Scope
from server.plan.tables import Lesson, LessonPerson
from server.settings import Settings
from server.trace import room
from server.trace.checkpoints import Checkpoints, checkpoint_file, read_file, sign_now
from server.trace.receipts import read_receipt
from server.trace.signing import read_keys
from server.trace.verify import Known, verify, verify_export
from tests.server.kit import Running, running

pytestmark = pytest.mark.review

HOUR = 3_600_000_000


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Running]:
    async with running(settings, more_rooms=[room.open_room]) as made:
        yield made


async def known_of(house: Running, tmp_path: Path) -> Known:
    answer = await house.call("GET", "/api/v1/trace/key")
    assert answer.status == 200
    path = tmp_path / "house.pem"
    path.write_text(answer.text)
    return Known(keys=read_keys(path))


async def test_the_head_is_kept_and_asked_for_again(house: Running, tmp_path: Path) -> None:
    await house.person("chair", Grant("commission_chair"))
    token = await house.log_in("chair")
    kept = (await house.call("GET", "/api/v1/trace/head", token)).json
    checkpoint = kept["checkpoint"]
    assert (checkpoint["seq"], checkpoint["hash"]) == (kept["seq"], kept["hash"])
    again = await house.call("GET", f"/api/v1/trace/head?seq={kept['seq']}", token)
    assert again.json == {"seq": kept["seq"], "hash": kept["hash"], "checkpoint": None}
    beyond = await house.call("GET", "/api/v1/trace/head?seq=99999", token)
    assert (beyond.status, beyond.code) == (404, "trace.no_entry")
    assert beyond.json["error"]["details"]["end"] >= kept["seq"]


async def test_students_and_teachers_get_neither_head_nor_slice(house: Running) -> None:
    for role in ("student", "teacher", "proctor"):
        await house.person(role, Grant(role))
        token = await house.log_in(role)
        for path in ("/api/v1/trace/head", "/api/v1/trace/export"):
            assert (await house.call("GET", path, token)).status == 403, (role, path)
    assert (await house.call("GET", "/api/v1/trace/export")).status == 401


async def test_a_slice_that_was_given_out_verifies_and_is_written_down(
    house: Running, tmp_path: Path
) -> None:
    person = await house.person("admin", Grant("admin"))
    await house.person("chair", Grant("commission_chair"))
    token = await house.log_in("admin")
    assert (await house.call("GET", "/api/v1/trace/export", await house.log_in("chair"))).status == 403
    answer = await house.call("GET", "/api/v1/trace/export?kind=user.", token)
    assert answer.status == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    path = tmp_path / "slice.jsonl"
    path.write_text(answer.text)
    report = verify_export(path, await known_of(house, tmp_path))
    assert report.finding is None
    assert report.entries - report.hidden == 2
    assert report.signed
    (said,) = [each for each in await house.house.trace.read() if each.entry.kind == "trace.exported"]
    assert said.entry.actor == person
    assert said.data["filter"]["kind"] == "user."


async def test_everybody_sees_what_is_written_about_them(house: Running, tmp_path: Path) -> None:
    me = await house.person("student1", Grant("student"))
    other = await house.person("student2", Grant("student"), name="Бакиров Азамат")
    await house.house.trace.record("chat.said", {"text": "салам"}, actor=me, session="s")
    await house.house.trace.record("flag.raised", {"person": me}, actor="system", session="s")
    await house.house.trace.record("role.revoked", {"user": me, "by": other}, actor="t")
    token = await house.log_in("student1")
    answer = await house.call("GET", "/api/v1/me/trace", token)
    items = answer.json["items"]
    assert [(each["kind"], each["own"]) for each in items if each["kind"] != "login.opened"][:2] == [
        ("role.revoked", False),
        ("chat.said", True),
    ]
    assert "user.created" in {each["kind"] for each in items}
    assert "flag.raised" not in answer.text
    assert other not in answer.text  # of what others did only that it is there
    said = next(each for each in items if each["kind"] == "chat.said")
    assert (said["data"], said["session"], said["erased"]) == ({"text": "салам"}, "s", False)
    earlier = await house.call("GET", f"/api/v1/me/trace?before={items[0]['seq']}", token)
    assert earlier.json["items"] == items[1:]
    assert not earlier.json["more"]


async def test_a_receipt_is_taken_along_and_checked_later(house: Running, tmp_path: Path) -> None:
    me = await house.person("student1", Grant("student"))
    said = await house.house.trace.record("chat.said", {"text": "салам"}, actor=me, session="s")
    token = await house.log_in("student1")
    answer = await house.call("GET", "/api/v1/me/receipt?session=s", token)
    receipt = read_receipt(answer.text.encode())
    assert (receipt.person, receipt.session) == (me, "s")
    assert [each.seq for each in receipt.entries] == [said.entry.seq]
    assert receipt.checkpoint is not None
    assert receipt.checkpoint.hash == receipt.head.hash
    known = await known_of(house, tmp_path)
    report = await verify(house.house.store, Known(keys=known.keys, receipts=[receipt]))
    assert report.finding is None
    every = read_receipt((await house.call("GET", "/api/v1/me/receipt", token)).text.encode())
    assert every.session == "*"
    assert len(every.entries) > 1


async def test_the_exam_room_signs_at_the_end_and_the_house_when_it_closes(settings: Settings) -> None:
    async with running(settings, more_rooms=[room.open_room]) as house:
        await house.person("student1", Grant("student"))
        signed = await sign_now(house.house)
        assert signed is not None
        await house.house.trace.record("chat.said", {}, actor="x")
        assert await house.house.part(Checkpoints).latest() == signed
        end = house.house.trace.writer.head
    file = read_file(checkpoint_file(settings.trace_key_file))
    assert [each.seq for each in file] == [signed.seq, end]
    assert json.loads(checkpoint_file(settings.trace_key_file).read_bytes().splitlines()[-1])["seq"] == end


async def test_all_of_it_on_postgres(postgres_settings: Settings, tmp_path: Path) -> None:
    async with running(postgres_settings, more_rooms=[room.open_room]) as house:
        me = await house.person("admin", Grant("admin"))
        await house.house.trace.record("chat.said", {"text": "салам"}, actor=me, session="s", key="k")
        token = await house.log_in("admin")
        kinds = [each["kind"] for each in (await house.call("GET", "/api/v1/me/trace", token)).json["items"]]
        assert {"user.created", "chat.said"} <= set(kinds)
        receipt = read_receipt((await house.call("GET", "/api/v1/me/receipt", token)).text.encode())
        answer = await house.call("GET", "/api/v1/trace/export?session=s", token)
        path = tmp_path / "slice.jsonl"
        path.write_text(answer.text)
        known = Known(keys=(await known_of(house, tmp_path)).keys, receipts=[receipt])
        assert verify_export(path, known).finding is None
        report = await verify(house.house.store, known)
        assert report.finding is None
        assert report.signed >= receipt.head.seq
        bent = Known(heads=[(2, bytes(32))])
        assert (await verify(house.house.store, bent)).finding is not None


async def test_a_chair_takes_along_the_slice_of_their_own_exam_only(house: Running, tmp_path: Path) -> None:
    chair = await house.person("chair", Grant("commission_chair", Scope("faculty", "f1")))
    student = await house.person("student1", Grant("student"))
    own, other = "lesson0000000001", "lesson0000000002"

    async def work(db: AsyncSession) -> None:
        for number, lesson in enumerate((own, other)):
            db.add(Lesson(id=lesson, title="", kind="exam", starts=HOUR, ends=2 * HOUR))
            await db.flush()
            db.add(LiveSession(session=f"s{number}", lesson=lesson, opened=HOUR))
        db.add(LessonPerson(lesson=own, person=chair, part="chair"))

    await house.house.trace.unrecorded(work)
    for session in ("s0", "s1"):
        await house.house.trace.record("chat.said", {"text": session}, actor=student, session=session)
    token = await house.log_in("chair")
    assert (await house.call("GET", f"/api/v1/lessons/{other}/trace", token)).status == 403
    answer = await house.call("GET", f"/api/v1/lessons/{own}/trace", token)
    assert answer.status == 200, answer.text
    assert 'text\\":\\"s0' in answer.text
    assert 'text\\":\\"s1' not in answer.text
    path = tmp_path / "slice.jsonl"
    path.write_text(answer.text)
    assert verify_export(path, await known_of(house, tmp_path)).finding is None
    assert (
        await house.call("GET", f"/api/v1/lessons/{own}/trace", await house.log_in("student1"))
    ).status == 403
