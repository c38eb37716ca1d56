"""Planning an exam over HTTP: whose exams, their settings, candidates, proctors, rehearsals."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType
from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from proctoring.kinds import Kind
from server.errors import ApiError
from server.exams import sheet, store
from server.exams.attempt import LIVE
from server.exams.desk import ExamDesk
from server.exams.exam import ALIKE, Exam, Place, Question, Settings
from server.exams.routes_rules import shown_rules
from server.exams.tables import ExamLine, ExamRow, ExamRulesRow
from server.exams.views import ExamView, You, exam_view
from server.ids import new_id
from server.permissions import Actor, Standing, decide
from server.plan import lessons as plan
from server.plan.facts import LessonFacts
from server.plan.lesson_shapes import LessonChange
from server.plan.names import names_of
from server.plan.roster import groups_of, lesson_roster
from server.plan.tables import Group, Lesson, LessonPerson
from server.plan.views import judged
from server.plan.visible import in_reach, mine
from server.web.bodies import read_body
from server.web.registry import route
from server.web.request import Request

REHEARSAL_MINUTES = 20
REHEARSAL_HOURS = 2
MOST = 200
KEPT_IN_VIEW = 90 * 86_400_000_000
"""Microseconds for which an exam that is over stays in the list."""

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
PersonId = Annotated[str, msgspec.Meta(max_length=16)]


class ExamCard(msgspec.Struct):
    """One exam of the list. `attempt`: the own one's state; `equipment`: the own last check."""

    id: str
    title: str
    discipline: str
    groups: list[str]
    starts: str
    ends: str
    minutes: int
    part: str
    state: str
    rehearsal: bool
    attempt: str
    place: str
    seat: str
    equipment: str
    room: str
    in_room: str
    """The name of the proctor in the room."""
    seat_asked: str


class ExamList(msgspec.Struct):
    exams: list[ExamCard]
    equipment: str
    """The verdict of the own last check, in whatever exam or rehearsal."""


class Planned(msgspec.Struct):
    id: str


class ExamSettings(msgspec.Struct):
    """See `server.exams.exam.Settings`; `rules`: an approved document, or empty for not yet."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)]
    rules: Annotated[str, msgspec.Meta(max_length=16)] = ""
    entry: Annotated[int, msgspec.Meta(ge=0, le=240)] = 30
    content: str = "sheet"
    address: Annotated[str, msgspec.Meta(max_length=500)] = ""
    own_tab: bool = False
    questions: Annotated[list[Question], msgspec.Meta(max_length=200)] = []
    aids: Annotated[list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=30)] = []
    identity: bool = True


class SheetView(msgspec.Struct):
    pages: int


class SheetPage(msgspec.Struct):
    """`w`: points across that the page is drawn at."""

    w: Annotated[int, msgspec.Meta(ge=1, le=8000)] = 960


class CandidateView(msgspec.Struct):
    person: str
    name: str
    group: str
    extra: int
    off: list[str]
    place: str
    seat: str
    note: str
    equipment: str
    asked: str
    """Why a seat in a computer class was asked for; empty for not."""
    room: str
    proctor: str
    """Who is in the room, by id."""


class Candidates(msgspec.Struct):
    candidates: list[CandidateView]


class CandidateChange(msgspec.Struct):
    """`extra`: minutes; `off`: kinds that are not judged for this student."""

    reason: Reason
    extra: Annotated[int, msgspec.Meta(ge=0, le=600)] | UnsetType = UNSET
    off: Annotated[list[Kind], msgspec.Meta(max_length=40)] | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    seat: Annotated[str, msgspec.Meta(max_length=100)] | UnsetType = UNSET
    note: Annotated[str, msgspec.Meta(max_length=500)] | UnsetType = UNSET
    room: Annotated[str, msgspec.Meta(max_length=100)] | UnsetType = UNSET
    proctor: PersonId | UnsetType = UNSET


class ProctorView(msgspec.Struct):
    """`on`: on duty now."""

    person: str
    name: str
    on: bool


class Proctors(msgspec.Struct):
    proctors: list[ProctorView]


class ProctorChange(msgspec.Struct):
    """`on`: add; else take away."""

    person: PersonId
    on: bool


def you_of(actor: Actor, standing: Standing) -> You:
    """What the asker is in an exam, and may do there."""
    edit = decide(actor, "exam.plan", standing) == "allowed"
    watch = decide(actor, "exam.watch", standing) == "allowed"
    sit = decide(actor, "exam.sit", standing) == "allowed"
    if sit:
        part = "student"
    elif "assigned" in standing.relations and actor.has("proctor"):
        part = "proctor"
    elif "own" in standing.relations or "assigned" in standing.relations:
        part = "teacher"
    else:
        part = "office"
    return You(part, edit, watch, sit)


@route("GET", "/api/v1/exams", action="exam.list")
async def list_exams(request: Request) -> ExamList:
    """The asker's exams, those to come and under way first."""
    house, actor = request.house, request.actor
    desk = house.part(ExamDesk)
    now = house.clock.now()
    async with house.store.read() as db:
        rows = list(
            await db.scalars(
                select(Lesson)
                .join(ExamRow, ExamRow.lesson == Lesson.id)
                .where(Lesson.ends > now - KEPT_IN_VIEW, or_(mine(actor), in_reach(actor, "exam.plan")))
                .order_by(Lesson.starts.desc(), Lesson.id)
                .limit(MOST)
            )
        )
        allowed = await judged(db, actor, rows, "exam.read", now)
        own = await _last_equipment(db, actor.id)
    exams = [await desk.find(facts.id) for facts, _ in allowed]
    async with house.store.read() as db:
        names = await names_of(db, {exam.of(actor.id).proctor for exam in exams} - {""})
    cards = [
        _card(desk, exam, facts, you_of(actor, standing), actor.id, own, names)
        for exam, (facts, standing) in zip(exams, allowed, strict=True)
    ]
    order = {"running": 0, "entry": 1, "planned": 2, "draft": 3, "over": 4}
    coming = sorted(
        (card for card in cards if card.state != "over"), key=lambda card: (order[card.state], card.starts)
    )
    return ExamList(coming + [card for card in cards if card.state == "over"], own)


