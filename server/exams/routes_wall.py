"""The proctor's wall over HTTP: everybody at a glance, one opened, and what a proctor may do (R14).

A proctor lets in, talks, pauses, gives time, suspends; none of it is a verdict. All of it stands in the
trace with a reason.
"""

import asyncio
import struct
from typing import Annotated, Any

import msgspec
from aiohttp import web

from server.errors import ApiError
from server.exams.attempt import ENDED, LIVE, Attempt
from server.exams.desk import ExamDesk
from server.exams.exam import Exam
from server.exams.photos import REGISTERED
from server.exams.routes_attempt import answer_file
from server.exams.routes_plan import ProctorView, proctors, students, you_of
from server.exams.routes_rules import shown_rules
from server.exams.store import iso
from server.exams.views import (
    AnswerView,
    ExamView,
    FlagView,
    MessageView,
    PhotoView,
    StudentView,
    answers_view,
    exam_view,
    flag_view,
    messages_view,
    student_view,
)
from server.exams.vision import VisionHealth
from server.live.text import clean
from server.plan.names import names_of
from server.recording.desk import RecordingDesk
from server.web.registry import route
from server.web.request import Request

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
CAMERAS = ("webcam", "screen")
OPEN = ("preparing", "waiting", "admitted", *LIVE)
"""States of an attempt that is not over."""
MOST_PICTURES = 2 * 1024 * 1024
"""Bytes of small pictures in one answer; the rest comes with the next."""


class Wall(msgspec.Struct):
    """`recording`: the code of what is wrong with it, empty while nothing is."""

    now: str
    exam: ExamView
    proctors: list[ProctorView]
    on_duty: bool
    health: VisionHealth
    recording: str
    students: list[StudentView]


class PicturesQuery(msgspec.Struct):
    """`after`: the number of the newest picture that the page has."""

    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class EventView(msgspec.Struct):
    at: str
    kind: str
    detail: str


class Stretch(msgspec.Struct):
    begin: str
    end: str | None
    what: str


class LogView(msgspec.Struct):
    at: str
    what: str
    who: str
    reason: str


class OneStudent(msgspec.Struct):
    """`registered`: the office has a photo. `breaks` and `gaps` (what could not be analysed) with why."""

    student: StudentView
    photos: list[PhotoView]
    messages: list[MessageView]
    flags: list[FlagView]
    events: list[EventView]
    breaks: list[Stretch]
    gaps: list[Stretch]
    log: list[LogView]
    registered: bool
    agent: dict[str, Any]


class Answers(msgspec.Struct):
    answers: dict[str, AnswerView]


class AdmitBody(msgspec.Struct):
    """A reason is needed where a photo is not good."""

    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Because(msgspec.Struct):
    reason: Reason


class Extension(msgspec.Struct):
    minutes: Annotated[int, msgspec.Meta(ge=1, le=240)]
    reason: Reason


class Words(msgspec.Struct):
    text: Annotated[str, msgspec.Meta(max_length=2000)]


class FlagLooked(msgspec.Struct):
    flag: int


class Duty(msgspec.Struct):
    on: bool


class Relief(msgspec.Struct):
    person: Annotated[str, msgspec.Meta(max_length=16)]


class Watching(msgspec.Struct):
    """`proctor` by id, or empty."""

    proctor: Annotated[str, msgspec.Meta(max_length=16)]
    people: Annotated[list[Annotated[str, msgspec.Meta(max_length=16)]], msgspec.Meta(max_length=1000)]


async def _one(request: Request) -> tuple[ExamDesk, Exam, Attempt]:
    desk = request.house.part(ExamDesk)
    exam, attempt = await desk.attempt(request.object_id, request.path["person"])
    return desk, exam, attempt


