"""A camera that everybody sees small is sent small; who looks closer gets it large again."""

from pathlib import Path

import pytest

from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.e2e.lesson import running_lesson
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

SENT = """async () => {
  const rids = [];
  for (const pc of window.__pcs) for (const s of (await pc.getStats()).values())
    if (s.type === 'outbound-rtp' && s.rid && s.active) rids.push(s.rid);
  return ['q', 'h', 'f'].filter(rid => rids.includes(rid)).join('');
}"""


async def sent(someone: Person) -> str:
    """The layers of the camera that the browser sends, the smallest first."""
    return str(await someone.page.evaluate(SENT))


async def test_a_camera_that_is_seen_small_is_sent_small(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2")) as lesson:
        teacher = lesson.teacher
        for someone in lesson.everybody:
            await someone.sees_and_hears()
            await someone.get("recording-notice-read").click()
        # a recording has the largest picture there is
        await teacher.get("recording-mark").click()
        await teacher.get("recording-pause").click()
        await teacher.page.keyboard.press("Escape")

        async def small() -> Person | None:
            """One of the students is on the teacher's stage, the other in tiles alone."""
            found = [student for student in lesson.students if await sent(student) == "q"]
            return found[0] if len(found) == 1 else None

        student = await until(small, "one student sends the small layer alone", within=20)
        assert await sent(teacher) == "qh", "the teacher is on the students' stage"
        me = await student.page.evaluate("fetch('/api/v1/me').then(answer => answer.json())")
        tile = teacher.page.locator(f'[data-testid="tile"][data-person="{me["id"]}"]').first
        await tile.hover()
        await tile.get_by_test_id("tile-pin").click()

        async def large() -> bool:
            video = teacher.page.locator('[data-testid="stage"] video')
            return await sent(student) == "qh" and await video.evaluate("video => video.videoHeight") == 360

        await until(large, "on the stage the student is sent and seen large", within=5)