def _card(
    desk: ExamDesk, exam: Exam, facts: LessonFacts, you: You, person: str, equipment: str,
    names: dict[str, str],
) -> ExamCard:  # fmt: skip
    attempt, candidate = exam.attempts.get(person), exam.of(person)
    now = desk.now()
    return ExamCard(
        exam.lesson, exam.facts.title, exam.facts.discipline, list(exam.facts.groups),
        store.iso(desk.house, exam.facts.starts), store.iso(desk.house, exam.facts.ends),
        exam.minutes(person) if you.sit else exam.settings.minutes, you.part, exam.state(now),
        exam.rehearsal, attempt.state if attempt is not None and you.sit else "",
        candidate.place if you.sit else "", candidate.seat if you.sit else "", equipment if you.sit else "",
        candidate.room if you.sit else "", names.get(candidate.proctor, "") if you.sit else "",
        candidate.asked if you.sit else "",
    )  # fmt: skip


async def _last_equipment(db: AsyncSession, person: str) -> str:
    found = await _equipment(db, [person])
    return found.get(person, "")


async def _equipment(db: AsyncSession, people: list[str]) -> dict[str, str]:
    """Each one's last verdict of the check of equipment."""
    asked = (
        select(ExamLine.person, ExamLine.data)
        .where(ExamLine.person.in_(people), ExamLine.kind == "attempt.step")
        .order_by(ExamLine.n)
    )
    return {
        row.person: str(row.data["value"])
        for row in await db.execute(asked)
        if row.data.get("step") == "equipment"
    }


@route("GET", "/api/v1/exams/{id}", action="exam.read", target="lesson")
async def show_exam(request: Request) -> ExamView:
    """One exam; its questions only for those who plan or watch it."""
    return await _view(request)


async def _view(request: Request) -> ExamView:
    desk = request.house.part(ExamDesk)
    you = you_of(request.actor, request.standing)
    try:
        exam = await desk.find(request.object_id)
    except ApiError:
        exam = await _blank(request)
    rules = await shown_rules(request.house, exam.rules_id)
    return exam_view(desk, exam, rules, you, questions=you.edit or you.watch)


async def _blank(request: Request) -> Exam:
    """A lesson of kind exam that has no settings yet.

    Raises:
        ApiError: 404 `exam.unknown`.
    """
    async with request.house.store.read() as db:
        row = await db.get(Lesson, request.object_id)
        if row is None or row.kind != "exam":
            raise ApiError("exam.unknown", 404)
        found = await judged(db, request.actor, [row], "exam.read", request.house.clock.now())
    if not found:
        raise ApiError("exam.unknown", 404)
    return Exam(row.id, store.facts_of(found[0][0]), Settings(), "", None)


