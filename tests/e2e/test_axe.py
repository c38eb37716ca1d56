"""The pages of every day before axe-core, in light and dark, on a desktop and on a phone of 360 px: no
fault of impact serious or critical. A page that app.tsx knows and this file does not is a fault too.

One browser, one log-in a person.
"""

import re
import time

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.e2e import screens
from tests.e2e.axe import Faults
from tests.e2e.browser import CHROMIUM, FAKE_MEDIA, QUIET
from tests.e2e.house import PASSWORD, ROOT, House
from tests.e2e.lesson import lesson_now
from tests.e2e.screens import SHOTS, Shot, Step, answer_call, click, log_in, personal

pytestmark = [pytest.mark.classroom, pytest.mark.e2e, pytest.mark.pages]

APP = ROOT / "static" / "src" / "app.tsx"


def steps(*several: Step) -> Step:
    async def run(page: Page) -> None:
        for step in several:
            await step(page)

    return run


def shows(testid: str) -> Step:
    async def run(page: Page) -> None:
        await page.get_by_test_id(testid).first.wait_for(timeout=screens.PATIENCE)

    return run


async def first_examinee(page: Page) -> None:
    await page.get_by_test_id("wall-card").first.locator("button").click()
    await page.get_by_test_id("wall-person").wait_for(timeout=screens.PATIENCE)


PAGES = (
    Shot("lesson-student", "student1", "/lessons/{lesson}", "lesson-state"),
    Shot("prejoin", "student1", "/lessons/{lesson}/class", "prejoin-join"),
    Shot("attendance", "student1", "/attendance", "own-attendance"),
    Shot("journal", "teacher", "/journal", "journal"),
    Shot("board", "dispatcher", "/board", "board-lessons"),
    Shot("board-one", "dispatcher", "/board", "board-open", click("board-open")),
    Shot("projector", "dispatcher", "/projector", "projector"),
    Shot("reports", "dispatcher", "/reports", "report-view"),
    Shot("visit", "student1", "/visit/no-such-code", "visit-refused"),
    Shot("imports", "admin", "/imports", "imports"),
    Shot("notices", "teacher", "/notices", "notices"),
    Shot("support", "admin", "/support", "support"),
    Shot("help", "teacher", "/help", "help"),
    Shot("help-outside", "", "/help", "help"),
    Shot("photos", "admin", "/photos", "photos"),
    Shot("trial", "student1", "/trial", "trial-refused", calls=(("trial", "failed"),)),
    Shot("retention", "admin", "/retention", "retention"),
)

EXAMS = (
    Shot("recording", "admin", "/lessons/{exam}/recording", "recording"),
    Shot("exams-student", "student1", "/exams", "exam-card"),
    Shot("exams-proctor", "proctor", "/exams", "exam-card"),
    Shot("exam", "student3", "/exams/{exam}", "exam"),
    Shot("exam-watched", "student1", "/exams/{exam}/rules", "exam-rule"),
    Shot("outcome", "student1", "/exams/{exam}/outcome", "outcome"),
    Shot("wall", "proctor", "/exams/{exam}/wall", "wall-card"),
    Shot("wall-duty", "proctor", "/exams/{exam}/wall", "wall-card", click("wall-duty-open")),
    Shot("wall-keys", "proctor", "/exams/{exam}/wall", "wall-card", click("wall-keys")),
    Shot("wall-queue", "proctor", "/exams/{exam}/wall", "wall-card", click("wall-queue")),
    Shot("wall-all", "proctor", "/exams/{exam}/wall", "wall-card", click("wall-to-all")),
    Shot("wall-one", "proctor", "/exams/{exam}/wall", "wall-card", first_examinee),
    Shot("plan", "admin", "/exams/{exam}/plan", "examplan-ready"),
    Shot("plan-questions", "admin", "/exams/{exam}/plan", "examplan-ready", click("examplan-tab-questions")),
    Shot(
        "plan-candidate",
        "admin",
        "/exams/{exam}/plan",
        "examplan-ready",
        click("examplan-tab-candidates", "examplan-candidate"),
    ),
    Shot("plan-proctors", "admin", "/exams/{exam}/plan", "examplan-ready", click("examplan-tab-proctors")),
    Shot("rules", "admin", "/exam-rules", "rules-open"),
    Shot("rules-new", "admin", "/exam-rules", "rules-new", click("rules-new")),
    Shot("rules-one", "admin", "/exam-rules/{rules}", "rules-document"),
    Shot("reviews", "commission1", "/reviews", "reviews"),
    Shot("review", "commission1", "/exams/{exam}/review", "review-one"),
    Shot("review-keys", "commission1", "/exams/{exam}/review", "review-one", click("review-keys")),
    Shot("review-case", "commission2", "/exams/{exam}/review/cases/{student1}", "review-case-page"),
)
"""Pages of an exam that is over, which test_axe_exams.py looks at."""

