"""The student's side of an exam over HTTP: the way in, answers, breaks, messages. Every write names the tab
that makes it; only the newest one holds the attempt."""

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from proctoring import beacon
from server.errors import ApiError
from server.exams.attempt import ENDED, LIVE, WRITES, Attempt
from server.exams.desk import LATE_SAVE, ExamDesk
from server.exams.exam import Exam
from server.exams.files import ANSWER_LIMIT, MOST_FILES, ending_of
from server.exams.photos import PHOTO_LIMIT, compare
from server.exams.routes_rules import shown_rules
from server.exams.store import iso
from server.exams.views import AttemptView, FileView, PhotoView, attempt_view
from server.ids import new_id
from server.live.text import clean
from server.plan.names import names_of
from server.web.bodies import read_body
from server.web.registry import route
from server.web.request import Request

Tab = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{4,40}$", max_length=40)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Step = Literal["rules", "biometrics", "equipment", "turn", "room", "share", "beacon", "baseline", "private"]
EventKind = Literal[
    "focus_lost", "focus_back", "hidden", "shown", "fullscreen_left", "fullscreen_back", "copy", "paste",
    "print", "displays", "devices", "share_ended", "share_began", "camera_ended", "camera_began",
    "virtual_camera", "offline", "online", "battery", "unloaded",
]  # fmt: skip
VALUES: dict[str, frozenset[str]] = {
    "biometrics": frozenset({"yes", "no"}),
    "equipment": frozenset({"good", "weak", "bad", "phone"}),
    "beacon": frozenset({"page", "window", "none"}),
    "baseline": frozenset({"begin", "done"}),
    "private": frozenset({"on", "off"}),
}
DAY = 86_400_000
PHOTOS = ("face", "document", "left", "right", "room")


class Agent(msgspec.Struct):
    """What the page knows of its browser; believed for advice alone."""

    desktop: bool = True
    screen_capture: bool = True
    displays: int | None = None
    browser: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Opening(msgspec.Struct):
    tab: Tab
    agent: Agent = msgspec.field(default_factory=Agent)


class TabQuery(msgspec.Struct):
    tab: Tab


class FileQuery(msgspec.Struct):
    tab: Tab
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Held(msgspec.Struct):
    tab: Tab


class StepTaken(msgspec.Struct):
    tab: Tab
    step: Step
    value: Annotated[str, msgspec.Meta(max_length=100)] = ""
    detail: Annotated[dict[str, str | float | bool], msgspec.Meta(max_length=20)] = {}


class PhotoTaken(msgspec.Struct):
    photo: PhotoView
    attempt: AttemptView


class Given(msgspec.Struct):
    """`n` grows with each save of the page."""

    tab: Tab
    n: Number
    text: Annotated[str, msgspec.Meta(max_length=100_000)] = ""
    choice: Annotated[list[int], msgspec.Meta(max_length=20)] = []


class Saved(msgspec.Struct):
    n: int
    saved: str


class PageEvent(msgspec.Struct):
    """`ago`: milliseconds before it was sent."""

    n: Number
    kind: EventKind
    ago: Annotated[float, msgspec.Meta(ge=0, le=DAY)] = 0
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Events(msgspec.Struct):
    tab: Tab
    events: Annotated[list[PageEvent], msgspec.Meta(max_length=200)]


class EventsTaken(msgspec.Struct):
    n: int


class StudentMessage(msgspec.Struct):
    tab: Tab
    text: Text


class HelpAsked(msgspec.Struct):
    tab: Tab
    on: bool


class Beacon(msgspec.Struct):
    """`marks`: for each slot from `first` on, 15 rows of 15 bits, the highest one leftmost, 1 for black."""

    now_us: int
    slot_us: int
    first: int
    marks: list[list[int]]


async def _attempt(request: Request, tab: str | None = None) -> tuple[ExamDesk, Exam, Attempt]:
    """The asker's attempt; with a `tab`, only where that holds it.

    Raises:
        ApiError: 404 `exam.unknown`, `exam.no_attempt`; 409 `exam.elsewhere`.
    """
    desk = request.house.part(ExamDesk)
    exam, attempt = await desk.attempt(request.object_id, request.actor.id)
    if tab is not None and attempt.tab != tab:
        raise ApiError("exam.elsewhere", 409)
    return desk, exam, attempt


