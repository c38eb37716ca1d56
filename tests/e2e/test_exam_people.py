"""What people do in an exam and what the others see of it at once: a proctor's deeds in the student's
words, breaks, a private check and listening."""

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.browser import Person, person
from tests.e2e.house import House
from tests.e2e.test_exam_student import way_in
from tests.e2e.test_wall import WIDE, reason, the_exam
from tests.patience import until

pytestmark = [pytest.mark.exam, pytest.mark.e2e, pytest.mark.engine]

SHOTS = os.environ.get("SABAK_SHOTS", "")
SOUND = """(window.__pcs || []).map(pc => pc.getTransceivers().filter(
  one => [one.sender.track, one.receiver.track].some(track => track?.kind === 'audio')).length)"""
"""How many sections for sound each connection of the page has."""


async def shot(someone: Person, name: str, *, all_: bool = False) -> None:
    """Pictures to be looked at: light and dark, in the three languages where `all_`."""
    if not SHOTS:
        return
    Path(SHOTS).mkdir(parents=True, exist_ok=True)
    page = someone.page
    before = await page.evaluate("document.documentElement.lang")
    for language in ("ky", "ru", "en") if all_ else (before,):
        if language != before or all_:
            await speak(someone, language)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
            await page.screenshot(path=Path(SHOTS) / f"{name}-{language}-{scheme}.png", full_page=True)
    await page.emulate_media(color_scheme="light")
    if all_:
        await speak(someone, before)


async def speak(someone: Person, language: str) -> None:
    """Choose a language where the page offers it in sight."""
    switch = someone.page.locator('select[data-testid="language"]:visible').first
    if await switch.count():
        await switch.select_option(language)
        await expect(someone.page.locator("html")).to_have_attribute("lang", language)


async def the_rules(house: House, **changes: Any) -> str:
    """Approved rules of their own. Returns their id."""
    token = await house.token("admin")
    drafted = await house.api("POST", "/api/v1/exam-rules", token, json={"title": "Own rules"})
    path = f"/api/v1/exam-rules/{drafted['id']}"
    kinds = [{k: v for k, v in each.items() if k != "stream"} for each in drafted["kinds"]]
    await house.api("PUT", path, token, json={"title": "Own rules", "kinds": kinds, **changes})
    approved = {"protocol": "9", "date": "2026-09-01"}
    await house.api("POST", f"{path}/approve", token, json=approved)
    return str(drafted["id"])


async def set_up(house: House, exam: str, **changes: Any) -> None:
    """Change some settings of an exam that nobody has begun."""
    token = await house.token("admin")
    found = await house.api("GET", f"/api/v1/exams/{exam}", token)
    kept = ("minutes", "entry", "content", "address", "own_tab", "questions", "aids", "identity")
    body = {name: found[name] for name in kept} | {"rules": found["rules"]["id"]} | changes
    await house.api("PUT", f"/api/v1/exams/{exam}", token, json=body)


async def admit(house: House, exam: str, who: str) -> None:
    path = f"/api/v1/exams/{exam}/people/{who}/admit"
    await house.api("POST", path, await house.token("proctor"), json={"reason": "Looked at the photos"})


async def card_of(house: House, exam: str, who: str) -> dict[str, Any]:
    wall = await house.api("GET", f"/api/v1/exams/{exam}/wall", await house.token("proctor"))
    return next(dict(each) for each in wall["students"] if each["person"] == who)


async def proctor_at(stack: contextlib.AsyncExitStack, house: House, exam: str, folder: Path) -> Person:
    proctor = await stack.enter_async_context(person("proctor", 1, house.url, folder, viewport=WIDE))
    await proctor.log_in()
    await proctor.page.goto(f"{house.url}/exams/{exam}/wall")
    await proctor.get("wall-card").first.wait_for()
    return proctor


async def open_card(proctor: Person, who: str) -> None:
    card = proctor.page.locator(f'[data-testid="wall-card"][data-person="{who}"]')
    await card.locator("button").click()
    await proctor.get("wall-person").wait_for()


