"""Recordings over HTTP: what there is of a lesson, the files, and what was watched (R9)."""

from typing import Annotated

import msgspec
from aiohttp import web
from sqlalchemy import select

from server.errors import ApiError
from server.live.desk import LiveDesk
from server.live.folds import RUNS
from server.live.lessons import find_lesson
from server.live.rights import may
from server.live.words import iso
from server.permissions import decide
from server.plan.names import names_of
from server.playback.files import send
from server.playback.links import Links
from server.playback.ranges import Range, total, union
from server.playback.tables import WatchedRanges
from server.playback.timeline import timeline
from server.playback.views import MIME, RecordingView, people_of, piece_views, pieces_of, session_of
from server.recording.tables import RecordingPiece
from server.web.registry import route
from server.web.request import Request

Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=7 * 86_400_000)]


class WatchedBody(msgspec.Struct):
    """Stretches that were played since the page last said so, in milliseconds of the recording."""

    ranges: Annotated[list[tuple[Milliseconds, Milliseconds]], msgspec.Meta(max_length=100)]


class Watcher(msgspec.Struct):
    """What one person has watched; `seconds` of it, `last` when."""

    id: str
    name: str
    seconds: int
    ranges: list[Range]
    last: str


class Watchers(msgspec.Struct):
    length: int
    items: list[Watcher]


@route("GET", "/api/v1/lessons/{id}/recording", action="recording.watch", target="lesson")
async def show_recording(request: Request) -> RecordingView:
    house, lesson = request.house, request.object_id
    _refuse_examinees(request)
    async with house.store.read() as db:
        planned = await find_lesson(house, db, lesson)
        session = await session_of(db, lesson)
        if session is None:
            raise ApiError("recording.none", 404)
        rows = await pieces_of(db, session.session)
        people = await people_of(db, session.session)
        watched = await db.get(WatchedRanges, (lesson, request.actor.id))
    begins = session.opened
    pieces = piece_views(house, house.part(Links), rows, begins, request.actor.id)
    names = {request.actor.id} | ({RUNS} if may(request.actor, "class.lead", request.standing) else set())
    moments = await timeline(house, session.session, begins, frozenset(names))
    return RecordingView(
        lesson=lesson,
        title=planned.info.title or planned.info.discipline,
        starts=iso(begins),
        length=max((piece.ends for piece in pieces), default=0),
        live=session.closed is None,
        finishing=session.closed is not None and any(row.state == "growing" for row in rows),
        pieces=pieces,
        people=people,
        moments=moments,
        watched=[] if watched is None else [(begin, end) for begin, end in watched.ranges],
        download=decide(request.actor, "recording.download", request.standing) == "allowed",
    )


def _refuse_examinees(request: Request) -> None:
    """The recording of an exam shows everybody who sat it: it is for those who watch and judge it (R20).

    Raises:
        ApiError: 403 `permission.denied`.
    """
    exam = request.house.part(LiveDesk).apart(request.object_id) is not None
    if exam and not request.standing.relations & {"own", "assigned"}:
        raise ApiError("permission.denied", 403)


@route("GET", "/api/v1/recordings/{piece}/{expires}/{upto}/{person}/{sign}", action="recording.file")
async def recording_file(request: Request) -> web.StreamResponse:
    """A file, for whoever has its link."""
    part = request.path
    expires, upto = part["expires"], part["upto"]
    if not (expires.isdecimal() and upto.isdecimal() and len(expires + upto) < 32):
        raise ApiError("recording.link", 403)
    now = request.house.clock.now()
    links = request.house.part(Links)
    if not links.holds(part["piece"], part["person"], int(upto), int(expires), part["sign"], now):
        raise ApiError("recording.link", 403)
    async with request.house.store.read() as db:
        row = await db.get(RecordingPiece, part["piece"])
    if row is None or row.state == "deleted":
        raise ApiError("recording.gone", 404)
    path = request.house.settings.recordings_dir / row.file
    return await send(request.http, path, MIME[row.codec], int(upto))


@route("GET", "/api/v1/lessons/{id}/recording/{piece}", action="recording.download", target="lesson")
async def download_piece(request: Request) -> web.StreamResponse:
    """A finished file to take along."""
    _refuse_examinees(request)
    async with request.house.store.read() as db:
        row = await db.get(RecordingPiece, request.path["piece"])
    if row is None or row.lesson != request.object_id or row.state != "finished":
        raise ApiError("recording.gone", 404)
    path = request.house.settings.recordings_dir / row.file
    if not path.is_file():
        raise ApiError("recording.gone", 404)
    headers = {
        "Content-Type": MIME[row.codec],
        "Content-Disposition": f'attachment; filename="{row.source}-{path.name}"',
    }
    return web.FileResponse(path, headers=headers)


@route("POST", "/api/v1/lessons/{id}/watched", action="recording.watch", target="lesson")
async def note_watched(request: Request, body: WatchedBody) -> None:
    """What the caller has played; noted as it is, and added up."""
    ranges = union((begin, end) for begin, end in body.ranges)
    if not ranges:
        return
    data = {"lesson": request.object_id, "ranges": ranges}
    await request.house.trace.record("recording.watched", data, actor=request.actor.id)


@route("GET", "/api/v1/lessons/{id}/watchers", action="recording.watchers", target="lesson")
async def show_watchers(request: Request) -> Watchers:
    """Who has watched how much, for the teacher."""
    house, lesson = request.house, request.object_id
    async with house.store.read() as db:
        asked = select(WatchedRanges).where(WatchedRanges.lesson == lesson).order_by(WatchedRanges.person)
        rows = (await db.scalars(asked)).all()
        names = await names_of(db, {row.person for row in rows})
        session = await session_of(db, lesson)
        pieces = await pieces_of(db, session.session) if session is not None else []
    begins = session.opened if session is not None else 0
    length = max(((row.ends or row.starts) - begins for row in pieces), default=0) // 1000
    items = []
    for row in rows:
        ranges = union((begin, end) for begin, end in row.ranges)
        name = names.get(row.person, "")
        items.append(Watcher(row.person, name, total(ranges) // 1000, ranges, iso(row.last)))
    return Watchers(length, sorted(items, key=lambda each: (each.name, each.id)))
