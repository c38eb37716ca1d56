"""Registered photos: who may, what is taken, whose a file is, erasing and objecting."""

import io

import pytest

from proctoring.messages import Described
from tests.server.exams.hall import Hall
from tests.server.kit import Answer

pytestmark = pytest.mark.exam

JPEG = b"\xff\xd8\xff\xe0picture"


async def put(hall: Hall, by: str, person: str, data: bytes = JPEG) -> Answer:
    return await hall.running.call(
        "PUT", f"/api/v1/users/{hall.people[person]}/photo", hall.tokens[by], data=io.BytesIO(data)
    )


async def test_the_office_keeps_replaces_and_erases(hall: Hall) -> None:
    assert (await put(hall, "teacher", "student1")).status == 403
    assert (await put(hall, "admin", "student1")).status == 204
    found = await hall.good("admin", "GET", "/photos", text="student")
    assert (found["students"], found["registered"], found["objected"]) == (3, 1, 0)
    one = next(each for each in found["photos"] if each["person"] == hall.people["student1"])
    assert one["at"] and one["by"] == "Admin"
    missing = await hall.good("admin", "GET", "/photos", show="missing")
    assert hall.people["student1"] not in {each["person"] for each in missing["photos"]}
    assert (await put(hall, "admin", "student1", JPEG + b"newer")).status == 204
    picture = await hall.running.http.get(
        f"{hall.running.url}/api/v1/me/photo/picture",
        headers={"Authorization": f"Bearer {hall.tokens['student1']}"},
    )
    assert await picture.read() == JPEG + b"newer"
    path = f"/api/v1/users/{hall.people['student1']}/photo"
    assert (await hall.running.call("DELETE", path, hall.tokens["admin"])).status == 204
    assert (await hall.running.call("DELETE", path, hall.tokens["admin"])).status == 404
    assert (await hall.good("student1", "GET", "/me/photo"))["at"] is None


@pytest.mark.parametrize("problem", ["no_face", "several", "small", "dark", "blurred"])
async def test_what_cannot_be_compared_is_not_taken(hall: Hall, problem: str) -> None:
    hall.vision.described = Described(problem)  # type: ignore[arg-type]  # one of its words
    refused = await put(hall, "admin", "student1")
    assert (refused.status, refused.code) == (422, "exam.photo_face")
    assert refused.json["error"]["details"]["problem"] == problem
    assert (await put(hall, "admin", "student1", b"GIF89a")).code == "exam.photo"


async def test_a_file_is_its_persons_by_name(hall: Hall) -> None:
    names = ["Student1.JPG", f"{hall.people['student2']}.png", "cat.jpg"]
    found = (await hall.good("admin", "POST", "/photos/names", names=names))["files"]
    assert [each["person"] for each in found] == [hall.people["student1"], hall.people["student2"], ""]


async def test_a_student_objects_and_a_new_photo_settles_it(hall: Hall) -> None:
    path = "/me/photo/objection"
    assert (await hall.ask("student1", "POST", path, words="Бул мен эмес")).status == 404
    assert (await put(hall, "admin", "student1")).status == 204
    assert (await hall.good("student1", "POST", path, words="Бул мен эмес"))["objection"] == "Бул мен эмес"
    listed = await hall.good("admin", "GET", "/photos", show="objected")
    assert [each["objection"] for each in listed["photos"]] == ["Бул мен эмес"]
    assert (await put(hall, "admin", "student1")).status == 204
    assert (await hall.good("student1", "GET", "/me/photo"))["objected"] is None
