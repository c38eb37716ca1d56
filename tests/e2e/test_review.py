"""A commission works through an exam by keyboard alone; the student is heard, and appeals to others."""

import asyncio
import base64
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import cv2
import numpy as np
import pytest
from playwright.async_api import expect

from tests.e2e.browser import Person, person
from tests.e2e.fakes import read_clear, read_number
from tests.e2e.house import House
from tests.e2e.reviewed import HALF, LATE, Filled, gathered
from tests.e2e.screens import OUT
from tests.patience import until

pytestmark = [pytest.mark.review, pytest.mark.e2e]

WIDE = {"width": 1366, "height": 900}
BEFORE = 6  # seconds shown before a flag
STARTS = 1000  # ms from the key to pictures that move

# Both pictures at one moment, and what the page takes for its time.
SEEN = """() => {
  const shot = source => {
    const video = document.querySelector(`[data-testid="review-${source}"] video`);
    if (!video || video.readyState < 2) return '';
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    canvas.getContext('2d').drawImage(video, 0, 0);
    return canvas.toDataURL('image/png');
  };
  const time = Number(document.querySelector('[data-testid="review-pictures"]')?.dataset.time);
  return {time, cam: shot('cam'), screen: shot('screen')};
}"""

# From the press of a key until the next item's two pictures move, in ms, measured by the page itself.
WATCH = """key => new Promise((done, failed) => {
  const before = document.querySelector('[data-testid="review-one"]')?.dataset.item;
  let began = 0;
  addEventListener('keydown', event => { if (event.code === key) began ||= performance.now(); }, true);
  const look = () => {
    const now = document.querySelector('[data-testid="review-one"]')?.dataset.item;
    const videos = [...document.querySelectorAll('[data-testid="review-pictures"] video')];
    const moving = videos.length === 2 && videos.every(v => !v.paused && v.readyState >= 3 && !v.seeking
      && v.currentTime > -Number(v.dataset.offset) / 1000 + 0.02);
    if (began && now && now !== before && moving) return done(performance.now() - began);
    if (began && performance.now() - began > 10000) return failed(new Error('it does not start'));
    setTimeout(look, 5);
  };
  look();
})"""


@pytest.fixture
def house(examined: House) -> House:
    return examined


