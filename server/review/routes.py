"""The review over HTTP: the commission's queue, looks, cases, and what the student sees and says (R14)."""

from typing import Annotated, Literal

import msgspec
from aiohttp import web
from sqlalchemy import select

from server.attendance import papers as attendance_papers
from server.attendance.routes import show_sheet
from server.errors import ApiError
from server.exams.desk import ExamDesk
from server.exams.exam import Exam
from server.exams.routes_plan import students
from server.exams.store import iso
from server.live.lessons import find_lesson
from server.live.text import clean
from server.papers.answer import Form, as_file
from server.plan.names import names_of
from server.plan.tables import LessonPerson
from server.playback.files import send
from server.review import paper, views
from server.review.case import Case, Item, Terms
from server.review.desk import ReviewDesk
from server.review.members import Commission, commission_of
from server.review.tables import ReviewLine
from server.review.views import AppealView, CaseCard, CaseMay, CaseNote, CaseView, ItemCard, ItemView
from server.web.registry import route
from server.web.request import Request

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Text = Annotated[str, msgspec.Meta(min_length=3, max_length=10_000)]
Language = Literal["ky", "ru", "en"]


class ReviewCard(msgspec.Struct):
    """`open`: items that are not decided; `mine`: those that wait for the asker; `minutes` of review."""

    id: str
    title: str
    discipline: str
    starts: str
    items: int
    open: int
    mine: int
    cases: int
    minutes: int
    release: str | None


class ReviewList(msgspec.Struct):
    exams: list[ReviewCard]


class MemberView(msgspec.Struct):
    person: str
    name: str
    part: str


class ReviewYou(msgspec.Struct):
    member: bool
    chair: bool
    secretary: bool


class ReviewView(msgspec.Struct):
    id: str
    title: str
    discipline: str
    starts: str
    ends: str
    you: ReviewYou
    members: list[MemberView]
    quorum: int
    minutes: int
    release: str | None
    queue: list[ItemCard]
    cases: list[CaseCard]


class LookGiven(msgspec.Struct):
    """`seconds`: how long it was looked at."""

    verdict: Literal["nothing", "noted"]
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    seconds: Annotated[int, msgspec.Meta(ge=0, le=7200)] = 0


class Recusal(msgspec.Struct):
    reason: Reason


class FindingGiven(msgspec.Struct):
    finding: Literal["none", "violation"]
    note: Text


class MeasureGiven(msgspec.Struct):
    """`body`: who has taken the measure; `reference`: of its order or protocol."""

    body: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]
    measure: Annotated[str, msgspec.Meta(min_length=2, max_length=500)]
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""


class AppealResult(msgspec.Struct):
    result: Literal["kept", "changed"]
    note: Text


class Said(msgspec.Struct):
    text: Text


class ProtocolQuery(msgspec.Struct):
    form: Form = "pdf"
    language: Language = "ky"
    person: Annotated[str, msgspec.Meta(max_length=16)] = ""


class AttendanceQuery(msgspec.Struct):
    form: Form = "pdf"
    language: Language = "ky"


class OutcomeView(msgspec.Struct):
    """What a student may see of the own case. `grade_held`: a grade waits for the commission, at the
    longest until `release`."""

    state: str
    until: str | None
    items: list[ItemView]
    statement: views.StatementView | None
    finding: views.FindingView | None
    measure: views.MeasureView | None
    appeal: AppealView | None
    appeal_until: str | None
    grade_held: bool
    release: str | None


class _Sitting(msgspec.Struct):
    """Everything that a request about an exam's review needs."""

    desk: ReviewDesk
    exam: Exam
    terms: Terms
    cases: dict[str, Case]
    commission: Commission
    people: dict[str, tuple[str, str]]
    me: str

    @property
    def chair(self) -> bool:
        return self.commission.part(self.me) == "chair"

    def may_judge(self, case: Case) -> bool:
        return self.commission.may_judge(self.me, case.person) and self.me not in case.recused


async def _sitting(request: Request, lesson: str = "") -> _Sitting:
    desk = request.house.part(ReviewDesk)
    exam = await request.house.part(ExamDesk).find(lesson or request.object_id)
    cases = await desk.of(exam.lesson)
    async with request.house.store.read() as db:
        people = await students(db, exam.lesson)
        commission = await commission_of(db, exam.lesson, people)
    return _Sitting(desk, exam, desk.terms(exam), cases, commission, people, request.actor.id)


