"""An exam from the way in to the end: rights, states, answers, time, flags."""

import asyncio
import io

import fpdf
import pytest

from proctoring import beacon
from server.exams.desk import ExamDesk
from server.live.moderation.door import rights_now
from tests.server.exams.hall import TAB, Hall

pytestmark = pytest.mark.exam


async def test_a_whole_exam(hall: Hall) -> None:
    page = await hall.start("student1")
    saved = await hall.own("student1", "PUT", "/answers/q1", tab=TAB, n=1, text="F = ma")
    assert saved["n"] == 1
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert view["answers"]["q1"]["text"] == "F = ma"
    assert 3590 <= view["seconds_left"] <= 3600
    done = await hall.own("student1", "POST", "/submit", tab=TAB)
    assert done["state"] == "submitted"
    late = await hall.ask("student1", "PUT", f"/exams/{hall.exam}/attempt/answers/q1", tab=TAB, n=2, text="E")
    assert (late.status, late.code) == (409, "exam.state")
    wall = await hall.good("proctor", "GET", f"/exams/{hall.exam}/wall")
    card = next(each for each in wall["students"] if each["person"] == hall.people["student1"])
    assert (card["state"], card["answered"], card["of"], card["count"]) == ("submitted", 1, 2, 0)
    await page.end()


async def test_who_may_what(hall: Hall) -> None:
    exam = hall.exam
    for login, method, path in (
        ("stranger", "POST", f"/exams/{exam}/attempt"),
        ("student1", "GET", f"/exams/{exam}/wall"),
        ("student1", "GET", f"/exams/{exam}/candidates"),
        ("proctor2", "GET", f"/exams/{exam}/wall"),
        ("proctor", "POST", f"/exams/{exam}/proctors"),
        ("teacher", "POST", "/exam-rules"),
    ):
        answer = await hall.ask(login, method, path)
        assert answer.status == 403, (login, path, answer.text)
    shown = await hall.good("student1", "GET", f"/exams/{exam}")
    assert shown["questions"] == [] and shown["you"]["part"] == "student"
    assert shown["rules"]["protocol"] == "7"


async def test_only_approved_rules_hold_an_exam(hall: Hall) -> None:
    draft = await hall.good("admin", "POST", "/exam-rules", title="Черновик")
    answer = await hall.ask("teacher", "PUT", f"/exams/{hall.exam}", minutes=30, rules=draft["id"])
    assert (answer.status, answer.code) == (409, "exam_rules.draft")
    answer = await hall.ask(
        "admin", "PUT", f"/exam-rules/{hall.rules}", title="Онлайн экзамен", kinds=[]
    )  # fmt: skip
    assert (answer.status, answer.code) == (409, "exam_rules.approved")


async def test_an_examinee_sees_nobody(hall: Hall) -> None:
    await hall.start("student1")
    page = await hall.start("student2")
    welcome = await page.type("welcome", state="open")
    assert [each["id"] for each in welcome["people"]] == [hall.people["student2"]]
    assert welcome["rights"]["publish"] == ["cam", "screen"]
    assert welcome["rights"]["chat"] is False
    staff = await hall.open_page("proctor")
    seen = await staff.type("welcome", state="open")
    assert {each["id"] for each in seen["people"]} >= {hall.people["student1"], hall.people["student2"]}
    assert seen["rights"]["publish"] == []
    await page.ask("chat.send", key="k1", text="?")
    assert not page.events()


async def test_who_runs_an_exam_keeps_order_and_examinees_still_see_nobody(hall: Hall) -> None:
    page = await hall.start("student1")
    await hall.start("student2")
    teacher = await hall.open_page("teacher")
    assert (await teacher.ask("class.host", person=hall.people["student2"], on=True))["type"] == "ok"
    group = {"name": "A", "people": [hall.people["student1"]]}
    for kind, body in (("groups.open", {"groups": [group]}), ("chat.send", {"key": "k1", "text": "?"})):
        refused = await teacher.ask(kind, **body)
        assert (refused["type"], refused["code"]) == ("error", "exam.apart"), refused
    for kind, body in (("hand.raise", {}), ("chat.send", {"key": "k2", "text": "?"})):
        refused = await page.ask(kind, **body)
        assert (refused["type"], refused["code"]) == ("error", "exam.apart"), refused
    assert (await teacher.ask("class.rule", mics=False))["type"] == "ok"
    news = await page.until(lambda m: m["type"] == "moderation" and not m["rules"]["mics"])
    assert news["hosts"] == []
    assert not [each for each in page.heard if each["type"] in ("groups", "lobby")]
    assert not page.events()
    room = hall.desk.room_of(hall.exam)
    assert room is not None
    seat = room.of(hall.people["student1"])[0]
    assert rights_now(room, seat).audience == ("staff",) and rights_now(room, seat).labels == ()


