"""The student's side of a review over HTTP: what was accepted, the statement, the appeal (R14)."""

from collections.abc import Callable

import msgspec
from aiohttp import web

from server.errors import ApiError
from server.exams.store import iso
from server.live.text import clean
from server.plan.names import names_of
from server.review import views
from server.review.case import Case, Item
from server.review.routes_case import Text
from server.review.sitting import Sitting, has_clip, has_still, send_clip, send_still, sitting_of
from server.review.views import AppealView, ItemView
from server.web.registry import route
from server.web.request import Request


class Said(msgspec.Struct):
    text: Text


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


async def _own(request: Request) -> tuple[Sitting, Case]:
    sitting = await sitting_of(request)
    return sitting, sitting.cases.get(request.actor.id) or Case(sitting.exam.lesson, request.actor.id)


@route("GET", "/api/v1/exams/{id}/outcome", action="exam.sit", target="lesson")
async def show_outcome(request: Request) -> OutcomeView:
    """The own case: what was accepted, once the student is to be heard, and all that followed."""
    sitting, case = await _own(request)
    return await _outcome(request, sitting, case)


async def _outcome(request: Request, sitting: Sitting, case: Case) -> OutcomeView:
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
            files=f"/api/v1/exams/{case.lesson}/outcome", everything=True,
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
    return await send_clip(request, await _shown(request, has_clip))


@route("GET", "/api/v1/exams/{id}/outcome/stills/{file}", action="exam.sit", target="lesson")
async def show_own_still(request: Request) -> web.StreamResponse:
    """A picture of the own accepted evidence."""
    return await send_still(request, await _shown(request, has_still))


async def _shown(request: Request, has: Callable[[Item, str], bool]) -> Case:
    """The own case, where an accepted item of it has the file of the path.

    Raises:
        ApiError: 404 `review.unknown`.
    """
    sitting, case = await _own(request)
    shown = case.accepted(sitting.desk.now(), sitting.terms) if case.noticed else []
    if not any(has(item, request.path["file"]) for item in shown):
        raise ApiError("review.unknown", 404)
    return case
