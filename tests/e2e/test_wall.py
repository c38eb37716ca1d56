"""A proctor at the wall and an office that plans: what a person clicks, and what becomes of the attempt."""

import contextlib
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import Person, person
from tests.e2e.house import House
from tests.e2e.screens import OUT
from tests.e2e.test_exam_student import way_in

pytestmark = [pytest.mark.exam, pytest.mark.e2e]

WIDE = {"width": 1366, "height": 800}


async def the_exam(house: House, login: str, *states: str) -> str:
    found = await house.api("GET", "/api/v1/exams", await house.token(login))
    chosen = [str(one["id"]) for one in found["exams"] if one["state"] in states]
    assert chosen, found
    return chosen[0]


async def reason(proctor: Person, words: str) -> None:
    await proctor.get("wall-reason").fill(words)
    await proctor.get("wall-deed-yes").click()
    await proctor.get("wall-reason").wait_for(state="detached")


async def test_a_proctor_goes_on_duty_and_lets_in(house: House, fakes_folder: Path) -> None:
    exam = await the_exam(house, "proctor", "running")
    async with contextlib.AsyncExitStack() as stack:
        student = await stack.enter_async_context(person("student1", 2, house.url, fakes_folder))
        await student.log_in()
        await student.page.goto(f"{house.url}/exams/{exam}")
        await way_in(student)
        proctor = await stack.enter_async_context(
            person("proctor", 1, house.url, fakes_folder, viewport=WIDE)
        )
        await proctor.log_in()
        await proctor.page.goto(f"{house.url}/exams/{exam}/wall")
        await expect(proctor.get("wall-card")).to_have_count(3)
        await proctor.get("wall-duty-open").click()
        await proctor.get("wall-duty-on").click()
        await proctor.get("wall-duty").wait_for(state="hidden")

        await proctor.page.keyboard.press("q")
        await proctor.get("wall-photo-face").wait_for()
        await proctor.screenshot(OUT / "wall-queue-en-light-desktop.png")
        await proctor.page.keyboard.press("a")
        await reason(proctor, "compared by hand")
        await proctor.page.keyboard.press("q")
        await student.get("exam-start").click(timeout=30_000)
        await student.get("exam-running").wait_for()

        who = await student.id()
        card = proctor.page.locator(f'[data-testid="wall-card"][data-person="{who}"]')
        await expect(card).to_have_attribute("data-state", "running", timeout=15_000)
        await card.locator("button").click()
        await expect(proctor.get("wall-person-state")).to_have_text("Writing")
        await proctor.screenshot(OUT / "wall-open-en-light-desktop.png")


async def test_an_office_writes_rules_and_plans_an_exam(house: House, fakes_folder: Path) -> None:
    async with person("admin", 1, house.url, fakes_folder, viewport=WIDE) as office:
        await office.log_in()
        await office.page.goto(f"{house.url}/exam-rules")
        await office.get("rules-new").click()
        await office.get("rules-new-title").fill("Rules of the exam")
        await office.get("rules-make").click()
        absent = office.page.locator('[data-testid="rules-kind"][data-kind="absent"]')
        await absent.get_by_test_id("rules-edit-raise").fill("12.5")
        await office.get("rules-edit-aids").fill("Calculator\nDictionary")
        await office.screenshot(OUT / "rules-edit-en-light-desktop.png")
        await office.get("rules-save").click()
        await office.get("rules-tab-read").click()
        row = office.page.locator('[data-row="absent"]')
        await expect(row.get_by_test_id("rules-raise")).to_have_text("after 12.5 s")
        await office.get("rules-approve").click()
        await office.get("rules-protocol").fill("17")
        await office.get("rules-approve-yes").click()
        await expect(office.get("rules-again")).to_be_visible()
        await expect(office.get("rules-document")).to_contain_text("Protocol no. 17")
        await office.screenshot(OUT / "rules-en-light-desktop.png")

        exam = await the_exam(house, "admin", "planned", "entry")
        await office.page.goto(f"{house.url}/exams/{exam}/plan")
        await office.get("examplan-ready").wait_for()
        await office.get("examplan-minutes").fill("45")
        await office.get("examplan-rules").select_option(label="Rules of the exam, version 1")
        await office.screenshot(OUT / "examplan-en-light-desktop.png")
        await office.get("examplan-tab-questions").click()
        before = await office.get("examplan-question").count()
        await office.get("examplan-add").click()
        await office.get("examplan-text").last.fill("Why?")
        await office.get("examplan-save").click()
        await office.get("examplan-dirty").wait_for(state="detached")
        await office.screenshot(OUT / "examplan-questions-en-light-desktop.png")
        await office.get("examplan-tab-candidates").click()
        await office.get("examplan-candidate").first.click()
        await office.get("examplan-extra").fill("15")
        await office.get("examplan-reason").fill("a broken wrist")
        await office.screenshot(OUT / "examplan-candidate-en-light-desktop.png")
        await office.get("examplan-candidate-save").click()
        await expect(office.get("examplan-candidates")).to_contain_text("+15 min")
        await office.get("examplan-tab-proctors").click()
        await office.get("examplan-proctor-away").first.click()
        await expect(office.get("examplan-proctor")).to_have_count(0)
        await office.get("examplan-proctor-pick").select_option(index=1)
        await office.get("examplan-proctor-add").click()
        await expect(office.get("examplan-proctor")).to_have_count(1)

        found = await house.api("GET", f"/api/v1/exams/{exam}", await house.token("admin"))
        assert found["minutes"] == 45
        assert found["rules"]["protocol"] == "17"
        assert found["rules"]["kinds"][0]["raise_after"] == 12.5
        assert found["rules"]["aids"] == ["Calculator", "Dictionary"]
        assert len(found["questions"]) == before + 1
        await office.page.set_viewport_size({"width": 360, "height": 740})
        await office.page.goto(f"{house.url}/exams/{exam}/plan")
        await office.get("examplan-ready").wait_for()
        await office.screenshot(OUT / "examplan-en-light-phone.png")
        await office.page.goto(f"{house.url}/exam-rules/{found['rules']['id']}")
        await office.get("rules-document").wait_for()
        await office.screenshot(OUT / "rules-en-light-phone.png")
        for path in ("plan",):
            wide = await office.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, path