@route("GET", "/api/v1/exams/{id}/wall", action="exam.watch", target="lesson")
async def show_wall(request: Request) -> Wall:
    """Everybody at a glance, who needs a look first."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    rules = await shown_rules(request.house, exam.rules_id)
    async with request.house.store.read() as db:
        people = await students(db, exam.lesson)
        watching = await proctors(db, exam)
    now = desk.now()
    arriving = desk.arriving(desk.room_of(exam.lesson))
    cards = [
        student_view(desk, exam, person, name, group, now, arriving.get(person, set()))
        for person, (name, group) in people.items()
    ]
    you = you_of(request.actor, request.standing)
    return Wall(
        iso(request.house, now), exam_view(desk, exam, rules, you, questions=False), watching,
        request.actor.id in exam.duty, desk.vision.health(), _recording(desk, exam),
        sorted(cards, key=lambda each: -each.weight),
    )  # fmt: skip


def _recording(desk: ExamDesk, exam: Exam) -> str:
    recordings, room = desk.house.find(RecordingDesk), desk.room_of(exam.lesson)
    return recordings.standing(room).problem if recordings is not None and room is not None else ""


def _private(request: Request, exam: Exam, attempt: Attempt) -> bool:
    """Whether a private check was asked for, and by somebody whom the asker does not look after."""
    asked = attempt.steps.get("private", {}).get("value") == "on"
    return asked and exam.watchers.get(attempt.person) != request.actor.id


def _hidden(request: Request, exam: Exam, person: str) -> bool:
    """Until a private check is done, small pictures are for whoever does it alone."""
    attempt = exam.attempts.get(person)
    return attempt is not None and not attempt.started and _private(request, exam, attempt)


@route("GET", "/api/v1/exams/{id}/wall/pictures", action="exam.watch", target="lesson")
async def show_pictures(request: Request, query: PicturesQuery) -> web.Response:
    """Small pictures newer than `after`, as records: number (u32), 0 webcam or 1 screen (u8), length of the
    id (u8), the person's id, length (u32), JPEG; numbers big-endian, the oldest first."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    found = sorted(
        (picture.seq, CAMERAS.index(camera), person, picture.jpeg)
        for (lesson, person, camera), picture in desk.pictures.items()
        if lesson == exam.lesson and picture.seq > query.after and not _hidden(request, exam, person)
    )
    out = bytearray()
    for seq, camera, person, jpeg in found:
        who = person.encode()
        out += struct.pack("!IBB", seq & 0xFFFFFFFF, camera, len(who)) + who
        out += struct.pack("!I", len(jpeg)) + jpeg
        if len(out) > MOST_PICTURES:
            break
    response = web.Response(body=bytes(out), content_type="application/octet-stream")
    response.headers["Cache-Control"] = "no-store"
    return response


@route("GET", "/api/v1/exams/{id}/people/{person}", action="exam.watch", target="lesson")
async def show_student(request: Request) -> OneStudent:
    """One examinee with everything that a proctor may know."""
    desk, exam, attempt = await _one(request)
    house = request.house
    async with house.store.read() as db:
        people = await students(db, exam.lesson)
        who = {each.person for each in attempt.messages} | {each.who for each in attempt.log}
        names = await names_of(db, who)
    name, group = people.get(attempt.person, ("", ""))
    unread = [each.n for each in attempt.messages if each.mine and each.n > attempt.read]
    if unread:
        data = {"n": unread[-1]}
        await desk.record(exam, "attempt.seen_messages", data, actor=request.actor.id, person=attempt.person)
    tracks = desk.arriving(desk.room_of(exam.lesson)).get(attempt.person, set())
    registered = (desk.files.of(REGISTERED, attempt.person) / "photo").exists()

    def stretch(begin: int, end: int | None, what: str) -> Stretch:
        return Stretch(iso(house, begin), iso(house, end) if end is not None else None, what)

    return OneStudent(
        student_view(desk, exam, attempt.person, name, group, desk.now(), tracks),
        [
            PhotoView(kind, iso(house, each.at), each.problem, each.score)
            for kind, each in attempt.photos.items()
        ],
        messages_view(desk, attempt, names),
        [flag_view(desk, exam, each) for each in attempt.flags],
        [EventView(iso(house, each.at), each.kind, each.detail) for each in attempt.events[-200:]],
        [stretch(each.begin, each.end, "break") for each in attempt.breaks],
        [stretch(each.begin, each.end, f"{each.stream} {each.why}") for each in attempt.gaps],
        [
            LogView(iso(house, each.at), each.what, names.get(each.who, ""), each.reason)
            for each in attempt.log
        ],
        registered,
        attempt.agent,
    )  # fmt: skip


@route("GET", "/api/v1/exams/{id}/people/{person}/photos/{photo}", action="exam.watch", target="lesson")
async def show_photo(request: Request) -> web.Response:
    """A photo of the way in, or the registered one."""
    desk, exam, attempt = await _one(request)
    kind = request.path["photo"]
    if _private(request, exam, attempt):
        raise ApiError("exam.private", 403)
    if kind == REGISTERED:
        data = await asyncio.to_thread(desk.files.read, REGISTERED, attempt.person, "photo")
    elif kind in attempt.photos:
        file = attempt.photos[kind].file
        data = await asyncio.to_thread(desk.files.read, exam.lesson, attempt.person, file)
    else:
        raise ApiError("object.unknown", 404, kind="photo")
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    response = web.Response(body=data, content_type=kind)
    response.headers["Cache-Control"] = "no-store"
    return response


