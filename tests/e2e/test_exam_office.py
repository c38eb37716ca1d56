"""What the office does for the people of an exam, and what they see of it: a seat in a computer class is
given, and photos that faces are compared with are put in."""

import contextlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.async_api import expect

from tests.e2e.browser import PHONE, person
from tests.e2e.examinee import alone, put_models
from tests.e2e.house import House
from tests.e2e.test_exam_people import admit, card_of, shot
from tests.e2e.test_wall import WIDE, the_exam
from tests.patience import until
from tests.proctoring.models import all_models

pytestmark = [pytest.mark.exam, pytest.mark.e2e, pytest.mark.engine]


async def test_a_seat_is_asked_for_given_and_sat_in(house: House, fakes_folder: Path) -> None:
    exam = await the_exam(house, "proctor", "running")
    async with contextlib.AsyncExitStack() as stack:
        phone = await stack.enter_async_context(
            person("student3", 3, house.url, fakes_folder, viewport=PHONE, language="ky")
        )
        await phone.context.add_init_script("delete MediaDevices.prototype.getDisplayMedia")
        await phone.log_in()
        await phone.page.goto(f"{house.url}/exams/{exam}")
        await phone.get("exam-seat").click()
        await phone.get("exam-seat-asked").wait_for()
        declines = await stack.enter_async_context(person("student1", 2, house.url, fakes_folder))
        await declines.log_in()
        who = await declines.id()
        await declines.page.goto(f"{house.url}/exams/{exam}")
        await declines.get("exam-rules-accept").click()
        await declines.get("exam-bio-no").click()
        await declines.get("exam-bio-declined").wait_for()
        await shot(declines, "student-declined", all_=True)

        office = await stack.enter_async_context(person("admin", 1, house.url, fakes_folder, viewport=WIDE))
        await office.log_in()
        await office.page.goto(f"{house.url}/exams/{exam}/plan")
        await office.get("examplan-tab-candidates").click()
        await expect(office.get("examplan-seat-request")).to_have_count(2)
        row = office.page.locator('[data-testid="examplan-ready-row"][data-row="equipment"]')
        await expect(row).to_contain_text("of 3")
        await shot(office, "plan-seats", all_=True)
        for n in (1, 2):
            await office.get("examplan-seat-give").first.click()
            await office.get("examplan-room").fill("12")
            await office.get("examplan-seat").fill(str(n))
            await office.get("examplan-in-room").select_option(index=1)
            await office.get("examplan-reason").fill("asked for it")
            if n == 1:
                await shot(office, "plan-give", all_=True)
            await office.get("examplan-candidate-save").click()
            await expect(office.get("examplan-seat-request")).to_have_count(2 - n)

        await phone.page.goto(f"{house.url}/exams")
        await expect(phone.get("exam-place").first).to_contain_text("12 аудиториясы")
        await shot(phone, "phone-seat", all_=True)
        wide = "document.documentElement.scrollWidth - innerWidth"
        assert await phone.page.evaluate(wide) <= 0

        await declines.get("exam-share").wait_for(timeout=15_000)
        assert await declines.get("exam-step-face").count() == 0
        await shot(declines, "student-bare", all_=True)
        await declines.get("exam-share").click()
        await declines.get("exam-ready").click()
        await expect(declines.get("exam-seat-words")).to_contain_text("room 12")
        await shot(declines, "student-class-waiting")
        await admit(house, exam, who)
        await declines.get("exam-start").click(timeout=15_000)
        await declines.get("exam-running").wait_for()

        async def shared() -> bool:
            found = await card_of(house, exam, who)
            return bool(found["here"] and found["screen"] and not found["camera"])

        await until(shared, "the screen is shared and no camera", within=30)
        found = await card_of(house, exam, who)
        assert (found["place"], found["room"], found["flags"]) == ("class", "12", [])


async def test_photos_are_put_in_by_name_and_objected_to(tmp_path: Path, fakes_folder: Path) -> None:
    house = House(tmp_path / "data")
    put_models(house.data, all_models())
    face, other = portraits()
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(house)
        office = await stack.enter_async_context(person("admin", 1, house.url, fakes_folder, viewport=WIDE))
        await office.log_in()
        await office.page.goto(f"{house.url}/photos")
        await office.get("photos-list").wait_for()
        files = [
            {"name": "student1.jpg", "mimeType": "image/jpeg", "buffer": face},
            {"name": "student2.jpg", "mimeType": "image/jpeg", "buffer": no_face()},
            {"name": "nobody.jpg", "mimeType": "image/jpeg", "buffer": face},
        ]
        await office.get("photos-files").set_input_files(files)  # type: ignore[arg-type]
        await expect(office.get("photos-named")).to_have_count(3)
        await shot(office, "photos-many", all_=True)
        await office.get("photos-send").click()
        await office.get("photos-done").wait_for()
        named = office.page.locator('[data-testid="photos-named"][data-file="student2.jpg"]')
        await expect(named).to_contain_text("No face was found")
        await shot(office, "photos-done")
        await office.get("photos-close").click()

        student = await stack.enter_async_context(
            person("student1", 2, house.url, fakes_folder, viewport=PHONE)
        )
        await student.log_in()
        await student.page.goto(f"{house.url}/exams")
        await student.get("own-photo-picture").wait_for()
        await shot(student, "own-photo", all_=True)
        await student.get("own-photo-object").click()
        await student.get("own-photo-words").fill("This is not me")
        await student.get("own-photo-send").click()
        await expect(student.get("own-photo-objected")).to_contain_text("This is not me")
        assert await student.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

        await office.page.reload()
        await office.get("photos-show").get_by_role("radio", name="Object 1").check()
        await expect(office.get("photos-objection")).to_contain_text("This is not me")
        await shot(office, "photos-objected", all_=True)
        newer = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": other}
        await office.get("photos-file").first.set_input_files(newer)  # type: ignore[arg-type]
        await expect(office.get("photos-objection")).to_have_count(0)
        await office.get("photos-show").get_by_role("radio", name="All").check()
        await office.get("photos-search").fill("student1")
        await office.get("photos-erase").first.click()
        await office.get("confirm-yes").click()
        await expect(office.get("photos-erase")).to_have_count(0)
        await student.page.reload()
        await student.get("exam-card").first.wait_for()
        assert await student.get("own-photo").count() == 0


def portraits() -> tuple[bytes, bytes]:
    """Photos of two people, each alone in it."""
    found = [bytes(cv2.imencode(".jpg", picture)[1].tobytes()) for picture, _ in alone(0.25)]
    return found[0], found[-1]


def no_face() -> bytes:
    """A picture that a finder of people's faces finds nobody in, as one of a cat."""
    picture = np.full((480, 360, 3), (120, 150, 170), np.uint8)
    cv2.ellipse(picture, (180, 240), (90, 70), 0, 0, 360, (60, 60, 60), -1)
    return bytes(cv2.imencode(".jpg", picture)[1].tobytes())
