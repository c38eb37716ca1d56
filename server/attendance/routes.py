"""Attendance over HTTP: a lesson's sheet, corrections, the journal, the own marks, QR-visit."""

import csv
import io
from datetime import date
from typing import Annotated

import msgspec
import segno
from aiohttp import web

from server.attendance.desk import AttendanceDesk
from server.attendance.rules import MARKS, Mark, Verdict
from server.attendance.tables import AttendanceMark
from server.attendance.views import Journal, OwnMark, Sheet, SheetRow, journal, own_marks, scans_of
from server.errors import ApiError
from server.live.lessons import find_lesson
from server.plan.names import names_of
from server.plan.roster import lesson_roster
from server.plan.tables import Lesson
from server.playback.views import session_of
from server.web.registry import route
from server.web.request import Request

OWN = 200
MOST_DAYS = 400


class Correction(msgspec.Struct):
    """A mark by a person, and why."""

    mark: Mark
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class JournalQuery(msgspec.Struct, rename={"first": "from"}):
    first: date
    until: date
    discipline: Annotated[str, msgspec.Meta(max_length=16)] = ""


class CodeView(msgspec.Struct):
    """The code on the screen: its address, the same as a picture (SVG), and seconds until the next."""

    url: str
    svg: str
    seconds: float
    scanned: int


class ScanBody(msgspec.Struct):
    code: Annotated[str, msgspec.Meta(max_length=64)]


class Scanned(msgspec.Struct):
    lesson: str
    title: str


class OwnMarks(msgspec.Struct):
    items: list[OwnMark]


@route("GET", "/api/v1/lessons/{id}/attendance", action="attendance.read", target="lesson")
async def show_sheet(request: Request) -> Sheet:
    """Everybody on the roster, the absent too; as of now while the class is on."""
    house, key = request.house, request.object_id
    desk = house.part(AttendanceDesk)
    async with house.store.read() as db:
        lesson = await db.get(Lesson, key)
        if lesson is None:
            raise ApiError("object.unknown", 404, kind="lesson")
        session = await session_of(db, key)
        roster = [person for person, part in (await lesson_roster(db, lesson)).items() if part == "student"]
        marks = {person: await db.get(AttendanceMark, (key, person)) for person in roster}
        scans = await scans_of(db, key)
        names = await names_of(db, set(roster))
    running = session is not None and session.closed is None
    now = (await desk.verdicts(session.session))[0] if session is not None and running else {}
    rows = [
        _sheet_row(person, names.get(person, ""), marks[person], now.get(person), scans.get(person, ""))
        for person in roster
    ]
    return Sheet(key, running, sorted(rows, key=lambda row: (row.name, row.id)))


def _sheet_row(
    person: str, name: str, row: AttendanceMark | None, now: Verdict | None, scanned: str
) -> SheetRow:
    if now is not None and (row is None or row.source != "corrected"):
        seconds, late = now.present // 1_000_000, now.late_by // 1_000_000
        return SheetRow(person, name, now.mark, seconds, round(now.share, 4), late, "running", "", scanned)
    if row is None:
        return SheetRow(person, name, "", 0, 0.0, 0, "", "", scanned)
    return SheetRow(
        person, name, row.mark, row.present // 1_000_000, row.share, row.late_by // 1_000_000, row.source,
        row.note, scanned,
    )  # fmt: skip


@route("POST", "/api/v1/lessons/{id}/attendance/{student}", action="attendance.correct", target="lesson")
async def correct(request: Request, body: Correction) -> None:
    """Set a mark by hand, with a reason; what was computed stays beside it."""
    house, key, student = request.house, request.object_id, request.path["student"]
    reason = " ".join(body.reason.split())
    async with house.store.read() as db:
        lesson = await db.get(Lesson, key)
        roster = await lesson_roster(db, lesson) if lesson is not None else {}
        session = await session_of(db, key)
    if roster.get(student) != "student":
        raise ApiError("person.unknown", 404)
    if body.mark not in MARKS or len(reason) < 3:
        raise ApiError("attendance.reason", 422)
    data = {"lesson": key, "student": student, "mark": body.mark, "reason": reason}
    where = session.session if session is not None else ""
    await house.trace.record("attendance.corrected", data, actor=request.actor.id, session=where)


@route("GET", "/api/v1/groups/{id}/journal", action="attendance.journal", target="group")
async def show_journal(request: Request, query: JournalQuery) -> Journal:
    """The journal of a group, for one discipline or all, between two days."""
    _check(query)
    return await journal(request.house, request.object_id, query.discipline, query.first, query.until)


@route("GET", "/api/v1/groups/{id}/journal.csv", action="attendance.journal", target="group")
async def export_journal(request: Request, query: JournalQuery) -> web.Response:
    """The same as CSV for spreadsheets: UTF-8 with a mark, cells that begin like a formula made harmless."""
    _check(query)
    found = await journal(request.house, request.object_id, query.discipline, query.first, query.until)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["", *(each.starts[:16].replace("T", " ") for each in found.lessons), "%"])
    for row in found.rows:
        marks = [row.marks.get(each.id, "") for each in found.lessons]
        table.writerow([harmless(row.name), *marks, f"{row.share * 100:.0f}"])
    return web.Response(
        body=b"\xef\xbb\xbf" + out.getvalue().encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="journal.csv"'},
    )


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _check(query: JournalQuery) -> None:
    if not 0 <= (query.until - query.first).days <= MOST_DAYS:
        raise ApiError("attendance.range", 422, days=MOST_DAYS)


@route("GET", "/api/v1/me/attendance", action="attendance.own")
async def show_own(request: Request) -> OwnMarks:
    """The caller's own marks, the newest first."""
    return OwnMarks(await own_marks(request.house, request.actor.id, OWN))


@route("GET", "/api/v1/lessons/{id}/visit", action="attendance.show", target="lesson")
async def show_code(request: Request) -> CodeView:
    """The code of this moment, for the class page and the projector."""
    desk = request.house.part(AttendanceDesk)
    shown = await desk.show(request.object_id)
    url = f"{request.house.settings.url}/visit/{shown.code}"
    picture = io.BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", scale=8, border=2, xmldecl=False, svgns=True)
    async with request.house.store.read() as db:
        scanned = len(await scans_of(db, request.object_id))
    return CodeView(url, picture.getvalue().decode(), round(shown.left / 1e6, 1), scanned)


@route("POST", "/api/v1/visits", action="attendance.scan")
async def scan(request: Request, body: ScanBody) -> Scanned:
    """A student has scanned the code of their class."""
    desk = request.house.part(AttendanceDesk)
    lesson = await desk.scan(request.actor, request.session or "token", body.code)
    async with request.house.store.read() as db:
        planned = await find_lesson(request.house, db, lesson)
    return Scanned(lesson, planned.info.title or planned.info.discipline)
