"""The trace over HTTP: the signed head, slices with proof, and what is written about oneself."""

import asyncio
import tempfile
from typing import Annotated

import msgspec
from aiohttp import web
from sqlalchemy import select

from server.errors import ApiError
from server.live.lessons import find_lesson
from server.live.tables import LiveSession
from server.trace import about, rows
from server.trace.about import AboutMe
from server.trace.checkpoints import Checkpoint, Checkpoints
from server.trace.export import Filter, export
from server.trace.receipts import EVERY_SESSION, Receipt, receipt_now
from server.trace.signing import public_pem
from server.trace.tables import EntryRow
from server.web.registry import route
from server.web.request import Request

Name = Annotated[str, msgspec.Meta(max_length=128)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]

AT_ONCE = asyncio.Semaphore(1)
"""Slices of a long trace take a while of a core: one at a time, so that classes go on."""

CHUNK = 256 * 1024


class HeadQuery(msgspec.Struct):
    """`seq`: of an entry whose hash is wanted; without, the newest that is signed."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None


class TraceHead(msgspec.Struct):
    """Entry `seq` has `hash`. `checkpoint` signs it where it is the newest signed one."""

    seq: int
    hash: str
    checkpoint: Checkpoint | None


class SliceQuery(msgspec.Struct):
    """Which entries are wanted in full; times in microseconds since 1970 UTC."""

    session: Name | None = None
    kind: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    actor: Name | None = None
    since: Moment | None = None
    until: Moment | None = None


class LessonSliceQuery(msgspec.Struct):
    kind: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    actor: Name | None = None


class ReceiptQuery(msgspec.Struct):
    """`session`: of one live session only."""

    session: Name | None = None


class AboutQuery(msgspec.Struct):
    """`before`: only entries with a smaller number, for the next page."""

    before: Moment | None = None


@route("GET", "/api/v1/trace/head", action="trace.head", narrows=True)
async def trace_head(request: Request, query: HeadQuery) -> TraceHead:
    """The newest signed head, to be kept; or the hash of an entry, to be compared with a kept one."""
    house = request.house
    if query.seq is None:
        checkpoints = house.part(Checkpoints)
        newest = await checkpoints.latest() or await checkpoints.sign()
        if newest is None:
            raise ApiError("trace.no_entry", 404)
        return TraceHead(newest.seq, newest.hash, newest)
    async with house.store.read() as db:
        digest = await db.scalar(select(EntryRow.hash).where(EntryRow.seq == query.seq))
        end, _ = await rows.head(db)
    if digest is None:
        raise ApiError("trace.no_entry", 404, end=end)
    return TraceHead(query.seq, digest.hex(), None)


@route("GET", "/api/v1/trace/key", action="trace.key")
async def trace_key(request: Request) -> web.Response:
    """The public key of the trace (PEM): with it anybody checks checkpoints, receipts and exports."""
    key = request.house.part(Checkpoints).signer.key
    return web.Response(body=public_pem(key), content_type="application/x-pem-file")


@route("GET", "/api/v1/trace/export", action="trace.export")
async def export_slice(request: Request, query: SliceQuery) -> web.StreamResponse:
    """A slice of the trace with proof, as JSON Lines."""
    wanted = Filter(query.session, query.kind, query.actor, query.since, query.until)
    return await _send(request, wanted, "trace")


@route("GET", "/api/v1/lessons/{id}/trace", action="trace.export", target="lesson")
async def export_lesson(request: Request, query: LessonSliceQuery) -> web.StreamResponse:
    """The slice of one lesson's class with proof, as JSON Lines."""
    async with request.house.store.read() as db:
        await find_lesson(request.house, db, request.object_id)
        session = await db.scalar(select(LiveSession.session).where(LiveSession.lesson == request.object_id))
    if session is None:
        raise ApiError("trace.no_entry", 404)
    return await _send(request, Filter(session, query.kind, query.actor), f"trace-{request.object_id}")


async def _send(request: Request, wanted: Filter, name: str) -> web.StreamResponse:
    """Written to a file first: a reader on a weak link must not hold the database's old state for hours.
    That a slice was given out is written down too."""
    house = request.house
    said = {"filter": msgspec.to_builtins(wanted)}
    await house.trace.record("trace.exported", said, actor=request.actor.id)
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/jsonl",
            "Content-Disposition": f'attachment; filename="{name}.jsonl"',
            "Cache-Control": "no-store",
        }
    )
    with tempfile.TemporaryFile(dir=house.settings.data) as file:
        async with AT_ONCE:
            async for line in export(house.store, house.part(Checkpoints), wanted):
                file.write(line)
        file.seek(0)
        await response.prepare(request.http)
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            await response.write(chunk)
    await response.write_eof()
    return response


@route("GET", "/api/v1/me/receipt", action="me.trace")
async def my_receipt(request: Request, query: ReceiptQuery) -> Receipt:
    """A signed receipt of what one did: the head of the trace and the own entries' commitments."""
    session = EVERY_SESSION if query.session is None else query.session
    return await receipt_now(request.house, request.actor.id, session)


@route("GET", "/api/v1/me/trace", action="me.trace")
async def my_trace(request: Request, query: AboutQuery) -> AboutMe:
    """What the trace holds about oneself, the newest first."""
    return await about.about(request.house, request.actor.id, query.before)
