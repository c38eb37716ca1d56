"""A seat in a computer class: asked for, given, told; and an exam there without a camera."""

import pytest

from tests.server.exams.hall import TAB, Hall

pytestmark = pytest.mark.exam


async def give(hall: Hall, login: str) -> None:
    await hall.good(
        "teacher", "PATCH", f"/exams/{hall.exam}/candidates/{hall.people[login]}", place="class",
        room="Ауд. 12", seat="4", proctor=hall.people["proctor2"], reason="Үйүндө компьютери жок",
    )  # fmt: skip


async def test_who_has_only_a_phone_asks_and_is_told(hall: Hall) -> None:
    await hall.good("student1", "POST", f"/exams/{hall.exam}/seat", why="phone")
    found = (await hall.good("teacher", "GET", f"/exams/{hall.exam}/candidates"))["candidates"]
    one = next(each for each in found if each["person"] == hall.people["student1"])
    assert (one["asked"], one["place"]) == ("phone", "home")
    assert (await hall.ask("stranger", "POST", f"/exams/{hall.exam}/seat", why="phone")).status == 403
    await give(hall, "student1")
    cards = (await hall.good("student1", "GET", "/exams"))["exams"]
    told = next(each for each in cards if each["id"] == hall.exam)
    assert (told["place"], told["room"], told["seat"], told["in_room"]) == (
        "class", "Ауд. 12", "4", "Proctor2",
    )  # fmt: skip


async def test_without_biometrics_an_exam_is_written_in_the_class(hall: Hall) -> None:
    await hall.opened()
    await hall.own("student1", "POST", "", tab=TAB)
    await hall.own("student1", "POST", "/steps", tab=TAB, step="rules")
    view = await hall.own("student1", "POST", "/steps", tab=TAB, step="biometrics", value="no")
    assert view["seat_asked"] == "biometrics" and view["place"] == "home"
    await hall.own("student1", "POST", "/steps", tab=TAB, step="share")
    path = f"/exams/{hall.exam}/attempt/ready"
    assert (await hall.ask("student1", "POST", path, tab=TAB)).code == "exam.steps"
    await give(hall, "student1")
    view = await hall.own("student1", "POST", "/ready", tab=TAB)
    assert (view["state"], view["room"], view["in_room"]) == ("waiting", "Ауд. 12", "Proctor2")
    admit = f"/exams/{hall.exam}/people/{hall.people['student1']}/admit"
    assert (await hall.ask("proctor", "POST", admit)).code == "exam.reason"
    await hall.good("proctor", "POST", admit, reason="Документ залда текшерилди")
    await hall.open_page("student1")
    view = await hall.own("student1", "POST", "/start", tab=TAB)
    assert view["state"] == "running"
    await hall.turn()
    assert not hall.vision.looks


async def test_what_is_seen_of_the_others_is_kept_when_one_candidate_changes(hall: Hall) -> None:
    await hall.opened()
    for login in ("student1", "student2"):
        await hall.start(login)
        hall.sends(login, "cam", "screen")
    await hall.turn()
    exam = hall.desk.exams[hall.exam]
    eyes = {login: hall.desk.sight(exam, hall.attempt(login)) for login in ("student1", "student2")}
    path = f"/exams/{hall.exam}/candidates/{hall.people['student1']}"
    await hall.good("teacher", "PATCH", path, extra=10, reason="Дарыгердин корутундусу")
    await hall.turn()
    for login, eye in eyes.items():
        assert hall.desk.sight(exam, hall.attempt(login)) is eye, f"{login}: more time is not seen otherwise"
    await give(hall, "student1")
    await hall.turn()
    assert hall.desk.sight(exam, hall.attempt("student1")).in_class
    assert hall.desk.sight(exam, hall.attempt("student2")) is eyes["student2"]
