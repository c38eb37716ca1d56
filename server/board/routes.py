"""The board over HTTP: a day's lessons in the asker's scope, each with how it stands."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.board.log import entries_of, moved_from
from server.board.standing import ATTENTION
from server.board.tables import BoardEntry
from server.board.views import stands
from server.live.desk import LiveDesk
from server.permissions import Standing, decide
from server.plan.calendar import check_day
from server.plan.facts import LessonFacts
from server.plan.listing import MAX_DAY, bounds, today_of
from server.plan.names import names_of
from server.plan.roster import lesson_roster, micro
from server.plan.tables import Lesson
from server.plan.views import SHOWN_PARTS, judged, local
from server.plan.visible import in_reach, of_faculty, within
from server.web.registry import route
from server.web.request import Request


class BoardQuery(msgspec.Struct, rename={"day": "date"}):
    """`faculty` narrows to lessons of its groups and disciplines."""

    day: date | None = None
    faculty: Annotated[str, msgspec.Meta(max_length=16)] = ""


class BoardLesson(msgspec.Struct):
    """`here` of `expected` students are in the class; both 0 while it is not on. `reason` of a
    cancellation; `substituted`: somebody stands in for the teacher; `moved`: it began at `was` before.
    `explained`, `noted`, `visited`: there is such a line in its log. Word `moved_away`: on this day no
    longer."""

    id: str
    title: str
    kind: str
    discipline: str
    groups: list[str]
    teachers: list[str]
    substituted: bool
    starts: datetime
    ends: datetime
    word: str
    late: int
    early: int
    attention: bool
    here: int
    expected: int
    reason: str
    was: datetime | None
    said: list[str]
    editable: bool


class BoardView(msgspec.Struct, rename={"day": "date"}):
    day: date
    now: datetime
    lessons: list[BoardLesson]
    more: bool
    """There are more than fit in one answer."""


class _Class(msgspec.Struct):
    """Who is in a class that is on."""

    people: frozenset[str] = frozenset()
    expected: frozenset[str] = frozenset()


@route("GET", "/api/v1/board", action="board.read", narrows=True)
async def show_board(request: Request, query: BoardQuery) -> BoardView:
    """A day's lessons as they stand now, in the order of time."""
    house, actor = request.house, request.actor
    day = check_day(query.day) if query.day else today_of(request)
    starts, ends = bounds(request, day, day)
    now = house.clock.now()
    async with house.store.read() as db:
        away = await moved_from(db, starts, ends)
        rows = list(
            await db.scalars(
                select(Lesson)
                .where(
                    or_(within(starts, ends), Lesson.id.in_(away)), in_reach(actor), of_faculty(query.faculty)
                )
                .order_by(Lesson.starts, Lesson.id)
                .limit(MAX_DAY + 1)
            )
        )
        allowed = await judged(db, actor, rows[:MAX_DAY], "board.read", now)
        found = [facts for facts, _ in allowed]
        classes = await _classes(request, db, {facts.id: facts for facts in found})
        names = await names_of(db, {person for facts in found for person in _teachers(facts)})
        log = await entries_of(db, [facts.id for facts in found])
    lessons = [
        _lesson(request, facts, standing, classes.get(facts.id, _Class()), names, log.get(facts.id, []))
        for facts, standing in allowed
    ]
    for lesson in lessons:
        if micro(lesson.starts) >= ends or micro(lesson.ends) <= starts:
            lesson.word, lesson.attention, lesson.editable = "moved_away", False, False
            lesson.was = local(house, away[lesson.id])
    lessons.sort(key=lambda one: (one.was or one.starts) if one.word == "moved_away" else one.starts)
    return BoardView(day, local(house, now), lessons, len(rows) > MAX_DAY)


def _teachers(facts: LessonFacts) -> list[str]:
    return [person for person, part in facts.people.items() if part in SHOWN_PARTS]


async def _classes(request: Request, db: AsyncSession, facts: dict[str, LessonFacts]) -> dict[str, _Class]:
    found: dict[str, _Class] = {}
    for room in request.house.part(LiveDesk).running():
        if not room.open or room.lesson.id not in facts:
            continue
        lesson = await db.get(Lesson, room.lesson.id)
        roster = await lesson_roster(db, lesson) if lesson is not None else {}
        expected = frozenset(person for person, part in roster.items() if part == "student")
        found[room.lesson.id] = _Class(frozenset(room.state.people), expected)
    return found


def _lesson(
    request: Request,
    facts: LessonFacts,
    standing: Standing,
    there: _Class,
    names: dict[str, str],
    log: list[BoardEntry],
) -> BoardLesson:
    house, teachers = request.house, _teachers(facts)
    stood = stands(house, facts, teacher_in=not there.people.isdisjoint(teachers), now=house.clock.now())
    moves = [row.was for row in log if row.kind == "moved"]
    return BoardLesson(
        id=facts.id, title=facts.title, kind=facts.kind,
        discipline=facts.discipline.name if facts.discipline else "",
        groups=[group.name for group in facts.groups],
        teachers=[names.get(person, "") for person in teachers],
        substituted="substitute" in facts.people.values(),
        starts=local(house, facts.starts), ends=local(house, facts.ends),
        word=stood.word, late=stood.late, early=stood.early, attention=stood.word in ATTENTION,
        here=len(there.people & there.expected), expected=len(there.expected),
        reason=facts.reason if facts.state == "cancelled" else "",
        was=local(house, moves[0]) if moves and moves[0] != facts.starts else None,
        said=sorted({row.kind for row in log}),
        editable=facts.state == "planned" and decide(request.actor, "lesson.edit", standing) == "allowed",
    )  # fmt: skip
