"""The question sheet of an exam: a PDF becomes pages, drawn by the process that draws slides.

Flows in: an uploaded PDF. Flows out: pictures of its pages under `data/exams/<lesson>/sheet.<version>`, and
the line `exam.sheet` that says how many there are.
"""

import asyncio
import shutil
from contextlib import aclosing
from pathlib import Path

from server.errors import ApiError
from server.exams.desk import ExamDesk
from server.ids import new_id
from server.slides import render
from server.slides.drawing import draw

SHEET_LIMIT = 20 * 1024 * 1024
MOST_PAGES = 100
CURRENT = "sheet"


async def keep(desk: ExamDesk, lesson: str, actor: str, pdf: bytes) -> int:
    """Draw the sheet and put it in the place of the one before. Returns its pages.

    Raises:
        ApiError: 415 `exam.sheet` for what is no PDF; 422 `slides.*` for what cannot be drawn.
    """
    if b"%PDF-" not in pdf[:1024]:
        raise ApiError("exam.sheet", 415)
    folder = desk.files.folder / lesson
    made = folder / f"{CURRENT}.{new_id()}"
    await asyncio.to_thread(made.mkdir, parents=True, mode=0o700)
    source = made / "source.pdf"
    await asyncio.to_thread(source.write_bytes, pdf)
    try:
        pages = await _draw(source, made)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, made, True)
        raise
    await asyncio.to_thread(_replace, folder, made)
    data = {"lesson": lesson, "pages": pages}
    await desk.house.trace.record("exam.sheet", data, actor=actor)
    return pages


async def _draw(source: Path, folder: Path) -> int:
    pages = 0
    async with aclosing(draw(source, folder, "pdf", MOST_PAGES)) as steps:
        async for step in steps:
            if step.failed:
                raise ApiError(step.failed, 422)
            if not step.pages:
                pages += 1
    return pages


def _replace(folder: Path, made: Path) -> None:
    current = folder / CURRENT
    if current.exists():
        shutil.rmtree(current)
    made.rename(current)


def picture(desk: ExamDesk, lesson: str, page: int, width: int) -> Path:
    """The file of a page, in the size next to `width`.

    Raises:
        ApiError: 404 `object.unknown`.
    """
    wide = min(render.WIDTHS, key=lambda each: abs(each - width))
    path = desk.files.folder / lesson / CURRENT / f"p{page}-{wide}.webp"
    if not path.is_file():
        raise ApiError("object.unknown", 404, kind="page")
    return path