def _queue(sitting: _Sitting) -> list[tuple[Case, Item]]:
    """Items in the order of their time over all students: nobody's stand together."""
    found = [(case, item) for case in sitting.cases.values() for item in case.items]
    mine = [each for each in found if sitting.may_judge(each[0])]
    return sorted(mine, key=lambda each: (each[1].begin, each[1].key))


def _release(sitting: _Sitting) -> str | None:
    """When the last grade is no longer held."""
    ends = [case.release(sitting.terms) for case in sitting.cases.values() if case.ended]
    return iso(sitting.desk.house, max(ends)) if ends else None


def _minutes(sitting: _Sitting) -> int:
    return -(-sum(case.seconds() for case in sitting.cases.values()) // 60)


@route("GET", "/api/v1/reviews", action="review.list")
async def list_reviews(request: Request) -> ReviewList:
    """The exams on whose commission the asker sits."""
    async with request.house.store.read() as db:
        lessons = list(
            await db.scalars(
                select(LessonPerson.lesson)
                .where(
                    LessonPerson.person == request.actor.id,
                    LessonPerson.part.in_(("commission", "chair", "secretary")),
                    LessonPerson.lesson.in_(select(ReviewLine.lesson).distinct()),
                )
                .limit(200)
            )
        )
    cards = []
    now = request.house.clock.now()
    for lesson in lessons:
        sitting = await _sitting(request, lesson)
        queue, terms = _queue(sitting), sitting.terms
        states = [case.item_state(item, now, terms) for case, item in queue]
        waits = [case.may_look(item, sitting.me, now, terms, chair=sitting.chair) for case, item in queue]
        facts = sitting.exam.facts
        cards.append(
            ReviewCard(
                lesson, facts.title, facts.discipline, iso(request.house, facts.starts), len(queue),
                sum(state in ("open", "second", "chair") for state in states), sum(waits),
                len(sitting.cases), _minutes(sitting), _release(sitting),
            )
        )  # fmt: skip
    return ReviewList(sorted(cards, key=lambda each: each.starts, reverse=True))


@route("GET", "/api/v1/exams/{id}/review", action="review.read", target="lesson")
async def show_review(request: Request) -> ReviewView:
    """The queue of items without names, and the cases that are looked through."""
    sitting = await _sitting(request)
    house, exam, terms = request.house, sitting.exam, sitting.terms
    part = sitting.commission.part(sitting.me)
    cards = [
        views.item_card(house, case, item, number, terms, sitting.me, chair=sitting.chair)
        for number, (case, item) in enumerate(_queue(sitting), 1)
    ]
    cases = [
        views.case_card(house, case, terms, *sitting.people.get(case.person, ("", "")))
        for case in sitting.cases.values()
        if case.items and (_is_open(sitting, case) or part == "secretary")
    ]
    facts = exam.facts
    return ReviewView(
        exam.lesson, facts.title, facts.discipline, iso(house, facts.starts), iso(house, facts.ends),
        ReviewYou(part in ("commission", "chair"), part == "chair", part == "secretary"),
        [MemberView(*each) for each in sitting.commission.members], terms.quorum, _minutes(sitting),
        _release(sitting), cards, sorted(cases, key=lambda each: each.name),
    )  # fmt: skip


def _is_open(sitting: _Sitting, case: Case) -> bool:
    """Whether a member may know whose case it is: nothing of it waits for their look any more."""
    now = sitting.desk.now()
    if not sitting.may_judge(case):
        return False
    return not any(
        case.may_look(item, sitting.me, now, sitting.terms, chair=sitting.chair) for item in case.items
    )


async def _item(request: Request) -> tuple[_Sitting, Case, Item]:
    """Raises:
    ApiError: 404 `review.unknown`; 403 `review.kept_out`.
    """
    sitting = await _sitting(request)
    case, item = await sitting.desk.item(sitting.exam.lesson, request.path["item"])
    if not sitting.may_judge(case):
        raise ApiError("review.kept_out", 403)
    return sitting, case, item


async def _item_view(request: Request, sitting: _Sitting, case: Case, item: Item) -> ItemView:
    async with request.house.store.read() as db:
        names = await names_of(db, {look.person for look in item.looks})
    clips = f"/api/v1/exams/{sitting.exam.lesson}/review/clips"
    found = views.item_view(
        request.house, sitting.exam, case, item, sitting.terms, me=sitting.me, names=names,
        chair=sitting.chair, clips=clips,
    )  # fmt: skip
    found.number = 1 + [each.key for _, each in _queue(sitting)].index(item.key)
    return found


@route("GET", "/api/v1/exams/{id}/review/items/{item}", action="review.read", target="lesson")
async def show_item(request: Request) -> ItemView:
    """One item; others' looks only after the own one."""
    return await _item_view(request, *(await _item(request)))


@route("POST", "/api/v1/exams/{id}/review/items/{item}/look", action="review.judge", target="lesson")
async def give_look(request: Request, body: LookGiven) -> ItemView:
    """Say what an item shows: nothing, or something to note. It cannot be taken back."""
    sitting, case, item = await _item(request)
    note = clean(body.note) if body.note.strip() else ""
    if body.verdict == "noted" and len(note) < 3:
        raise ApiError("review.note", 422)
    async with sitting.desk.lock(case.lesson, case.person):
        now = sitting.desk.now()
        if not case.may_look(item, sitting.me, now, sitting.terms, chair=sitting.chair):
            raise ApiError("review.not_now", 409)
        data = {"item": item.key, "verdict": body.verdict, "note": note, "seconds": body.seconds}
        await sitting.desk.record(case, "review.looked", data, actor=sitting.me)
    return await _item_view(request, sitting, case, item)


async def _case(request: Request, *, blind: bool = True) -> tuple[_Sitting, Case]:
    """Raises:
    ApiError: 404 `review.unknown`; 403 `review.kept_out`; 409 `review.blind` while items of it wait.
    """
    sitting = await _sitting(request)
    case = await sitting.desk.case(sitting.exam.lesson, request.path["person"])
    _refuse_early(sitting, case, blind=blind)
    return sitting, case


def _refuse_early(sitting: _Sitting, case: Case, *, blind: bool = True) -> None:
    """Nobody reads a case, on a page or in its protocol, who may not judge it or has looks of it to give."""
    if sitting.commission.part(sitting.me) == "secretary":
        return
    if not sitting.may_judge(case):
        raise ApiError("review.kept_out", 403)
    if blind and not _is_open(sitting, case):
        raise ApiError("review.blind", 409)


async def _case_view(request: Request, sitting: _Sitting, case: Case) -> CaseView:
    house, terms, me = request.house, sitting.terms, sitting.me
    async with house.store.read() as db:
        who = {each.who for each in case.log} | {look.person for item in case.items for look in item.looks}
        names = await names_of(db, who - {"system"})
    now = house.clock.now()
    state = case.state(now, terms)
    name, group = sitting.people.get(case.person, ("", ""))
    member, secretary = sitting.may_judge(case), sitting.commission.part(me) == "secretary"
    signed = {each.person for each in case.signatures}
    clips = f"/api/v1/exams/{case.lesson}/review/clips"
    return CaseView(
        case.person, name, group, state,
        [
            views.item_view(
                house, sitting.exam, case, item, terms, me=me, names=names, chair=sitting.chair, clips=clips,
                everything=True,
            )
            for item in case.items
        ],
        views.statement_view(house, case),
        views.until(house, case, terms),
        views.finding_view(house, case, names),
        [
            views.SignatureView(
                each.person, names.get(each.person, ""), sitting.commission.part(each.person),
                iso(house, each.at),
            )
            for each in case.signatures
        ],
        terms.quorum,
        views.measure_view(house, case, names),
        views.appeal_view(house, case, names),
        views.appeal_until(house, case, terms),
        [CaseNote(iso(house, each.at), each.what, names.get(each.who, ""), each.reason) for each in case.log],
        CaseMay(
            notice=state == "to_notify" and (sitting.chair or secretary),
            finding=state == "heard" and sitting.chair and member and case.finding is None,
            sign=case.finding is not None and member and me not in signed and state == "heard",
            measure=state == "found" and (sitting.chair or secretary),
            appeal=state == "appealed" and member and me not in case.first_reviewers(),
            recuse=member and me not in signed,
        ),
    )  # fmt: skip


@route("GET", "/api/v1/exams/{id}/review/cases/{person}", action="review.read", target="lesson")
async def show_case(request: Request) -> CaseView:
    """One student's case, once the asker has looked at all of it."""
    sitting, case = await _case(request)
    return await _case_view(request, sitting, case)


@route("POST", "/api/v1/exams/{id}/review/cases/{person}/recuse", action="review.judge", target="lesson")
async def recuse(request: Request, body: Recusal) -> None:
    """Keep out of a case. Looks that were given stay."""
    sitting, case = await _case(request, blind=False)
    await sitting.desk.record(case, "review.recused", {"reason": body.reason}, actor=sitting.me)


@route(
    "POST", "/api/v1/exams/{id}/review/items/{item}/recuse", action="review.judge", target="lesson"
)  # fmt: skip
async def recuse_from_item(request: Request, body: Recusal) -> None:
    """Keep out of the case that an item belongs to: one recognises the student."""
    sitting, case, _ = await _item(request)
    await sitting.desk.record(case, "review.recused", {"reason": body.reason}, actor=sitting.me)


async def _step(request: Request, kind: str, data: dict[str, str], may: str) -> CaseView:
    """One step of a case, where the page may offer it.

    Raises:
        ApiError: 409 `review.not_now`.
    """
    sitting, case = await _case(request)
    async with sitting.desk.lock(case.lesson, case.person):
        view = await _case_view(request, sitting, case)
        if not getattr(view.may, may):
            raise ApiError("review.not_now", 409)
        await sitting.desk.record(case, kind, data, actor=sitting.me)
    return await _case_view(request, sitting, case)


@route("POST", "/api/v1/exams/{id}/review/cases/{person}/notice", action="review.judge", target="lesson")
async def give_notice(request: Request) -> CaseView:
    """Tell the student: they see the accepted clips, and are heard before anything is found."""
    return await _step(request, "review.noticed", {}, "notice")


@route("POST", "/api/v1/exams/{id}/review/cases/{person}/finding", action="review.judge", target="lesson")
async def give_finding(request: Request, body: FindingGiven) -> CaseView:
    """What the commission finds; it counts once enough members have signed."""
    data = {"finding": body.finding, "note": clean(body.note)}
    return await _step(request, "review.found", data, "finding")


@route("POST", "/api/v1/exams/{id}/review/cases/{person}/sign", action="review.judge", target="lesson")
async def sign_finding(request: Request) -> CaseView:
    """Sign the finding."""
    return await _step(request, "review.signed", {}, "sign")


@route("POST", "/api/v1/exams/{id}/review/cases/{person}/measure", action="review.judge", target="lesson")
async def note_measure(request: Request, body: MeasureGiven) -> CaseView:
    """The measure that the competent body has taken, apart from the finding."""
    data = {"body": body.body, "measure": body.measure, "reference": body.reference}
    return await _step(request, "review.measured", data, "measure")


@route("POST", "/api/v1/exams/{id}/review/cases/{person}/appeal", action="review.judge", target="lesson")
async def decide_appeal(request: Request, body: AppealResult) -> CaseView:
    """Decide an appeal: by a member who had no part in the first review."""
    data = {"result": body.result, "note": clean(body.note)}
    return await _step(request, "review.appeal_decided", data, "appeal")


@route("GET", "/api/v1/exams/{id}/review/clips/{file}", action="review.read", target="lesson")
async def show_clip(request: Request) -> web.StreamResponse:
    """A file of evidence, whole or by ranges."""
    sitting = await _sitting(request)
    for case in sitting.cases.values():
        if sitting.may_judge(case) or sitting.commission.part(sitting.me) == "secretary":
            for item in case.items:
                if any(part.file == request.path["file"] for part in item.parts):
                    return await _send(request, case)
    raise ApiError("review.unknown", 404)


async def _send(request: Request, case: Case) -> web.StreamResponse:
    folder = request.house.part(ExamDesk).files.of(case.lesson, case.person)
    return await send(request.http, folder / request.path["file"], "video/webm", 0)


@route("GET", "/api/v1/exams/{id}/review/protocol", action="review.read", target="lesson")
async def show_protocol(request: Request, query: ProtocolQuery) -> web.Response:
    """The protocol of an exam, or of one student of it, to print and sign."""
    sitting = await _sitting(request)
    async with request.house.store.read() as db:
        who = {look.person for case in sitting.cases.values() for item in case.items for look in item.looks}
        who |= {each.who for case in sitting.cases.values() for each in case.log}
        names = await names_of(db, who - {"system"})
    if query.person:
        case = await sitting.desk.case(sitting.exam.lesson, query.person)
        _refuse_early(sitting, case)
        made = paper.of_student(
            request.house, query.language, sitting.exam, case, sitting.terms, sitting.people, names,
            sitting.commission,
        )  # fmt: skip
    else:
        for case in sitting.cases.values():
            if sitting.may_judge(case):
                _refuse_early(sitting, case)
        made = paper.of_exam(
            request.house, query.language, sitting.exam, sitting.cases, sitting.terms, sitting.people,
            sitting.commission,
        )  # fmt: skip
    return await as_file(made, query.form, f"protocol-{sitting.exam.lesson}")


@route("GET", "/api/v1/exams/{id}/review/sheet", action="review.read", target="lesson")
async def show_attendance(request: Request, query: AttendanceQuery) -> web.Response:
    """The attendance sheet of the exam, with a place to sign."""
    found = await show_sheet(request)
    async with request.house.store.read() as db:
        planned = await find_lesson(request.house, db, request.object_id)
    made = attendance_papers.sheet(request.house, query.language, found, planned)
    return await as_file(made, query.form, f"attendance-{request.object_id}")


# --- the student's side ------------------------------------------------------------------------------


async def _own(request: Request) -> tuple[_Sitting, Case]:
    sitting = await _sitting(request)
    return sitting, sitting.cases.get(request.actor.id) or Case(sitting.exam.lesson, request.actor.id)


@route("GET", "/api/v1/exams/{id}/outcome", action="exam.sit", target="lesson")
async def show_outcome(request: Request) -> OutcomeView:
    """The own case: what was accepted, once the student is to be heard, and all that followed."""
    sitting, case = await _own(request)
    return await _outcome(request, sitting, case)


async def _outcome(request: Request, sitting: _Sitting, case: Case) -> OutcomeView:
    house, terms = request.house, sitting.terms
    now = house.clock.now()
    async with house.store.read() as db:
        names = await names_of(db, {each.who for each in case.log} - {"system"})
    state = case.state(now, terms) if case.gathered else "waiting"
    shown = case.accepted(now, terms) if case.noticed else []
    items = []
    for item in shown:
        view = views.item_view(
            house, sitting.exam, case, item, terms, me="", names={}, chair=False,
            clips=f"/api/v1/exams/{case.lesson}/outcome/clips", everything=True,
        )  # fmt: skip
        view.looks, view.waits = [], False
        items.append(view)
    signed = len(case.signatures) >= terms.quorum
    return OutcomeView(
        "open" if state == "to_notify" else state,
        views.until(house, case, terms),
        items,
        views.statement_view(house, case),
        views.finding_view(house, case, names) if signed else None,
        views.measure_view(house, case, names) if signed else None,
        views.appeal_view(house, case, names),
        views.appeal_until(house, case, terms) if signed else None,
        case.gathered and case.holds(now, terms),
        iso(house, case.release(terms)) if case.ended else None,
    )


@route("POST", "/api/v1/exams/{id}/outcome/statement", action="exam.sit", target="lesson")
async def make_statement(request: Request, body: Said) -> OutcomeView:
    """What the student says before anything is found."""
    sitting, case = await _own(request)
    async with sitting.desk.lock(case.lesson, case.person):
        if case.state(sitting.desk.now(), sitting.terms) not in ("notice", "heard") or case.finding:
            raise ApiError("review.not_now", 409)
        await sitting.desk.record(case, "review.stated", {"text": clean(body.text)}, actor=case.person)
    return await _outcome(request, sitting, case)


@route("POST", "/api/v1/exams/{id}/outcome/appeal", action="exam.sit", target="lesson")
async def make_appeal(request: Request, body: Said) -> OutcomeView:
    """An appeal against the finding or the measure, within the term."""
    sitting, case = await _own(request)
    async with sitting.desk.lock(case.lesson, case.person):
        if case.state(sitting.desk.now(), sitting.terms) not in ("found", "measured"):
            raise ApiError("review.not_now", 409)
        await sitting.desk.record(case, "review.appealed", {"text": clean(body.text)}, actor=case.person)
    return await _outcome(request, sitting, case)


@route("GET", "/api/v1/exams/{id}/outcome/clips/{file}", action="exam.sit", target="lesson")
async def show_own_clip(request: Request) -> web.StreamResponse:
    """A file of the own accepted evidence."""
    sitting, case = await _own(request)
    now = sitting.desk.now()
    shown = case.accepted(now, sitting.terms) if case.noticed else []
    if not any(part.file == request.path["file"] for item in shown for part in item.parts):
        raise ApiError("review.unknown", 404)
    return await _send(request, case)