async def _view(desk: ExamDesk, exam: Exam, attempt: Attempt, tab: str) -> AttemptView:
    rules = await shown_rules(desk.house, exam.rules_id)
    async with desk.house.store.read() as db:
        names = await names_of(
            db, {each.person for each in attempt.messages} | {exam.of(attempt.person).proctor}
        )  # fmt: skip
    return attempt_view(desk, exam, attempt, rules, tab, names)


async def _line(
    request: Request, desk: ExamDesk, exam: Exam, kind: str, data: dict[str, Any], *, key: str = ""
) -> int:
    person = request.actor.id
    return await desk.record(exam, kind, data, actor=person, person=person, key=key)


def _require(attempt: Attempt, *states: str) -> None:
    if attempt.state not in states:
        raise ApiError("exam.state", 409, state=attempt.state)


@route("POST", "/api/v1/exams/{id}/attempt", action="exam.sit", target="lesson")
async def open_attempt(request: Request, body: Opening) -> AttemptView:
    """Begin the way in, or take the attempt over in this tab."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    person = request.actor.id
    async with exam.lock(person):
        attempt = exam.attempts.get(person)
        now = desk.now()
        if attempt is None or not attempt.opened:
            state = exam.state(now)
            if state not in ("entry", "running"):
                raise ApiError("exam.closed" if state == "over" else "exam.not_yet", 409, state=state)
        if attempt is None or attempt.tab != body.tab:
            data = {"tab": body.tab, "agent": msgspec.to_builtins(body.agent), "address": request.address}
            await _line(request, desk, exam, "attempt.opened", data)
    return await _view(desk, exam, exam.attempts[person], body.tab)


@route("GET", "/api/v1/exams/{id}/attempt", action="exam.sit", target="lesson")
async def show_attempt(request: Request, query: TabQuery) -> AttemptView:
    """The own attempt."""
    desk, exam, attempt = await _attempt(request)
    return await _view(desk, exam, attempt, query.tab)


@route("POST", "/api/v1/exams/{id}/attempt/steps", action="exam.sit", target="lesson")
async def take_step(request: Request, body: StepTaken) -> AttemptView:
    """One step of the way in is done."""
    desk, exam, attempt = await _attempt(request, body.tab)
    if body.step in VALUES and body.value not in VALUES[body.step]:
        raise ApiError("body.invalid", 422, problem=f"{body.step}: {body.value}")
    if body.step not in ("beacon", "share", "equipment", "private"):
        _require(attempt, "preparing", "waiting", "admitted")
    if body.step != "rules" and "rules" not in attempt.steps:
        raise ApiError("exam.rules_first", 409)
    if body.step == "baseline":
        await _calibrate(request, desk, exam, attempt, begin=body.value == "begin")
        return await _view(desk, exam, attempt, body.tab)
    data = {"step": body.step, "value": body.value, "detail": body.detail}
    await _line(request, desk, exam, "attempt.step", data)
    declined = body.step == "biometrics" and body.value == "no"
    if declined and not exam.rehearsal:
        await ask_seat_of(desk, exam, attempt.person, "biometrics")
    return await _view(desk, exam, attempt, body.tab)


async def _calibrate(request: Request, desk: ExamDesk, exam: Exam, attempt: Attempt, *, begin: bool) -> None:
    """The student sits as usual from now on, or has done so: the baseline is of these seconds alone."""
    if attempt.biometrics != "yes":
        raise ApiError("exam.no_biometrics", 409)
    sight = desk.sight(exam, attempt)
    if begin:
        sight.anew(desk.now())
    elif (own := sight.calibrate()) is not None:
        await _line(request, desk, exam, "attempt.based", {"baseline": {"yaw": own.yaw, "pitch": own.pitch}})


class SeatWanted(msgspec.Struct):
    why: Literal["phone", "biometrics", "equipment", "other"]


@route("POST", "/api/v1/exams/{id}/seat", action="exam.sit", target="lesson")
async def ask_seat(request: Request, body: SeatWanted) -> None:
    """Ask for a seat in a computer class: whoever plans the exam sees it and gives one."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    if exam.rehearsal or exam.state(desk.now()) == "over":
        raise ApiError("exam.state", 409, state=exam.state(desk.now()))
    await ask_seat_of(desk, exam, request.actor.id, body.why)


