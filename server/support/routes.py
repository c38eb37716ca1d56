"""Support over HTTP: reporting, for everybody; the list, for those who help."""

from typing import Annotated

import msgspec

from server.plan.names import names_of
from server.plan.views import local
from server.support.desk import Place, Section, SupportDesk
from server.support.tables import SupportReport
from server.web.registry import route
from server.web.request import Request

PAGE = 50
LIMIT = 64 * 1024

Line = Annotated[str, msgspec.Meta(max_length=300)]


class GivenSection(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(max_length=100)]
    lines: Annotated[list[Line], msgspec.Meta(max_length=60)]


class SupportAsk(msgspec.Struct):
    """`diagnostics` is what the person was shown before sending; nothing is added to it."""

    text: Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]
    place: Place
    path: Annotated[str, msgspec.Meta(max_length=200)] = ""
    diagnostics: Annotated[list[GivenSection], msgspec.Meta(max_length=12)] = []


class SupportMade(msgspec.Struct):
    id: str


class SupportQuery(msgspec.Struct):
    done: bool = False
    before: Annotated[str, msgspec.Meta(max_length=16)] = ""


class ReportView(msgspec.Struct):
    """`answerable`: the person has an account, so that an answer reaches them."""

    id: str
    name: str
    place: str
    path: str
    text: str
    time: str
    language: str
    diagnostics: list[Section]
    done: bool
    answer: str
    author: str
    answerable: bool


class ReportList(msgspec.Struct):
    items: list[ReportView]
    more: bool


class ReportMark(msgspec.Struct):
    done: bool


class ReportAnswer(msgspec.Struct):
    text: Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]


@route("POST", "/api/v1/support", action="support.ask", status=201, limit=LIMIT)
async def ask_support(request: Request, body: SupportAsk) -> SupportMade:
    """Say that something does not work."""
    sections = [Section(each.name, each.lines) for each in body.diagnostics]
    key = await request.house.part(SupportDesk).report(
        request.actor.id, request.name, request.language, body.place, body.path, body.text, sections
    )
    return SupportMade(key)


@route("GET", "/api/v1/support", action="support.read")
async def list_support(request: Request, query: SupportQuery) -> ReportList:
    """What people reported, the newest first."""
    rows = await request.house.part(SupportDesk).listed(query.done, query.before, PAGE + 1)
    async with request.house.store.read() as db:
        names = await names_of(db, {row.author for row in rows} | {row.person for row in rows})
    return ReportList([_view(request, row, names) for row in rows[:PAGE]], len(rows) > PAGE)


def _view(request: Request, row: SupportReport, names: dict[str, str]) -> ReportView:
    return ReportView(
        row.id, row.name, row.place, row.path, row.text, local(request.house, row.created).isoformat(),
        row.language, [msgspec.convert(each, Section) for each in row.diagnostics], row.done, row.answer,
        names.get(row.author, ""), row.person in names,
    )  # fmt: skip


@route("POST", "/api/v1/support/{id}/mark", action="support.read")
async def mark_report(request: Request, body: ReportMark) -> None:
    """Put a report aside as done, or take it out again."""
    await request.house.part(SupportDesk).mark(request.actor.id, request.object_id, body.done)


@route("POST", "/api/v1/support/{id}/answer", action="support.read")
async def answer_report(request: Request, body: ReportAnswer) -> None:
    """Answer the person who reported; the report is done."""
    await request.house.part(SupportDesk).answer(request.actor.id, request.object_id, body.text)
