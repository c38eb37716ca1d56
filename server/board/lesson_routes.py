"""One lesson of the board over HTTP: what became of it, explanations, notes, moves of many, the talon."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.board import network
from server.board.log import entries_of
from server.board.standing import ATTENTION, Standing
from server.board.talon import talon
from server.board.views import stands
from server.clock import as_datetime
from server.errors import ApiError
from server.papers.answer import Form, as_file
from server.people.tables import UserRow
from server.permissions import decide
from server.plan import lessons
from server.plan.facts import LessonFacts, lesson_facts
from server.plan.lesson_checks import times
from server.plan.lesson_shapes import LessonChange
from server.plan.names import names_of
from server.plan.overlaps import Clash
from server.plan.tables import Department, Lesson
from server.plan.views import SHOWN_PARTS, local
from server.web.registry import route
from server.web.request import Request

MOST = 100
Words = Annotated[str, msgspec.Meta(min_length=3, max_length=1000)]
Ids = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=16)]], msgspec.Meta(min_length=1, max_length=MOST)
]


class Text(msgspec.Struct):
    text: Words


class Line(msgspec.Struct):
    """`was` and `now`: beginnings of a moved lesson."""

    kind: str
    text: str
    author: str
    time: datetime
    was: datetime | None = None
    now: datetime | None = None


class FactView(msgspec.Struct):
    kind: str
    at: datetime
    seconds: int


class Contact(msgspec.Struct):
    """Somebody or a department to be reached."""

    name: str
    email: str = ""
    phone: str = ""


class LessonLog(msgspec.Struct):
    """`attention`: it asks for an explanation; `contacts` only for those who see the board."""

    word: str
    late: int
    early: int
    attention: bool
    lines: list[Line]
    facts: list[FactView]
    contacts: list[Contact]


class Move(msgspec.Struct):
    """Lessons to be moved by days and minutes, in one go or not at all."""

    lessons: Ids
    reason: Words
    days: Annotated[int, msgspec.Meta(ge=-60, le=60)] = 0
    minutes: Annotated[int, msgspec.Meta(ge=-1440, le=1440)] = 0


class Cancellation(msgspec.Struct):
    lessons: Ids
    reason: Words


class Moved(msgspec.Struct):
    """Overlaps that the moved lessons now have."""

    warnings: list[Clash]


@route("GET", "/api/v1/lessons/{id}/log", action="board.lesson", target="lesson")
async def show_log(request: Request) -> LessonLog:
    """What became of a lesson, what was said about it, and what the server knows of the network."""
    house = request.house
    async with house.store.read() as db:
        facts = await _facts(db, request.object_id)
        lines, found, shown = await _known(request, db, facts)
        sees = decide(request.actor, "board.read", request.standing) == "allowed"
        contacts = await _contacts(db, facts) if sees else []
    return LessonLog(
        shown.word, shown.late, shown.early, _disrupted(shown),
        lines, [FactView(fact.kind, local(house, fact.at), fact.seconds) for fact in found], contacts,
    )  # fmt: skip


async def _facts(db: AsyncSession, key: str) -> LessonFacts:
    lesson = await db.get(Lesson, key)
    if lesson is None:
        raise ApiError("object.unknown", 404, kind="lesson")
    (facts,) = await lesson_facts(db, [lesson])
    return facts


async def _known(
    request: Request, db: AsyncSession, facts: LessonFacts
) -> tuple[list[Line], list[network.Fact], Standing]:
    house = request.house
    now = house.clock.now()
    shown = stands(house, facts, teacher_in=True, now=now)
    rows = (await entries_of(db, [facts.id])).get(facts.id, [])
    names = await names_of(db, {row.author for row in rows})
    lines = [
        Line(
            row.kind, row.text, names.get(row.author, ""), local(house, row.time),
            local(house, row.was) if row.was else None, local(house, row.now) if row.now else None,
        )
        for row in rows
    ]  # fmt: skip
    begun = now >= facts.starts and facts.state != "cancelled"
    return lines, await network.read(db, facts, now) if begun else [], shown


def _disrupted(shown: Standing) -> bool:
    return shown.word in ATTENTION or shown.late > 0 or shown.early > 0


async def _contacts(db: AsyncSession, facts: LessonFacts) -> list[Contact]:
    teachers = [who for who, part in facts.people.items() if part in SHOWN_PARTS]
    rows = await db.execute(
        select(UserRow.name, UserRow.email, UserRow.phone).where(UserRow.id.in_(teachers))
    )
    found = [Contact(*row) for row in rows]
    units = [facts.discipline] if facts.discipline else list(facts.groups)
    for department in dict.fromkeys(unit.department for unit in units):
        row = await db.get(Department, department)
        if row is not None:
            found.append(Contact(row.name, phone=row.contact))
    return found


@route("POST", "/api/v1/lessons/{id}/explanation", action="board.explain", target="lesson")
async def explain(request: Request, body: Text) -> None:
    """The teacher says why a lesson was late, short or did not take place."""
    await _say(request, "lesson.explained", body.text)


@route("POST", "/api/v1/lessons/{id}/notes", action="board.note", target="lesson")
async def note(request: Request, body: Text) -> None:
    """The dispatcher puts a note to a lesson."""
    await _say(request, "lesson.noted", body.text)


async def _say(request: Request, kind: str, text: str) -> None:
    plain = " ".join(text.split())
    if len(plain) < 3:
        raise ApiError("attendance.reason", 422)
    data = {"lesson": request.object_id, "text": plain}
    await request.house.trace.record(kind, data, actor=request.actor.id)


@route("POST", "/api/v1/board/move", action="lesson.edit", narrows=True)
async def move(request: Request, body: Move) -> Moved:
    """Move lessons by days and minutes; whoever may not edit one of them moves none."""
    wanted = await _editable(request, body.lessons)
    shift = timedelta(days=body.days, minutes=body.minutes)
    now, warnings = request.house.clock.now(), []
    for lesson in wanted:  # a time that makes no sense moves none of them
        times(now, as_datetime(lesson.starts) + shift, as_datetime(lesson.ends) + shift)
    for lesson in wanted:
        change = LessonChange(
            starts=as_datetime(lesson.starts) + shift, ends=as_datetime(lesson.ends) + shift,
            reason=body.reason,
        )  # fmt: skip
        warnings += await lessons.change(request.house, request.actor.id, lesson.id, change)
    return Moved(warnings)


@route("POST", "/api/v1/board/cancel", action="lesson.edit", narrows=True)
async def cancel(request: Request, body: Cancellation) -> None:
    """Cancel lessons that have not been opened."""
    change = LessonChange(state="cancelled", reason=body.reason)
    for lesson in await _editable(request, body.lessons):
        await lessons.change(request.house, request.actor.id, lesson.id, change)


async def _editable(request: Request, keys: list[str]) -> list[LessonFacts]:
    """Lessons that may be changed by the actor and by their state, all of them.

    Raises:
        ApiError: 403, 404; 409 `lesson.has_history` names those that were opened or cancelled.
    """
    keys = list(dict.fromkeys(keys))
    for key in keys:
        await request.require("lesson.edit", "lesson", key)
    async with request.house.store.read() as db:
        rows = await db.scalars(select(Lesson).where(Lesson.id.in_(keys)))
        found = await lesson_facts(db, rows)
    held = [facts.id for facts in found if facts.state != "planned" or facts.opened is not None]
    if held:
        raise ApiError("lesson.has_history", 409, lessons=held)
    return sorted(found, key=lambda facts: (facts.starts, facts.id))


class TalonQuery(msgspec.Struct):
    form: Form = "pdf"


@route("GET", "/api/v1/lessons/{id}/talon", action="board.read", target="lesson")
async def show_talon(request: Request, query: TalonQuery) -> web.Response:
    """The notice to the head of the unit about what became of a lesson, to be printed and signed."""
    house = request.house
    async with house.store.read() as db:
        facts = await _facts(db, request.object_id)
        lines, found, shown = await _known(request, db, facts)
        teachers = await names_of(db, [who for who, part in facts.people.items() if part in SHOWN_PARTS])
        unit = facts.discipline or (facts.groups[0] if facts.groups else None)
        department = await db.get(Department, unit.department) if unit else None
    said = [(line.kind, line.text, line.author) for line in lines]
    to = department.name if department else ""
    paper = talon(house, request.language, facts, sorted(teachers.values()), to, shown, said, found)
    return await as_file(paper, query.form, f"{paper.title} {local(house, facts.starts):%Y-%m-%d %H-%M}")
