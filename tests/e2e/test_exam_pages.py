"""An exam whose questions are a page of the university's LMS: in a tab of its own, with the marker in a small
window that stays in sight, and inside of the exam's page."""

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from tests.e2e.browser import Person, person
from tests.e2e.examinee import acting, examinee, put_models, way_in
from tests.e2e.house import House, free_port
from tests.e2e.test_exam_people import admit, card_of, set_up, shot
from tests.e2e.test_exam_student import way_in as way_in_without_a_face
from tests.e2e.test_wall import the_exam
from tests.patience import until
from tests.proctoring.models import all_models

pytestmark = [pytest.mark.exam, pytest.mark.e2e, pytest.mark.engine]

LMS = """<!doctype html><html lang="en"><title>Quiz</title><body style="font:20px sans-serif">
<h1>Quiz of the LMS</h1><p>Which sort is stable?</p><input aria-label="answer" id="answer"></body></html>"""
ABOVE = "documentPictureInPicture.window?.document.querySelector('canvas')?.dataset.drawn ?? ''"
NO_SUCH_WINDOWS = "delete window.documentPictureInPicture"


@contextlib.asynccontextmanager
async def an_lms() -> AsyncIterator[str]:
    """A page of another server. Gives its origin."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=LMS, content_type="text/html")

    app = web.Application()
    app.router.add_get("/quiz", page)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port(1)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def keep_screen(house: House, exam: str, who: str, name: str) -> None:
    """The newest small picture of somebody's screen, where pictures are kept to be looked at."""
    folder = os.environ.get("SABAK_SHOTS", "")
    if not folder:
        return
    headers = {"Authorization": f"Bearer {await house.token('proctor')}"}
    url = f"{house.url}/api/v1/exams/{exam}/wall/pictures?after=0"
    async with aiohttp.ClientSession(headers=headers) as http, http.get(url) as answer:
        data = await answer.read()
    at = 0
    while at < len(data):
        _, stream, length = struct.unpack_from("!IBB", data, at)
        at += 6
        person_id = data[at : at + length].decode()
        at += length
        (size,) = struct.unpack_from("!I", data, at)
        at += 4
        if person_id == who and stream == 1:
            Path(folder, f"{name}.jpg").write_bytes(data[at : at + size])
        at += size


async def begin(house: House, exam: str, student: Person) -> None:
    await admit(house, exam, await student.id())
    await student.get("exam-start").click(timeout=30_000)
    await student.get("exam-running").wait_for()


async def place(page: Page, **bounds: int) -> None:
    """Where on the screen a window stands, as a student moves it: no window manager of this screen holds one
    above another."""
    devtools = await page.context.new_cdp_session(page)
    window = (await devtools.send("Browser.getWindowForTarget"))["windowId"]
    await devtools.send("Browser.setWindowBounds", {"windowId": window, "bounds": bounds})


async def test_an_lms_in_its_own_tab_with_the_marker_above_it(tmp_path: Path, fakes_folder: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        lms = await stack.enter_async_context(an_lms())
        house = House(tmp_path / "data")
        put_models(house.data, all_models())
        await stack.enter_async_context(house)
        exam = await the_exam(house, "proctor", "running")
        await set_up(house, exam, content="page", address=f"{lms}/quiz", own_tab=True)

        # a browser that knows no windows above others opens a small one
        plain = await stack.enter_async_context(person("student1", 2, house.url, fakes_folder))
        await plain.context.add_init_script(NO_SUCH_WINDOWS)
        await plain.log_in()
        await plain.page.goto(f"{house.url}/exams/{exam}")
        await way_in_without_a_face(plain)
        await begin(house, exam, plain)
        await plain.get("exam-tab-popup").wait_for()
        await shot(plain, "own-tab-popup", all_=True)
        async with plain.context.expect_page() as opening:
            await plain.get("exam-window").click()
        small = await opening.value
        beacon = small.locator('[data-testid="exam-window-beacon"]')
        await expect(beacon).to_have_attribute("data-drawn", "true")
        await expect(plain.get("exam-window")).to_be_disabled()
        await small.close()
        await expect(plain.get("exam-window")).to_be_enabled()
        await plain.page.close()

        student = await stack.enter_async_context(examinee("student2", house.url, acting()))
        await student.log_in()
        who = await student.id()
        await student.page.goto(f"{house.url}/exams/{exam}")
        await way_in(student)

        async def found() -> bool:
            return bool((await card_of(house, exam, who))["steps"]["marker"])

        await until(found, "the marker is found before the exam begins", within=40, every=1)
        await begin(house, exam, student)
        async with student.context.expect_page() as opening:
            await student.get("exam-window").click()
        await place(student.page, width=720)
        await place(await opening.value, left=724, top=300, width=260, height=330)
        await expect(student.get("exam-window")).to_be_disabled()
        await student.holds(f"({ABOVE}) === 'true'")
        async with student.context.expect_page() as opening:
            await student.get("exam-open-tab").click()
        quiz = await opening.value
        await quiz.bring_to_front()
        await quiz.locator("#answer").fill("Merge sort")
        await asyncio.sleep(10)  # twice as long as it takes to raise the flag
        await keep_screen(house, exam, who, "own-tab-screen")
        kinds = {each["kind"] for each in (await card_of(house, exam, who))["flags"]}
        assert "beacon_lost" not in kinds, "the marker above the LMS is found on the screen"

        await student.page.evaluate("documentPictureInPicture.window.close()")

        async def lost() -> bool:
            return "beacon_lost" in (await card_of(house, exam, who))["standing"]

        await until(lost, "without the small window the marker is lost", within=30, every=1)
        await student.page.bring_to_front()
        await expect(student.get("exam-window")).to_be_enabled()


async def test_an_lms_inside_of_the_exam(tmp_path: Path, fakes_folder: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        lms = await stack.enter_async_context(an_lms())
        house = House(tmp_path / "data", SABAK_EXAM_PAGES=lms)
        await stack.enter_async_context(house)
        exam = await the_exam(house, "proctor", "running")
        await set_up(house, exam, content="page", address=f"{lms}/quiz", own_tab=False)
        student = await stack.enter_async_context(person("student3", 3, house.url, fakes_folder))
        await student.log_in()
        await student.page.goto(f"{house.url}/exams/{exam}")
        await way_in_without_a_face(student)
        await begin(house, exam, student)
        inside = student.page.frame_locator('[data-testid="exam-frame"]')
        await inside.locator("#answer").fill("Merge sort", timeout=15_000)
        await expect(student.get("exam-beacon")).to_have_attribute("data-drawn", "true")
        await shot(student, "lms-inside")
