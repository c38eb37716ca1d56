"""A lesson with a teacher and students in browsers: what several scenarios begin with."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.browser import Person, person
from tests.e2e.house import House
from tests.patience import until


@dataclass
class Lesson:
    """`people` maps logins to people at their browsers; all are in the class."""

    id: str
    teacher: Person
    students: list[Person]

    @property
    def everybody(self) -> list[Person]:
        return [self.teacher, *self.students]


async def lesson_now(house: House, login: str = "teacher") -> dict[str, Any]:
    """The demo's lesson of this hour, as its teacher sees it."""
    today = await house.api("GET", "/api/v1/today", await house.token(login))
    for lesson in today["lessons"]:
        if lesson["may"]["open"]:
            return dict(lesson)
    raise AssertionError(f"no lesson that {login} may open: {today['lessons']}")


@contextlib.asynccontextmanager
async def running_lesson(
    house: House, folder: Path, students: tuple[str, ...] = ("student1",)
) -> AsyncIterator[Lesson]:
    """Everybody logs in by the pages, the teacher opens the class, the students come."""
    async with contextlib.AsyncExitStack() as stack:
        lesson = await lesson_now(house)
        people = []
        for number, login in enumerate(("teacher", *students), start=1):
            someone = await stack.enter_async_context(person(login, number, house.url, folder))
            await someone.log_in()
            people.append(someone)
        teacher, *rest = people
        await teacher.enter(lesson["id"])
        await teacher.open_class()
        for student in rest:
            await student.enter(lesson["id"])
        yield Lesson(lesson["id"], teacher, rest)


async def all_see(people: list[Person], count: int, within: float = 10.0) -> None:
    """Everybody's list shows `count` people."""
    for someone in people:

        async def full(someone: Person = someone) -> bool:
            return len(await someone.listed()) == count

        await until(full, f"{someone.login} sees {count} people", within=within)
