"""What goes wrong at an exam without anybody's bad will, or with it: it costs nothing but itself.

Where what is tested: here the server's part of all; small, upright and slow cameras and a cat in
tests/proctoring/test_poor_cameras.py; damaged frames in test_odd_pictures.py and test_sampler.py; bombs of
every sort in tests/server/slides; advice on cameras, virtual ones too, and the computer's clock in
static/tests/exam; a clock that is a day off in a whole exam in tests/e2e/test_exam.py; two tabs and a file of
40 MB in a browser in tests/e2e/test_exam_student.py.
"""

import asyncio
import io
from collections.abc import AsyncIterator

import pytest

from proctoring.kinds import SECOND
from proctoring.messages import Described
from server.exams.files import MOST_FILES
from server.exams.sight import PATIENCE
from server.slides import drawing
from tests.server.exams.hall import TAB, Hall
from tests.server.exams.test_exam import sheet_pdf
from tests.server.slides import material as made

pytestmark = pytest.mark.exam

LARGE = 40 * 1024 * 1024


async def endless(size: int) -> AsyncIterator[bytes]:
    """A body that does not say how large it is."""
    for _ in range(size // 65536):
        yield bytes(65536)


async def card(hall: Hall, login: str) -> dict[str, object]:
    wall = await hall.good("proctor", "GET", f"/exams/{hall.exam}/wall")
    return dict(next(each for each in wall["students"] if each["person"] == hall.people[login]))


async def test_an_upload_of_40_megabytes_is_refused_and_nothing_is_kept(hall: Hall) -> None:
    await hall.start("student1")
    await hall.own("student1", "PUT", "/answers/q2", tab=TAB, n=1, text="on paper")
    path = f"/api/v1/exams/{hall.exam}/attempt/answers/q2/files?tab={TAB}&name=paper.jpg"
    for body in (io.BytesIO(b"\xff\xd8\xff" + bytes(LARGE)), endless(LARGE)):
        answer = await hall.running.call("POST", path, hall.tokens["student1"], data=body)
        assert (answer.status, answer.code) == (413, "body.too_large")
    photo = f"/api/v1/exams/{hall.exam}/attempt/photos/face?tab={TAB}"
    answer = await hall.running.call("POST", photo, hall.tokens["student1"], data=endless(LARGE))
    assert answer.status == 413
    folder = hall.desk.files.of(hall.exam, hall.people["student1"])
    assert not list(folder.glob("answer.*"))
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert view["answers"]["q2"]["text"] == "on paper" and view["answers"]["q2"]["files"] == []


@pytest.mark.parametrize("body", [b"\x7fELF" + b"\xff" * 100, b"text\0text", b"\xf0\x28\x8c\x28"])
async def test_files_of_unknown_kinds_are_refused(hall: Hall, body: bytes) -> None:
    await hall.start("student1")
    path = f"/api/v1/exams/{hall.exam}/attempt/answers/q2/files?tab={TAB}&name=a.pdf"
    answer = await hall.running.call("POST", path, hall.tokens["student1"], data=io.BytesIO(body))
    assert (answer.status, answer.code) == (415, "exam.file")


async def test_an_answer_takes_so_many_files_and_no_more(hall: Hall) -> None:
    await hall.start("student1")
    path = f"/api/v1/exams/{hall.exam}/attempt/answers/q2/files?tab={TAB}&name=a.txt"
    answers = [
        await hall.running.call("POST", path, hall.tokens["student1"], data=io.BytesIO(b"x"))
        for _ in range(MOST_FILES + 1)
    ]
    assert [each.status for each in answers] == [200] * MOST_FILES + [409]
    assert answers[-1].code == "exam.files"


async def test_a_sheet_that_is_a_bomb_leaves_the_one_before(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "STUCK", 4.0)
    path = f"/api/v1/exams/{hall.exam}/sheet"
    token = hall.tokens["teacher"]
    good = await hall.running.call("POST", path, token, data=io.BytesIO(sheet_pdf()))
    assert good.json == {"pages": 2}
    for bomb, codes in (
        (made.time_bomb(), {"slides.heavy"}),
        (b"%PDF-1.7\n" + bytes(1000), {"slides.broken"}),
    ):
        answer = await hall.running.call("POST", path, token, data=io.BytesIO(bomb))
        assert answer.status == 422 and answer.code in codes, answer.text
    assert (await hall.good("teacher", "GET", f"/exams/{hall.exam}"))["pages"] == 2
    folder = hall.desk.files.folder / hall.exam
    assert [each.name for each in folder.iterdir()] == ["sheet"]
    shown = await hall.running.http.get(
        f"{hall.running.url}{path}/1", headers={"Authorization": f"Bearer {token}"}
    )
    assert shown.status == 200
    shown.release()


async def test_a_camera_that_is_unplugged_is_said_and_held_against_nobody(hall: Hall) -> None:
    await hall.start("student1")
    peer = hall.peer("student1")
    await hall.settle(lambda: peer in hall.vision.looks)
    hall.vision.webcam(peer)
    hall.sends("student1", "screen")
    events = [{"n": 1, "kind": "camera_ended"}]
    await hall.own("student1", "POST", "/events", tab=TAB, events=events)
    await asyncio.sleep(PATIENCE / SECOND + 2)
    found = await card(hall, "student1")
    assert (found["camera"], found["screen"], found["standing"]) == (False, True, [])
    assert found["unjudged"]["webcam"] >= 5  # type: ignore[index]  # an object of the answer
    hall.sends("student1", "cam", "screen")
    hall.vision.webcam(peer)
    await hall.settle(lambda: [each.why for each in hall.attempt("student1").gaps] == ["picture"])
    assert hall.attempt("student1").flags == []


async def test_a_virtual_camera_is_told_to_the_proctor_and_raises_nothing(hall: Hall) -> None:
    await hall.start("student1")
    events = [{"n": 1, "kind": "virtual_camera", "detail": "OBS Virtual Camera"}]
    await hall.own("student1", "POST", "/events", tab=TAB, events=events)
    one = await hall.good("proctor", "GET", f"/exams/{hall.exam}/people/{hall.people['student1']}")
    assert [(each["kind"], each["detail"]) for each in one["events"]] == [
        ("virtual_camera", "OBS Virtual Camera")
    ]
    assert one["flags"] == []


async def test_a_cat_as_a_face_is_for_a_person_to_look_at(hall: Hall) -> None:
    await hall.opened()
    hall.vision.described = Described("no_face")
    await hall.prepare("student1")
    view = await hall.own("student1", "GET", "", tab=TAB)
    assert (view["steps"]["face"]["problem"], view["steps"]["face"]["score"]) == ("no_face", None)
    path = f"/exams/{hall.exam}/people/{hall.people['student1']}/admit"
    answer = await hall.ask("proctor", "POST", path)
    assert (answer.status, answer.code) == (422, "exam.reason")
    await hall.good("proctor", "POST", path, reason="Seen by video")
    exam = hall.desk.exams[hall.exam]
    assert hall.desk.files.face(exam.lesson, hall.people["student1"]) == b"", "nobody is compared with a cat"


async def test_events_of_a_page_are_at_the_servers_time(hall: Hall) -> None:
    """The page says how long ago; what its clock says does not matter, nor can it reach before the exam."""
    await hall.start("student1")
    events = [{"n": 1, "kind": "focus_lost", "ago": 86_400_000}, {"n": 2, "kind": "focus_back", "ago": 500}]
    await hall.own("student1", "POST", "/events", tab=TAB, events=events)
    attempt, now = hall.attempt("student1"), hall.desk.now()
    assert attempt.events[0].at == attempt.opened
    assert now - 5 * SECOND < attempt.events[1].at < now
    answer = await hall.ask(
        "student1", "POST", f"/exams/{hall.exam}/attempt/events",
        tab=TAB, events=[{"n": 3, "kind": "focus_lost", "ago": 2 * 86_400_000}],
    )  # fmt: skip
    assert answer.status == 422


async def test_two_people_on_one_account(hall: Hall) -> None:
    """The one who came last has it; the proctor sees that it has moved, and whose answer is whose is kept."""
    await hall.start("student1")
    await hall.own("student1", "PUT", "/answers/q1", tab=TAB, n=1, text="of the first")
    first = hall.tokens["student1"]
    hall.tokens["student1"] = await hall.running.token_of(hall.people["student1"])
    await hall.own("student1", "POST", "", tab="another-computer")
    await hall.own("student1", "PUT", "/answers/q1", tab="another-computer", n=2, text="of the second")
    path = f"/api/v1/exams/{hall.exam}/attempt/answers/q1"
    late = await hall.running.call(
        "PUT", path, first, json={"tab": TAB, "n": 3, "text": "of the first again"}
    )
    assert (late.status, late.code) == (409, "exam.elsewhere")
    assert (await card(hall, "student1"))["moved"] == 1
    one = await hall.good("proctor", "GET", f"/exams/{hall.exam}/people/{hall.people['student1']}")
    assert [each["what"] for each in one["log"]].count("opened") == 2
    assert hall.attempt("student1").answers["q1"].text == "of the second"
