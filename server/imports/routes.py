"""Imports over HTTP: files sent, tried out, written, listed; mappings; slips; sample files."""

from typing import Any

import msgspec
from aiohttp import web
from sqlalchemy import select

from server.errors import ApiError
from server.imports import mappings
from server.imports.desk import ImportDesk
from server.imports.fields import FIELDS, KINDS, sample
from server.imports.reading import MAX_BYTES
from server.imports.shapes import (
    Apply,
    Check,
    FieldView,
    GroupSlips,
    ImportList,
    ImportListed,
    ImportView,
    KindList,
    KindQuery,
    KindView,
    MappingList,
    MappingView,
    NewMapping,
    Preview,
    ReportView,
    SlipsLeft,
    SlipsWanted,
    UploadQuery,
)
from server.imports.slips import give, waiting
from server.imports.tables import ImportRow
from server.people.slips import page
from server.plan.names import names_of
from server.web.bodies import read_body
from server.web.catalogue import sentence
from server.web.registry import route
from server.web.request import Request

RUN = "import.run"
LISTED = 100
REMAIN = "X-Sabak-Remain"
"""Header that says how many accounts wait for a slip after this sheet."""


@route("GET", "/api/v1/imports/kinds", action=RUN)
async def list_kinds(request: Request) -> KindList:
    """The kinds of files and their fields, in the order in which a university is filled."""
    return KindList(
        [KindView(kind, [FieldView(field.name, field.required) for field in FIELDS[kind]]) for kind in KINDS]
    )


@route("GET", "/api/v1/imports/sample/{kind}", action=RUN)
async def sample_file(request: Request) -> web.Response:
    """An example file of a kind."""
    kind = request.path["kind"]
    if kind not in KINDS:
        raise ApiError("object.unknown", 404, kind="kind")
    return web.Response(
        body=b"\xef\xbb\xbf" + sample(kind).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'},
    )


@route("POST", "/api/v1/imports", action=RUN, raw=True, limit=MAX_BYTES, status=201)
async def upload(request: Request, query: UploadQuery) -> ImportView:
    """Send a file: the body is the file as it is."""
    data = await read_body(request.http, MAX_BYTES)
    row = await _desk(request).upload(request.actor.id, query.kind, query.name, data, query.mapping)
    return await _view(request, row)


@route("GET", "/api/v1/imports", action=RUN)
async def list_imports(request: Request) -> ImportList:
    """The latest imports, newest first."""
    async with request.house.store.read() as db:
        rows = list(
            await db.scalars(
                select(ImportRow).order_by(ImportRow.created.desc(), ImportRow.id.desc()).limit(LISTED)
            )
        )
        names = await names_of(db, {row.author for row in rows})
    return ImportList([ImportListed(**_listed(row, names)) for row in rows])


@route("GET", "/api/v1/imports/{id}", action=RUN)
async def show_import(request: Request) -> ImportView:
    """One import: how far it is, what was found."""
    return await _view(request, await _desk(request).get(request.object_id))


@route("POST", "/api/v1/imports/{id}/check", action=RUN)
async def check_import(request: Request, body: Check) -> ImportView:
    """Try the file out with these columns; nothing is written."""
    row = await _desk(request).check(request.actor, request.object_id, body.mapping)
    return await _view(request, row)


@route("POST", "/api/v1/imports/{id}/apply", action=RUN, status=202)
async def apply_import(request: Request, body: Apply) -> ImportView:
    """Begin to write what was checked."""
    desk = _desk(request)
    await desk.apply(request.actor, request.object_id, body.skip_errors)
    return await _view(request, await desk.get(request.object_id))


@route("POST", "/api/v1/imports/{id}/slips", action=RUN)
async def import_slips(request: Request, body: SlipsWanted) -> web.Response:
    """One-time passwords for accounts of this import that have none, as a page to print."""
    row = await _desk(request).get(request.object_id)
    slips, remain = await give(request.house, request.actor.id, row.id, body.group)
    response = web.Response(
        text=page(slips, body.language, request.house.settings.url), content_type="text/html"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers[REMAIN] = str(remain)
    return response


@route("GET", "/api/v1/import-mappings", action=RUN)
async def list_mappings(request: Request, query: KindQuery) -> MappingList:
    """The kept mappings of a kind."""
    rows = await mappings.listed(request.house, query.kind)
    return MappingList([MappingView(row.id, row.kind, row.name, row.mapping) for row in rows])


@route("POST", "/api/v1/import-mappings", action=RUN, status=201)
async def save_mapping(request: Request, body: NewMapping) -> MappingView:
    """Keep a mapping under a name, in the place of one of the same name."""
    key = await mappings.save(request.house, request.actor.id, body.kind, body.name, body.mapping)
    return MappingView(key, body.kind, body.name, body.mapping)


@route("DELETE", "/api/v1/import-mappings/{id}", action=RUN)
async def remove_mapping(request: Request) -> None:
    """Remove a kept mapping."""
    await mappings.remove(request.house, request.actor.id, request.object_id)


def _desk(request: Request) -> ImportDesk:
    return request.house.part(ImportDesk)


def _listed(row: ImportRow, names: dict[str, str]) -> dict[str, Any]:
    author = names.get(row.author, row.author)
    return {name: getattr(row, name) for name in ImportListed.__struct_fields__} | {"author": author}


async def _view(request: Request, row: ImportRow) -> ImportView:
    async with request.house.store.read() as db:
        names = await names_of(db, {row.author})
    left, groups = await waiting(request.house, row.id) if row.kind == "users" else (0, [])
    return ImportView(
        **_listed(row, names),
        problem=row.problem,
        message=sentence(row.problem, request.language) if row.problem else "",
        mapping=row.mapping,
        preview=msgspec.convert(row.preview, Preview),
        report=_report(row.report, request.language),
        slips=SlipsLeft(left, [GroupSlips(each.id, each.name, each.count) for each in groups]),
    )


def _report(found: dict[str, object] | None, language: str) -> ReportView | None:
    if found is None:
        return None

    def worded(items: object) -> list[dict[str, object]]:
        assert isinstance(items, list)
        return [{**item, "message": sentence(item["code"], language)} for item in items]

    whole = {**found, "problems": worded(found["problems"]), "notes": worded(found["notes"])}
    return msgspec.convert(whole, ReportView)
