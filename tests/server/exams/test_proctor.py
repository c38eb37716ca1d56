"""What a proctor does and what the student is told of it: who looks after whom, suspending and taking up,
confirming, a private check, listening; and what is calibrated anew after a return."""

import asyncio

import pytest

from proctoring import beacon
from server.exams.sight import MARKER_WITHIN
from tests.server.exams.hall import TAB, Hall

pytestmark = pytest.mark.exam

SECOND = 1_000_000


def of(hall: Hall, login: str, rest: str = "") -> str:
    return f"/exams/{hall.exam}/people/{hall.people[login]}{rest}"


async def card(hall: Hall, login: str, by: str = "proctor") -> dict[str, object]:
    wall = await hall.good(by, "GET", f"/exams/{hall.exam}/wall")
    return next(each for each in wall["students"] if each["person"] == hall.people[login])


async def test_a_suspended_attempt_is_taken_up_with_its_answers_and_its_time(hall: Hall) -> None:
    await hall.start("student1")
    await hall.own("student1", "PUT", "/answers/q1", tab=TAB, n=1, text="F = ma")
    refused = await hall.ask("proctor", "POST", of(hall, "student1", "/take_up"), reason="Баары жайында")
    assert (refused.status, refused.code) == (409, "exam.state")
    before = (await hall.own("student1", "GET", "", tab=TAB))["seconds_left"]
    await hall.good("proctor", "POST", of(hall, "student1", "/suspend"), reason="Дагы бир адам")
    await asyncio.sleep(2.1)
    await hall.good("proctor", "POST", of(hall, "student1", "/take_up"), reason="Түшүнбөстүк болду")
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert view["state"] == "running" and view["answers"]["q1"]["text"] == "F = ma"
    assert before - view["seconds_left"] <= 1
    assert [(each["what"], each["reason"]) for each in view["news"]] == [("taken_up", "Түшүнбөстүк болду")]
    ran = hall.attempt("student1")
    del hall.desk.exams[hall.exam]
    assert vars((await hall.desk.find(hall.exam)).attempts[hall.people["student1"]]) == vars(ran)


async def test_the_student_is_told_of_what_was_given(hall: Hall) -> None:
    await hall.start("student1")
    await hall.good("proctor", "POST", of(hall, "student1", "/extend"), minutes=10, reason="Жарык өчтү")
    await hall.good("proctor", "POST", of(hall, "student1", "/pause"), reason="Окуу сигналы")
    await hall.good("proctor", "POST", of(hall, "student1", "/resume"))
    await hall.good("proctor", "POST", of(hall, "student1", "/check"))
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert view["check_asked"] and view["steps"]["confirmed"]
    assert (await hall.photo("student1", "face")).status == 200
    assert (await card(hall, "student1"))["steps"]["confirmed"] is None  # type: ignore[index]
    await hall.good("proctor", "POST", of(hall, "student1", "/confirm"))
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert view["steps"]["confirmed"] and not view["check_asked"]
    told = [(each["what"], each["minutes"], each["reason"]) for each in view["news"]]
    assert told == [("extended", 10, "Жарык өчтү"), ("resumed", 0, ""), ("confirmed", 0, "")]


async def test_proctors_share_the_examinees_and_relieve_each_other(hall: Hall) -> None:
    refused = await hall.ask("proctor", "POST", f"/exams/{hall.exam}/watchers/share")
    assert (refused.status, refused.code) == (409, "exam.nobody_on_duty")
    await hall.good(
        "teacher", "POST", f"/exams/{hall.exam}/proctors", person=hall.people["proctor2"], on=True
    )
    for login in ("proctor", "proctor2"):
        await hall.good(login, "POST", f"/exams/{hall.exam}/duty", on=True)
    await hall.good("proctor", "POST", f"/exams/{hall.exam}/watchers/share")
    watchers = {(await card(hall, login))["watcher"] for login in ("student1", "student2")}
    assert watchers == {hall.people["proctor"], hall.people["proctor2"]}
    await hall.good("proctor", "POST", f"/exams/{hall.exam}/relief", person=hall.people["proctor2"])
    for login in ("student1", "student2"):
        assert (await card(hall, login))["watcher"] == hall.people["proctor2"]
    body = {"proctor": hall.people["proctor"], "people": [hall.people["student1"]]}
    await hall.good("proctor2", "POST", f"/exams/{hall.exam}/watchers", **body)
    del hall.desk.exams[hall.exam]
    assert (await card(hall, "student1"))["watcher"] == hall.people["proctor"]
    body["proctor"] = hall.people["stranger"]
    assert (await hall.ask("proctor", "POST", f"/exams/{hall.exam}/watchers", **body)).status == 404


