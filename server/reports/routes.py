"""Reports over HTTP: the list, a report as JSON for the page, and as a file to take along."""

import asyncio
from datetime import date
from typing import Annotated

import msgspec
from aiohttp import web

from server.errors import ApiError
from server.papers import Paper
from server.papers.answer import Form, as_file
from server.papers.heading import heading, period
from server.papers.words import say
from server.plan.calendar import check_day
from server.plan.listing import bounds, zone_of
from server.reports import facts
from server.reports.ask import Ask, Base, View
from server.reports.hours import Counting
from server.reports.registry import REPORTS, Report
from server.web.registry import route
from server.web.request import Request

MOST_DAYS = 400
AT_ONCE = asyncio.Semaphore(2)
"""A report of a whole year takes a second of a core: more of them wait, so that classes go on."""


class ReportQuery(msgspec.Struct, rename={"first": "from"}):
    """Days are both inside; without `base` the university's own."""

    first: date
    until: date
    view: View = "group"
    base: Base | None = None
    faculty: Annotated[str, msgspec.Meta(max_length=16)] = ""


class ReportPaperQuery(ReportQuery):
    form: Form = "xlsx"


class ReportInfo(msgspec.Struct):
    name: str
    title: str
    lead: str
    views: list[tuple[str, str]]
    bases: list[tuple[str, str]]


class ReportList(msgspec.Struct):
    items: list[ReportInfo]


@route("GET", "/api/v1/reports", action="report.read", narrows=True)
async def list_reports(request: Request) -> ReportList:
    """Every report there is, in the language of the reader; the university's own base comes first."""
    language, own = request.language, request.house.settings.synchronous_base
    bases = [(base, say(language, f"base.{base}")) for base in sorted(("total", "contact"), key=own.__ne__)]
    return ReportList(
        [
            ReportInfo(
                name, say(language, f"{name}.title"), say(language, f"{name}.lead"),
                [(view, say(language, f"view.{view}")) for view in report.views],
                bases if report.based else [],
            )
            for name, report in REPORTS.items()
        ]
    )  # fmt: skip


@route("GET", "/api/v1/reports/{name}", action="report.read", narrows=True)
async def show_report(request: Request, query: ReportQuery) -> Paper:
    """One report over the lessons in the reader's scope."""
    return await make(request, query)


@route("GET", "/api/v1/reports/{name}/paper", action="report.read", narrows=True)
async def export_report(request: Request, query: ReportPaperQuery) -> web.Response:
    """The same as a file."""
    paper = await make(request, query)
    return await as_file(paper, query.form, f"{paper.title} {query.first} {query.until}")


async def make(request: Request, query: ReportQuery) -> Paper:
    """Raises:
    ApiError: 404 `object.unknown`, 422 `lesson.range`, `plan.date`.
    """
    report = REPORTS.get(request.path["name"])
    if report is None:
        raise ApiError("object.unknown", 404, kind="report")
    first, last = check_day(query.first), check_day(query.until)
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise ApiError("lesson.range", 422, days=MOST_DAYS)
    ask = _ask(request, query)
    async with AT_ONCE:
        async with request.house.store.read() as db:
            found = await facts.read(
                db, request.actor, request.spec.action, *bounds(request, first, last),
                faculty=query.faculty, with_marks=report.marks, with_log=report.log,
            )  # fmt: skip
        paper = await asyncio.to_thread(report.build, found, ask)
    paper.language = request.language
    paper.about = _about(request, report, ask, found.faculties.get(query.faculty, ""))
    return paper


def _ask(request: Request, query: ReportQuery) -> Ask:
    settings = request.house.settings
    base: Base = query.base or ("contact" if settings.synchronous_base == "contact" else "total")
    return Ask(
        request.language, query.first, query.until, request.house.clock.now(), zone_of(request),
        query.view, base,
        Counting(settings.academic_hour, settings.attendance_late),
        settings.synchronous_minimum / 100, settings.mooc_minimum / 100,
    )  # fmt: skip


def _about(request: Request, report: Report, ask: Ask, faculty: str) -> list[tuple[str, str]]:
    lines = [*heading(request.house, ask.language), (ask.say("about.period"), period(ask.first, ask.last))]
    if faculty:
        lines.append((ask.say("faculty"), faculty))
    if report.based:
        lines.append((ask.say("about.base"), ask.say(f"base.{ask.base}")))
        minutes = ask.say("about.minutes", minutes=ask.counting.hour)
        lines.append((ask.say("about.academic_hour"), minutes))
    return lines