INSIDE = {
    "ClassPage": "prejoin", "ExamPage": "exam", "Forbidden": "forbidden", "Guest": "guest",
    "HelpOutside": "help-outside", "Trial": "trial",
    "Login": "login", "NotFound": "not-found", "Projector": "projector", "Settle": "consents", "Wall": "wall",
}  # fmt: skip
"""Pages that app.tsx draws without a <Route path>, and the shot that shows each."""


def test_every_page_of_the_client_is_here() -> None:
    source = APP.read_text()
    pages = set(re.findall(r"const (\w+) = page\(", source))
    routes = re.findall(r'<Route path="([^"]+)" component=\{(?:may\([^)]*\) \? )?(\w+)', source)
    assert len(routes) == source.count("<Route path="), "a route is written in a way this test cannot read"
    paths = [shot.path.partition("?")[0] for shot in (*SHOTS, *PAGES, *EXAMS)]
    missing = [
        route
        for route, _ in routes
        if not any(re.fullmatch(re.sub(r":\w+", "[^/]+", route), path) for path in paths)
    ]
    assert missing == [], "nobody looks at these addresses: name them in PAGES"
    assert pages - {component for _, component in routes} == set(INSIDE), "name the page in INSIDE"
    assert set(INSIDE.values()) <= {shot.name for shot in (*SHOTS, *PAGES, *EXAMS)}


async def look(context: BrowserContext, shot: Shot, url: str, faults: Faults) -> str:
    """Ask about one page; what kept it from showing, or nothing."""
    page = await context.new_page()
    try:
        await page.emulate_media(reduced_motion="reduce")
        await page.add_init_script("localStorage.setItem('sabak.language', 'ky')")
        await personal(page, "ky", shot.me)
        for call, how in shot.calls:
            await answer_call(page, call, how)
        await page.goto(url)
        await page.get_by_test_id(shot.waits).first.wait_for(timeout=screens.PATIENCE)
        if shot.step:
            await shot.step(page)
        await page.wait_for_timeout(150)
        await faults.look(page, shot.name)
        return ""
    except Exception as error:
        await page.screenshot(path=screens.OUT / f"axe-{shot.name}.png")
        return f"{shot.name}: {str(error).splitlines()[0]}"
    finally:
        await page.close()


async def contexts(browser: Browser, url: str, who: str) -> BrowserContext:
    context = await browser.new_context(ignore_https_errors=True)
    await context.grant_permissions(["camera", "microphone"], origin=url)
    if who:
        await log_in(context, url, who, PASSWORD)
    return context


async def all_of(shots: tuple[Shot, ...], house: House, names: dict[str, str]) -> None:
    screens.OUT.mkdir(parents=True, exist_ok=True)
    faults, unseen = Faults(), []
    began = time.monotonic()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *FAKE_MEDIA])
        try:
            for who in dict.fromkeys(shot.who for shot in shots):
                context = await contexts(browser, house.url, who)
                for shot in shots:
                    if shot.who == who:
                        path = shot.path.format(**names)
                        unseen.append(await look(context, shot, house.url + path, faults))
                await context.close()
        finally:
            await browser.close()
    print(f"{len(shots)} pages, {faults.looked} looks, {time.monotonic() - began:.0f} s")
    unseen = [one for one in unseen if one]
    assert not unseen and not faults.lines, "\n".join([*unseen, str(faults)])


async def test_pages_that_are_photographed(house: House) -> None:
    await all_of(SHOTS, house, {})


async def test_pages_of_every_day(house: House) -> None:
    await all_of(PAGES, house, {"lesson": (await lesson_now(house))["id"]})
