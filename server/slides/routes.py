"""Slides over HTTP: files in, pages out, and what was drawn for the recording."""

import asyncio
import re
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from server.errors import ApiError
from server.live.desk import LiveDesk
from server.permissions import decide
from server.slides import files, office
from server.slides.decks import DeckMemory, DeckView, decks_of, open_to_class
from server.slides.desk import SlidesDesk
from server.slides.moments import SlideMoments, moments
from server.slides.tables import SlideDeck
from server.web.registry import route
from server.web.request import Request

UPLOAD_LIMIT = 50 * 1024 * 1024
FOR_EVER = "private, max-age=31536000, immutable"
"""A page of a deck never changes."""


class NewSlides(msgspec.Struct):
    """The body of the request is the file: PDF, PNG, JPEG, WebP, or what LibreOffice reads."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Decks(msgspec.Struct):
    """`office`: whether this server reads office files. `limit` of a file, in bytes."""

    items: list[DeckView]
    office: bool
    limit: int


class DeckTexts(msgspec.Struct):
    """The text of each page, in order."""

    texts: list[str]


class SlidesChange(msgspec.Struct):
    download: bool


class PageWidth(msgspec.Struct):
    w: Literal[960, 1920] = 1920


class SlidesAfter(msgspec.Struct):
    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


@route("GET", "/api/v1/lessons/{id}/slides", action="slides.see", target="lesson")
async def list_slides(request: Request) -> Decks:
    """The decks of a lesson; those not shown yet only for whoever may show them."""
    desk = request.house.part(SlidesDesk)
    async with request.house.store.read() as db:
        rows = await decks_of(db, request.object_id)
    shows = _shows(request)
    items = [desk.shows(row) for row in rows if shows or open_to_class(row)]
    return Decks(items, shows and bool(office.program()), UPLOAD_LIMIT)


@route(
    "POST", "/api/v1/lessons/{id}/slides", action="slides.show", target="lesson", raw=True,
    limit=UPLOAD_LIMIT, status=201,
)  # fmt: skip
async def add_slides(request: Request, query: NewSlides) -> DeckView:
    """Upload a file of slides; its pages are drawn in the background.

    Raises:
        ApiError: 409 `exam.apart` for an exam, where nobody shows anything.
    """
    desk, lesson = request.house.part(SlidesDesk), request.object_id
    if request.house.part(LiveDesk).apart(lesson) is not None:
        raise ApiError("exam.apart", 409)
    await desk.room_for_more(lesson)
    deck, path = desk.place()
    try:
        file = await files.receive(request.http, path, UPLOAD_LIMIT)
        return await desk.add(request.actor.id, lesson, deck, _name(query.name), file)
    except BaseException:
        await asyncio.to_thread(files.forget, path.parent)
        raise


@route("GET", "/api/v1/lessons/{id}/slides/moments", action="slides.see", target="lesson")
async def slide_moments(request: Request, query: SlidesAfter) -> SlideMoments:
    """What was shown and drawn in the class, in order."""
    return await moments(request.house, request.object_id, query.after)


@route("PATCH", "/api/v1/lessons/{id}/slides/{deck}", action="slides.show", target="lesson")
async def change_slides(request: Request, body: SlidesChange) -> DeckView:
    """Let everybody in the class take the file along, or no longer."""
    desk = request.house.part(SlidesDesk)
    return await desk.allow(request.actor.id, request.object_id, request.path["deck"], body.download)


@route("DELETE", "/api/v1/lessons/{id}/slides/{deck}", action="slides.show", target="lesson")
async def remove_slides(request: Request) -> None:
    """Throw a deck away that was never shown."""
    await request.house.part(SlidesDesk).remove(request.actor.id, request.object_id, request.path["deck"])


@route("GET", "/api/v1/lessons/{id}/slides/{deck}/file", action="slides.see", target="lesson")
async def download_slides(request: Request) -> web.StreamResponse:
    """The file as it was uploaded, for everybody if the teacher allows it."""
    row = await _visible(request)
    if not (row.download or _shows(request)):
        raise ApiError("slides.download", 403)
    path = files.folder_of(request.house, row.id) / files.SOURCE
    if not path.is_file():
        raise ApiError("slides.unknown", 404)
    headers = {
        "Content-Type": files.TYPES[row.ending],
        "Content-Disposition": f'attachment; filename="slides-{row.id}.{row.ending}"',
        "Cache-Control": "private, no-cache",
    }
    return web.FileResponse(path, headers=headers)


@route("GET", "/api/v1/lessons/{id}/slides/{deck}/text", action="slides.see", target="lesson")
async def slide_texts(request: Request) -> DeckTexts:
    """The words on each page, for those who hear them."""
    row = await _visible(request)
    return DeckTexts(await asyncio.to_thread(files.read_texts, files.folder_of(request.house, row.id)))


@route("GET", "/api/v1/lessons/{id}/slides/{deck}/{page}", action="slides.see", target="lesson")
async def slide_page(request: Request, query: PageWidth) -> web.StreamResponse:
    """The picture of a page, about `w` pixels wide."""
    row = await _visible(request)
    page = request.path["page"]
    if not re.fullmatch(r"[1-9][0-9]{0,3}", page):
        raise ApiError("slides.page", 404)
    path = files.page_file(request.house, row.id, int(page), query.w)
    if not path.is_file():
        raise ApiError("slides.page", 404)
    return web.FileResponse(path, headers={"Content-Type": "image/webp", "Cache-Control": FOR_EVER})


def _shows(request: Request) -> bool:
    return decide(request.actor, "slides.show", request.standing) == "allowed"


async def _visible(request: Request) -> SlideDeck:
    row = await request.house.part(DeckMemory).find(request.object_id, request.path["deck"])
    if not (open_to_class(row) or _shows(request)):
        raise ApiError("slides.unknown", 404)
    return row


def _name(given: str) -> str:
    """The file's name as it is shown: one line, no folders."""
    name = given.replace("\\", "/").rpartition("/")[2]
    name = " ".join("".join(letter for letter in name if letter.isprintable()).split())
    return name or "slides"