@route("GET", "/api/v1/exams/{id}/people/{person}/answers", action="exam.watch", target="lesson")
async def show_answers(request: Request) -> Answers:
    """What an examinee has answered so far."""
    desk, _, attempt = await _one(request)
    return Answers(answers_view(desk, attempt))


@route("GET", "/api/v1/exams/{id}/people/{person}/files/{file}", action="exam.watch", target="lesson")
async def show_file(request: Request) -> web.Response:
    """A file of an examinee's answers."""
    desk, exam, attempt = await _one(request)
    return await answer_file(desk, exam, attempt, request.path["file"])


# --- what a proctor does -----------------------------------------------------------------------------


async def _do(
    request: Request, kind: str, data: dict[str, Any], *states: str
) -> None:  # fmt: skip
    """Write down what a proctor did, where the attempt's state allows it.

    Raises:
        ApiError: 409 `exam.state`.
    """
    desk, exam, attempt = await _one(request)
    async with exam.lock(attempt.person):
        if states and attempt.state not in states:
            raise ApiError("exam.state", 409, state=attempt.state)
        await desk.record(exam, kind, data, actor=request.actor.id, person=attempt.person)


@route("POST", "/api/v1/exams/{id}/people/{person}/admit", action="exam.watch", target="lesson")
async def admit(request: Request, body: AdmitBody) -> None:
    """Let an examinee in: a person has looked at the photos. Where one is not good, say why."""
    _, exam, attempt = await _one(request)
    face = attempt.photos.get("face")
    wanted = exam.settings.identity
    doubtful = wanted and (face is None or face.problem or (face.score is not None and face.score < 0.5))
    reason = " ".join(body.reason.split())
    if doubtful and len(reason) < 3:
        raise ApiError("exam.reason", 422)
    score = face.score if face is not None else None
    await _do(request, "attempt.admitted", {"reason": reason, "score": score}, "waiting", "preparing")


@route("POST", "/api/v1/exams/{id}/people/{person}/check", action="exam.watch", target="lesson")
async def ask_check(request: Request) -> None:
    """Ask the examinee, and nobody else, for a new photo of the face."""
    await _do(request, "attempt.check_asked", {}, *OPEN)


@route("POST", "/api/v1/exams/{id}/people/{person}/message", action="exam.watch", target="lesson")
async def send_message(request: Request, body: Words) -> None:
    """Write to one examinee."""
    await _do(request, "attempt.said", {"text": clean(body.text)})


@route("POST", "/api/v1/exams/{id}/people/{person}/pause", action="exam.watch", target="lesson")
async def pause_attempt(request: Request, body: Because) -> None:
    """Let the clock stand still and answers wait."""
    await _do(request, "attempt.paused", {"reason": body.reason}, "running", "break")


@route("POST", "/api/v1/exams/{id}/people/{person}/resume", action="exam.watch", target="lesson")
async def resume_attempt(request: Request) -> None:
    """Let a paused examinee go on."""
    await _do(request, "attempt.resumed", {}, "paused")


@route("POST", "/api/v1/exams/{id}/people/{person}/extend", action="exam.watch", target="lesson")
async def extend_attempt(request: Request, body: Extension) -> None:
    """Give an examinee more minutes."""
    data = {"minutes": body.minutes, "reason": body.reason}
    await _do(request, "attempt.extended", data, *OPEN)


@route("POST", "/api/v1/exams/{id}/people/{person}/suspend", action="exam.watch", target="lesson")
async def suspend_attempt(request: Request, body: Because) -> None:
    """End an attempt before its time. Its answers are kept; the commission decides."""
    await _do(request, "attempt.suspended", {"reason": body.reason}, *OPEN)


@route("POST", "/api/v1/exams/{id}/people/{person}/take_up", action="exam.watch", target="lesson")
async def take_up_attempt(request: Request, body: Because) -> None:
    """Let somebody who was suspended go on: answers are there, and the time is given back."""
    desk, exam, _ = await _one(request)
    if exam.state(desk.now()) == "over":
        raise ApiError("exam.closed", 409, state="over")
    await _do(request, "attempt.taken_up", {"reason": body.reason}, "suspended")


