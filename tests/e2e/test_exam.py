"""A proctored exam in real browsers: the right flags at the right times, and no answer lost."""

import asyncio
import contextlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import Person, chromium_on, person
from tests.e2e.examinee import act, acting, examinee, put_models, way_in
from tests.e2e.house import House
from tests.net.hosts import Host, Wire
from tests.net.lane import Harm
from tests.patience import SATURATED, Pressure, until
from tests.proctoring.models import all_models

pytestmark = [pytest.mark.e2e, pytest.mark.exam, pytest.mark.engine]

SHOTS = os.environ.get("SABAK_SHOTS", "")
WITHIN = 5.0
"""Seconds after its threshold in which a flag stands on the wall."""
LONG = bool(os.environ.get("SOAK"))
LOGINS = ("student1", "student2", "student3") if LONG else ("student2",)
"""Three real screens that are shared whole cost more than two cores have beside other tests; the short form
has the one to whom most happens."""


class Exam:
    """The demo's exam that is on, as its proctor sees it."""

    def __init__(self, house: House, token: str, key: str) -> None:
        self.house = house
        self.token = token
        self.key = key
        self.people: dict[str, str] = {}

    async def wall(self) -> dict[str, Any]:
        return dict(await self.house.api("GET", f"/api/v1/exams/{self.key}/wall", self.token))

    async def card(self, login: str) -> dict[str, Any]:
        found = await self.wall()
        return next(each for each in found["students"] if each["person"] == self.people[login])

    async def flags(self, login: str) -> list[dict[str, Any]]:
        path = f"/api/v1/exams/{self.key}/people/{self.people[login]}"
        return list((await self.house.api("GET", path, self.token))["flags"])


async def the_exam(house: House) -> Exam:
    token = await house.token("proctor")
    exams = (await house.api("GET", "/api/v1/exams", token))["exams"]
    key = next(each["id"] for each in exams if each["state"] in ("entry", "running"))
    return Exam(house, token, key)


async def shot(someone: Person, name: str) -> None:
    if SHOTS:
        await someone.screenshot(Path(SHOTS) / f"{name}.png")


async def seen_on_the_wall(
    proctor: Person, exam: Exam, login: str, kind: str, since: float, after: float
) -> float:
    """The badge of `kind` on the student's card; within its threshold and five seconds, which a saturated
    machine need not keep: there pictures come late. Returns how long."""
    pressure = Pressure()
    card = proctor.page.locator(f'[data-testid="wall-card"][data-person="{exam.people[login]}"]')
    badge = card.locator(f'[data-kind="{kind}"]').first
    await badge.wait_for(timeout=(after + 40) * 1000)
    took = time.monotonic() - since
    busy = pressure.share()
    limit = after + WITHIN * (1 if busy <= SATURATED else 6)
    words = (
        f"{kind} stood on the wall after {took:.1f} s, its threshold is {after} s, cores wanted {busy:.0%}"
    )
    assert took <= limit, words
    return took


