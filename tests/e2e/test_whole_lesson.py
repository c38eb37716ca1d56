"""Six people in one class: a teacher, one who stands in, three students (one with a phone) and an observer
come by the page before it and the lobby, see one another, talk, ask and are kept in order. What each of them
sees is asserted. Slides, polls, groups, a killed server and the recording have scenarios of their own.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.company import Company, company, look, numbers, sees
from tests.e2e.deeds import about, attributes, rule
from tests.e2e.house import House
from tests.e2e.lesson import all_see
from tests.patience import until

pytestmark = [pytest.mark.classroom, pytest.mark.e2e, pytest.mark.alone]

REASON = "Текшерүү боюнча сабакка катышуу"


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """Four browsers share the machine: what is expected of a page may take a while."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


async def test_six_people_in_one_class(house: House, fakes_folder: Path) -> None:
    begun = time.monotonic()
    async with company(house, fakes_folder) as people:
        for act in (before_the_class, the_door, pictures, hands, reactions, chat, questions, order):
            print(f"{time.monotonic() - begun:5.1f} s {act.__name__}", flush=True)
            await act(people)
        print(f"{time.monotonic() - begun:5.1f} s in all", flush=True)


# --- coming ---------------------------------------------------------------------------------------------


async def before_the_class(people: Company) -> None:
    """Who looks at the page before the class sees themselves, hears their level, knows their network and
    chooses devices; the choice is remembered. Students wait for the teacher, the observer says why."""
    one, second, observer = people.one, people.second, people.observer
    await people.all(lambda who: who.page.goto(f"{who.url}/lessons/{people.lesson}/class"))
    for who in (people.teacher, *people.students):
        await expect(who.get("prejoin-preview")).to_have_attribute("data-cam", "on")
    level = one.get("prejoin-level")

    async def loud() -> bool:
        return float(await level.get_attribute("data-level") or 0) > 0.05

    await until(loud, "the level moves", within=10, every=0.1)
    network = one.get("prejoin-network")
    await expect(network).to_have_attribute("data-verdict", re.compile("good|fair|weak"))  # a busy machine
    assert len(await network.inner_text()) > 10, "in words"
    for device in ("cam", "mic", "speaker"):
        assert await one.get(f"device-{device}").locator("option").count() >= 1
    await expect(one.get("prejoin-waiting")).to_be_visible()
    await expect(people.teacher.get("prejoin-waiting")).to_have_count(0)
    await look(one, "prejoin-student")
    await look(people.phone, "prejoin-phone")

    for device in ("cam", "mic"):
        await second.get(f"prejoin-{device}").click()
    await second.page.reload()
    await expect(second.get("prejoin-preview")).to_have_attribute("data-cam", "off")
    await expect(observer.get("prejoin-join")).to_be_disabled()
    await expect(observer.get("prejoin-preview")).to_have_attribute("data-cam", "off")
    await expect(observer.get("device-cam")).to_have_count(0)  # who only looks on is asked for no camera
    await observer.get("prejoin-reason").fill(REASON)
    await expect(observer.get("prejoin-join")).to_be_enabled()
    await look(observer, "prejoin-observer")

    for who in (one, people.two):
        await who.get("prejoin-join").click()
        await expect(who.get("class-waiting")).to_be_visible()
    await look(one, "waiting")
    await people.teacher.get("prejoin-join").click()
    await people.teacher.open_class()
    for who in (one, people.two):
        await expect(who.get("class-waiting")).to_have_count(0)


async def the_door(people: Company) -> None:
    """A locked class takes in nobody new; with a lobby students wait until they are let in; who stands in
    and who observes do not."""
    teacher, second, phone = people.teacher, people.second, people.phone
    await rule(teacher, "locked", True)
    await phone.get("prejoin-join").click()
    await expect(phone.get("class-locked")).to_be_visible()
    await look(phone, "locked-phone")
    await rule(teacher, "locked", False)
    await rule(teacher, "lobby", True)
    await phone.get("class-again").click()
    await phone.get("prejoin-join").click()
    await expect(phone.get("class-lobby")).to_be_visible()
    assert await phone.listed() == [], "nobody in the lobby knows who is inside"
    await phone.get("panel-close").click()
    await look(phone, "lobby-phone")
    await second.get("prejoin-join").click()
    await expect(second.get("class-lobby")).to_have_count(0)
    await expect(second.get("lobby-row")).to_have_count(1)
    await look(teacher, "lobby-teacher")
    await second.get("lobby-admit").click()
    await expect(phone.get("class-lobby")).to_have_count(0)
    await rule(teacher, "lobby", False)
    await people.observer.get("prejoin-join").click()
    await people.observer.page.wait_for_selector('[data-testid="class"]')
    await all_see(people.everybody, 6, within=20)
    await phone.get("panel-close").click()
    for own in ("bar-mic", "bar-cam", "bar-hand", "bar-slides"):
        await expect(people.observer.get(own)).to_have_count(0)