async def test_flags_come_after_their_time_and_only_while_writing(hall: Hall) -> None:
    await hall.start("student1")
    peer = hall.peer("student1")
    await hall.settle(lambda: peer in hall.vision.looks)
    for second in range(8, 0, -1):
        hall.vision.webcam(peer, faces=2, back=second)
    await hall.settle(lambda: [each.kind for each in hall.attempt("student1").flags] == ["several"])
    hall.vision.webcam(peer, faces=1, back=0.5)
    wall = await hall.good("proctor", "GET", f"/exams/{hall.exam}/wall")
    card = next(each for each in wall["students"] if each["person"] == hall.people["student1"])
    assert card["standing"] == ["several"] and wall["students"][0] is card
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert view["flags"] == []
    path = f"/exams/{hall.exam}/people/{hall.people['student1']}"
    await hall.good("proctor", "POST", f"{path}/pause", reason="Перерыв для всех")
    await hall.turn()
    await hall.settle(lambda: hall.attempt("student1").flags[0].end is not None)
    for second in range(9, 0, -1):
        hall.vision.webcam(peer, faces=2, back=second / 10)
    await asyncio.sleep(0.2)
    assert len(hall.attempt("student1").flags) == 1
    one = await hall.good("proctor", "GET", path)
    assert [each["what"] for each in one["log"]][-1] == "paused"


async def test_the_beacon_is_judged_by_the_attempts_own_key(hall: Hall) -> None:
    await hall.start("student1")
    peer, desk = hall.peer("student1"), hall.desk
    exam = desk.exams[hall.exam]
    shown = await hall.own("student1", "GET", "/beacon")
    assert len(shown["marks"]) == 30 and all(len(rows) == 15 for rows in shown["marks"])
    own, other = (desk.beacon_key(exam, hall.people[login]) for login in ("student1", "student2"))
    now = desk.now()
    for second in range(6, 2, -1):
        hall.vision.screen(peer, beacon.code(own, beacon.slot_at(now - second * 1_000_000)), second)
    for tenth in range(29, 0, -2):
        hall.vision.screen(peer, beacon.code(other, beacon.slot_at(now)), tenth / 10)
    await hall.settle(lambda: [each.kind for each in hall.attempt("student1").flags] == ["beacon_foreign"])


async def test_the_way_in_has_an_order_and_a_way_out(hall: Hall) -> None:
    await hall.opened()
    await hall.own("student1", "POST", "", tab=TAB)
    path = f"/exams/{hall.exam}/attempt"
    answer = await hall.ask("student1", "POST", f"{path}/steps", tab=TAB, step="biometrics", value="yes")
    assert answer.code == "exam.rules_first"
    await hall.own("student1", "POST", "/steps", tab=TAB, step="rules")
    view = await hall.own("student1", "POST", "/steps", tab=TAB, step="biometrics", value="no")
    assert view["steps"]["biometrics"] == "no"
    assert (await hall.photo("student1", "face")).code == "exam.no_biometrics"
    answer = await hall.ask("student1", "POST", f"{path}/ready", tab=TAB)
    assert (answer.status, answer.code) == (409, "exam.steps")
    assert "biometrics" in answer.json["error"]["details"]["missing"]
    card = await hall.good(
        "admin", "PATCH", f"/exams/{hall.exam}/candidates/{hall.people['student1']}",
        place="class", seat="Ауд. 12", reason="Дарылык маалыматка макул эмес",
    )  # fmt: skip
    assert (card["place"], card["seat"]) == ("class", "Ауд. 12")


async def test_the_newest_tab_holds_the_attempt(hall: Hall) -> None:
    await hall.start("student1")
    await hall.own("student1", "POST", "", tab="another-tab")
    answer = await hall.ask(
        "student1", "PUT", f"/exams/{hall.exam}/attempt/answers/q1", tab=TAB, n=1, text="x"
    )
    assert (answer.status, answer.code) == (409, "exam.elsewhere")
    assert (await hall.own("student1", "GET", "", tab=TAB))["elsewhere"] is True
    wall = await hall.good("proctor", "GET", f"/exams/{hall.exam}/wall")
    card = next(each for each in wall["students"] if each["person"] == hall.people["student1"])
    assert card["moved"] == 1


