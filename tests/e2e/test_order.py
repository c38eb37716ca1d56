"""A teacher, one who stands in, and two students in real browsers: the lobby, muting, rules, the lock,
groups whose sound and pictures are really apart, a killed server in the middle of them, removing, and the
end for all.
"""

import contextlib
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from tests.conftest import SOAK
from tests.e2e import screens
from tests.e2e.browser import DESKTOP, PHONE, Person, person
from tests.e2e.deeds import SPEAK, about, hears_nobody, people_panel, replaced, rule, stands_in
from tests.e2e.house import House
from tests.e2e.lesson import all_see, lesson_now
from tests.patience import until

pytestmark = [pytest.mark.classroom, pytest.mark.e2e, pytest.mark.usefixtures("patient")]

SECOND = "kubanych.turgunov"


async def look(who: Person, name: str) -> None:
    """A picture to be looked at, no wider than a phone; with SOAK in every language, on a desktop too."""
    for language in screens.LANGUAGES if SOAK else ("",):
        if language:
            await who.page.evaluate(SPEAK, language)
        sizes = (("dark", "phone", PHONE), ("light", "desktop", DESKTOP))
        for scheme, size, viewport in sizes if SOAK else sizes[:1]:
            await who.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await who.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            await who.page.wait_for_timeout(400)
            wide = await who.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            await who.screenshot(screens.OUT / f"order-{name}-{language or 'as-is'}-{scheme}-{size}.png")
            assert wide <= 0, f"{name} {size}: {wide} px too wide"
    await who.page.emulate_media(color_scheme="light")
    await who.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


async def bye_of(house: House, login: str, lesson: str) -> dict[str, Any]:
    """What a client of its own making hears instead of a welcome."""
    token = await house.token(login)
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{house.url}/ws/lessons/{lesson}", headers=headers) as socket,
    ):
        await socket.send_json({"type": "hello", "after": 0, "tab": "of-my-own"})
        return dict(await socket.receive_json(timeout=10))


async def test_a_class_is_kept_in_order(house: House, fakes_folder: Path) -> None:
    lesson = str((await lesson_now(house))["id"])
    async with contextlib.AsyncExitStack() as stack:
        people = []
        for number, login in enumerate(("teacher", SECOND, "student1", "student2"), start=1):
            someone = await stack.enter_async_context(person(login, number, house.url, fakes_folder))
            await someone.log_in()
            people.append(someone)
        teacher, second, one, two = people
        ids = {someone.login: await someone.id() for someone in people}
        await stands_in(house, lesson, second)
        await teacher.enter(lesson)
        await teacher.get("class-open").click()
        await expect(teacher.get("people-rules")).to_be_visible()
        await one.enter(lesson)
        await the_lobby(lesson, teacher, second, two)
        await all_see(people, 4)
        await muting(teacher, one, ids)
        await cameras(teacher, second, one)
        await the_lock(house, lesson, teacher)
        await groups(house, teacher, second, one, two)
        await removing(house, lesson, teacher, second, two, ids)
        await second.get("bar-end").click()
        await second.get("confirm-yes").click()
        for someone in (teacher, second, one):
            await expect(someone.get("class-ended")).to_be_visible()


async def the_lobby(lesson: str, teacher: Person, second: Person, two: Person) -> None:
    await rule(teacher, "lobby", True)
    await two.enter(lesson)
    await expect(two.get("class-lobby")).to_be_visible()
    assert await two.listed() == []
    await look(two, "lobby-student")
    await expect(teacher.get("lobby-row")).to_have_count(1)
    await look(teacher, "lobby-teacher")
    await second.enter(lesson)
    await expect(second.get("class-lobby")).to_have_count(0)
    await second.get("lobby-row").first.wait_for()
    await teacher.get("lobby-admit").click()
    await expect(two.get("class-lobby")).to_have_count(0)
    await expect(teacher.get("lobby-row")).to_have_count(0)
    await two.page.reload()
    await two.join_again()
    await two.sees_and_hears(20)
    assert await two.get("class-lobby").count() == 0, "let in once"
    await rule(teacher, "lobby", False)


async def muting(teacher: Person, one: Person, ids: dict[str, str]) -> None:
    await about(teacher, ids["student1"])
    await look(teacher, "person")
    await teacher.get("person-mute").click()
    await expect(one.get("muted")).to_be_visible()
    await expect(one.get("bar-mic")).to_have_class("control control-off")
    await about(teacher, ids["student1"])
    await teacher.get("person-ask-mic").click()
    await expect(one.get("asked")).to_be_visible()
    await look(one, "asked")
    await one.get("asked-yes").click()
    await expect(one.get("bar-mic")).to_have_class("control control-on")
    await about(teacher, ids["student1"])
    await expect(teacher.get("person-mute")).to_be_visible()
    await teacher.page.keyboard.press("Escape")


