"""A student's exam in a real browser: a rehearsal from the list to handing in, over a lost link and a reload;
two tabs; a phone."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.browser import PHONE, Person, person
from tests.e2e.house import House
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.e2e, pytest.mark.exam]

SHOTS = os.environ.get("SABAK_SHOTS", "")
"""A folder for pictures of the pages on the way, to be looked at."""

SENT = """async () => {
  const sent = {};
  for (const pc of window.__pcs || []) {
    for (const s of (await pc.getStats()).values()) {
      if (s.type === 'outbound-rtp' && s.kind === 'video') {
        sent[`${s.mid}${s.rid || ''}`] = [s.framesSent || 0, s.frameWidth || 0];
      }
    }
  }
  return sent;
}"""


WINDOW = """(() => {
  const told = MediaStreamTrack.prototype.getSettings;
  MediaStreamTrack.prototype.getSettings = function () {
    const settings = told.call(this);
    return settings.displaySurface ? {...settings, displaySurface: 'window'} : settings;
  };
})()"""


Look = Callable[[Person, str], Awaitable[None]]


async def shot(someone: Person, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        await someone.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def begin_rehearsal(someone: Person) -> None:
    await someone.page.goto(f"{someone.url}/exams")
    await someone.get("exams-rehearse").click()
    await someone.page.wait_for_selector('[data-testid="exam"]')


async def way_in(someone: Person, look: Look = shot) -> None:
    """Through every step; the fake camera shows no face, so photos are for a person to look at. `look` is
    called at each with its name."""
    cameras = "navigator.mediaDevices.enumerateDevices().then(all => all.filter(d => d.label).length)"
    assert await someone.get("exam-preview").count() == 0
    await look(someone, "way-rules")
    await someone.get("exam-rules-accept").click()
    await someone.get("exam-bio-no").wait_for()
    await look(someone, "way-biometrics")
    assert await someone.page.evaluate("(window.__pcs || []).length") == 0, f"sent early: {cameras}"
    await someone.get("exam-bio-yes").click()
    await someone.get("exam-equip-check").click()
    await someone.get("exam-verdict").wait_for()
    await look(someone, "way-equipment")
    await someone.get("exam-equip-go").click()
    for kind in ("face", "document"):
        await someone.get(f"exam-photo-{kind}").wait_for()
        await someone.get(f"exam-photo-{kind}").click()
        if kind == "face":
            await someone.get("exam-face-pass").wait_for()
            await look(someone, "way-face")
            await someone.get("exam-face-pass").click()
        else:
            await someone.page.wait_for_selector(
                '[data-testid="exam-turn"], [data-testid="exam-photo-problem"]'
            )
            if await someone.get("exam-document-pass").count():
                await someone.get("exam-document-pass").click()
    await someone.get("exam-turn").click()
    await someone.page.wait_for_selector('[data-testid="exam-baseline"], [data-testid="exam-share"]')
    if await someone.get("exam-baseline").count():
        await someone.get("exam-baseline").click()
    await someone.get("exam-share").wait_for()
    await look(someone, "way-share")
    await someone.get("exam-share").click()
    await someone.get("exam-ready").wait_for()
    await look(someone, "way-ready")
    await someone.get("exam-ready").click()


async def sent(someone: Person) -> dict[str, Any]:
    return dict(await someone.page.evaluate(SENT))


async def kept(someone: Person, word: str) -> None:
    await expect(someone.get("exam-saved")).to_have_attribute("data-kept", word, timeout=15_000)


async def test_a_rehearsal_from_the_list_to_handing_in(house: House, fakes_folder: Path) -> None:
    async with person("student1", 1, house.url, fakes_folder) as student:
        await student.log_in()
        await begin_rehearsal(student)
        await way_in(student)
        await student.get("exam-admitted").wait_for()
        await shot(student, "admitted")
        await student.get("exam-start").click()
        await student.get("exam-running").wait_for()
        await expect(student.get("exam-beacon")).to_have_attribute("data-drawn", "true")

        found: dict[str, Any] = {}

        async def both_twice() -> bool:
            nonlocal found
            found = await sent(student)
            # In a rehearsal nothing is recorded: the large ones may rest where nobody looks at them.
            looked_at = [frames for layer, (frames, _) in found.items() if layer.endswith("q")]
            return len(found) == 4 and len(looked_at) == 2 and min(looked_at) > 5

        try:
            await until(both_twice, "camera and screen are sent in two encodings each", within=60, every=1)
        finally:
            print(found)

        answer = student.get("exam-answer").first
        await answer.fill("Two or three sentences.")
        await kept(student, "saved")
        await shot(student, "running")
        await student.get("exam-option").nth(1).click()
        await kept(student, "saved")

        left = int(await student.get("exam-time").get_attribute("data-seconds") or 0)
        assert 19 * 60 - 60 < left <= 20 * 60
        await student.context.set_offline(True)
        await answer.fill("Two or three sentences. And one more without a link.")
        await kept(student, "here")
        await student.get("exam-offline").wait_for()
        await shot(student, "offline")
        await student.context.set_offline(False)
        await kept(student, "saved")

        await student.page.reload()
        await student.get("exam-share-lost").wait_for()
        await expect(answer).to_have_value("Two or three sentences. And one more without a link.")
        await shot(student, "share-lost")
        await student.get("exam-share-again").click()
        await student.get("exam-share-lost").wait_for(state="detached")

        large = {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + bytes(40 << 20)}
        await student.get("exam-file-input").first.set_input_files(large)
        await expect(student.get("exam-sending").first).to_have_attribute("data-refused", "true")
        await student.get("exam-paper").first.click()
        await student.get("exam-paper-take").click()
        await student.get("exam-file").wait_for()
        await shot(student, "files")

        other = await student.context.new_page()
        second = Person("student1", house.url, student.context, other)
        await other.goto(student.page.url)
        await second.get("exam-elsewhere").wait_for()
        await shot(second, "elsewhere")
        await second.get("exam-here").click()
        await second.get("exam-running").wait_for()
        await student.get("exam-elsewhere").wait_for()
        await student.get("exam-here").click()
        await student.get("exam-running").wait_for()
        await other.close()

        await student.get("exam-hand-in").click()
        await student.get("exam-sure").check()
        await shot(student, "summary")
        await student.get("exam-submit").click()
        await student.get("exam-submitted").wait_for()
        await asyncio.sleep(1)
        await shot(student, "submitted")
        await student.page.goto(f"{student.page.url}/rules")
        await student.get("exam-rule").first.wait_for()
        await shot(student, "rules")


async def test_a_part_of_the_screen_is_refused_kindly(house: House, fakes_folder: Path) -> None:
    async with person("student2", 2, house.url, fakes_folder) as student:
        # Chromium's fake screen is always a whole one: here it says that it is a window.
        await student.context.add_init_script(WINDOW)
        await student.log_in()
        await begin_rehearsal(student)
        await student.get("exam-rules-accept").click()
        await student.get("exam-bio-yes").click()
        await student.get("exam-equip-check").click()
        await student.get("exam-equip-go").click()
        await student.get("exam-document-pass").or_(student.get("exam-photo-face")).first.wait_for()
        await student.get("exam-photo-face").click()
        await student.get("exam-face-pass").click()
        await student.get("exam-document-pass").click()
        await student.get("exam-turn-pass").click()
        if await student.get("exam-baseline").count():
            await student.get("exam-baseline").click()
        await student.get("exam-share").click()
        await student.get("exam-share-part").wait_for()
        assert await student.get("exam-ready").count() == 0


async def test_a_phone_is_told_and_offered_a_seat(house: House, fakes_folder: Path) -> None:
    async with person("student3", 3, house.url, fakes_folder, viewport=PHONE) as student:
        # As a phone says it: no capture of screens.
        await student.context.add_init_script("delete MediaDevices.prototype.getDisplayMedia")
        await student.log_in()
        await student.page.goto(f"{student.url}/exams")
        await student.get("exams-phone").wait_for()
        await shot(student, "phone-list")
        wide = "document.documentElement.scrollWidth - innerWidth"
        assert await student.page.evaluate(wide) <= 0
        await student.get("exam-seat").click()
        await student.get("exam-seat-asked").wait_for()
        card = student.get("exam-card").first
        await student.page.goto(f"{student.url}/exams/{await card.get_attribute('data-exam')}")
        await student.get("exam-phone").wait_for()
        await shot(student, "phone-exam")
        assert await student.page.evaluate(wide) <= 0