async def pictures(people: Company) -> None:
    """The teacher is on everybody's stage; the students' tiles show whom they name."""
    teacher, one, two, phone = people.teacher, people.one, people.two, people.phone
    for who in (one, two, phone, people.observer, people.second):
        await sees(who, "teacher", stage=True)
    for who, whom in ((one, "student2"), (two, "student1"), (teacher, "student3"), (phone, "student1")):
        await sees(who, whom)
    for who in (one, people.observer):
        await who.sees_and_hears(20)
    rows = await attributes(teacher, "person-row", "data-person")
    assert {person for (person,) in rows} == set(people.ids.values())
    await expect(teacher.page.locator('[data-testid="person-row"][data-away="true"]')).to_have_count(0)
    await expect(teacher.get("link-state")).to_have_attribute("data-word", re.compile("good|fair|weak"))
    await look(teacher, "class-teacher")
    await look(one, "class-student")
    await look(phone, "class-phone")
    await look(people.observer, "class-observer")


# --- talking --------------------------------------------------------------------------------------------


async def hands(people: Company) -> None:
    """Hands stand in the order in which they went up; the first gets the floor, and everybody sees whose
    turn it is."""
    order = [people.phone, people.two, people.one]
    for place, who in enumerate(order, start=1):
        await who.get("bar-hand").click()
        await expect(who.get("bar-hand")).to_have_attribute("aria-pressed", "true")
        await expect(who.get("bar-hand")).to_contain_text(str(place))
    await expect(people.teacher.get("bar-hands")).to_contain_text("3")
    wanted = [(people.of(who),) for who in order]
    for who in (people.teacher, people.second, people.one, people.observer):
        await who.panel("people")
        await expect(who.get("hand-row")).to_have_count(3)
        assert await attributes(who, "hand-row", "data-person") == wanted, who.login
    await look(people.teacher, "hands-teacher")
    await look(people.phone, "hand-phone")
    await people.phone.get("bar-mic").click()  # off, so that the floor asks for it
    await people.teacher.get("hand-floor").first.click()
    for who in people.everybody:
        await expect(who.get("floor")).to_have_attribute("data-person", people.of(people.phone))
    await look(people.phone, "floor-phone")
    await people.phone.get("floor-unmute").click()
    await expect(people.phone.get("floor-unmute")).to_have_count(0)
    await people.phone.get("floor-end").click()
    for who in people.everybody:
        await expect(who.get("floor")).to_have_count(0)
    await people.one.get("bar-hand").click()  # down again
    await expect(people.second.get("hand-row")).to_have_count(1)


async def reactions(people: Company) -> None:
    """A phone finds them under "More"; everybody sees the count, for a moment."""
    await people.phone.get("bar-more").click()
    await look(people.phone, "more-phone")
    await people.phone.get("reaction-clap").click()
    for who in (people.teacher, people.observer):
        await expect(who.get("reactions")).to_contain_text("1")
    await people.one.get("bar-react").click()
    await people.one.get("reaction-thumbs").click()
    await expect(people.phone.get("reactions")).to_be_visible()
    await people.teacher.get("bar-more").click()
    await look(people.teacher, "more-teacher")
    await people.teacher.page.keyboard.press("Escape")


