"""A computer class (R16): ten examinees behind one address, a proctor in the room, neighbours in the picture.

Ten aiortc clients (tests/e2e/seats.py) on one host, so that the server sees one address as behind a campus's
NAT: they log in, come, send, upload and come back at the same moments. The machine looks at all of them.
"""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from server.demo.people import students
from tests.e2e.examinee import put_models
from tests.e2e.house import ROOT, House
from tests.e2e.sitting import the_exam
from tests.net.hosts import Host, Wire
from tests.net.lane import Harm
from tests.patience import SATURATED, Pressure, until
from tests.proctoring.models import all_models

pytestmark = [pytest.mark.e2e, pytest.mark.exam, pytest.mark.engine, pytest.mark.net]

GROUP = "ИТ-21"
SEATS = 10
CALM = 30
"""Seconds in which everybody writes with neighbours in the picture."""
AWAY = 8
"""Seconds for which the whole room has no network."""
THRESHOLD, WITHIN = 3, 5
"""Of `several`, and the wall's."""


class Class:
    """The process with the seats."""

    def __init__(self, host: Host, url: str, exam: str) -> None:
        command = host.command([sys.executable, "-m", "tests.e2e.seats", url, exam])
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    async def tell(self, name: str, value: Any = True) -> dict[str, Any]:
        """A command and its answer."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({name: value}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(await asyncio.to_thread(self._process.stdout.readline) or '{"error": "it ended"}')
        assert "error" not in answer, f"{name}: {answer['error']}"
        return dict(answer)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


async def test_ten_students_behind_one_address_and_their_neighbours(tmp_path: Path) -> None:
    logins = [each.login for each in students() if each.group == GROUP][:SEATS]
    assert len(logins) == SEATS
    with Host("class") as room, Wire(None, room) as wire:
        house = House(tmp_path / "data", host=wire.a_address, SABAK_ANNOUNCE=wire.a_address)
        put_models(house.data, all_models())
        async with house:
            exam = await the_exam(house)
            office = await house.token("admin")
            people = [await person_of(house, office, login) for login in logins]
            await house.api("PATCH", f"/api/v1/lessons/{exam.key}", office, json={"students": people})
            for seat, one in enumerate(people, start=1):
                path = f"/api/v1/exams/{exam.key}/candidates/{one}"
                change = {"place": "class", "seat": f"12-{seat}", "reason": "Computer class 12"}
                await house.api("PATCH", path, office, json=change)
            seats = Class(room, house.url, exam.key)
            try:
                await _sit(exam, seats, wire, logins)
            finally:
                seats.end()


async def person_of(house: House, token: str, login: str) -> str:
    found = await house.api("GET", "/api/v1/users", token, params={"query": login})
    return next(str(each["id"]) for each in found["items"] if each["login"] == login)


async def _sit(exam: Any, seats: Class, wire: Wire, logins: list[str]) -> None:
    took = (await seats.tell("enter", logins))["seconds"]
    waiting = [each for each in (await exam.wall())["students"] if each["state"] == "waiting"]
    assert len(waiting) == SEATS and {each["place"] for each in waiting} == {"class"}
    exam.people = {each["person"]: each["person"] for each in waiting}
    for person in list(exam.people):
        await exam.do(person, "admit", reason="Seen in the room")
    exam.people = (await seats.tell("start"))["people"]
    await exam.looked_at(logins)
    print(f"ten were in after {took:.1f} s, nobody was refused")

    await asyncio.sleep(CALM)
    worked = await seats.tell("work", "Written in the class by")
    print(f"ten answers and ten files of 3 MB at once: {worked['seconds']:.1f} s")
    await _nobody_is_flagged(exam, logins)

    pressure = Pressure()
    someone = exam.people[logins[4]]
    at = (await seats.tell("act", {logins[4]: "beside"}))["at"]

    async def stands() -> float:
        first = (await seats.tell("wall"))["first"]
        return float(first.get(f"{someone} several", 0))

    seen = await until(stands, "somebody who sits down close by is on the wall", within=40, every=0.5)
    busy = pressure.share()
    print(f"`several` after {seen - at:.1f} s, its threshold is {THRESHOLD} s, cores wanted {busy:.0%}")
    assert seen - at <= THRESHOLD + WITHIN * (1 if busy <= SATURATED else 6)
    await seats.tell("act", {logins[4]: "neighbours"})
    await asyncio.sleep(6)

    wire.harm(Harm(down=True))
    await asyncio.sleep(AWAY)
    wire.harm(Harm())
    back = time.monotonic()
    await asyncio.sleep(1)
    await exam.looked_at(logins, within=40)
    print(f"all ten were back {time.monotonic() - back:.1f} s after the room's link")
    await asyncio.sleep(10)
    await _nobody_is_flagged(exam, [each for each in logins if each != logins[4]])
    assert [each["kind"] for each in await exam.flags(logins[4])] == ["several"]

    wall = await seats.tell("wall")
    print(f"the proctor looked {wall['looks']} times, {wall['missed']} in vain while there was no link")
    health = (await exam.wall())["health"]
    print(f"looks a second {health['rate']}, stretched {health['stretch']}")
    done = await seats.tell("finish")
    assert set(done["states"].values()) == {"submitted"}, done
    for login in logins:
        answers = (await exam.get(f"/people/{exam.people[login]}/answers"))["answers"]
        assert answers["1"]["text"] == f"Written in the class by {login}"
        assert [each["bytes"] for each in answers["4"]["files"]] == [(3 << 20) + 4], login


async def _nobody_is_flagged(exam: Any, logins: list[str]) -> None:
    flags = {login: [each["kind"] for each in await exam.flags(login)] for login in logins}
    assert not any(flags.values()), flags
