"""A teacher hosts, three students come: everybody sees, hears, chats and is listed (issue of the ground)."""

from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.lesson import all_see, running_lesson
from tests.patience import until

pytestmark = [pytest.mark.ground, pytest.mark.e2e]


async def test_three_students_see_hear_and_talk(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2", "student3")) as lesson:
        await all_see(lesson.everybody, 4)
        for student in lesson.students:
            await student.sees_and_hears()
        await lesson.teacher.say("Саламатсыздарбы, угулуп жатабы?")
        await lesson.students[0].say("Ооба, жакшы угулуп жатат")
        for someone in lesson.everybody:

            async def both(someone=someone) -> bool:  # type: ignore[no-untyped-def]
                lines = await someone.lines()
                return lines[-2:] == ["Саламатсыздарбы, угулуп жатабы?", "Ооба, жакшы угулуп жатат"]

            await until(both, f"{someone.login} reads both lines", within=5)
        await lesson.students[2].page.close()
        await all_see([lesson.teacher, *lesson.students[:2]], 3, within=25)
