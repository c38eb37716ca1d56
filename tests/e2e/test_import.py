"""The office brings a faculty from files of another system; a new student logs in with the printed slip."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.browser import Person, person
from tests.e2e.house import House
from tests.e2e.screens import OUT

pytestmark = [pytest.mark.office, pytest.mark.e2e, pytest.mark.pages]

GROUPS = "Факультет;Кафедра;Группа;Язык\r\nФакультет энергетики;Энергетика;ЭН-1-26;русский\r\n"
USERS = (
    "Логин;ФИО;Роль;Группа;Кафедра;Телефон\r\n"
    "volkov.p;Волков Пётр;студент;ЭН-1-26;;\r\n"
    "=cmd();Злой Файл;студент;ЭН-1-26;;\r\n"
    "li.anna;Ли Анна;преподаватель;;Энергетика;+996 700 123456\r\n"
)
DISCIPLINES = "Предмет;Кафедра;Часы;Контактные часы;Группы\r\nЭлектротехника;Энергетика;120;60;ЭН-1-26\r\n"


def timetable() -> str:
    today = datetime.now(UTC).date()
    first, last = today, today + timedelta(days=20)
    return (
        "Предмет;Вид занятия;Группы;Преподаватель;День недели;Время начала;Длительность;С;По\r\n"
        f"Электротехника;лекция;ЭН-1-26;li.anna;вторник;09:30;80;{first:%d.%m.%Y};{last:%d.%m.%Y}\r\n"
    )


async def send(office: Person, folder: Path, kind: str, text: str, encoding: str) -> None:
    """Send a file and try it out."""
    path = folder / f"{kind}.csv"
    path.write_bytes(text.encode(encoding))
    await office.page.goto(f"{office.url}/imports")
    await office.get("import-kind").select_option(kind)
    await office.get("import-file").set_input_files(path)
    await office.get("import-send").click()
    await office.get("import-check").click()
    await office.get("import-report").wait_for()


async def count(office: Person, name: str) -> int:
    return int(await office.get(f"import-count-{name}").inner_text())


async def test_a_faculty_comes_from_files(house: House, fakes_folder: Path, tmp_path: Path) -> None:
    async with person("office", 1, house.url, fakes_folder) as office:
        await office.log_in()
        await send(office, tmp_path, "groups", GROUPS, "windows-1251")
        assert await count(office, "new") == 1
        await office.get("import-apply").click()
        await office.get("import-done").wait_for()

        await send(office, tmp_path, "users", USERS, "windows-1251")
        assert (await count(office, "new"), await count(office, "errors")) == (2, 1)
        problem = await office.get("import-problems").inner_text()
        assert "3" in problem and "=cmd()" in problem, "the row and what is wrong in it are named"
        assert await office.get("import-apply").is_disabled()
        await office.screenshot(OUT / "import-check-en-light-desktop.png")
        await office.get("import-mapping-name").fill("AVN")
        await office.get("import-mapping-keep").click()
        await office.get("import-skip").check()
        await office.get("import-apply").click()
        await office.get("import-done").wait_for()
        await office.screenshot(OUT / "import-done-en-light-desktop.png")
        async with office.page.expect_popup() as waiting:
            await office.get("import-slips-print").click()
        sheet = await waiting.value
        slip = sheet.locator("section", has_text="Волков Пётр")
        await slip.wait_for()
        password = await slip.locator("code").inner_text()
        await sheet.screenshot(path=OUT / "import-slips.png")

        await send(office, tmp_path, "disciplines", DISCIPLINES, "utf-8-sig")
        await office.get("import-apply").click()
        await office.get("import-done").wait_for()
        await send(office, tmp_path, "timetable", timetable(), "utf-8")
        await office.get("import-apply").click()
        await office.get("import-done").wait_for()
        await send(office, tmp_path, "timetable", timetable(), "utf-8")
        assert (await count(office, "new"), await count(office, "unchanged")) == (0, 1), "nothing comes twice"
        await office.page.goto(f"{house.url}/imports")
        await office.get("import-kind").select_option("users")
        await office.get("import-kept").select_option("AVN")
        await office.screenshot(OUT / "imports-en-light-desktop.png")

    async with person("volkov.p", 2, house.url, fakes_folder) as student:
        await student.page.goto(house.url)
        await student.get("login-name").fill("volkov.p")
        await student.get("login-password").fill(password)
        await student.get("login-submit").click()
        await student.get("change-password").wait_for()
    token = await house.token("office")
    page = await house.api("GET", "/api/v1/users?query=li.anna", token)
    assert page["items"][0]["phone"] == "+996 700 123456"
    days = f"from={datetime.now(UTC).date()}&until={datetime.now(UTC).date() + timedelta(days=20)}"
    path = f"/api/v1/lessons?{days}&teacher={page['items'][0]['id']}"
    assert len((await house.api("GET", path, token))["items"]) == 3, "every Tuesday of three weeks"
