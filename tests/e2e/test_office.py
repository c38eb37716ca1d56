"""The education office in a browser: reports, papers, excuses and a locked journal, in three languages."""

import contextlib
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.registry import all_projections
from tests.bench.kit.semester import Semester, write
from tests.e2e.browser import PHONE, Person, person
from tests.e2e.house import House
from tests.e2e.screens import OUT

pytestmark = [pytest.mark.office, pytest.mark.e2e, pytest.mark.pages]

LANGUAGES = ("ky", "ru", "en")
REPORTS = ("share", "attendance", "journals", "punctuality", "load", "exams", "summary")


def monday(weeks_ago: int) -> date:
    today = datetime.now(UTC).date()
    return today - timedelta(days=today.weekday(), weeks=weeks_ago)


async def past_semester(house: House, first: date) -> Semester:
    """A small semester beside the demo's, written while the server runs, as a command would."""
    store = await Store.open(Settings(data=house.data))
    try:
        async with await Trace.open(store, all_projections()) as trace:
            return await write(trace, 0.01, first=first)
    finally:
        await store.close()


async def speak(someone: Person, language: str) -> None:
    await someone.page.evaluate("language => localStorage.setItem('sabak.language', language)", language)
    await someone.api("PATCH", "/me", {"language": language})


async def download(someone: Person, testid: str, folder: Path) -> Path:
    async with someone.page.expect_download() as waiting:
        await someone.get(testid).click()
    file = await waiting.value
    path = folder / f"{testid}{Path(file.suggested_filename).suffix}"
    await file.save_as(path)
    return path


def pictures(pdf: Path, name: str) -> str:
    """The first page of a PDF as a picture to be looked at; returns the text of all pages."""
    OUT.mkdir(exist_ok=True)
    subprocess.run(["pdftoppm", "-png", "-r", "70", "-singlefile", pdf, OUT / name], check=True)
    return subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True
    ).stdout


async def test_reports_and_papers(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    first = monday(17)
    made = await past_semester(house, first)
    async with contextlib.AsyncExitStack() as stack:
        office = await stack.enter_async_context(person("office", 1, house.url, fakes_folder))
        await office.log_in()
        for language in LANGUAGES:
            await speak(office, language)
            for name in REPORTS:
                await office.page.goto(f"{house.url}/reports?report={name}")
                await office.get("report-from").fill(str(first))
                await office.get("report-until").fill(str(first + timedelta(weeks=16)))
                sheet = office.get("report-grid") if name != "exams" else office.get("report-sheet")
                await sheet.wait_for()
                if name in ("share", "attendance", "summary"):
                    await office.screenshot(OUT / f"report-{name}-{language}-light-desktop.png")
            totals = await office.get("report-totals").inner_text()
            pdf = await download(office, "report-pdf", tmp_path)
            text = pictures(pdf, f"paper-summary-{language}")
            planned = totals.split("\t")[2]
            assert planned == str(made.lessons), "every lesson of the semester is counted once"
            assert planned in text and "Кафедра 3" in text
        phone = await stack.enter_async_context(person("office", 2, house.url, fakes_folder, viewport=PHONE))
        await phone.log_in()
        await phone.page.goto(f"{house.url}/reports?report=share")
        await phone.get("report-sheet").wait_for()
        await phone.screenshot(OUT / "report-share-en-light-phone.png")
        wide = await phone.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], "the page itself does not scroll sideways"


async def test_excuses_and_the_lock_of_a_journal(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    first = monday(40)
    made = await past_semester(house, first)
    group = made.groups[0]
    certificate = tmp_path / "certificate.pdf"
    certificate.write_bytes(b"%PDF-1.4\n%%EOF\n")
    async with person("office", 1, house.url, fakes_folder) as office:
        await office.log_in()

        async def journal() -> None:
            await office.page.goto(f"{house.url}/journal?group={group}")
            await office.get("journal-until").fill(str(first + timedelta(weeks=3)))
            await office.get("journal-from").fill(str(first))
            await office.get("journal-row").first.wait_for()

        await journal()
        await office.get("journal-lock").wait_for()
        assert not await office.get("journal-mark").count(), "a locked journal offers no change"
        await office.screenshot(OUT / "journal-locked-en-light-desktop.png")
        await office.get("journal-reopen").click()
        await office.get("reopen-reason").fill("The dean's decision")
        await office.get("reopen-save").click()
        await office.get("journal-mark").first.wait_for()

        absent = office.page.locator('[data-testid="journal-row"]:has([data-mark="absent"])').first
        student = str(await absent.get_attribute("data-student"))
        mine = office.page.locator(f'[data-testid="journal-row"][data-student="{student}"]')
        await office.get("excuse-add").click()
        await office.get("excuse-student").select_option(student)
        await office.get("excuse-first").fill(str(first))
        await office.get("excuse-last").fill(str(first + timedelta(weeks=3)))
        await office.get("excuse-reason").fill("In hospital")
        await office.get("excuse-file").set_input_files(certificate)
        await office.screenshot(OUT / "excuse-en-light-desktop.png")
        await office.get("excuse-save").click()
        await office.get("excuse").wait_for()
        await mine.locator('[data-mark="excused"]').first.wait_for()
        assert not await mine.locator('[data-mark="absent"]').count()
        await office.screenshot(OUT / "journal-excused-en-light-desktop.png")
        for language in LANGUAGES:
            await speak(office, language)
            await journal()
            text = pictures(await download(office, "journal-pdf", tmp_path), f"paper-journal-{language}")
            name = await mine.locator("th").inner_text()
            assert name in text
