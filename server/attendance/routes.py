"""Attendance over HTTP: a lesson's sheet, corrections, the journal, the own marks, QR-visit."""

import io
from datetime import date
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import segno
from aiohttp import web

from server.attendance import papers
from server.attendance.desk import AttendanceDesk, spans_of
from server.attendance.lock import refuse_locked
from server.attendance.rules import MARKS, Mark, Verdict, union
from server.attendance.tables import AttendanceCount, AttendanceMark
from server.attendance.views import Journal, OwnMark, Sheet, SheetRow, journal, own_marks, scans_of
from server.clock import as_datetime
from server.errors import ApiError
from server.live.lessons import find_lesson
from server.papers.answer import Form, as_file
from server.plan.names import names_of
from server.plan.roster import groups_of, lesson_roster
from server.plan.sorting import sort_key
from server.plan.tables import Group, Lesson
from server.plan.weeks import local_date
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
    counted: int | None


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
        counted = await db.get(AttendanceCount, key)
        names = await names_of(db, set(roster))
        spans = await spans_of(db, session.session, house.clock.now()) if session is not None else {}
    running = session is not None and session.closed is None
    now = (await desk.verdicts(session.session))[0] if session is not None and running else {}
    rows = [
        _sheet_row(person, names.get(person, ""), marks[person], now.get(person), scans.get(person, ""))
        for person in roster
    ]
    for row in rows:
        there = union(spans.get(row.id, ()))
        row.stretches = len(there)
        row.lost = sum(back - left for (_, left), (back, _) in pairwise(there)) // 1_000_000
    rows.sort(key=lambda row: (sort_key(row.name), row.id))
    return Sheet(key, running, rows, counted.count if counted is not None else None)


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
        group = (await groups_of(db, lesson)).get(student, "") if lesson is not None else ""
        if lesson is not None:
            day = local_date(as_datetime(lesson.starts), ZoneInfo(house.settings.time_zone))
            await refuse_locked(house, db, group, day)
    if roster.get(student) != "student":
        raise ApiError("person.unknown", 404)
    if body.mark not in MARKS or len(reason) < 3:
        raise ApiError("attendance.reason", 422)
    data = {"lesson": key, "student": student, "group": group, "mark": body.mark, "reason": reason}
    where = session.session if session is not None else ""
    await house.trace.record("attendance.corrected", data, actor=request.actor.id, session=where)


@route("GET", "/api/v1/groups/{id}/journal", action="attendance.journal", target="group")
async def show_journal(request: Request, query: JournalQuery) -> Journal:
    """The journal of a group, for one discipline or all, between two days."""
    _check(query)
    return await journal(request.house, request.object_id, query.discipline, query.first, query.until)


class JournalPaperQuery(JournalQuery):
    form: Form = "csv"


@route("GET", "/api/v1/groups/{id}/journal/paper", action="attendance.journal", target="group")
async def export_journal(request: Request, query: JournalPaperQuery) -> web.Response:
    """The same to take along: CSV, XLSX or PDF in the language of the reader."""
    _check(query)
    found = await journal(request.house, request.object_id, query.discipline, query.first, query.until)
    async with request.house.store.read() as db:
        group = await db.get(Group, request.object_id)
    assert group is not None, "judged above"
    made = papers.journal(request.house, request.language, found, group.name, query)
    return await as_file(made, query.form, f"{made.title} {group.name}")


class SheetQuery(msgspec.Struct):
    form: Form = "pdf"


@route("GET", "/api/v1/lessons/{id}/attendance/paper", action="attendance.read", target="lesson")
async def export_sheet(request: Request, query: SheetQuery) -> web.Response:
    """The attendance sheet of a lesson or an exam to take along."""
    house = request.house
    found = await show_sheet(request)
    async with house.store.read() as db:
        planned = await find_lesson(house, db, request.object_id)
    made = papers.sheet(house, request.language, found, planned)
    return await as_file(made, query.form, f"{made.title} {planned.info.starts[:10]}")


def _check(query: JournalQuery) -> None:
    if not 0 <= (query.until - query.first).days <= MOST_DAYS:
        raise ApiError("attendance.range", 422, days=MOST_DAYS)


@route("GET", "/api/v1/me/attendance", action="attendance.own")
async def show_own(request: Request) -> OwnMarks:
    """The caller's own marks, the newest first."""
    return OwnMarks(await own_marks(request.house, request.actor.id, OWN))


@route("GET", "/api/v1/me/attendance/paper", action="attendance.own")
async def export_own(request: Request, query: SheetQuery) -> web.Response:
    """The own marks to take along."""
    found = await own_marks(request.house, request.actor.id, OWN)
    made = papers.own(request.house, request.language, found, request.name)
    return await as_file(made, query.form, made.title)


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
        row = await db.get(AttendanceCount, request.object_id)
    counted = row.count if row is not None else None
    return CodeView(url, picture.getvalue().decode(), round(shown.left / 1e6, 1), scanned, counted)


class Heads(msgspec.Struct):
    count: Annotated[int, msgspec.Meta(ge=0, le=1000)]


@route("POST", "/api/v1/lessons/{id}/attendance-count", action="attendance.count", target="lesson")
async def count_heads(request: Request, body: Heads) -> None:
    """Keep how many heads the teacher counted in the room, beside the codes scanned."""
    house, key = request.house, request.object_id
    async with house.store.read() as db:
        session = await session_of(db, key)
    where = session.session if session is not None else ""
    data = {"lesson": key, "count": body.count}
    await house.trace.record("attendance.counted", data, actor=request.actor.id, session=where)


@route("POST", "/api/v1/visits", action="attendance.scan")
async def scan(request: Request, body: ScanBody) -> Scanned:
    """A student has scanned the code of their class."""
    desk = request.house.part(AttendanceDesk)
    lesson = await desk.scan(request.actor, request.session or "token", request.address, body.code)
    async with request.house.store.read() as db:
        planned = await find_lesson(request.house, db, lesson)
    return Scanned(lesson, planned.info.title or planned.info.discipline)
