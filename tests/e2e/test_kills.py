"""SIGKILL of each process in turn beside a running class: the rest goes on and nobody clicks anything."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.lesson import Lesson, running_lesson
from tests.patience import until

pytestmark = [pytest.mark.ground, pytest.mark.e2e]


async def picture_back(lesson: Lesson, within: float) -> None:
    for student in lesson.students:
        await student.sees_and_hears(within=within)


async def replaced(house: House, name: str, old: int, within: float) -> None:
    def new() -> bool:
        try:
            return house.pid(name) != old and Path(f"/proc/{house.pid(name)}").exists()
        except (OSError, ValueError):
            return False

    await until(new, f"{name} runs again", within=within)


async def test_each_process_in_turn(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2")) as lesson:
        await picture_back(lesson, 20)
        said: list[str] = []

        async def say(text: str) -> None:
            await lesson.teacher.say(text)
            said.append(text)

        await say("before everything")
        worker = await worker_in_use(house, lesson)
        for name, limit in (
            ("recorder", 10),
            ("vision0", 10),
            (worker, 10),
            ("server", 10),
            ("supervisor", 15),
        ):
            old = house.kill(name)
            await say(f"{name} was killed")  # the page keeps it until the server takes it
            start = time.monotonic()
            if name == worker:
                await picture_back(lesson, 10)  # how quickly is test_recovery's question
            await replaced(house, name, old, limit)
            if name == "server":
                await until(house.is_ready, "the server is back", within=10 - (time.monotonic() - start))
            await picture_back(lesson, 10)
        for someone in lesson.everybody:

            async def all_said(someone=someone) -> bool:  # type: ignore[no-untyped-def]
                return await someone.lines() == said

            await until(all_said, f"{someone.login} has every line once, in order", within=10)
    await house.stop()
    verified = await asyncio.create_subprocess_exec(
        *house.command("trace", "verify"), env=house.environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await verified.communicate()
    assert verified.returncode == 0, output.decode()


async def worker_in_use(house: House, lesson: Lesson) -> str:
    """The media worker that holds the class: the one whose death the teacher's connection notices."""
    ports = await lesson.teacher.page.evaluate(
        """async () => { for (const pc of window.__pcs) for (const s of (await pc.getStats()).values())
             if (s.type === 'remote-candidate') return s.port; }"""
    )
    return f"media{int(ports) - house.media_port}"
