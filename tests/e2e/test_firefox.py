"""The smoke class in Debian's Firefox ESR: it joins with a camera, sees, hears and is seen and heard."""

from pathlib import Path

import pytest

from tests.e2e.firefox import firefox
from tests.e2e.house import House
from tests.e2e.lesson import all_see, running_lesson
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

UNCOVERED = """() => {
  const stage = document.querySelector('[data-testid="stage"]');
  const video = stage.querySelector('video');
  return stage.dataset.person !== '' && !stage.querySelector('.face') && video.videoWidth > 0;
}"""


async def test_a_student_with_firefox_takes_part(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    async with (
        running_lesson(house, fakes_folder, ()) as lesson,
        firefox(house.url, tmp_path / "firefox") as student,
    ):
        await student.log_in("student1")
        await student.enter(lesson.id)
        await all_see([lesson.teacher], 2, within=20)
        await student.sees_and_hears()
        await lesson.teacher.sees_and_hears()
        me = await house.api("GET", "/api/v1/me", await house.token("student1"))
        stage = lesson.teacher.get("stage")

        async def on_stage() -> bool:
            return bool(await stage.get_attribute("data-person") == me["id"])

        await until(on_stage, "the teacher's stage shows the student with Firefox", within=10)
        await until(lambda: student.evaluate(UNCOVERED), "the stage in Firefox is uncovered", within=10)
        version = await student.evaluate("() => navigator.userAgent")
        print(f"{version}: {await student.stats()}")
        assert "Firefox/" in version, version
