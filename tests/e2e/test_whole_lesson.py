"""One lesson from the page before it to its recording: a teacher, one who stands in, three students (one
with a phone) and an observer use everything a class has, and what each of them sees is asserted. In the
middle the server is killed and everybody reloads: what was said, drawn, asked and voted is there, in order.
"""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.browser import DESKTOP, Person
from tests.e2e.company import Company, company, look, numbers, sees
from tests.e2e.deeds import about, attributes, drag, hears_nobody, ink, remembered, replaced, rule
from tests.e2e.house import House
from tests.e2e.lesson import all_see
from tests.e2e.recorded import whole_recording
from tests.patience import until
from tests.server.slides import material

pytestmark = [pytest.mark.classroom, pytest.mark.e2e, pytest.mark.alone, pytest.mark.usefixtures("patient")]

REASON = "Текшерүү боюнча сабакка катышуу"


async def test_a_lesson_from_door_to_recording(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    slides = tmp_path / "Циклдер.pdf"
    slides.write_bytes(material.pdf(4, words="Loops"))
    begun = time.monotonic()
    async with company(house, fakes_folder) as people:
        for act in (
            before_the_class, the_door, pictures, hands, reactions, chat, questions, order, the_way_out,
            hand_over,
        ):  # fmt: skip
            print(f"{time.monotonic() - begun:5.1f} s {act.__name__}", flush=True)
            await act(people)
        await show_slides(people, slides)
        await polls(people)
        print(f"{time.monotonic() - begun:5.1f} s groups", flush=True)
        await groups(people)
        print(f"{time.monotonic() - begun:5.1f} s a killed server", flush=True)
        await killed(house, people)
        await the_end(people)
        print(f"{time.monotonic() - begun:5.1f} s afterwards", flush=True)
        await afterwards(house, people)
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


async def the_way_out(people: Company) -> None:
    """Who leaves comes back by the page before the class; who is removed is told why, and comes back when
    they are let."""
    teacher, phone = people.teacher, people.phone
    if await phone.get("panel").count():
        await phone.get("panel-close").click()
    await phone.get("bar-leave").click()
    await phone.get("class-rejoin").click()
    await all_see([teacher], 5, within=30)
    await phone.get("prejoin-join").click()
    await all_see([teacher], 6, within=20)
    await about(teacher, people.of(phone))
    await teacher.get("person-remove").click()
    await teacher.get("remove-reason").fill("Башка топтун студенти")
    await look(teacher, "remove-teacher")
    await teacher.get("remove-yes").click()
    await expect(phone.get("class-out-reason")).to_contain_text("Башка топтун студенти")
    await look(phone, "removed-phone")
    await all_see([teacher, people.one], 5, within=20)
    await teacher.get("people-rules").click()
    await expect(teacher.get("removed-list")).to_contain_text("Башка топтун студенти")
    await teacher.get("readmit").click()
    await expect(teacher.get("removed-list")).to_have_count(0)
    await teacher.page.keyboard.press("Escape")
    await phone.enter(people.lesson)
    await all_see([teacher, people.one], 6, within=20)


async def hand_over(people: Company) -> None:
    """A student runs the class for a while; the teacher goes out, the second one goes on, and the class
    stays open."""
    teacher, second, two = people.teacher, people.second, people.two
    await about(teacher, people.of(two))
    await teacher.get("person-host").click()
    await expect(two.get("bar-hands")).to_be_visible()
    await expect(two.get("bar-slides")).to_be_visible()
    await about(teacher, people.of(two))
    await teacher.get("person-host").click()
    await expect(two.get("bar-hand")).to_be_visible()
    await expect(two.get("bar-slides")).to_have_count(0)
    await teacher.get("bar-leave").click()
    await expect(teacher.get("class-left")).to_be_visible()
    await all_see([second, people.one], 5, within=30)
    await expect(second.get("class-phase")).to_have_text("open")
    await teacher.get("class-rejoin").click()
    await teacher.get("prejoin-join").click()
    await all_see([second, people.one], 6, within=20)
    await sees(people.one, "teacher", stage=True)


# --- showing --------------------------------------------------------------------------------------------


async def show_slides(people: Company, file: Path) -> None:
    """Everybody has the page and what is drawn on it; one looks ahead alone; the file is for taking along
    only once the teacher allows it."""
    teacher, one = people.teacher, people.one
    await teacher.get("bar-slides").click()
    await teacher.get("slides-file").set_input_files(file)
    await expect(teacher.get("deck")).to_have_attribute("data-state", "ready")
    await look(teacher, "slides-dialog")
    await teacher.get("deck-show").click()
    for who in people.everybody:
        await expect(who.get("slides-page")).to_have_attribute("data-page", "1")
        await expect(who.get("slides-bar")).to_be_visible()
        draws = who in (teacher, people.second)
        await expect(who.get("slides-tool-pen")).to_have_count(1 if draws else 0)
    await teacher.page.keyboard.press("PageDown")
    for who in people.everybody:
        await expect(who.get("slides-page")).to_have_attribute("data-page", "2")
        await who.holds("document.querySelector('[data-testid=slides-picture]')?.naturalWidth > 0")
    drawn = await draw(people)
    await teacher.get("slides-next").click()
    for who in people.everybody:
        await expect(who.get("slides-page")).to_have_attribute("data-page", "3")
        assert await ink(who) == [], "each page has its own"
    await one.get("slides-previous").click()
    await expect(one.get("slides-page")).to_have_attribute("data-page", "2")
    assert await ink(one) == drawn
    await expect(teacher.get("slides-page")).to_have_attribute("data-page", "3")
    await look(one, "slides-leafing")
    await one.get("slides-follow").click()
    await expect(one.get("slides-page")).to_have_attribute("data-page", "3")
    await teacher.get("slides-previous").click()

    deck = await one.get("slides-page").get_attribute("data-deck")
    path = f"{one.url}/api/v1/lessons/{people.lesson}/slides/{deck}/file"
    await expect(one.get("slides-download")).to_have_count(0)
    assert not (await one.context.request.get(path)).ok
    await teacher.get("bar-slides").click()
    await teacher.get("deck-allow").check()
    await teacher.page.keyboard.press("Escape")
    await expect(one.get("slides-download")).to_be_visible()
    link = await one.get("slides-download").get_attribute("href")
    assert link and (await (await one.context.request.get(one.url + link)).body()).startswith(b"%PDF")


async def draw(people: Company) -> list[Any]:
    """Pen, highlighter, rectangle, text, one taken back; a pointer. Returns what is on everybody's page."""
    teacher = people.teacher
    await teacher.get("slides-tool-pen").click()
    await drag(teacher, (0.2, 0.3), (0.4, 0.5), (0.6, 0.3))
    await teacher.get("slides-tool-highlighter").click()
    await drag(teacher, (0.1, 0.1), (0.3, 0.1))
    await teacher.get("slides-tool-rect").click()
    await drag(teacher, (0.6, 0.6), (0.8, 0.8))
    await teacher.get("slides-tool-text").click()
    await drag(teacher, (0.3, 0.75))
    await teacher.get("slides-writing").fill("for i in range(3)")
    await teacher.get("slides-writing").press("Enter")
    await people.second.get("slides-tool-line").click()
    await drag(people.second, (0.1, 0.9), (0.3, 0.9))

    async def count(who: Person, wanted: int) -> bool:
        return len(await ink(who)) == wanted

    for who in people.everybody:
        await until(lambda who=who: count(who, 5), f"{who.login} sees five strokes", within=20)
    await people.second.get("slides-undo").click()
    for who in people.everybody:
        await until(lambda who=who: count(who, 4), f"{who.login} sees that one is gone", within=20)
    drawn = await ink(teacher)
    for who in people.everybody:
        assert await ink(who) == drawn, who.login
    assert drawn[3][1:] == ["text", "for i in range(3)"]
    await teacher.get("slides-tool-pointer").click()
    for who in (people.one, people.phone, people.observer):
        await drag(teacher, (0.5, 0.5), (0.52, 0.5))  # it goes away by itself
        await expect(who.get("slides-pointer")).to_be_visible()
    await look(teacher, "slides-teacher")
    await look(people.phone, "slides-phone")
    await teacher.get("slides-tool-hand").click()
    return drawn


async def open_poll(
    teacher: Person, question: str, kind: str, options: tuple[str, ...], *, named: bool, live: bool
) -> None:
    await teacher.panel("ask")
    await teacher.get("poll-new").click()
    await teacher.get("poll-question").fill(question)
    await teacher.get("poll-kind").select_option(kind)
    for index, option in enumerate(options):
        if index >= 2:
            await teacher.get("poll-option-add").click()
        await teacher.get("poll-option-text").nth(index).fill(option)
    await teacher.get("poll-anonymous").set_checked(not named)
    await teacher.get("poll-live").set_checked(live)
    if kind == "single":
        await look(teacher, "poll-form")
    await teacher.get("poll-start").click()


async def polls(people: Company) -> None:
    """Three kinds; a named one says who chose what to who runs the class, an anonymous one to nobody."""
    teacher, one = people.teacher, people.one
    running = '[data-testid="poll"][data-closed="false"]'
    if await one.get("panel").count():
        await one.get("panel-close").click()
    await open_poll(teacher, "2 + 2 канча болот?", "single", ("3", "4"), named=True, live=True)
    await expect(one.get("poll-banner")).to_be_visible()
    await look(one, "poll-banner")
    await one.get("poll-banner-open").click()
    for who, choice in ((one, 1), (people.two, 0), (people.phone, 1)):
        await who.panel("ask")
        await who.page.locator(running).get_by_test_id("poll-option").nth(choice).click()
        if who is people.phone:
            await look(who, "poll-phone")
        await who.get("poll-vote").click()
        await who.get("poll-voted").first.wait_for()
    for who in (teacher, people.second, one, people.observer):  # live: who voted sees it, and who has no vote
        await who.panel("ask")
        await expect(who.page.locator(running)).to_have_attribute("data-votes", "3")
        assert await attributes(who, "poll-bar", "data-count") == [("1",), ("2",)], who.login
    await expect(people.observer.get("poll-vote")).to_have_count(0)
    named = await attributes(teacher, "poll-named", "data-person")
    assert sorted(named) == sorted((people.of(who),) for who in people.students)
    assert set(await attributes(one, "poll-named", "data-person")) <= {(people.of(one),)}
    await look(teacher, "poll-teacher")
    await teacher.get("poll-close").click()

    await open_poll(teacher, "Кайсылары цикл?", "multiple", ("for", "while", "if"), named=False, live=False)
    for who, choices in ((one, (0, 1)), (people.two, (0,)), (people.phone, (0, 1))):
        for choice in choices:
            await who.page.locator(running).get_by_test_id("poll-option").nth(choice).click()
        await who.get("poll-vote").click()
        await expect(who.page.locator(running).get_by_test_id("poll-voted")).to_be_visible()
    await expect(one.page.locator(running).get_by_test_id("poll-bar")).to_have_count(0)
    await expect(teacher.page.locator(running)).to_have_attribute("data-votes", "3")
    await expect(teacher.page.locator(running).get_by_test_id("poll-named")).to_have_count(0)
    await teacher.get("poll-close").click()

    await open_poll(teacher, "Бүгүн эмне кыйын болду?", "open", (), named=False, live=False)
    for who, words in ((one, "эч нерсе"), (people.two, "while"), (people.phone, "while")):
        await who.get("poll-text").fill(words)
        await who.get("poll-vote").click()
        await expect(who.page.locator(running).get_by_test_id("poll-voted")).to_be_visible()
    await expect(teacher.page.locator(running)).to_have_attribute("data-votes", "3")
    await expect(teacher.page.locator(running)).to_contain_text("эч нерсе")


# --- groups ---------------------------------------------------------------------------------------------


async def groups(people: Company) -> None:
    """By hand: one and the phone together, two alone. What arrives is only what belongs there."""
    teacher, one, two, phone = people.teacher, people.one, people.two, people.phone
    await teacher.get("bar-more").click()
    await teacher.get("menu-groups").click()
    way = teacher.get("groups-way").get_by_role("radio")
    await expect(teacher.get("groups-drafts").locator("li")).to_have_count(2)  # at random
    await teacher.get("groups-shuffle").click()
    await look(teacher, "groups-random")
    await way.nth(2).check(force=True)
    await teacher.get("groups-list").fill("Биринчи: Айбек Токтогулов\nЭкинчи: Нургүл Маматова, Эч Ким")
    await expect(teacher.get("groups-unknown")).to_contain_text("Эч Ким")
    await way.nth(1).check(force=True)
    for who, place in ((one, "0"), (phone, "0"), (two, "1")):
        chosen = f'[data-testid="groups-hand-select"][data-person="{people.of(who)}"]'
        await teacher.page.locator(chosen).select_option(place)
    await teacher.get("groups-minutes").select_option("5")
    await teacher.get("groups-open").click()
    for who in people.everybody:
        await expect(who.get("groups-bar")).to_be_visible()
        await expect(who.get("groups-left")).to_be_visible()

    async def only(who: Person, *wanted: int) -> bool:
        return await numbers(who) == set(wanted)

    if await one.get("slides-swap").count():
        await one.get("slides-swap").click()
    await until(lambda: only(one, 4), "one has the phone's picture alone", within=20)
    await until(lambda: only(phone, 2), "the phone has one's picture alone", within=20)
    await hears_nobody(two)
    await one.say("биз баштадык")
    await two.panel("chat")
    await teacher.get("groups-manage").click()
    await look(teacher, "groups-teacher")
    await teacher.get("groups-tell").fill("Дагы эки мүнөт")
    await teacher.get("groups-tell-send").click()
    await teacher.get("group").first.get_by_test_id("group-visit").click()
    await expect(teacher.get("group-leave")).to_have_count(1)
    await teacher.page.keyboard.press("Escape")
    for who in (one, two, phone, people.second):
        await expect(who.get("groups-told")).to_contain_text("Дагы эки мүнөт")
    await until(lambda: only(one, 1, 4), "the teacher has come to see them", within=20)
    await expect(phone.get("groups-place")).not_to_have_attribute("data-places", "")
    await look(phone, "groups-phone")
    await hears_nobody(two)
    assert "биз баштадык" not in " ".join(await two.lines())
    assert "биз баштадык" in " ".join(await phone.lines())
    await teacher.get("groups-close").click()
    for who in people.everybody:
        await expect(who.get("groups-bar")).to_have_count(0)
    await sees(two, "student1")
    await one.sees_and_hears(20)


# --- kept -----------------------------------------------------------------------------------------------


async def killed(house: House, people: Company) -> None:
    """The server dies and comes back; then everybody reloads. Nobody misses anything."""
    before = {who.login: await kept(who) for who in people.everybody}
    for who in people.everybody:
        state = before[who.login]
        assert len(state["questions"]) == 2 and len(state["polls"]) == 3, who.login
        assert len(state["ink"]) == 4, who.login
        numbers_of_lines = [int(str(line[0])) for line in state["lines"]]
        assert numbers_of_lines == sorted(numbers_of_lines), "in order"
    old = house.kill("server")
    await until(lambda: replaced(house, old), "the server runs again", within=30)
    await until(house.is_ready, "the server is back", within=60)

    async def same(who: Person) -> None:
        now: dict[str, Any] = {}

        async def again() -> bool:
            nonlocal now
            now = await kept(who)
            return now == before[who.login]

        try:
            await until(again, f"{who.login} has everything", within=20)
        except AssertionError as error:
            raise AssertionError(f"{error}: {before[who.login]} became {now}") from None

    for who in people.everybody:
        await same(who)
    for who in people.everybody:
        await who.page.reload()
        await who.join_again()
    for who in people.everybody:
        await same(who)
    await all_see(people.everybody, 6, within=30)
    await people.one.sees_and_hears(30)


async def kept(who: Person) -> dict[str, Any]:
    found = await remembered(who)
    back = who.get("stage-slides")
    if await back.count():
        await back.click()
    return found | {"ink": await ink(who)}


async def the_end(people: Company) -> None:
    teacher = people.teacher
    await teacher.get("bar-end").click()
    await expect(teacher.get("confirm-yes")).to_be_visible()
    await look(teacher, "end-teacher")
    await teacher.get("confirm-yes").click()
    for who in people.everybody:
        await expect(who.get("class-ended")).to_be_visible()
    await look(people.one, "ended")


async def afterwards(house: House, people: Company) -> None:
    """The recording shows slides with what was drawn, hands, the floor, questions and polls; the question
    that stayed open is answered on the lesson's page."""
    token = await house.token("teacher")
    view = await whole_recording(house, people.lesson, token, within=20)
    assert {"cam", "mic"} <= {piece["source"] for piece in view["pieces"]}
    student = people.one
    for who in (student, people.phone):
        await who.page.goto(f"{who.url}/lessons/{people.lesson}/recording")
        await expect(who.get("playback")).to_be_visible()
    kinds = {str(kind) for (kind,) in await attributes(student, "seek-moment", "data-kind")}
    assert kinds == {"hand.raised", "floor.given", "question.asked", "poll.opened"}
    asked = student.get("playback-asked")
    for words in ("Экзамен качан болот?", "12-декабрда", "2 + 2 канча болот?", "Кайсылары цикл?"):
        await expect(asked).to_contain_text(words)
    lines = " ".join(await student.get("playback-line").all_inner_texts())
    assert "такта" in lines and "жаман сөз" not in lines
    length = int(await student.get("playback-seek").get_attribute("max") or 0)

    async def drawn() -> bool:
        for step in range(40, 0, -1):
            await student.get("playback-seek").evaluate(
                "(bar, at) => { bar.value = at; bar.dispatchEvent(new Event('input', {bubbles: true})) }",
                int(length * step / 40),
            )
            if len(await ink(student)) == 4:
                return True
        return False

    await until(drawn, "the recording shows what was drawn", within=30)
    await student.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await look(student, "playback")
    await look(people.phone, "playback-phone")

    teacher = people.teacher
    await teacher.page.goto(f"{teacher.url}/lessons/{people.lesson}")
    waiting = teacher.get("question").filter(has_text="Китеп")
    await waiting.get_by_test_id("question-answer-open").click()
    await waiting.get_by_test_id("question-answer-text").fill("Китепканада")
    await waiting.get_by_test_id("question-answer-send").click()
    await expect(waiting).to_have_attribute("data-answered", "true")
    await look(teacher, "lesson-page")
    await student.page.goto(f"{student.url}/lessons/{people.lesson}")
    await expect(student.get("talk-card")).to_contain_text("Китепканада")
