"""What is remembered of a lesson: never older than what this process wrote, read once for many."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from server.house import House
from server.plan.memory import LessonMemory
from server.plan.tables import Lesson
from server.trace.remembered import MOMENT, MOST
from tests.server.plan.conftest import Call


class Wrist:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lessons that were read from the store."""
    read, readings = LessonMemory.read, list[str]()

    async def noted(self: LessonMemory, lesson: str) -> Any:
        readings.append(lesson)
        return await read(self, lesson)

    monkeypatch.setattr(LessonMemory, "read", noted)
    return readings


@pytest.fixture
async def lesson(call: Call, lesson_body: Callable[..., dict[str, Any]]) -> str:
    status, made = await call("dispatcher", "POST", "/api/v1/lessons", lesson_body(title="Heaps"))
    assert status == 201, made
    return str(made["id"])


async def test_many_who_ask_at_once_are_one_reading(house: House, lesson: str, readings: list[str]) -> None:
    memory = LessonMemory(house, Wrist())
    found = await asyncio.gather(*(memory.of(lesson) for _ in range(30)))
    assert {each.title for each in found if each} == {"Heaps"} and None not in found
    assert readings == [lesson]


async def test_a_change_is_known_at_once(house: House, call: Call, lesson: str, readings: list[str]) -> None:
    memory = LessonMemory(house, Wrist())
    for title in ("Trees", "Graphs"):
        await memory.of(lesson)
        status, said = await call("dispatcher", "PATCH", f"/api/v1/lessons/{lesson}", {"title": title})
        assert status == 200, said
        found = await memory.of(lesson)
        assert found is not None and found.title == title


async def test_another_process_is_noticed_after_a_moment(house: House, lesson: str) -> None:
    wrist = Wrist()
    memory = LessonMemory(house, wrist)
    await memory.of(lesson)
    async with house.store.writer.begin() as other:
        await other.execute(update(Lesson).where(Lesson.id == lesson).values(title="Trees"))
    wrist.now += MOMENT + 0.1
    found = await memory.of(lesson)
    assert found is not None and found.title == "Trees"


async def test_names_that_nobody_bears_push_nothing_out(
    house: House, lesson: str, readings: list[str]
) -> None:
    memory = LessonMemory(house, Wrist())
    assert await memory.of(lesson)
    for n in range(MOST + 1):
        assert await memory.of(f"lesson{n:010d}") is None
    assert await memory.of(lesson)
    assert readings.count(lesson) == 1