@route("PUT", "/api/v1/exams/{id}", action="exam.plan", target="lesson")
async def set_exam(request: Request, body: ExamSettings) -> ExamView:
    """Set an exam up, or change it until somebody has begun. Only approved rules count."""
    house, lesson = request.house, request.object_id
    desk = house.part(ExamDesk)
    ids = [question.id for question in body.questions]
    if len(set(ids)) != len(ids):
        raise ApiError("exam.questions", 422)
    try:
        given = msgspec.to_builtins(body)
        del given["rules"]
        settings = msgspec.convert(given, Settings)
    except msgspec.ValidationError as error:
        raise ApiError("body.invalid", 422, problem=str(error)[:300]) from None
    await _blank(request)
    allowed = house.settings.exam_pages
    if settings.content == "page" and not settings.own_tab and _origin(settings.address) not in allowed:
        raise ApiError("exam.address", 422, allowed=list(allowed))
    async with house.store.read() as db:
        if body.rules:
            rules = await db.get(ExamRulesRow, body.rules)
            if rules is None or rules.state != "approved":
                raise ApiError("exam_rules.draft", 409)
        known = await db.get(ExamRow, lesson)
    if known is not None:
        exam = await desk.find(lesson)
        if any(attempt.started for attempt in exam.attempts.values()):
            raise ApiError("exam.running", 409)
    data = {"lesson": lesson, "rules": body.rules, "settings": msgspec.to_builtins(settings)}
    await house.trace.record("exam.set", data, actor=request.actor.id)
    await desk.changed(lesson)
    return await _view(request)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@route(
    "POST", "/api/v1/exams/{id}/sheet", action="exam.plan", target="lesson", raw=True,
    limit=sheet.SHEET_LIMIT,
)  # fmt: skip
async def upload_sheet(request: Request) -> SheetView:
    """The question sheet as PDF; it takes the place of the one before, until somebody has begun."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    if any(attempt.started for attempt in exam.attempts.values()):
        raise ApiError("exam.running", 409)
    pdf = await read_body(request.http, sheet.SHEET_LIMIT)
    pages = await sheet.keep(desk, exam.lesson, request.actor.id, pdf)
    await desk.changed(exam.lesson)
    return SheetView(pages)


@route("GET", "/api/v1/exams/{id}/sheet/{page}", action="exam.read", target="lesson")
async def show_sheet_page(request: Request, query: SheetPage) -> web.FileResponse:
    """A page of the sheet: for who plans or watches at any time, for a student only while they write."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    you = you_of(request.actor, request.standing)
    attempt = exam.attempts.get(request.actor.id)
    writes = attempt is not None and attempt.state in LIVE
    if not (you.edit or you.watch or (you.sit and writes)):
        raise ApiError("permission.denied", 403)
    page = request.path["page"]
    number = int(page) if page.isdecimal() and len(page) < 5 else 0
    path = sheet.picture(desk, exam.lesson, number, query.w)
    return web.FileResponse(path, headers={"Content-Type": "image/webp", "Cache-Control": "no-store"})


@route("GET", "/api/v1/exams/{id}/candidates", action="exam.staff", target="lesson")
async def list_candidates(request: Request) -> Candidates:
    """Everybody who will sit the exam, with what is different for them."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    async with request.house.store.read() as db:
        people = await students(db, exam.lesson)
        equipment = await _equipment(db, list(people))
    return Candidates(
        [
            CandidateView(
                person, name, group, of.extra, list(of.off), of.place, of.seat, of.note,
                equipment.get(person, ""), of.asked, of.room, of.proctor,
            )
            for person, (name, group) in people.items()
            for of in (exam.of(person),)
        ]
    )  # fmt: skip


async def students(db: AsyncSession, lesson: str) -> dict[str, tuple[str, str]]:
    """Everybody who sits an exam, by name: their name and group."""
    row = await db.get(Lesson, lesson)
    if row is None:
        return {}
    people = [person for person, part in (await lesson_roster(db, row)).items() if part == "student"]
    names = await names_of(db, people)
    groups = await groups_of(db, row)
    called = {
        each.id: each.name
        for each in await db.execute(select(Group.id, Group.name).where(Group.id.in_(set(groups.values()))))
    }
    found = {person: (names.get(person, ""), called.get(groups.get(person, ""), "")) for person in people}
    return dict(sorted(found.items(), key=lambda each: (each[1][1], each[1][0], each[0])))


@route("PATCH", "/api/v1/exams/{id}/candidates/{person}", action="exam.plan", target="lesson")
async def change_candidate(request: Request, body: CandidateChange) -> CandidateView:
    """Give a student more time, another place, or switch off what is not judged for them."""
    house, lesson, person = request.house, request.object_id, request.path["person"]
    desk = house.part(ExamDesk)
    await desk.find(lesson)
    async with house.store.read() as db:
        people = await students(db, lesson)
    if person not in people:
        raise ApiError("person.unknown", 404)
    fields = {
        name: value
        for name in ("extra", "off", "place", "seat", "note", "room", "proctor")
        if (value := getattr(body, name)) is not UNSET
    }
    data = {"lesson": lesson, "person": person, "reason": body.reason, **fields}
    await house.trace.record("exam.candidate", data, actor=request.actor.id)
    exam = await desk.changed(lesson)
    of = exam.of(person) if exam is not None else ALIKE
    name, group = people[person]
    return CandidateView(
        person, name, group, of.extra, list(of.off), of.place, of.seat, of.note, "", of.asked, of.room,
        of.proctor,
    )  # fmt: skip


@route("GET", "/api/v1/exams/{id}/proctors", action="exam.staff", target="lesson")
async def list_proctors(request: Request) -> Proctors:
    """Who watches this exam, and who of them is on duty."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    async with request.house.store.read() as db:
        return Proctors(await proctors(db, exam))


