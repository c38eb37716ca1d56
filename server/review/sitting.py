"""What a request about an exam's review needs: the exam, its cases, the commission, and what the asker may
know of them by now (R14)."""

import msgspec
from aiohttp import web

from server.errors import ApiError
from server.exams.desk import ExamDesk
from server.exams.exam import Exam
from server.exams.routes_plan import students
from server.exams.store import iso
from server.playback.files import send
from server.review.case import Case, Item, Terms
from server.review.desk import ReviewDesk
from server.review.members import Commission, commission_of
from server.web.request import Request


class Sitting(msgspec.Struct):
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


async def sitting_of(request: Request, lesson: str = "") -> Sitting:
    """Of the exam in the request's path, or of `lesson`."""
    desk = request.house.part(ReviewDesk)
    exam = await request.house.part(ExamDesk).find(lesson or request.object_id)
    cases = await desk.of(exam.lesson)
    async with request.house.store.read() as db:
        people = await students(db, exam.lesson)
        commission = await commission_of(db, exam.lesson, people)
    return Sitting(desk, exam, desk.terms(exam), cases, commission, people, request.actor.id)


def items_of(sitting: Sitting) -> list[tuple[Case, Item]]:
    """Items in the order of their time over all students: nobody's stand together."""
    found = [(case, item) for case in sitting.cases.values() for item in case.items]
    mine = [each for each in found if sitting.may_judge(each[0])]
    return sorted(mine, key=lambda each: (each[1].begin, each[1].key))


def release(sitting: Sitting) -> str | None:
    """When the last grade is no longer held."""
    ends = [case.release(sitting.terms) for case in sitting.cases.values() if case.ended]
    return iso(sitting.desk.house, max(ends)) if ends else None


def minutes(sitting: Sitting) -> int:
    """Of review so far, by all members."""
    return -(-sum(case.seconds() for case in sitting.cases.values()) // 60)


def is_open(sitting: Sitting, case: Case) -> bool:
    """Whether a member may know whose case it is: nothing of it waits for their look any more."""
    now = sitting.desk.now()
    if not sitting.may_judge(case):
        return False
    return not any(
        case.may_look(item, sitting.me, now, sitting.terms, chair=sitting.chair) for item in case.items
    )


def refuse_early(sitting: Sitting, case: Case, *, blind: bool = True) -> None:
    """Nobody reads a case, on a page or in its protocol, who may not judge it or has looks of it to give."""
    if sitting.commission.part(sitting.me) == "secretary":
        return
    if not sitting.may_judge(case):
        raise ApiError("review.kept_out", 403)
    if blind and not is_open(sitting, case):
        raise ApiError("review.blind", 409)


def has_clip(item: Item, file: str) -> bool:
    return any(part.file == file for part in item.parts)


def has_still(item: Item, file: str) -> bool:
    return any(still.file == file for still in item.stills)


async def send_clip(request: Request, case: Case) -> web.StreamResponse:
    """The file of the request's path, of which the caller has seen that it belongs to the case."""
    return await _send(request, case, "video/webm")


async def send_still(request: Request, case: Case) -> web.StreamResponse:
    """The same of a still."""
    return await _send(request, case, "image/jpeg")


async def _send(request: Request, case: Case, mime: str) -> web.StreamResponse:
    folder = request.house.part(ExamDesk).files.of(case.lesson, case.person)
    return await send(request.http, folder / request.path["file"], mime, 0)