async def chat(people: Company) -> None:
    """Said to all and to one; changed by its writer, removed by whoever runs the class; text stays text."""
    teacher, one, two = people.teacher, people.one, people.two
    await teacher.say("Салам! Китеп: https://example.kg/sabak")
    await people.phone.panel("chat")
    await expect(people.phone.get("panel").get_by_role("link")).to_have_attribute(
        "href", "https://example.kg/sabak"
    )
    await one.panel("chat")
    await one.get("chat-to").select_option(people.of(two))
    await one.say("сага гана: экинчи суроонун жообу кандай?")
    await two.panel("chat")
    await expect(two.get("chat-text").filter(has_text="сага гана")).to_have_count(1)
    await one.get("chat-to").select_option("")
    await one.say("<b>тыкн</b>")
    line = one.get("chat-line").filter(has_text="<b>тыкн</b>")
    await line.hover()
    await line.get_by_test_id("line-edit").click()
    await one.get("chat-input").fill("<b>такта</b>")
    await one.get("chat-send").click()
    await two.say("жаман сөз")
    await people.second.panel("chat")
    bad = people.second.get("chat-line").filter(has_text="жаман сөз")
    await bad.hover()
    await bad.get_by_test_id("line-remove").click()
    for who in people.everybody:
        await who.panel("chat")
        await expect(who.get("chat-text").filter(has_text="<b>такта</b>")).to_have_count(1)
        await expect(who.get("chat-text").filter(has_text="жаман сөз")).to_have_count(0)
        mine = who in (one, two)
        assert ("сага гана" in " ".join(await who.lines())) == mine, f"{who.login}: a letter is for two"
    await expect(people.observer.get("chat-input")).to_have_count(0)
    await look(two, "chat-student")
    await look(teacher, "chat-teacher")
    await look(people.phone, "chat-phone")


async def questions(people: Company) -> None:
    """One is answered in class, the other stays open."""
    await people.one.panel("ask")
    await people.one.get("question-input").fill("Экзамен качан болот?")
    await people.one.get("question-send").click()
    await people.two.panel("ask")
    await people.two.get("question-upvote").click()
    await people.two.get("question-input").fill("Китеп кайда?")
    await people.two.get("question-send").click()
    await people.teacher.panel("ask")
    first = people.teacher.get("question").filter(has_text="Экзамен")
    await expect(first).to_have_attribute("data-votes", "1")
    await look(people.teacher, "questions-teacher")
    await first.get_by_test_id("question-answer-open").click()
    await first.get_by_test_id("question-answer-text").fill("12-декабрда")
    await first.get_by_test_id("question-answer-send").click()
    for who in people.everybody:
        await who.panel("ask")
        await expect(who.get("question")).to_have_count(2)
        answered = who.get("question").filter(has_text="Экзамен")
        await expect(answered).to_have_attribute("data-answered", "true")
        await expect(answered.get_by_test_id("question-answer")).to_contain_text("12-декабрда")
        await expect(who.get("question").filter(has_text="Китеп")).to_have_attribute("data-answered", "false")


# --- order ----------------------------------------------------------------------------------------------


async def order(people: Company) -> None:
    """Muted, asked, muted all, cameras off: each sees what it means for them, and nothing is switched on by
    anybody else."""
    teacher, one, two = people.teacher, people.one, people.two
    await about(teacher, people.of(one))
    await look(teacher, "person-teacher")
    await teacher.get("person-mute").click()
    await expect(one.get("muted")).to_be_visible()
    await expect(one.get("bar-mic")).to_have_class("control control-off")
    await about(teacher, people.of(one))
    await teacher.get("person-ask-mic").click()
    await expect(one.get("asked")).to_be_visible()
    await look(one, "asked-student")
    await one.get("asked-yes").click()
    await expect(one.get("bar-mic")).to_have_class("control control-on")
    await people.second.panel("people")
    await people.second.get("mute-all").first.click()
    for who in people.students:
        await expect(who.get("bar-mic")).to_have_class("control control-off")
    await expect(teacher.get("bar-mic")).to_have_class("control control-on")

    await rule(teacher, "cams", False)
    await expect(one.get("bar-cam-barred")).to_be_visible()

    async def only_the_teacher() -> bool:
        return await numbers(two) == {1}

    await until(only_the_teacher, "the students' cameras are off", within=20)
    await teacher.get("people-rules").click()
    await look(teacher, "rules-teacher")
    await teacher.page.keyboard.press("Escape")
    await rule(teacher, "cams", True)
    for who in people.students:
        await who.get("bar-cam").click()
        await expect(who.get("bar-cam")).to_have_class("control control-on")
    await sees(two, "student1")
