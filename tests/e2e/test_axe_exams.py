"""The pages of exams before axe-core: the examinee's room on the way in, running and handed in, and what is
left of an exam that is over for students, proctors, the office and the commission. No fault of impact
serious or critical.
"""

import time

import pytest

from tests.e2e.axe import Faults
from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.e2e.one_browser import chromium, comes
from tests.e2e.reviewed import Filled, gathered
from tests.e2e.test_axe import EXAMS, all_of
from tests.e2e.test_exam_student import begin_rehearsal, way_in

pytestmark = [pytest.mark.exam, pytest.mark.e2e]


async def places(house: House, filled: Filled) -> dict[str, str]:
    """What stands for the names in the addresses."""
    admin = await house.token("admin")
    exam = await house.api("GET", f"/api/v1/exams/{filled.exam}", admin)
    # a case opens for a member who has looked at all of it, and looks come after the evidence is cut
    await gathered(house, filled.exam)
    member = await house.token("commission2")
    review = f"/api/v1/exams/{filled.exam}/review"
    for item in (await house.api("GET", review, member))["queue"]:
        look = {"verdict": "noted", "note": "somebody else speaks", "seconds": 9}
        await house.api("POST", f"{review}/items/{item['key']}/look", member, json=look)
    return {
        "exam": filled.exam,
        "rules": exam["rules"]["id"],
        "student1": filled.people["student1"],
    }


@pytest.mark.pages
async def test_pages_of_an_exam_that_is_over(examined: House, filled: Filled) -> None:
    await all_of(EXAMS, examined, await places(examined, filled))


async def test_the_room_of_an_examinee(house: House) -> None:
    faults, began = Faults(), time.monotonic()
    async with chromium() as browser:
        student = await comes(browser, house, "student1")

        async def look(person: Person, name: str) -> None:
            await faults.look(person.page, name, narrow=False)

        await begin_rehearsal(student)
        await way_in(student, look)
        await student.get("exam-start").click()
        await student.get("exam-running").wait_for()
        await faults.look(student.page, "exam running", narrow=False)
        await student.get("exam-hand-in").click()
        await faults.look(student.page, "handing in", narrow=False)
        await student.get("exam-sure").check()
        await student.get("exam-submit").click()
        await student.get("exam-submitted").wait_for()
        await faults.look(student.page, "handed in", narrow=False)
    print(f"{faults.looked} looks, {time.monotonic() - began:.0f} s")
    assert not faults.lines, str(faults)