async def test_a_lost_link_costs_no_minute(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await hall.start("student1")
    await page.drop()
    await hall.settle(lambda: hall.attempt("student1").away_since > 0, 10)
    first = (await hall.own("student1", "GET", "", tab=TAB))["seconds_left"]
    await asyncio.sleep(2.2)
    assert (await hall.own("student1", "GET", "", tab=TAB))["seconds_left"] == first
    await hall.open_page("student1")
    await hall.settle(lambda: hall.attempt("student1").away_since == 0)
    assert not hall.attempt("student1").flags


async def test_a_flag_that_stood_when_the_server_died_has_an_end(hall: Hall) -> None:
    page = await hall.start("student1")
    peer, desk = hall.peer("student1"), hall.desk
    await hall.settle(lambda: peer in hall.vision.looks)
    for second in range(8, 0, -1):
        hall.vision.webcam(peer, faces=2, back=second)
    await hall.settle(lambda: [each.end for each in hall.attempt("student1").flags] == [None])
    # as after a kill: nothing in memory, the lines are read back, and whoever wrote has been away
    desk.exams.clear()
    desk._sights.clear()
    await page.drop()
    await desk._came_back()
    attempt = hall.attempt("student1")
    assert [each.end is not None for each in attempt.flags] == [True] and attempt.away_since
    left = (await hall.own("student1", "GET", "", tab=TAB))["seconds_left"]
    await asyncio.sleep(1.2)
    assert (await hall.own("student1", "GET", "", tab=TAB))["seconds_left"] == left
    await hall.open_page("student1")
    await hall.settle(lambda: attempt.away_since == 0)
    hall.vision.webcam(peer)
    await asyncio.sleep(0.3)
    wall = await hall.good("proctor", "GET", f"/exams/{hall.exam}/wall")
    card = next(each for each in wall["students"] if each["person"] == hall.people["student1"])
    assert (card["standing"], card["count"]) == ([], 1)


async def test_an_older_save_is_refused_and_the_newer_kept(hall: Hall) -> None:
    await hall.start("student1")
    await hall.own("student1", "PUT", "/answers/q1", tab=TAB, n=5, text="жаңы")
    answer = await hall.ask(
        "student1", "PUT", f"/exams/{hall.exam}/attempt/answers/q1", tab=TAB, n=4, text="эски"
    )
    assert (answer.status, answer.code) == (409, "exam.older")
    assert answer.json["error"]["details"]["n"] == 5
    again = await hall.own("student1", "PUT", "/answers/q1", tab=TAB, n=5, text="жаңы")
    assert again["n"] == 5
    lines = [each for each in await hall.running.kinds() if each == "attempt.answered"]
    assert len(lines) == 1


async def test_a_rebuilt_attempt_equals_the_one_that_ran(hall: Hall) -> None:
    await hall.start("student1")
    await hall.own("student1", "PUT", "/answers/q1", tab=TAB, n=1, text="F = ma")
    path = f"/exams/{hall.exam}/people/{hall.people['student1']}"
    await hall.good("proctor", "POST", f"{path}/extend", minutes=10, reason="Байланыш начар")
    await hall.good("proctor", "POST", f"{path}/message", text="Тынч иштеңиз")
    events = [{"n": 1, "kind": "focus_lost", "ago": 100}, {"n": 2, "kind": "focus_back"}]
    assert (await hall.own("student1", "POST", "/events", tab=TAB, events=events))["n"] == 2
    assert (await hall.own("student1", "POST", "/events", tab=TAB, events=events))["n"] == 2
    ran = hall.attempt("student1")
    desk: ExamDesk = hall.desk
    del desk.exams[hall.exam]
    rebuilt = (await desk.find(hall.exam)).attempts[hall.people["student1"]]
    assert vars(rebuilt) == vars(ran)
    assert len(rebuilt.events) == 2 and rebuilt.extra == 10


async def test_suspending_keeps_the_answers(hall: Hall) -> None:
    await hall.start("student1")
    await hall.own("student1", "PUT", "/answers/q1", tab=TAB, n=1, text="F = ma")
    path = f"/exams/{hall.exam}/people/{hall.people['student1']}"
    assert (await hall.ask("proctor", "POST", f"{path}/suspend", reason="")).status == 422
    await hall.good("proctor", "POST", f"{path}/suspend", reason="Экинчи адам жооп берип жатат")
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert view["state"] == "suspended" and view["answers"]["q1"]["text"] == "F = ma"
    assert view["reason"] == "Экинчи адам жооп берип жатат"


@pytest.mark.parametrize(
    ("data", "status"), [(b"not a picture", 415), (b"", 415), (b"\xff\xd8\xff" + bytes(5 << 20), 413)]
)
async def test_what_is_no_photo_is_refused(hall: Hall, data: bytes, status: int) -> None:
    await hall.opened()
    await hall.own("student1", "POST", "", tab=TAB)
    await hall.own("student1", "POST", "/steps", tab=TAB, step="rules")
    await hall.own("student1", "POST", "/steps", tab=TAB, step="biometrics", value="yes")
    assert (await hall.photo("student1", "face", data)).status == status


async def test_accommodations_leave_no_trace(hall: Hall) -> None:
    await hall.good(
        "admin", "PATCH", f"/exams/{hall.exam}/candidates/{hall.people['student1']}",
        off=["several", "head_away"], extra=30, reason="Медициналык көрсөткүч",
    )  # fmt: skip
    await hall.start("student1")
    peer = hall.peer("student1")
    for second in range(8, 0, -1):
        hall.vision.webcam(peer, faces=2, back=second)
    await asyncio.sleep(0.3)
    assert hall.attempt("student1").flags == []
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert "several" not in view["watched"] and view["seconds_left"] > 89 * 60


async def test_a_rehearsal_needs_nobody(hall: Hall) -> None:
    made = await hall.good("student1", "POST", "/exams/rehearsal")
    again = await hall.good("student1", "POST", "/exams/rehearsal")
    assert made == again
    hall.exam = made["id"]
    await hall.opened()
    await hall.own("student1", "POST", "", tab=TAB)
    await hall.own("student1", "POST", "/steps", tab=TAB, step="rules")
    for step, value in (("biometrics", "yes"), ("equipment", "good"), ("share", "")):
        await hall.own("student1", "POST", "/steps", tab=TAB, step=step, value=value)
    await hall.photo("student1", "face")
    view = await hall.own("student1", "POST", "/ready", tab=TAB)
    assert view["state"] == "admitted" and view["exam"]["rehearsal"] is True
    answer = await hall.ask("student2", "POST", f"/exams/{hall.exam}/attempt", tab=TAB)
    assert answer.status == 403


async def test_a_page_of_the_lms_stands_inside_only_where_the_operator_allows_it(hall: Hall) -> None:
    body = {"minutes": 30, "rules": hall.rules, "content": "page", "address": "https://lms.example.kg/quiz/1"}
    answer = await hall.ask("teacher", "PUT", f"/exams/{hall.exam}", **body)
    assert (answer.status, answer.code) == (422, "exam.address")
    view = await hall.good("teacher", "PUT", f"/exams/{hall.exam}", **body, own_tab=True)
    assert view["own_tab"] is True


def sheet_pdf() -> bytes:
    """Two small pages, drawn by the writer of papers."""
    made = fpdf.FPDF()
    for text in ("1", "2"):
        made.add_page()
        made.set_font("helvetica", size=24)
        made.cell(text=f"Question {text}")
    return bytes(made.output())


async def test_a_question_sheet_becomes_pages_that_only_who_writes_sees(hall: Hall) -> None:
    path = f"/api/v1/exams/{hall.exam}/sheet"
    refused = await hall.running.call("POST", path, hall.tokens["teacher"], data=io.BytesIO(b"PK no pdf"))
    assert (refused.status, refused.code) == (415, "exam.sheet")
    made = await hall.running.call("POST", path, hall.tokens["teacher"], data=io.BytesIO(sheet_pdf()))
    assert made.json == {"pages": 2}, made.text

    async def status(login: str, page: str = "1") -> int:
        answer = await hall.running.http.get(
            f"{hall.running.url}{path}/{page}", headers={"Authorization": f"Bearer {hall.tokens[login]}"}
        )
        body = await answer.read()
        assert answer.status != 200 or body[8:12] == b"WEBP"
        return answer.status

    assert await status("proctor") == 200 and await status("proctor", "3") == 404
    assert await status("student1") == 403
    await hall.start("student1")
    assert await status("student1", "2") == 200 and await status("student2") == 403
    again = await hall.running.call("POST", path, hall.tokens["teacher"], data=io.BytesIO(sheet_pdf()))
    assert again.code == "exam.running"