@route("POST", "/api/v1/exams/{id}/people/{person}/confirm", action="exam.watch", target="lesson")
async def confirm_identity(request: Request) -> None:
    """A person has looked: it is the student."""
    _, _, attempt = await _one(request)
    face = attempt.photos.get("face")
    if face is None:
        raise ApiError("object.unknown", 404, kind="photo")
    await _do(request, "attempt.confirmed", {"score": face.score}, *OPEN)


@route("POST", "/api/v1/exams/{id}/people/{person}/listen", action="exam.watch", target="lesson")
async def listen(request: Request, body: Duty) -> None:
    """Begin or end listening to one examinee, who sees it. Only where the rules allow sound."""
    _, exam, attempt = await _one(request)
    if exam.rules is None or not exam.rules.sound:
        raise ApiError("exam.no_sound", 409)
    if body.on or attempt.listener == request.actor.id:
        await _do(request, "attempt.listened", {"on": body.on})


@route("POST", "/api/v1/exams/{id}/people/{person}/seen", action="exam.watch", target="lesson")
async def see_flag(request: Request, body: FlagLooked) -> None:
    """A flag was looked at."""
    _, _, attempt = await _one(request)
    if body.flag not in {each.n for each in attempt.flags}:
        raise ApiError("object.unknown", 404, kind="flag")
    await _do(request, "attempt.flag_seen", {"flag": body.flag})


@route("POST", "/api/v1/exams/{id}/people/{person}/helped", action="exam.watch", target="lesson")
async def helped(request: Request) -> None:
    """The examinee was helped."""
    await _do(request, "attempt.helped", {"on": False})


@route("POST", "/api/v1/exams/{id}/message", action="exam.watch", target="lesson")
async def message_all(request: Request, body: Words) -> None:
    """Write to every examinee who is there."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    text = clean(body.text)
    for attempt in list(exam.attempts.values()):
        if attempt.state not in ENDED:
            data = {"text": text}
            await desk.record(exam, "attempt.said", data, actor=request.actor.id, person=attempt.person)


@route("POST", "/api/v1/exams/{id}/duty", action="exam.watch", target="lesson")
async def take_duty(request: Request, body: Duty) -> None:
    """Begin or end the own duty."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    data = {"proctor": request.actor.id, "on": body.on}
    await desk.record(exam, "exam.duty", data, actor=request.actor.id)


@route("POST", "/api/v1/exams/{id}/relief", action="exam.watch", target="lesson")
async def hand_over(request: Request, body: Relief) -> None:
    """Hand the duty over to another proctor of this exam."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    async with request.house.store.read() as db:
        if body.person not in {each.person for each in await proctors(db, exam)}:
            raise ApiError("person.unknown", 404)
    for person, on in ((body.person, True), (request.actor.id, False)):
        data: dict[str, Any] = {"proctor": person, "on": on}
        await desk.record(exam, "exam.duty", data, actor=request.actor.id)
    mine = [person for person, watcher in exam.watchers.items() if watcher == request.actor.id]
    if mine:
        data = {"proctor": body.person, "people": mine}
        await desk.record(exam, "exam.watching", data, actor=request.actor.id)


@route("POST", "/api/v1/exams/{id}/watchers", action="exam.watch", target="lesson")
async def set_watcher(request: Request, body: Watching) -> None:
    """Say which proctor looks after these examinees; an empty name: nobody in particular."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    async with request.house.store.read() as db:
        known = {each.person for each in await proctors(db, exam)} | {request.actor.id, ""}
        people = await students(db, exam.lesson)
    if body.proctor not in known or any(person not in people for person in body.people):
        raise ApiError("person.unknown", 404)
    data = {"proctor": body.proctor, "people": body.people}
    await desk.record(exam, "exam.watching", data, actor=request.actor.id)


@route("POST", "/api/v1/exams/{id}/watchers/share", action="exam.watch", target="lesson")
async def share_out(request: Request) -> None:
    """Share the examinees out among the proctors on duty, group by group. Who asked for a private check
    stays with whoever does it."""
    desk = request.house.part(ExamDesk)
    exam = await desk.find(request.object_id)
    async with request.house.store.read() as db:
        people = await students(db, exam.lesson)
    on = sorted(exam.duty)
    if not on:
        raise ApiError("exam.nobody_on_duty", 409)
    free = [
        person for person in people
        if (attempt := exam.attempts.get(person)) is None or "private" not in attempt.steps
    ]  # fmt: skip
    for n, proctor in enumerate(on):
        part = free[len(free) * n // len(on) : len(free) * (n + 1) // len(on)]
        data = {"proctor": proctor, "people": part}
        await desk.record(exam, "exam.watching", data, actor=request.actor.id)
