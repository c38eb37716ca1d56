"""Registered photos over HTTP: the office keeps, replaces and erases them, one or many; everybody sees their
own and may object. A photo shows one face that can be compared, or it is not taken."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from aiohttp import web
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.exams.desk import ExamDesk
from server.exams.photos import PHOTO_LIMIT, REGISTERED, erase, register
from server.exams.store import iso
from server.exams.tables import RegisteredPhoto
from server.house import House
from server.live.text import clean
from server.people.tables import RoleRow, UserRow
from server.plan.names import names_of
from server.retention.kinds import DAY
from server.retention.plan import terms_of
from server.retention.registry import kind_of
from server.web.bodies import read_body
from server.web.registry import route
from server.web.request import Request

MOST = 100
MOST_NAMES = 500


class PhotosQuery(msgspec.Struct):
    """`text`: words of a name or login; `show`: everybody, those without a photo, those who object."""

    text: Annotated[str, msgspec.Meta(max_length=100)] = ""
    show: Annotated[str, msgspec.Meta(pattern="^(all|missing|objected)$", max_length=10)] = "all"


class RegisteredView(msgspec.Struct):
    """A student and their photo; `at` None where there is none."""

    person: str
    name: str
    login: str
    at: str | None
    by: str
    objection: str
    objected: str | None


class RegisteredList(msgspec.Struct):
    """`students` in all, and how many of them have a photo or object to it; of the list at most 100.
    `keep_days`: a photo goes by itself so long after it was put in place."""

    photos: list[RegisteredView]
    students: int
    registered: int
    objected: int
    keep_days: int


class FileNames(msgspec.Struct):
    names: Annotated[list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=MOST_NAMES)]


class NamedFile(msgspec.Struct):
    """Whose photo a file is by its name; `person` empty where nobody is called so."""

    file: str
    person: str
    name: str
    registered: bool


class NamedFiles(msgspec.Struct):
    files: list[NamedFile]


class OwnPhoto(msgspec.Struct):
    """`at` None: there is none. `until`: when it goes by itself."""

    at: str | None
    until: str | None
    objection: str
    objected: str | None


class Objection(msgspec.Struct):
    words: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


@route("GET", "/api/v1/photos", action="exam.register_photo")
async def list_photos(request: Request, query: PhotosQuery) -> RegisteredList:
    """Students with their registered photos, by name."""
    house = request.house
    is_student = UserRow.id.in_(select(RoleRow.user).where(RoleRow.role == "student"))
    everybody = (
        select(UserRow.id, UserRow.name, UserRow.login, RegisteredPhoto)
        .outerjoin(RegisteredPhoto, RegisteredPhoto.person == UserRow.id)
        .where(or_(is_student, RegisteredPhoto.person.is_not(None)), UserRow.disabled.is_(False))
    )
    shown = everybody
    for word in query.text.casefold().split()[:8]:
        shown = shown.where(UserRow.searched.contains(word, autoescape=True))
    if query.show == "missing":
        shown = shown.where(RegisteredPhoto.person.is_(None))
    elif query.show == "objected":
        shown = shown.where(RegisteredPhoto.objected > 0)
    async with house.store.read() as db:
        listed = await db.execute(shown.order_by(UserRow.name, UserRow.id).limit(MOST))
        rows: Sequence[Any] = listed.all()
        names = await names_of(db, {row[3].by for row in rows if row[3] is not None})
        count = everybody.subquery()
        students, registered = (
            await db.execute(select(func.count(), func.count(count.c.person)).select_from(count))
        ).one()
        days = await _term(db)
        objected = await db.scalar(select(func.count()).where(RegisteredPhoto.objected > 0))
    return RegisteredList(
        [_view(house, row[0], row[1], row[2], row[3], names) for row in rows], students, registered,
        objected or 0, days,
    )  # fmt: skip


def _view(
    house: House, person: str, name: str, login: str, photo: RegisteredPhoto | None, names: dict[str, str]
) -> RegisteredView:
    if photo is None:
        return RegisteredView(person, name, login, None, "", "", None)
    return RegisteredView(
        person, name, login, iso(house, photo.time), names.get(photo.by, ""), photo.objection,
        iso(house, photo.objected) if photo.objected else None,
    )  # fmt: skip


@route("POST", "/api/v1/photos/names", action="exam.register_photo")
async def name_files(request: Request, body: FileNames) -> NamedFiles:
    """Whose photos these files are: a file is called by its person's login or id, whatever its ending."""
    stems = {name: _stem(name) for name in body.names}
    async with request.house.store.read() as db:
        asked = select(UserRow.id, UserRow.name, UserRow.folded, RegisteredPhoto.person).outerjoin(
            RegisteredPhoto, RegisteredPhoto.person == UserRow.id
        )
        wanted = set(stems.values())
        rows = (await db.execute(asked.where(or_(UserRow.folded.in_(wanted), UserRow.id.in_(wanted))))).all()
    found = {row.folded: row for row in rows} | {row.id: row for row in rows}
    files: list[NamedFile] = []
    for name in body.names:
        row = found.get(stems[name])
        files.append(
            NamedFile(name, row.id, row.name, row.person is not None)
            if row is not None
            else NamedFile(name, "", "", registered=False)
        )
    return NamedFiles(files)