async def ask_seat_of(desk: ExamDesk, exam: Exam, person: str, why: str) -> None:
    """Note the wish, once; who has a seat needs none."""
    candidate = exam.of(person)
    if candidate.place != "class" and candidate.asked != why:
        data = {"lesson": exam.lesson, "person": person, "why": why}
        await desk.house.trace.record("exam.seat_asked", data, actor=person)
        # of this student alone: what is seen of the others goes on
        exam.candidates[person] = msgspec.structs.replace(candidate, asked=why)
        desk.tell(exam, person, exam.n)


@route(
    "POST", "/api/v1/exams/{id}/attempt/photos/{photo}", action="exam.sit", target="lesson", raw=True,
    limit=PHOTO_LIMIT,
)  # fmt: skip
async def take_photo(request: Request, query: TabQuery) -> PhotoTaken:
    """A photo of the way in: it is looked at, kept, and compared; a person confirms it."""
    desk, exam, attempt = await _attempt(request, query.tab)
    kind = request.path["photo"]
    if kind not in PHOTOS:
        raise ApiError("object.unknown", 404, kind="photo")
    if attempt.biometrics != "yes":
        raise ApiError("exam.no_biometrics", 409)
    if attempt.state in ENDED:
        raise ApiError("exam.state", 409, state=attempt.state)
    photo = await read_body(request.http, PHOTO_LIMIT)
    data = await compare(desk, exam, attempt, kind, photo)
    await _line(request, desk, exam, "attempt.photo", data)
    view = await _view(desk, exam, attempt, query.tab)
    found = attempt.photos[kind]
    return PhotoTaken(PhotoView(kind, view.now, found.problem, found.score), view)


@route("POST", "/api/v1/exams/{id}/attempt/ready", action="exam.sit", target="lesson")
async def be_ready(request: Request, body: Held) -> AttemptView:
    """The way in is done: a proctor lets the student in. In a rehearsal nobody has to."""
    desk, exam, attempt = await _attempt(request, body.tab)
    async with exam.lock(attempt.person):
        if attempt.state == "preparing":
            missing = _missing(exam, attempt)
            if missing:
                raise ApiError("exam.steps", 409, missing=missing)
            await _line(request, desk, exam, "attempt.ready", {})
        if exam.rehearsal and attempt.state == "waiting":
            data = {"reason": "rehearsal"}
            await desk.record(exam, "attempt.admitted", data, actor="system", person=attempt.person)
    return await _view(desk, exam, attempt, body.tab)


def _missing(exam: Exam, attempt: Attempt) -> list[str]:
    """Steps that the way in cannot do without; whatever else is missing a proctor may look over."""
    bare = exam.of(attempt.person).place == "class" and attempt.biometrics == "no"
    needed = ["rules", "share"] if bare else ["rules", "equipment", "share"]
    found = [step for step in needed if step not in attempt.steps]
    if bare:  # no camera is asked for: the proctor in the room looks at face and document
        return found
    if attempt.biometrics != "yes":
        found.append("biometrics")
    if exam.settings.identity and "face" not in attempt.photos:
        found.append("face")
    return found


@route("POST", "/api/v1/exams/{id}/attempt/start", action="exam.sit", target="lesson")
async def start_attempt(request: Request, body: Held) -> AttemptView:
    """Begin to write: the clock runs."""
    desk, exam, attempt = await _attempt(request, body.tab)
    async with exam.lock(attempt.person):
        if attempt.state == "admitted":
            now = desk.now()
            if now < exam.facts.starts:
                raise ApiError("exam.not_yet", 409, state="entry")
            if now >= exam.closes(attempt.person):
                raise ApiError("exam.closed", 409, state="over")
            own = desk.sight(exam, attempt).calibrate()
            base = {"yaw": own.yaw, "pitch": own.pitch} if own is not None else None
            await _line(request, desk, exam, "attempt.started", {"baseline": base})
        else:
            _require(attempt, *LIVE)
    return await _view(desk, exam, attempt, body.tab)