async def proctors(db: AsyncSession, exam: Exam) -> list[ProctorView]:
    asked = select(LessonPerson.person).where(
        LessonPerson.lesson == exam.lesson, LessonPerson.part == "proctor"
    )
    people = list(await db.scalars(asked))
    names = await names_of(db, people)
    found = [ProctorView(person, names.get(person, ""), person in exam.duty) for person in people]
    return sorted(found, key=lambda each: each.name)


@route("POST", "/api/v1/exams/{id}/proctors", action="exam.plan", target="lesson")
async def change_proctors(request: Request, body: ProctorChange) -> Proctors:
    """Name a proctor to the exam, or take one away."""
    house, lesson = request.house, request.object_id
    desk = house.part(ExamDesk)
    exam = await desk.find(lesson)
    async with house.store.read() as db:
        people = {each.person for each in await proctors(db, exam)}
    wanted = people | {body.person} if body.on else people - {body.person}
    if wanted != people:
        await plan.change(house, request.actor.id, lesson, LessonChange(proctors=sorted(wanted)))
    async with house.store.read() as db:
        return Proctors(await proctors(db, exam))


@route("POST", "/api/v1/exams/rehearsal", action="exam.rehearse", narrows=True)
async def begin_rehearsal(request: Request) -> Planned:
    """A rehearsal of one's own: the same way in and the same rules, nobody watches, nothing is recorded."""
    house, actor = request.house, request.actor
    if not actor.has("student"):
        raise ApiError("permission.denied", 403)
    now = house.clock.now()
    async with house.store.read() as db:
        open_one = await db.scalar(
            select(Lesson.id)
            .join(ExamRow, ExamRow.lesson == Lesson.id)
            .where(
                ExamRow.rehearsal, Lesson.ends > now + REHEARSAL_MINUTES * 60_000_000,
                exists().where(LessonPerson.lesson == Lesson.id, LessonPerson.person == actor.id),
                ~exists().where(
                    ExamLine.lesson == Lesson.id,
                    ExamLine.kind.in_(("attempt.started", "attempt.submitted")),
                ),
            )
            .limit(1)
        )  # fmt: skip
        rules = await _newest_rules(db)
    if open_one is not None:
        return Planned(open_one)
    lesson = new_id()
    ends = now + REHEARSAL_HOURS * 3_600_000_000
    questions = (Question("1", "", "text"), Question("2", "", "choice", ("1", "2", "3")))
    settings = Settings(REHEARSAL_MINUTES, 0, questions=questions)

    async def work(db: AsyncSession) -> None:
        db.add(Lesson(id=lesson, title="", kind="rehearsal", starts=now, ends=ends))
        await db.flush()
        db.add(LessonPerson(lesson=lesson, person=actor.id, part="student"))
        await db.flush()

    data = {"lesson": lesson, "rules": rules, "settings": msgspec.to_builtins(settings), "rehearsal": True}
    await house.trace.record("exam.set", data, actor=actor.id, work=work)
    await house.part(ExamDesk).changed(lesson)
    return Planned(lesson)


async def _newest_rules(db: AsyncSession) -> str:
    """The approved document that a rehearsal shows. Without one there is nothing to rehearse.

    Raises:
        ApiError: 409 `exam_rules.none`.
    """
    asked = select(ExamRulesRow.id).where(ExamRulesRow.state == "approved").order_by(ExamRulesRow.time.desc())
    found = await db.scalar(asked.limit(1))
    if found is None:
        raise ApiError("exam_rules.none", 409)
    return found
