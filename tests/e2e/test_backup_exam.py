"""A backup while an exam is on and another is under review; on an empty machine the review desk shows the
same, and what was being recorded and flagged at that moment can be reviewed there."""

import asyncio
import hashlib
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.browser import person
from tests.e2e.house import House
from tests.e2e.recorded import probed
from tests.e2e.reviewed import Filled, fill, gathered
from tests.e2e.test_exam_student import way_in
from tests.e2e.test_keeping import sabak
from tests.patience import until

pytestmark = [pytest.mark.review, pytest.mark.e2e, pytest.mark.exam, pytest.mark.slow]

BOARD = ("commission1", "commission2", "chair", "secretary")
BEFORE = "Written before the backup."


class Desk:
    """The API of one house, by login."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._tokens: dict[str, str] = {}

    async def token(self, login: str) -> str:
        if login not in self._tokens:
            self._tokens[login] = await self.house.token(login)
        return self._tokens[login]

    async def ask(self, login: str, method: str, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {await self.token(login)}"}
        options = {"json": body} if method != "GET" else {}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.request(method, f"{self.house.url}/api/v1{path}", **options) as answer,
        ):
            said = await answer.text()
            assert answer.status < 400, f"{method} {path}: {answer.status} {said}"
            return json.loads(said) if said else None

    async def bytes(self, login: str, path: str) -> bytes:
        headers = {"Authorization": f"Bearer {await self.token(login)}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.get(f"{self.house.url}{path}") as answer,
        ):
            assert answer.status == 200, f"{path}: {answer.status}"
            return await answer.read()


async def reviewed(desk: Desk, exam: str, student: str) -> None:
    """Two look at everything, the student is told and heard: a case in the middle of its way."""
    verdicts = {"several": "noted", "absent": "nothing", "head_away": "nothing"}
    for login in ("commission1", "commission2"):
        for card in (await desk.ask(login, "GET", f"/exams/{exam}/review"))["queue"]:
            if card["waits"]:
                look = {"verdict": verdicts[card["kinds"][0]], "note": "Two people", "seconds": 40}
                await desk.ask(login, "POST", f"/exams/{exam}/review/items/{card['key']}/look", **look)
    await desk.ask("chair", "POST", f"/exams/{exam}/review/cases/{student}/notice")
    await desk.ask("student1", "POST", f"/exams/{exam}/outcome/statement", text="It was my brother.")


async def shown(desk: Desk, exam: str, students: list[str]) -> dict[str, Any]:
    """Everything that the review desk says to everybody, and the hash of every clip and still it shows."""
    found: dict[str, Any] = {}
    clips: set[str] = set()
    for login in BOARD:
        found[f"{login} list"] = await desk.ask(login, "GET", "/reviews")
        view = found[f"{login} desk"] = await desk.ask(login, "GET", f"/exams/{exam}/review")
        for card in view["queue"]:
            path = f"/exams/{exam}/review/items/{card['key']}"
            item = found[f"{login} {card['key']}"] = await desk.ask(login, "GET", path)
            clips |= {each["url"] for each in item["clips"] + item["stills"]}
        for card in view["cases"]:
            path = f"/exams/{exam}/review/cases/{card['person']}"
            found[f"{login} case {card['person']}"] = await desk.ask(login, "GET", path)
    for login in ("student1", "student2"):
        found[f"{login} outcome"] = await desk.ask(login, "GET", f"/exams/{exam}/outcome")
    for url in sorted(clips):
        body = await desk.bytes("commission1", url)
        found[url] = (len(body), hashlib.sha256(body).hexdigest())
    for student in ("", students[0]):
        for language in ("ky", "ru", "en"):
            path = f"/api/v1/exams/{exam}/review/protocol?form=csv&language={language}&person={student}"
            found[f"protocol {language} {student}"] = await desk.bytes("chair", path)
    return found


async def planned(desk: Desk, filled: Filled) -> str:
    """Another exam, which is on now, of student3; its id."""
    lesson = await desk.ask("dispatcher", "GET", f"/lessons/{filled.exam}")
    starts = datetime.fromisoformat(lesson["starts"])
    teacher = filled.people["kubanych.turgunov"]
    body = {
        "kind": "exam", "title": "Second exam", "teachers": [teacher],
        "discipline": lesson["discipline"]["id"],
        "starts": starts.isoformat(), "ends": (starts + timedelta(hours=4)).isoformat(),
        "students": [filled.people["student3"]], "proctors": [filled.people["proctor"]],
        "commission": [filled.people[f"commission{n}"] for n in (1, 2, 3)],
        "chair": filled.people["chair"], "secretary": filled.people["secretary"],
    }  # fmt: skip
    exam = str((await desk.ask("dispatcher", "POST", "/lessons", **body))["id"])
    rules = (await desk.ask("admin", "GET", "/exam-rules"))["rules"][0]["id"]
    questions = [{"id": "q1", "text": "What is a queue?"}]
    settings = {"minutes": 200, "rules": rules, "entry": 240, "questions": questions}
    await desk.ask("kubanych.turgunov", "PUT", f"/exams/{exam}", **settings)
    return exam


def size_of(data: Path) -> int:
    return sum(path.stat().st_size for path in (data / "recordings").glob("*/*.webm"))


async def test_a_backup_during_an_exam(tmp_path: Path, fakes_folder: Path) -> None:
    filled = await fill(tmp_path / "data")
    exam, target = filled.exam, tmp_path / "backup"
    students = [filled.people["student1"], filled.people["student2"]]
    async with House(tmp_path / "data") as house:
        desk = Desk(house)
        await gathered(house, exam)
        await reviewed(desk, exam, students[0])
        running = await planned(desk, filled)
        sits, silent = f"/exams/{running}/people/{filled.people['student3']}", size_of(house.data)
        async with person("student3", 3, house.url, fakes_folder) as student:
            await student.log_in()
            await student.page.goto(f"{house.url}/exams/{running}")
            await way_in(student)
            await desk.ask("proctor", "POST", f"{sits}/admit", reason="Looked at the photos")
            await student.get("exam-start").click()
            await student.get("exam-running").wait_for()
            await student.get("exam-answer").first.fill(BEFORE)

            async def goes_on() -> Any:
                one = await desk.ask("proctor", "GET", sits)
                answers = (await desk.ask("proctor", "GET", f"{sits}/answers"))["answers"]
                written = [each["text"] for each in answers.values()]
                grows = size_of(house.data) - silent > 200_000
                return one if one["flags"] and BEFORE in written and grows else None

            one = await until(goes_on, "it is recorded and flagged", within=90, every=1)
            await asyncio.sleep(8)
            before = await shown(desk, exam, students)
            said = await sabak(house, "backup", str(target))
            assert "WARNING" not in said, said
            after = await desk.ask("proctor", "GET", sits)
            assert after["student"]["state"] == "running", "the exam goes on meanwhile"
            finding = {"finding": "violation", "note": "After the backup"}
            await desk.ask("chair", "POST", f"/exams/{exam}/review/cases/{students[0]}/finding", **finding)
            await student.get("exam-answer").first.fill("Written after the backup.")
    clips = [key for key in before if key.startswith("/api")]
    assert len([each for each in clips if "/stills/" in each]) == 6
    assert len(clips) == 8 + 6 and before["student1 outcome"]["state"] == "heard"
    assert one["flags"][0]["kind"] in ("absent", "beacon_lost", "several"), one["flags"]

    other = House(tmp_path / "other" / "data")
    other.data.parent.mkdir()
    assert "the trace is good" in await sabak(other, "restore", str(target))
    assert "Good" in await sabak(other, "trace", "verify")
    async with other:
        desk = Desk(other)
        again = await shown(desk, exam, students)
        differing = [key for key in before if before[key] != again.get(key)]
        assert not differing and set(before) == set(again), differing
        answers = (await desk.ask("proctor", "GET", f"{sits}/answers"))["answers"]
        assert [each["text"] for each in answers.values()] == [BEFORE]
        there = await desk.ask("proctor", "GET", sits)
        kept = {each["kind"] for each in one["flags"]}
        assert kept <= {each["kind"] for each in there["flags"]}

        # the exam that was cut off: what was recorded until then is evidence here
        await desk.ask("proctor", "POST", f"{sits}/suspend", reason="The machine was lost")

        async def cut() -> Any:
            view = await desk.ask("chair", "GET", f"/exams/{running}/review")
            return view["queue"]

        queue = await until(cut, "the evidence of the exam that was cut off", within=100, every=1)
        item = await desk.ask("chair", "GET", f"/exams/{running}/review/items/{queue[0]['key']}")
        assert {clip["source"] for clip in item["clips"]} == {"cam", "screen"}
        for clip in item["clips"]:
            body = await desk.bytes("chair", clip["url"])
            assert hashlib.sha256(body).hexdigest() == clip["sha256"]
            path = tmp_path / re.sub(r"\W", "-", clip["url"])
            path.write_bytes(body)
            assert float((await probed(path))["format"]["duration"]) > 1
        assert "Good" in await sabak(other, "trace", "verify")