@route("POST", "/api/v1/exams/{id}/attempt/submit", action="exam.sit", target="lesson")
async def submit_attempt(request: Request, body: Held) -> AttemptView:
    """Hand in. What is saved stays; nothing more is taken."""
    desk, exam, attempt = await _attempt(request, body.tab)
    async with exam.lock(attempt.person):
        if attempt.state not in ENDED:
            _require(attempt, *LIVE)
            await desk.submit(exam, attempt, "student")
    return await _view(desk, exam, attempt, body.tab)


# --- answers -----------------------------------------------------------------------------------------


def _writing(desk: ExamDesk, exam: Exam, attempt: Attempt, question: str) -> None:
    """Raises:
    ApiError: 404 `object.unknown`; 409 `exam.state`.
    """
    if question not in {each.id for each in exam.settings.questions}:
        raise ApiError("object.unknown", 404, kind="question")
    if attempt.state in WRITES:
        return
    on_its_way = attempt.state == "over" and desk.now() - attempt.ended <= LATE_SAVE
    if not on_its_way:
        raise ApiError("exam.state", 409, state=attempt.state)


@route("PUT", "/api/v1/exams/{id}/attempt/answers/{question}", action="exam.sit", target="lesson")
async def save_answer(request: Request, body: Given) -> Saved:
    """Keep an answer; an older save than the one that is kept is refused."""
    desk, exam, attempt = await _attempt(request, body.tab)
    question = request.path["question"]
    async with exam.lock(attempt.person):
        _writing(desk, exam, attempt, question)
        kept = attempt.answers.get(question)
        if kept is not None and body.n < kept.n:
            raise ApiError("exam.older", 409, n=kept.n)
        if kept is None or body.n > kept.n:
            data = {"question": question, "n": body.n, "text": body.text, "choice": body.choice}
            await _line(request, desk, exam, "attempt.answered", data)
    return Saved(attempt.answers[question].n, iso(desk.house, desk.now()))


@route(
    "POST", "/api/v1/exams/{id}/attempt/answers/{question}/files", action="exam.sit", target="lesson",
    raw=True, limit=ANSWER_LIMIT,
)  # fmt: skip
async def add_file(request: Request, query: FileQuery) -> FileView:
    """Put a file or a photo of paper to an answer."""
    desk, exam, attempt = await _attempt(request, query.tab)
    question = request.path["question"]
    _writing(desk, exam, attempt, question)
    kept = attempt.answers.get(question)
    if kept is not None and len(kept.files) >= MOST_FILES:
        raise ApiError("exam.files", 409, limit=MOST_FILES)
    body = await read_body(request.http, ANSWER_LIMIT)
    ending = ending_of(body)
    file = new_id()
    sha256 = await asyncio.to_thread(
        desk.files.keep, exam.lesson, attempt.person, f"answer.{file}.{ending}", body
    )  # fmt: skip
    name = " ".join(query.name.split())
    data = {
        "question": question, "file": f"{file}.{ending}", "name": name,
        "bytes": len(body), "sha256": sha256,
    }  # fmt: skip
    async with exam.lock(attempt.person):
        _writing(desk, exam, attempt, question)
        await _line(request, desk, exam, "attempt.file_added", data)
    return FileView(f"{file}.{ending}", name, len(body))


@route(
    "DELETE", "/api/v1/exams/{id}/attempt/answers/{question}/files/{file}", action="exam.sit",
    target="lesson",
)  # fmt: skip
async def remove_file(request: Request, query: TabQuery) -> None:
    """Take a file back. It stays in the record of the attempt."""
    desk, exam, attempt = await _attempt(request, query.tab)
    question, file = request.path["question"], request.path["file"]
    async with exam.lock(attempt.person):
        _writing(desk, exam, attempt, question)
        kept = attempt.answers.get(question)
        if kept is None or file not in {each.id for each in kept.files}:
            raise ApiError("object.unknown", 404, kind="file")
        await _line(request, desk, exam, "attempt.file_removed", {"question": question, "file": file})


# --- while writing -----------------------------------------------------------------------------------