def _stem(name: str) -> str:
    stem, dot, _ = name.strip().rpartition(".")
    return (stem if dot else name).strip().casefold()


@route("GET", "/api/v1/users/{id}/photo", action="exam.register_photo")
async def show_registered(request: Request) -> web.Response:
    """The registered photo of a person."""
    return await _picture(request, request.object_id)


@route("PUT", "/api/v1/users/{id}/photo", action="exam.register_photo", raw=True, limit=PHOTO_LIMIT)
async def register_photo(request: Request) -> None:
    """Keep the photo of a person that later ones are compared with; it takes the place of the one before."""
    photo = await read_body(request.http, PHOTO_LIMIT)
    async with request.house.store.read() as db:
        if request.object_id not in await names_of(db, {request.object_id}):
            raise ApiError("object.unknown", 404, kind="user")
    await register(request.house.part(ExamDesk), request.object_id, photo, request.actor.id)


@route("DELETE", "/api/v1/users/{id}/photo", action="exam.register_photo")
async def erase_photo(request: Request) -> None:
    """Take the registered photo of a person away for good."""
    async with request.house.store.read() as db:
        await _known(db, request.object_id)
    await erase(request.house.part(ExamDesk), request.object_id, request.actor.id)


@route("GET", "/api/v1/me/photo", action="exam.own_photo")
async def show_own_photo(request: Request) -> OwnPhoto:
    """Whether there is a photo of the asker, and since when."""
    async with request.house.store.read() as db:
        photo = await db.get(RegisteredPhoto, request.actor.id)
        days = await _term(db)
    if photo is None:
        return OwnPhoto(None, None, "", None)
    house = request.house
    return OwnPhoto(
        iso(house, photo.time), iso(house, photo.time + days * DAY), photo.objection,
        iso(house, photo.objected) if photo.objected else None,
    )  # fmt: skip


async def _term(db: AsyncSession) -> int:
    kind = kind_of("registered_photos")
    assert kind is not None
    return (await terms_of(db, (kind,))).general(kind)


@route("GET", "/api/v1/me/photo/picture", action="exam.own_photo")
async def show_own_picture(request: Request) -> web.Response:
    """The own registered photo."""
    return await _picture(request, request.actor.id)


@route("POST", "/api/v1/me/photo/objection", action="exam.own_photo")
async def object_to_own(request: Request, body: Objection) -> OwnPhoto:
    """Say what is wrong with the own photo: the office sees it, and replaces or erases the photo."""
    async with request.house.store.read() as db:
        await _known(db, request.actor.id)
    data = {"user": request.actor.id, "words": clean(body.words)}
    await request.house.trace.record("exam.photo_objected", data, actor=request.actor.id)
    return await show_own_photo(request)


async def _known(db: AsyncSession, person: str) -> None:
    if await db.get(RegisteredPhoto, person) is None:
        raise ApiError("object.unknown", 404, kind="photo")


async def _picture(request: Request, person: str) -> web.Response:
    desk = request.house.part(ExamDesk)
    data = await asyncio.to_thread(desk.files.read, REGISTERED, person, "photo")
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    response = web.Response(body=data, content_type=kind)
    response.headers["Cache-Control"] = "no-store"
    return response
