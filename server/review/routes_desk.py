"""The commission's desk over HTTP: exams under review, the queue of items, looks, evidence, papers (R14)."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from sqlalchemy import select

from server.attendance import papers as attendance_papers
from server.attendance.routes import show_sheet
from server.errors import ApiError
from server.exams.store import iso
from server.live.lessons import find_lesson
from server.live.text import clean
from server.papers.answer import Form, as_file
from server.plan.names import names_of
from server.plan.tables import LessonPerson
from server.review import paper, views
from server.review.case import Case, Item
from server.review.prints import prints
from server.review.routes_case import Recusal
from server.review.sitting import (
    Sitting,
    has_clip,
    has_still,
    is_open,
    items_of,
    minutes,
    refuse_early,
    release,
    send_clip,
    send_still,
    sitting_of,
)
from server.review.tables import ReviewLine
from server.review.views import CaseCard, ItemCard, ItemView
from server.web.registry import route
from server.web.request import Request

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


class ProtocolQuery(msgspec.Struct):
    form: Form = "pdf"
    language: Language = "ky"
    person: Annotated[str, msgspec.Meta(max_length=16)] = ""


class AttendanceQuery(msgspec.Struct):
    form: Form = "pdf"
    language: Language = "ky"


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
        sitting = await sitting_of(request, lesson)
        queue, terms = items_of(sitting), sitting.terms
        states = [case.item_state(item, now, terms) for case, item in queue]
        waits = [case.may_look(item, sitting.me, now, terms, chair=sitting.chair) for case, item in queue]
        facts = sitting.exam.facts
        cards.append(
            ReviewCard(
                lesson, facts.title, facts.discipline, iso(request.house, facts.starts), len(queue),
                sum(state in ("open", "second", "chair") for state in states), sum(waits),
                len(sitting.cases), minutes(sitting), release(sitting),
            )
        )  # fmt: skip
    return ReviewList(sorted(cards, key=lambda each: each.starts, reverse=True))


@route("GET", "/api/v1/exams/{id}/review", action="review.read", target="lesson")
async def show_review(request: Request) -> ReviewView:
    """The queue of items without names, and the cases that are looked through."""
    sitting = await sitting_of(request)
    house, exam, terms = request.house, sitting.exam, sitting.terms
    part = sitting.commission.part(sitting.me)
    cards = [
        views.item_card(house, case, item, number, terms, sitting.me, chair=sitting.chair)
        for number, (case, item) in enumerate(items_of(sitting), 1)
    ]
    cases = [
        views.case_card(house, case, terms, *sitting.people.get(case.person, ("", "")))
        for case in sitting.cases.values()
        if case.items and (is_open(sitting, case) or part == "secretary")
    ]
    facts = exam.facts
    return ReviewView(
        exam.lesson, facts.title, facts.discipline, iso(house, facts.starts), iso(house, facts.ends),
        ReviewYou(part in ("commission", "chair"), part == "chair", part == "secretary"),
        [MemberView(*each) for each in sitting.commission.members], terms.quorum, minutes(sitting),
        release(sitting), cards, sorted(cases, key=lambda each: each.name),
    )  # fmt: skip


async def _item(request: Request) -> tuple[Sitting, Case, Item]:
    """Raises:
    ApiError: 404 `review.unknown`; 403 `review.kept_out`.
    """
    sitting = await sitting_of(request)
    case, item = await sitting.desk.item(sitting.exam.lesson, request.path["item"])
    if not sitting.may_judge(case):
        raise ApiError("review.kept_out", 403)
    return sitting, case, item


async def _item_view(request: Request, sitting: Sitting, case: Case, item: Item) -> ItemView:
    async with request.house.store.read() as db:
        names = await names_of(db, {look.person for look in item.looks})
    files = f"/api/v1/exams/{sitting.exam.lesson}/review"
    found = views.item_view(
        request.house, sitting.exam, case, item, sitting.terms, me=sitting.me, names=names,
        chair=sitting.chair, files=files,
    )  # fmt: skip
    found.number = 1 + [each.key for _, each in items_of(sitting)].index(item.key)
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


@route(
    "POST", "/api/v1/exams/{id}/review/items/{item}/recuse", action="review.judge", target="lesson"
)  # fmt: skip
async def recuse_from_item(request: Request, body: Recusal) -> None:
    """Keep out of the case that an item belongs to: one recognises the student."""
    sitting, case, _ = await _item(request)
    await sitting.desk.record(case, "review.recused", {"reason": body.reason}, actor=sitting.me)


@route("GET", "/api/v1/exams/{id}/review/clips/{file}", action="review.read", target="lesson")
async def show_clip(request: Request) -> web.StreamResponse:
    """A file of evidence, whole or by ranges."""
    return await send_clip(request, await _holder(request, has_clip))


@route("GET", "/api/v1/exams/{id}/review/stills/{file}", action="review.read", target="lesson")
async def show_still(request: Request) -> web.StreamResponse:
    """A picture of evidence."""
    return await send_still(request, await _holder(request, has_still))


async def _holder(request: Request, has: Callable[[Item, str], bool]) -> Case:
    """The case of an item that has the file of the path, where the asker may see it.

    Raises:
        ApiError: 404 `review.unknown`.
    """
    sitting = await sitting_of(request)
    for case in sitting.cases.values():
        seen = sitting.may_judge(case) or sitting.commission.part(sitting.me) == "secretary"
        if seen and any(has(item, request.path["file"]) for item in case.items):
            return case
    raise ApiError("review.unknown", 404)


@route("GET", "/api/v1/exams/{id}/review/protocol", action="review.read", target="lesson")
async def show_protocol(request: Request, query: ProtocolQuery) -> web.Response:
    """The protocol of an exam, or of one student of it, to print and sign."""
    sitting = await sitting_of(request)
    async with request.house.store.read() as db:
        who = {look.person for case in sitting.cases.values() for item in case.items for look in item.looks}
        who |= {each.who for case in sitting.cases.values() for each in case.log}
        names = await names_of(db, who - {"system"})
    if query.person:
        case = await sitting.desk.case(sitting.exam.lesson, query.person)
        refuse_early(sitting, case)
        files = sitting.desk.exams.files
        small = await asyncio.to_thread(prints, files, case) if query.form == "pdf" else {}
        made = paper.of_student(
            request.house, query.language, sitting.exam, case, sitting.terms, sitting.people, names,
            sitting.commission, small,
        )  # fmt: skip
    else:
        for case in sitting.cases.values():
            if sitting.may_judge(case):
                refuse_early(sitting, case)
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