@route("POST", "/api/v1/exams/{id}/attempt/events", action="exam.sit", target="lesson")
async def tell_events(request: Request, body: Events) -> EventsTaken:
    """What the browser noticed. Events that came before are not written twice."""
    desk, exam, attempt = await _attempt(request)
    async with exam.lock(attempt.person):
        last = attempt.events_n.get(body.tab, 0)
        fresh = sorted((each for each in body.events if each.n > last), key=lambda each: each.n)
        if fresh and attempt.opened:
            now = desk.now()
            events = [
                {
                    "n": each.n, "kind": each.kind, "detail": clean(each.detail) if each.detail else "",
                    "at": max(attempt.opened, now - round(each.ago * 1000)),
                }
                for each in fresh
            ]  # fmt: skip
            await _line(request, desk, exam, "attempt.events", {"tab": body.tab, "events": events})
    return EventsTaken(attempt.events_n.get(body.tab, 0))


@route("POST", "/api/v1/exams/{id}/attempt/break", action="exam.sit", target="lesson")
async def begin_break(request: Request, body: Held) -> AttemptView:
    """A break, if the rules leave one: nothing is judged meanwhile."""
    desk, exam, attempt = await _attempt(request, body.tab)
    async with exam.lock(attempt.person):
        if attempt.state != "break":
            _require(attempt, "running")
            rules = exam.rules
            if rules is None or not attempt.break_left(desk.now(), rules.breaks, rules.break_minutes)[0]:
                raise ApiError("exam.no_break_left", 409)
            await _line(request, desk, exam, "attempt.break", {})
    return await _view(desk, exam, attempt, body.tab)


@route("POST", "/api/v1/exams/{id}/attempt/back", action="exam.sit", target="lesson")
async def end_break(request: Request, body: Held) -> AttemptView:
    """Back from a break."""
    desk, exam, attempt = await _attempt(request, body.tab)
    async with exam.lock(attempt.person):
        if attempt.state == "break":
            await _line(request, desk, exam, "attempt.back", {})
    return await _view(desk, exam, attempt, body.tab)


@route("POST", "/api/v1/exams/{id}/attempt/messages", action="exam.sit", target="lesson")
async def write_message(request: Request, body: StudentMessage) -> AttemptView:
    """Write to the proctors; they alone see it."""
    desk, exam, attempt = await _attempt(request, body.tab)
    await _line(request, desk, exam, "attempt.said", {"text": clean(body.text)})
    return await _view(desk, exam, attempt, body.tab)


@route("POST", "/api/v1/exams/{id}/attempt/help", action="exam.sit", target="lesson")
async def ask_help(request: Request, body: HelpAsked) -> AttemptView:
    """Ask for help, or no longer."""
    desk, exam, attempt = await _attempt(request, body.tab)
    if attempt.help != body.on:
        await _line(request, desk, exam, "attempt.helped", {"on": body.on})
    return await _view(desk, exam, attempt, body.tab)


@route("GET", "/api/v1/exams/{id}/attempt/beacon", action="exam.sit", target="lesson")
async def show_beacon(request: Request) -> Beacon:
    """The markers of the next two minutes, to be drawn by the server's time."""
    desk, exam, attempt = await _attempt(request)
    now = desk.now()
    first = beacon.slot_at(now)
    key = desk.beacon_key(exam, attempt.person)
    marks = [_rows(key, slot) for slot in range(first, first + beacon.AHEAD)]
    return Beacon(now, beacon.SLOT, first, marks)


def _rows(key: bytes, slot: int) -> list[int]:
    drawn = beacon.modules(beacon.code(key, slot))
    return [sum(1 << (len(row) - 1 - x) for x, black in enumerate(row) if black) for row in drawn]


@route("GET", "/api/v1/exams/{id}/attempt/files/{file}", action="exam.sit", target="lesson")
async def show_own_file(request: Request) -> web.Response:
    """A file of the own answers."""
    desk, exam, attempt = await _attempt(request)
    return await answer_file(desk, exam, attempt, request.path["file"])


async def answer_file(desk: ExamDesk, exam: Exam, attempt: Attempt, file: str) -> web.Response:
    """Raises:
    ApiError: 404 `object.unknown`.
    """
    known = {each.id: each.name for answer in attempt.answers.values() for each in answer.files}
    if file not in known:
        raise ApiError("object.unknown", 404, kind="file")
    data = await asyncio.to_thread(desk.files.read, exam.lesson, attempt.person, f"answer.{file}")
    response = web.Response(body=data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response
