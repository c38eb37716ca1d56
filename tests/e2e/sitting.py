"""The demo's exam that is on, as scenarios sit it: who is let in, what the wall shows, what is written."""

from collections.abc import Iterable
from typing import Any

from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.patience import until


class Exam:
    """As its proctor sees it, through the API of the wall. `people`: ids by login."""

    def __init__(self, house: House, token: str, key: str) -> None:
        self.house = house
        self.token = token
        self.key = key
        self.people: dict[str, str] = {}

    async def get(self, path: str) -> dict[str, Any]:
        """A page of the wall, below the exam."""
        return dict(await self.house.api("GET", f"/api/v1/exams/{self.key}{path}", self.token))

    async def do(self, login: str, what: str, **body: Any) -> None:
        """What a proctor does with somebody."""
        path = f"/api/v1/exams/{self.key}/people/{self.people[login]}/{what}"
        await self.house.api("POST", path, self.token, json=body)

    async def wall(self) -> dict[str, Any]:
        return await self.get("/wall")

    async def card(self, login: str) -> dict[str, Any]:
        found = await self.wall()
        return next(each for each in found["students"] if each["person"] == self.people[login])

    async def one(self, login: str) -> dict[str, Any]:
        return await self.get(f"/people/{self.people[login]}")

    async def flags(self, login: str) -> list[dict[str, Any]]:
        return list((await self.one(login))["flags"])

    async def answer(self, login: str, question: str = "1") -> str:
        """What of an answer the server has."""
        answers = (await self.get(f"/people/{self.people[login]}/answers"))["answers"]
        return str(answers[question]["text"]) if question in answers else ""

    async def looked_at(self, logins: Iterable[str], within: float = 30) -> None:
        """Wait until cameras and screens of all of them arrive."""

        async def all_here() -> bool:
            cards = {each["person"]: each for each in (await self.wall())["students"]}
            mine = [cards[self.people[login]] for login in logins]
            return all(each["here"] and each["camera"] and each["screen"] for each in mine)

        await until(all_here, "cameras and screens arrive", within=within, every=0.3)


async def the_exam(house: House) -> Exam:
    token = await house.token("proctor")
    exams = (await house.api("GET", "/api/v1/exams", token))["exams"]
    key = next(each["id"] for each in exams if each["state"] in ("entry", "running"))
    return Exam(house, token, key)


async def write(someone: Person, text: str) -> None:
    """Into the first answer, in the place of what stood there."""
    await someone.get("exam-answer").first.fill(text)


async def seconds_left(someone: Person) -> int:
    """Of the exam's time, as the page shows it."""
    return int(await someone.get("exam-time").get_attribute("data-seconds") or 0)


async def hand_in(someone: Person) -> None:
    await someone.get("exam-hand-in").click()
    if await someone.get("exam-sure").count():
        await someone.get("exam-sure").check()
    await someone.get("exam-submit").click()
    await someone.get("exam-submitted").wait_for()
