"""Every report over HTTP on a small semester: the same figures in all forms, and who may see which."""

import csv
import io
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

import server.reports.routes  # noqa: F401 - declares its routes
from server.permissions import Grant, Scope
from server.plan.tables import Faculty
from server.reports.registry import REPORTS
from server.settings import Settings
from tests.bench.kit.semester import Semester, write
from tests.server.kit import Running, running

SCALE = 0.01


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[tuple[Running, Semester, str]]:
    settings = Settings(data=tmp_path / "data", university="=ОшТУ «Ак-Буура»")
    async with running(settings) as house:
        made = await write(house.house.trace, SCALE)
        await house.person("head", Grant("office_head"))
        yield house, made, await house.log_in("head")


def period(made: Semester) -> str:
    return f"from={made.first}&until={made.last}"


async def test_every_form_of_every_report_says_the_same(office: tuple[Running, Semester, str]) -> None:
    house, made, token = office
    listed = await house.call("GET", "/api/v1/reports", token)
    assert [each["name"] for each in listed.json["items"]] == list(REPORTS)
    for name in REPORTS:
        path = f"/api/v1/reports/{name}"
        for language in ("ky", "ru", "en"):
            answer = await house.call(
                "GET", f"{path}?{period(made)}", token, headers={"Accept-Language": language}
            )
            assert answer.status == 200, answer.text
            paper = answer.json
            assert not [each["title"] for each in paper["columns"] if "." in each["title"]], "a missing word"
            for row in [*paper["rows"], *([paper["totals"]] if paper["totals"] else [])]:
                assert len(row) == len(paper["columns"])
        if name != "exams":
            assert paper["rows"], name
        await _same_sums(paper)
        await _same_csv(house, f"{path}/paper?{period(made)}&form=csv", token, paper)
        await _same_sheet(house, f"{path}/paper?{period(made)}&form=xlsx", token, paper)


async def _same_sums(paper: dict[str, Any]) -> None:
    """Sums of whole numbers in the last row are the sums of the rows above."""
    for column, each in enumerate(paper["columns"]):
        if paper["totals"] and each["kind"] == "whole":
            assert paper["totals"][column] == sum(row[column] or 0 for row in paper["rows"]), each["title"]


async def _same_csv(house: Running, path: str, token: str, paper: dict[str, Any]) -> None:
    answer = await house.call("GET", path, token, headers={"Accept-Language": "en"})
    assert answer.text.startswith("\ufeff") or answer.status == 200
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(lines) == 1 + len(paper["rows"]) + bool(paper["totals"])
    assert lines[0] == [each["title"] for each in paper["columns"]]


async def _same_sheet(house: Running, path: str, token: str, paper: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    async with house.http.get(house.url + path, headers=headers) as answer:
        body = await answer.read()
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    rows = [[_empty(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    titles = [each["title"] for each in paper["columns"]]
    first = next(n for n, row in enumerate(rows) if row[: len(titles)] == titles)
    assert rows[first + 1 : first + 1 + len(paper["rows"])] == [
        [_empty(cell) for cell in row] for row in paper["rows"]
    ]
    if paper["totals"]:
        assert rows[first + 1 + len(paper["rows"])] == [_empty(cell) for cell in paper["totals"]]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def _empty(cell: Any) -> Any:
    """An empty text and no cell are the same in a spreadsheet."""
    return None if cell == "" else cell


@pytest.mark.slow
@pytest.mark.office
async def test_a_pdf_has_every_row_and_the_kyrgyz_letters(
    office: tuple[Running, Semester, str], tmp_path: Path
) -> None:
    house, made, token = office
    path = f"/api/v1/reports/load/paper?{period(made)}&form=pdf"
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "ky"}
    async with house.http.get(house.url + path, headers=headers) as answer:
        assert answer.content_type == "application/pdf"
        (tmp_path / "load.pdf").write_bytes(await answer.read())
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "load.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    shown = await house.call("GET", f"/api/v1/reports/load?{period(made)}", token)
    assert "Окутуучулардын жүктөмүнүн аткарылышы" in text
    assert "=ОшТУ «Ак-Буура»" in text
    for row in shown.json["rows"]:
        assert row[0] in text


async def test_a_dean_sees_the_own_faculty_and_a_student_nothing(
    office: tuple[Running, Semester, str],
) -> None:
    house, made, head = office
    async with house.house.store.read() as db:
        faculty, name = (await db.execute(select(Faculty.id, Faculty.name).limit(1))).one()
    await house.person("dean", Grant("dean", Scope("faculty", faculty)))
    await house.person("student", Grant("student"))
    path = f"/api/v1/reports/share?{period(made)}"
    whole = await house.call("GET", path, head)
    narrowed = await house.call("GET", f"{path}&faculty={faculty}", head)
    own = await house.call("GET", path, await house.log_in("dean"))
    assert own.json["rows"] == narrowed.json["rows"]
    assert 0 < len(own.json["rows"]) < len(whole.json["rows"])
    assert (name in {row[0] for row in own.json["rows"]}) or own.json["rows"]
    refused = await house.call("GET", path, await house.log_in("student"))
    assert (refused.status, refused.code) == (403, "permission.denied")


NONSENSE = [
    ("nothing?from=2026-09-01&until=2026-09-02", 404, "object.unknown"),
    ("share?from=2026-09-02&until=2026-09-01", 422, "lesson.range"),
    ("share?from=2020-09-02&until=2026-09-01", 422, "lesson.range"),
    ("share?from=0001-01-01&until=0001-01-02", 422, "plan.date"),
    ("share?from=2026-09-01&until=2026-09-02&view=moon", 422, "query.invalid"),
    ("share?until=2026-09-02", 422, "query.invalid"),
]


async def test_nonsense_is_answered_with_a_code(tmp_path: Path) -> None:
    async with running(Settings(data=tmp_path / "data")) as house:
        await house.person("head", Grant("office_head"))
        token = await house.log_in("head")
        for path, status, code in NONSENSE:
            answer = await house.call("GET", f"/api/v1/reports/{path}", token)
            assert (answer.status, answer.code) == (status, code), path