async def cameras(teacher: Person, second: Person, one: Person) -> None:
    await rule(teacher, "cams", False)
    await expect(one.get("bar-cam-barred")).to_be_visible()
    await expect(second.get("bar-cam")).to_be_visible()
    await look(one, "no-cameras")
    row = f'[data-testid="tile"][data-person="{await one.id()}"][data-source="cam"]'
    await expect(teacher.page.locator(row)).to_have_count(0)
    await teacher.get("people-rules").click()
    await look(teacher, "rules")
    await teacher.page.keyboard.press("Escape")
    await rule(second, "cams", True)
    await one.get("bar-cam").click()
    await expect(one.get("bar-cam")).to_have_class("control control-on")


async def the_lock(house: House, lesson: str, teacher: Person) -> None:
    await rule(teacher, "locked", True)
    assert (await bye_of(house, "student3", lesson))["code"] == "class.locked"
    await rule(teacher, "locked", False)


async def groups(house: House, teacher: Person, second: Person, one: Person, two: Person) -> None:
    everybody = (teacher, second, one, two)
    await teacher.get("bar-more").click()
    await teacher.get("menu-groups").click()
    await look(teacher, "groups-random")
    await teacher.get("groups-way").get_by_role("radio").nth(2).check(force=True)
    await teacher.get("groups-list").fill("Биринчи: Токтогулов\nЭкинчи: Нургүл Маматова")
    await expect(teacher.get("groups-unknown")).to_have_count(0)
    await teacher.get("groups-open").click()
    for someone in everybody:
        await expect(someone.get("groups-bar")).to_be_visible()
    await hears_nobody(one)
    await hears_nobody(two)
    await teacher.sees_and_hears(20)  # the other teacher, in the main room
    await one.say("биз баштадык")
    await teacher.get("groups-manage").click()
    await look(teacher, "groups-open")
    await teacher.get("group").first.get_by_test_id("group-visit").click()
    await expect(teacher.get("group-leave")).to_have_count(1)
    await teacher.get("groups-tell").fill("Дагы эки мүнөт")
    await teacher.get("groups-tell-send").click()
    await teacher.page.keyboard.press("Escape")
    for someone in (one, two, second):
        await expect(someone.get("groups-told")).to_contain_text("Дагы эки мүнөт")
    await one.sees_and_hears(20)
    await look(one, "groups-student")
    await hears_nobody(two)
    places = [await someone.get("groups-place").get_attribute("data-places") for someone in everybody]

    old = house.kill("server")
    await until(lambda: replaced(house, old), "the server runs again", within=30)
    await until(house.is_ready, "the server is back", within=60)
    await one.page.reload()
    await one.join_again()
    for someone, place in zip(everybody, places, strict=True):
        await expect(someone.get("groups-place")).to_have_attribute("data-places", place or "")
    await one.sees_and_hears(30)
    await hears_nobody(two)
    assert await one.lines() == ["биз баштадык", "Дагы эки мүнөт"]
    assert await two.lines() == ["Дагы эки мүнөт"]

    await second.get("groups-close").click()
    for someone in everybody:
        await expect(someone.get("groups-bar")).to_have_count(0)
        await someone.sees_and_hears(20)


async def removing(
    house: House, lesson: str, teacher: Person, second: Person, two: Person, ids: dict[str, str]
) -> None:
    await about(teacher, ids["student2"])
    await teacher.get("person-remove").click()
    await teacher.get("remove-yes").click()
    await expect(teacher.get("dialog-remove")).to_be_visible()  # not without a reason
    await teacher.get("remove-reason").fill("Башка топтун студенти")
    await look(teacher, "remove")
    await teacher.get("remove-yes").click()
    await expect(two.get("class-out")).to_be_visible()
    await expect(two.get("class-out-reason")).to_contain_text("Башка топтун студенти")
    await look(two, "removed")
    bye = await bye_of(house, "student2", lesson)
    assert (bye["code"], bye["reason"]) == ("class.removed", "Башка топтун студенти")
    await all_see([teacher, second], 3)
    await people_panel(second)
    await second.get("people-rules").click()
    await expect(second.get("removed-list")).to_contain_text("Башка топтун студенти")
    await second.get("readmit").click()
    await expect(second.get("removed-list")).to_have_count(0)
    await second.page.keyboard.press("Escape")
    assert (await bye_of(house, "student2", lesson))["type"] == "welcome"