async def test_a_private_check_is_for_one_proctor_alone(hall: Hall) -> None:
    await hall.opened()
    await hall.prepare("student1")
    view = await hall.own("student1", "POST", "/steps", tab=TAB, step="private", value="on")
    assert view["steps"]["private"] is True
    photo = of(hall, "student1", "/photos/face")
    assert (await hall.ask("proctor", "GET", photo)).code == "exam.private"
    body = {"proctor": hall.people["proctor"], "people": [hall.people["student1"]]}
    await hall.good("proctor", "POST", f"/exams/{hall.exam}/watchers", **body)
    headers = {"Authorization": f"Bearer {hall.tokens['proctor']}"}
    seen = await hall.running.http.get(f"{hall.running.url}/api/v1{photo}", headers=headers)
    assert seen.status == 200
    assert (await hall.ask("teacher", "GET", photo)).code == "exam.private"


async def test_nobody_listens_where_the_rules_record_no_sound(hall: Hall) -> None:
    await hall.start("student1")
    refused = await hall.ask("proctor", "POST", of(hall, "student1", "/listen"), on=True)
    assert (refused.status, refused.code) == (409, "exam.no_sound")


async def test_who_listens_is_seen_by_the_student(hall: Hall) -> None:
    drafted = await hall.good("admin", "POST", "/exam-rules", title="Үн менен")
    body = {"title": "Үн менен", "kinds": [], "sound": True}
    await hall.good("admin", "PUT", f"/exam-rules/{drafted['id']}", **body)
    await hall.good("admin", "POST", f"/exam-rules/{drafted['id']}/approve", protocol="8", date="2026-09-02")
    await hall.good("teacher", "PUT", f"/exams/{hall.exam}", minutes=60, rules=drafted["id"])
    page = await hall.start("student1")
    assert (await page.type("welcome", state="open"))["rights"]["publish"] == ["mic", "cam", "screen"]
    await hall.good("proctor", "POST", of(hall, "student1", "/listen"), on=True)
    assert (await hall.own("student1", "GET", "", tab=TAB))["listened"] is True
    assert (await card(hall, "student1"))["listener"] == hall.people["proctor"]
    await hall.good("proctor", "POST", of(hall, "student1", "/listen"), on=False)
    assert (await hall.own("student1", "GET", "", tab=TAB))["listened"] is False


async def test_the_marker_is_lost_only_once_it_was_there(hall: Hall) -> None:
    """A page that has just been opened may need a moment to bring its marker to the screen."""
    await hall.start("student1")
    peer, desk = hall.peer("student1"), hall.desk
    exam, attempt = desk.exams[hall.exam], hall.attempt("student1")
    for tenth in range(90, 60, -2):
        hall.vision.screen(peer, None, tenth / 10)
    await asyncio.sleep(0.3)
    assert attempt.flags == []
    key = desk.beacon_key(exam, hall.people["student1"])
    hall.vision.screen(peer, beacon.code(key, beacon.slot_at(desk.now() - 59 * SECOND // 10)), 5.9)
    await hall.settle(lambda: desk.known_sight(exam, attempt.person).marker_at > 0)  # type: ignore[union-attr]
    for tenth in range(58, 0, -2):
        hall.vision.screen(peer, None, tenth / 10)
    await hall.settle(lambda: [each.kind for each in attempt.flags] == ["beacon_lost"])


async def test_a_return_calibrates_anew(hall: Hall) -> None:
    await hall.start("student1")
    exam, attempt = hall.desk.exams[hall.exam], hall.attempt("student1")
    sight = hall.desk.sight(exam, attempt)
    await hall.own("student1", "POST", "/steps", tab=TAB, step="beacon", value="none")
    attempt.baseline, sight.marker_at = (1.0, 2.0), 5
    await hall.own("student1", "POST", "", tab="another-tab")
    await hall.turn()
    assert attempt.baseline is None and sight.own is None and sight.marker_at == 0
    assert "beacon" not in attempt.steps and hall.desk.sight(exam, attempt).beacon
    assert attempt.returned == sight.returned > 0
    assert sight._marker_due - hall.desk.now() > MARKER_WITHIN - 5 * SECOND
