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
    // a layer that a small camera has no use for may be called active, and never sends a frame
    if (s.type === 'outbound-rtp' && s.rid && s.active && s.framesSent) rids.push(s.rid);
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
        await teacher.pin(await student.id())

        async def large() -> bool:
            video = teacher.page.locator('[data-testid="stage"] video')
            return await sent(student) == "qh" and await video.evaluate("video => video.videoHeight") == 360

        await until(large, "on the stage the student is sent and seen large", within=5)