async def test_flags_stand_on_the_wall_and_no_answer_is_lost(tmp_path: Path, fakes_folder: Path) -> None:
    """One is calm; one leaves, is joined by somebody, is replaced; one covers the page and loses the link."""
    script = acting()
    with Host("pupil") as pupil, Wire(None, pupil) as wire:
        house = House(tmp_path / "data", host=wire.a_address, SABAK_ANNOUNCE=wire.a_address)
        put_models(house.data, all_models())
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(house)
            exam = await the_exam(house)
            trust = (f"--unsafely-treat-insecure-origin-as-secure={house.url}",)
            proctor = await stack.enter_async_context(
                person("proctor", 9, house.url, fakes_folder, arguments=trust)
            )
            await proctor.log_in()
            students = {}
            for login in LOGINS:
                browser = chromium_on(pupil, tmp_path) if login == "student3" else "/usr/bin/chromium"
                someone = await stack.enter_async_context(
                    examinee(login, house.url, script, executable=browser)
                )
                await someone.log_in()
                exam.people[login] = await someone.id()
                await someone.page.goto(f"{house.url}/exams/{exam.key}")
                await way_in(someone)
                students[login] = someone
            await proctor.page.goto(f"{house.url}/exams/{exam.key}/wall")
            await proctor.get("wall-card").first.wait_for()
            await shot(proctor, "wall-waiting")
            for login in LOGINS:
                path = f"/exams/{exam.key}/people/{exam.people[login]}/admit"
                await proctor.api("POST", path, {"reason": "Looked at the photos"})
            for someone in students.values():
                await someone.get("exam-start").click()
                await someone.get("exam-running").wait_for()
                await someone.get("exam-answer").first.fill(f"Written by {someone.login}.")

            async def all_looked_at() -> bool:
                found = await exam.wall()
                here = [each for each in found["students"] if each["person"] in exam.people.values()]
                return all(each["camera"] and each["screen"] for each in here)

            await until(all_looked_at, "cameras and screens arrive", within=30)
            await asyncio.sleep(12)
            for login in LOGINS:
                assert (await exam.card(login))["standing"] == [], login
            await shot(proctor, "wall-calm")
            await _one_leaves_is_joined_is_replaced(proctor, exam, students["student2"])
            if LONG:
                await _one_covers_the_page_and_loses_the_link(proctor, exam, students["student3"], wire)
            await shot(proctor, "wall-after")
            expected = {
                "student1": set(), "student2": {"absent", "several"}, "student3": {"beacon_lost"},
            }  # fmt: skip
            if LONG:
                expected["student2"].add("other_person")
            for login in LOGINS:
                kinds = {each["kind"] for each in await exam.flags(login)}
                assert kinds == expected[login], (login, kinds)
            for login, someone in students.items():
                await someone.get("exam-hand-in").click()
                if await someone.get("exam-sure").count():
                    await someone.get("exam-sure").check()
                await someone.get("exam-submit").click()
                await someone.get("exam-submitted").wait_for()
                path = f"/api/v1/exams/{exam.key}/people/{exam.people[login]}/answers"
                answers = (await house.api("GET", path, exam.token))["answers"]
                assert answers["1"]["text"].startswith(f"Written by {login}."), login
            if LONG:
                assert "without a link" in answers["1"]["text"]


async def _one_leaves_is_joined_is_replaced(proctor: Person, exam: Exam, student: Person) -> None:
    took = {}
    for scene, kind, after in (("empty", "absent", 10), ("two", "several", 3)):
        since = time.monotonic()
        await act(student, scene)
        took[kind] = await seen_on_the_wall(proctor, exam, student.login, kind, since, after)
        await shot(proctor, f"wall-{kind}")
        await act(student, "calm")
        await asyncio.sleep(6)
    if not LONG:
        print("on the wall after", {kind: round(value, 1) for kind, value in took.items()})
        return
    since = time.monotonic()
    await act(student, "other")
    # compared every half minute, and once more five seconds later
    took["other_person"] = await seen_on_the_wall(proctor, exam, student.login, "other_person", since, 36)
    await act(student, "calm")
    print("on the wall after", {kind: round(value, 1) for kind, value in took.items()})


async def _one_covers_the_page_and_loses_the_link(
    proctor: Person, exam: Exam, student: Person, wire: Wire
) -> None:
    since = time.monotonic()
    cover = await student.context.new_page()
    await cover.goto("about:blank")
    took = await seen_on_the_wall(proctor, exam, student.login, "beacon_lost", since, 5)
    print("beacon_lost on the wall after", round(took, 1))
    await cover.close()
    await student.page.bring_to_front()
    before = await student.get("exam-time").get_attribute("data-seconds")
    wire.harm(Harm(down=True))
    await student.get("exam-answer").first.fill(f"Written by {student.login}. And this without a link.")
    await asyncio.sleep(20)
    wire.harm(Harm())

    async def back() -> bool:
        card = await exam.card(student.login)
        return bool(card["here"] and card["camera"] and card["screen"])

    await until(back, "the student is back", within=40)
    await asyncio.sleep(3)
    after = await student.get("exam-time").get_attribute("data-seconds")
    lost = int(before or 0) - int(after or 0)
    assert lost < 20, f"the link was away for 20 s and {lost} s of the exam were lost"