def decoded(url: str) -> Any:
    data = np.frombuffer(base64.b64decode(url.partition(",")[2]), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


async def shows(member: Person, student: int, flag: int) -> None:
    """Camera and screen of the student, both at the moment that the page names."""
    seen: dict[str, Any] = {}

    async def there() -> bool:
        nonlocal seen
        seen = await member.page.evaluate(SEEN)
        return bool(seen["cam"] and seen["screen"])

    await until(there, "both pictures are there", within=5, every=0.05)
    expected = ((flag - BEFORE) * 1000 + seen["time"]) / HALF
    for source, number in (("cam", student), ("screen", 10 + student)):
        image = decoded(seen[source])
        assert read_clear(image) == number
        assert abs(read_number(image, 1) - expected) <= 2, f"{source} at {seen['time']} ms of {expected}"


LOADED = """() => [...document.querySelectorAll('[data-testid="review-still"] img')]
  .every(each => each.naturalWidth)"""


async def stills(who: Person, student: int, flag: int) -> None:
    """Stills of camera and screen are seen, each of its moment; a press moves the clips there."""
    found = who.get("review-still")
    await expect(found).to_have_count(2)
    await found.last.scroll_into_view_if_needed()
    await who.holds(LOADED)
    for n, number in enumerate((student, 10 + student)):
        url = await found.nth(n).locator("img").get_attribute("src")
        body = await (await who.context.request.get(urljoin(who.page.url, str(url)))).body()
        image = np.asarray(cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        # a second into the flag
        assert (read_clear(image), read_number(image, 1)) == (number, (flag + 1) * 1000 // HALF)
    await found.last.focus()
    await who.page.keyboard.press("Enter")
    at = str(await found.last.get_attribute("data-ms"))
    assert int(at) == (BEFORE + 1) * 1000
    await expect(who.get("review-pictures")).to_have_attribute("data-time", at)
    await who.page.wait_for_timeout(500)
    await shows(who, student, flag)


async def pressed(member: Person, key: str, code: str) -> float:
    """Press the key that opens the next item; returns ms until its pictures move."""
    spent = member.page.evaluate(WATCH, code)
    task = asyncio.ensure_future(spent)
    await member.page.wait_for_timeout(50)
    await member.page.keyboard.press(key)
    return float(await task)


async def nothing(member: Person) -> None:
    await member.page.wait_for_timeout(600)
    await member.page.keyboard.press("1")
    await member.get("review-looks").wait_for()


async def noted(member: Person, words: str) -> None:
    await member.page.keyboard.press("2")
    await expect(member.get("review-note")).to_be_focused()
    await member.page.keyboard.type(words)
    await member.page.keyboard.press("Control+Enter")
    await member.get("review-looks").wait_for()


async def sit(member: Person, house: House, exam: str) -> None:
    """Log in and open the desk; the first item that waits opens and plays by itself."""
    await member.log_in()
    await member.page.goto(f"{house.url}/exams/{exam}/review")
    await member.get("review").wait_for()


async def test_a_commission_reviews_an_exam(house: House, filled: Filled, fakes_folder: Path) -> None:
    exam, ids = filled.exam, filled.people
    await gathered(house, exam)
    case = f"{house.url}/exams/{exam}/review/cases/{ids['student1']}"
    outcome = f"{house.url}/exams/{exam}/outcome"

    def chair(language: str = "en-GB") -> Any:
        return person("chair", 1, house.url, fakes_folder, viewport=WIDE, language=language)

    async with person("commission1", 1, house.url, fakes_folder, viewport=WIDE) as first:
        await first.log_in()
        await first.get("nav-reviews").click()
        await expect(first.get("review-mine")).to_contain_text("3")
        await first.screenshot(OUT / "reviews-en-light-desktop.png")
        await first.get("review-open").click()
        await first.get("review-one").wait_for()
        await expect(first.get("nav-reviews")).to_have_attribute("aria-current", "page")
        await expect(first.page.locator('[data-testid="review-item"]')).to_have_count(3)
        assert filled.name not in await first.page.locator("main").inner_text(), "the first look is blind"
        await shows(first, 1, 24)
        await first.page.wait_for_timeout(1500)
        await first.screenshot(OUT / "review-desk-en-light-desktop.png")
        await first.page.keyboard.press("Space")
        await expect(first.get("review-pictures")).to_have_attribute("data-playing", "false")
        for _ in range(3):
            await first.page.keyboard.press("ArrowRight")
        await first.page.wait_for_timeout(500)
        await shows(first, 1, 24)
        await stills(first, 1, 24)
        await first.page.screenshot(path=OUT / "review-stills-en-light-desktop.png", full_page=True)
        await noted(first, "Two people sit at the table")
        await first.screenshot(OUT / "review-looked-en-light-desktop.png")
        spent = [await pressed(first, "n", "KeyN")]
        await shows(first, 2, 44)
        await nothing(first)
        spent.append(await pressed(first, "ArrowDown", "ArrowDown"))
        await shows(first, 1, 74)
        assert int(await first.get("review-pictures").get_attribute("data-skew") or 0) < 100
        await noted(first, "Looks aside for long")
        spent.append(await pressed(first, "ArrowUp", "ArrowUp"))
        print("ms until the pictures move", [round(each) for each in spent])
        assert max(spent) < STARTS, spent
        await expect(first.get("review-case")).to_have_count(2)
        await first.page.keyboard.press("?")
        await first.get("review-keys-dialog").wait_for()
        await first.screenshot(OUT / "review-keys-en-light-desktop.png")

    async with person("commission2", 1, house.url, fakes_folder, viewport=WIDE) as second:
        await sit(second, house, exam)
        await second.get("review-verdict").wait_for()
        assert not await second.get("review-look").count(), "the first look is blind"
        assert filled.name not in await second.page.locator("main").inner_text()
        await shows(second, 1, 24)
        await noted(second, "A second person")
        await expect(second.get("review-look")).to_have_count(2)
        assert await pressed(second, "n", "KeyN") < STARTS
        await shows(second, 1, 74)
        await nothing(second)
        await expect(second.get("review-looks")).to_have_attribute("data-state", "chair")

    async with chair() as head:
        await sit(head, house, exam)
        await head.get("review-one").wait_for()
        await shows(head, 1, 74)
        await nothing(head)
        opens = head.page.locator(f'[data-person="{ids["student1"]}"]').get_by_test_id("review-case-open")
        await opens.focus()
        await head.page.keyboard.press("Enter")
        await expect(head.get("review-case-state")).to_have_attribute("data-state", "to_notify")
        await head.get("review-notice").click()
        await expect(head.get("review-case-state")).to_have_attribute("data-state", "notice")
        assert not await head.get("review-finding-save").count(), "the student is heard first"
        await head.get("review-show").first.click()
        await shows(head, 1, 24)
        await head.page.screenshot(path=OUT / "review-case-en-light-desktop.png", full_page=True)

    async with person("student1", 1, house.url, fakes_folder, language="ky") as student:
        await student.log_in()
        await student.page.goto(f"{house.url}/exams")
        await student.page.locator(f'[data-exam="{exam}"]').get_by_test_id("exam-outcome").click()
        await expect(student.get("outcome-words")).to_have_attribute("data-state", "notice")
        await expect(student.get("outcome-item")).to_have_count(1)
        await shows(student, 1, 24)
        await stills(student, 1, 24)
        await student.page.screenshot(path=OUT / "outcome-ky-light-desktop.png", full_page=True)
        await student.get("outcome-statement-text").fill("Иним китепке кирип кетти.")
        await student.get("outcome-statement-send").click()
        await expect(student.get("outcome-words")).to_have_attribute("data-state", "heard")

    async with chair("ru") as head:
        await head.log_in()
        await head.page.emulate_media(color_scheme="dark")
        await head.page.goto(case)
        await head.get("review-finding-choice").get_by_role("radio").nth(1).check()
        await head.get("review-finding-note").fill("В комнате был второй человек.")
        await head.get("review-finding-save").click()
        await expect(head.get("review-signature")).to_have_count(1)
        assert not await head.get("review-sign").count(), "nobody signs twice"
        await head.page.screenshot(path=OUT / "review-case-ru-dark-desktop.png", full_page=True)

    async with person("commission1", 1, house.url, fakes_folder, viewport=WIDE) as first:
        await first.log_in()
        await first.page.goto(case)
        await first.get("review-sign").click()
        await expect(first.get("review-case-state")).to_have_attribute("data-state", "found")

    async with person("secretary", 1, house.url, fakes_folder, viewport=WIDE) as secretary:
        await sit(secretary, house, exam)
        for form, start in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
            async with secretary.page.expect_download() as download:
                await secretary.get(f"review-sheet-{form}").click()
            assert (await (await download.value).path()).read_bytes().startswith(start), "attendance sheet"
        await secretary.page.goto(case)
        await secretary.get("review-measure-body").fill("Dean of the faculty")
        await secretary.get("review-measure-what").fill("The exam is taken again")
        await secretary.get("review-measure-save").click()
        await expect(secretary.get("review-measured")).to_contain_text("taken again")
        for form in ("pdf", "xlsx", "csv"):
            link = secretary.get(f"review-protocol-{form}")
            async with secretary.page.expect_download() as download:
                await link.click()
            path = await (await download.value).path()
            assert path.stat().st_size > 200
            if form == "pdf":
                assert b"/Subtype /Image" in path.read_bytes(), "the stills are printed"

    async with person("student1", 1, house.url, fakes_folder) as student:
        await student.log_in()
        await student.page.set_viewport_size({"width": 360, "height": 740})
        await student.page.goto(outcome)
        await expect(student.get("outcome-words")).to_have_attribute("data-state", "measured")
        await student.get("outcome-appeal-text").fill("It was my little brother, for a minute.")
        await student.get("review-still").last.scroll_into_view_if_needed()
        await student.holds(LOADED)
        await student.page.screenshot(path=OUT / "outcome-en-light-phone.png", full_page=True)
        await student.get("outcome-appeal-send").click()
        await expect(student.get("outcome-words")).to_have_attribute("data-state", "appealed")

    async with person(LATE, 1, house.url, fakes_folder, viewport=WIDE) as other:
        await other.log_in()
        await other.page.goto(case)
        await other.get("review-appeal-choice").get_by_role("radio").nth(1).check()
        await other.get("review-appeal-note").fill("A minute does not prove help.")
        await other.get("review-appeal-save").click()
        await expect(other.get("review-decided")).to_have_attribute("data-result", "changed")
        await expect(other.get("review-case-state")).to_have_attribute("data-state", "closed")


# Whether the sound of the item plays: the element moves, is not muted, and its decoder gives something out.
HEARD = """() => {
  const audio = window.__audio;
  return audio ? {muted: audio.muted, volume: audio.volume, paused: audio.paused, time: audio.currentTime,
    bytes: audio.webkitAudioDecodedByteCount} : null;
}"""
# The page keeps its elements of sound out of the document.
KEEP = """(() => {
  const make = document.createElement.bind(document);
  document.createElement = (name, ...rest) => {
    const made = make(name, ...rest);
    if (name === 'audio') window.__audio = made;
    return made;
  };
})()"""


async def test_a_clip_is_heard_and_a_member_keeps_out(
    house: House, filled: Filled, fakes_folder: Path
) -> None:
    exam = filled.exam
    await gathered(house, exam)
    async with person("commission1", 1, house.url, fakes_folder, viewport=WIDE) as first:
        await first.context.add_init_script(KEEP)
        await sit(first, house, exam)
        await shows(first, 1, 24)
        await expect(first.get("review-sound")).to_be_visible()

        async def heard() -> bool:
            found = await first.page.evaluate(HEARD)
            return bool(
                found and not found["muted"] and not found["paused"] and found["volume"] == 1
                and found["time"] > 1 and found["bytes"] > 2000
            )  # fmt: skip

        await until(heard, "the sound plays", within=8)
        await first.get("review-sound").click()
        await first.holds("window.__audio.muted")
        await expect(first.page.locator('[data-testid="review-item"]')).to_have_count(3)
        await first.get("review-sound").evaluate("element => element.blur()")
        await first.page.keyboard.press("r")
        await first.get("review-recusal").wait_for()
        await first.get("review-recusal-reason").fill("The student is my nephew")
        await first.screenshot(OUT / "review-recusal-en-light-desktop.png")
        await first.get("review-recusal-save").click()
        await expect(first.page.locator('[data-testid="review-item"]')).to_have_count(1)
        await expect(first.page.locator('[data-testid="review-case"]')).to_have_count(0)
        await first.page.reload()
        await first.get("review-one").wait_for()
        await expect(first.page.locator('[data-testid="review-item"]')).to_have_count(1)
        await shows(first, 2, 44)
        await first.page.goto(f"{house.url}/exams/{exam}/review/cases/{filled.people['student1']}")
        await expect(first.page.locator("[role=alert]")).to_be_visible()
        assert filled.name not in await first.page.locator("main").inner_text(), "not even the name is shown"
    async with person("commission2", 1, house.url, fakes_folder, viewport=WIDE) as second:
        await sit(second, house, exam)
        await expect(second.page.locator('[data-testid="review-item"]')).to_have_count(3)
        await nothing(second)
        await second.page.keyboard.press("n")
        await shows(second, 2, 44)
        await nothing(second)
        await second.page.keyboard.press("n")
        await shows(second, 1, 74)
        await nothing(second)
        opens = second.page.locator(f'[data-person="{filled.people["student1"]}"]')
        await opens.get_by_test_id("review-case-open").click()
        await expect(second.get("nav-reviews")).to_have_attribute("aria-current", "page")
        await expect(second.get("review-log")).to_contain_text("The student is my nephew")
