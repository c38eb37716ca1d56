"""One student's case over HTTP, step by step: notice, finding, signatures, measure, appeal (R14)."""

from typing import Annotated, Literal

import msgspec

from server.errors import ApiError
from server.exams.store import iso
from server.live.text import clean
from server.plan.names import names_of
from server.review import views
from server.review.case import Case
from server.review.sitting import Sitting, refuse_early, sitting_of
from server.review.views import CaseMay, CaseNote, CaseView
from server.web.registry import route
from server.web.request import Request

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Text = Annotated[str, msgspec.Meta(min_length=3, max_length=10_000)]


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


async def _case(request: Request, *, blind: bool = True) -> tuple[Sitting, Case]:
    """Raises:
    ApiError: 404 `review.unknown`; 403 `review.kept_out`; 409 `review.blind` while items of it wait.
    """
    sitting = await sitting_of(request)
    case = await sitting.desk.case(sitting.exam.lesson, request.path["person"])
    refuse_early(sitting, case, blind=blind)
    return sitting, case


async def _case_view(request: Request, sitting: Sitting, case: Case) -> CaseView:
    house, terms, me = request.house, sitting.terms, sitting.me
    async with house.store.read() as db:
        who = {each.who for each in case.log} | {look.person for item in case.items for look in item.looks}
        names = await names_of(db, who - {"system"})
    now = house.clock.now()
    state = case.state(now, terms)
    name, group = sitting.people.get(case.person, ("", ""))
    member, secretary = sitting.may_judge(case), sitting.commission.part(me) == "secretary"
    signed = {each.person for each in case.signatures}
    files = f"/api/v1/exams/{case.lesson}/review"
    return CaseView(
        case.person, name, group, state,
        [
            views.item_view(
                house, sitting.exam, case, item, terms, me=me, names=names, chair=sitting.chair, files=files,
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