async def test_the_student_sees_each_deed_of_the_proctor_at_once(house: House, fakes_folder: Path) -> None:
    exam = await the_exam(house, "proctor", "running")
    token = await house.token("admin")
    account = {"login": "proctor.second", "name": "Second Proctor", "roles": [{"role": "proctor"}]}
    await house.api("POST", "/api/v1/users", token, json=account)
    found = await house.api("GET", "/api/v1/users", token, params={"query": "proctor.second"})
    second = found["items"][0]["id"]
    await house.api("POST", f"/api/v1/exams/{exam}/proctors", token, json={"person": second, "on": True})
    async with contextlib.AsyncExitStack() as stack:
        student = await stack.enter_async_context(person("student1", 2, house.url, fakes_folder))
        await student.log_in()
        who = await student.id()
        await student.page.goto(f"{house.url}/exams/{exam}")
        await way_in(student)
        proctor = await proctor_at(stack, house, exam, fakes_folder)
        await proctor.get("wall-duty-open").click()
        await proctor.get("wall-duty-on").click()
        await proctor.get("wall-duty").wait_for(state="hidden")

        await open_card(proctor, who)
        await proctor.get("wall-admit").click()
        await reason(proctor, "Compared by hand with the passport")
        await student.get("exam-start").click(timeout=15_000)
        await student.get("exam-running").wait_for()
        assert await student.page.evaluate(SOUND) == [0], "no sound, and no section for it"
        await student.get("exam-answer").first.fill("Divide and conquer.")
        await expect(student.get("exam-saved")).to_have_attribute("data-kept", "saved", timeout=15_000)

        for source in ("screen", "cam"):
            video = proctor.get(f"wall-video-{source}")
            await expect(video).to_have_attribute("data-live", "true", timeout=20_000)
        await shot(proctor, "wall-live")
        await proctor.get("wall-tab-talk").click()
        await proctor.get("wall-message").fill("Please sit a little to the left.")
        await proctor.get("wall-send").click()
        await expect(student.get("exam-word")).to_contain_text("to the left")
        await shot(student, "student-word")
        await student.get("exam-word-read").click()
        await proctor.get("wall-to-all").click()
        await proctor.get("wall-all-text").fill("Question 3: two answers are right.")
        await proctor.get("wall-all-send").click()
        await expect(student.get("exam-word")).to_contain_text("two answers")
        await student.get("exam-word-read").click()

        before = int(await student.get("exam-time").get_attribute("data-seconds") or 0)
        await proctor.get("wall-extend").click()
        await proctor.get("wall-minutes").fill("10")
        await reason(proctor, "Power cut in the quarter")
        await expect(student.get("exam-fact")).to_contain_text("10 more minutes")
        await expect(student.get("exam-fact")).to_contain_text("Power cut in the quarter")
        after = int(await student.get("exam-time").get_attribute("data-seconds") or 0)
        assert 560 < after - before <= 600
        await shot(student, "student-fact", all_=True)
        await student.get("exam-fact-read").click()
        await student.get("exam-fact").wait_for(state="detached")

        await proctor.get("wall-pause").click()
        await reason(proctor, "Fire alarm")
        await expect(student.get("exam-paused")).to_contain_text("Fire alarm")
        await shot(student, "student-paused")
        await proctor.get("wall-resume").click()
        await student.get("exam-running").wait_for()
        await expect(student.get("exam-fact")).to_have_attribute("data-what", "resumed")
        await student.get("exam-fact-read").click()

        await proctor.get("wall-check").click()
        await student.get("exam-check-asked").wait_for()
        await shot(student, "student-check", all_=True)
        await student.get("exam-photo-again").click()
        await student.get("exam-check-asked").wait_for(state="detached")
        await proctor.get("wall-tab-entry").click()
        await shot(proctor, "wall-confirm")
        await proctor.get("wall-confirm").click()
        await expect(student.get("exam-fact")).to_have_attribute("data-what", "confirmed")
        await student.get("exam-fact-read").click()
        await proctor.get("wall-confirmed").wait_for()

        await student.get("exam-help").click()
        await proctor.get("wall-helped").click()
        await expect(student.get("exam-help")).to_have_attribute("aria-pressed", "false")

        await proctor.get("wall-suspend").click()
        await reason(proctor, "Somebody else answers")
        await expect(student.get("exam-suspended")).to_contain_text("Somebody else answers")
        await shot(student, "student-suspended")
        await shot(proctor, "wall-suspended")
        await proctor.get("wall-take-up").click()
        await reason(proctor, "It was the mother with tea")
        await student.get("exam-running").wait_for()
        await expect(student.get("exam-fact")).to_contain_text("Your answers are all there")
        await expect(student.get("exam-answer").first).to_have_value("Divide and conquer.")
        await shot(student, "student-taken-up")

        await proctor.get("wall-watch-mine").click()
        await proctor.get("wall-filter").get_by_role("radio", name="Mine 1").check()
        await expect(proctor.get("wall-card")).to_have_count(1)
        await shot(proctor, "wall-mine", all_=True)
        await proctor.get("wall-duty-open").click()
        await proctor.get("wall-share-out").click()
        await proctor.get("wall-duty").wait_for(state="hidden")
        await proctor.get("wall-duty-open").click()
        own = proctor.page.locator('[data-testid="wall-proctor"][data-on="true"]')
        await expect(own.get_by_test_id("wall-proctor-watches")).to_have_text("3 students")
        await shot(proctor, "wall-duty", all_=True)
        await proctor.get("wall-relief-to").select_option(label="Second Proctor")
        await proctor.get("wall-relief").click()
        await proctor.get("wall-duty").wait_for(state="hidden")
        await until_watcher(house, exam, who, second)


async def until_watcher(house: House, exam: str, who: str, proctor: str) -> None:
    async def is_so() -> bool:
        return (await card_of(house, exam, who))["watcher"] == proctor

    await until(is_so, "the one who takes over looks after the student", within=10)


async def test_breaks_a_private_check_and_listening(house: House, fakes_folder: Path) -> None:
    exam = await the_exam(house, "proctor", "running")
    rules = await the_rules(house, sound=True, breaks=1, break_minutes=1)
    await set_up(house, exam, rules=rules)
    async with contextlib.AsyncExitStack() as stack:
        student = await stack.enter_async_context(person("student2", 2, house.url, fakes_folder))
        await student.log_in()
        who = await student.id()
        await student.page.goto(f"{house.url}/exams/{exam}")
        await student.get("exam-rules-accept").click()
        await student.get("exam-bio-yes").click()
        await student.get("exam-equip-check").click()
        await student.get("exam-equip-go").click()
        await student.get("exam-private").click()
        await student.get("exam-private-asked").wait_for()
        await student.get("exam-photo-face").click()
        await student.get("exam-face-pass").click()
        await student.get("exam-document-pass").click()
        await student.get("exam-turn-pass").click()
        baseline = student.get("exam-baseline")
        await baseline.or_(student.get("exam-share")).first.wait_for()
        if await baseline.count():
            await baseline.click()
        await student.get("exam-share").click(timeout=30_000)
        await student.get("exam-ready").click()

        proctor = await proctor_at(stack, house, exam, fakes_folder)
        await open_card(proctor, who)
        await proctor.get("wall-private").wait_for()
        await proctor.get("wall-private-photos").wait_for()
        await shot(proctor, "wall-private", all_=True)
        await proctor.get("wall-watch-mine").click()
        await proctor.get("wall-photo-face").wait_for()
        await proctor.get("wall-admit").click()
        await reason(proctor, "Checked in private")
        await student.get("exam-start").click(timeout=15_000)
        await student.get("exam-running").wait_for()

        await proctor.get("wall-listen").click()
        await student.get("exam-listened").wait_for()
        await shot(student, "student-listened", all_=True)
        await expect(proctor.get("wall-listen")).to_have_attribute("data-heard", "true", timeout=20_000)
        heard = (await proctor.stats())["energy"]

        async def louder() -> bool:
            return (await proctor.stats())["energy"] > heard

        await until(louder, "the proctor hears the student", within=20, every=1)
        await shot(proctor, "wall-listening")
        await proctor.get("wall-listen").click()
        await student.get("exam-listened").wait_for(state="detached")

        await student.get("exam-break").click()
        await student.get("exam-on-break").wait_for()
        assert (await card_of(house, exam, who))["state"] == "break"
        await shot(student, "student-break", all_=True)
        await student.get("exam-running").wait_for(timeout=75_000)
        await expect(student.get("exam-fact")).to_have_attribute("data-what", "break_over")
        await shot(student, "student-break-over")
        await expect(student.get("exam-break")).to_be_disabled()
