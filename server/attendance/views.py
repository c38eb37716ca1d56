"""What pages get of attendance: a lesson's sheet, a group's journal, a student's own marks."""

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.lock import Lock, lock_of
from server.attendance.tables import AttendanceMark, AttendanceScan
from server.house import House
from server.plan.names import names_of
from server.plan.roster import micro, students_of
from server.plan.sorting import sort_key
from server.plan.tables import Discipline, Lesson, LessonGroup
from server.plan.views import local
from server.plan.weeks import day_bounds

MOST_LESSONS = 200
CHUNK = 400


class SheetRow(msgspec.Struct):
    """One student of a lesson. `present` in seconds, `share` 0..1, `late_by` in seconds; `source` is
    `computed`, `qr`, `room`, `excuse`, `corrected` or `running` while the class is on; `scanned`: "",
    `in_class` or `not_in_class`. Facts beside the mark: `stretches` of presence, and `lost` seconds between
    them."""

    id: str
    name: str
    mark: str
    present: int
    share: float
    late_by: int
    source: str
    note: str
    scanned: str
    stretches: int = 0
    lost: int = 0


class Sheet(msgspec.Struct):
    """`counted`: heads that the teacher counted in the room, None for never."""

    lesson: str
    running: bool
    rows: list[SheetRow]
    counted: int | None


class JournalLesson(msgspec.Struct):
    id: str
    title: str
    discipline: str
    starts: str


class JournalRow(msgspec.Struct):
    """`marks` by lesson id; `share` of the marked lessons that the student attended, 0..1."""

    id: str
    name: str
    marks: dict[str, str]
    attended: int
    marked: int
    share: float


class RulesView(msgspec.Struct):
    """Percent of a class that makes present; minutes after which somebody is late."""

    share: int
    late: int


class Journal(msgspec.Struct):
    """`lock` of the last day asked for; None when it lies in no semester."""

    lessons: list[JournalLesson]
    rows: list[JournalRow]
    disciplines: list[tuple[str, str]]
    lock: Lock | None
    rules: RulesView


class OwnMark(msgspec.Struct):
    lesson: str
    title: str
    starts: str
    mark: str
    present: int
    share: float
    note: str


ATTENDED = ("present", "late")


async def scans_of(db: AsyncSession, lesson: str) -> dict[str, str]:
    rows = await db.scalars(select(AttendanceScan).where(AttendanceScan.lesson == lesson))
    return {row.student: "in_class" if row.in_class else "not_in_class" for row in rows}


async def journal(house: House, group: str, discipline: str, first: date, last: date) -> Journal:
    """A group's lessons between two days, both inside, with everybody's marks."""
    zone = ZoneInfo(house.settings.time_zone)
    starts, ends = micro(day_bounds(first, zone)[0]), micro(day_bounds(last, zone)[1])
    async with house.store.read() as db:
        asked = (
            select(Lesson)
            .join(LessonGroup, LessonGroup.lesson == Lesson.id)
            .where(LessonGroup.group == group, Lesson.starts >= starts, Lesson.starts < ends)
            .order_by(Lesson.starts, Lesson.id)
        )
        lessons = list(await db.scalars(asked))
        names = await _disciplines(db, {each.discipline for each in lessons if each.discipline})
        chosen = [each for each in lessons if not discipline or each.discipline == discipline]
        marks = await _marks(db, [each.id for each in chosen])
        chosen = [each for each in chosen if each.id in marks or each.starts >= house.clock.now()]
        chosen = chosen[:MOST_LESSONS]
        students = {row.student for row in await students_of(db, group, starts, ends)}
        students |= {student for lesson in chosen for student in marks.get(lesson.id, {})}
        people = await names_of(db, students)
        lock = await lock_of(house, db, group, last)
    rows = [_row(student, people.get(student, ""), chosen, marks) for student in students]
    return Journal(
        [
            JournalLesson(
                each.id,
                each.title,
                names.get(each.discipline or "", ""),
                local(house, each.starts).isoformat(),
            )
            for each in chosen
        ],
        sorted(rows, key=lambda row: (sort_key(row.name), row.id)),
        sorted(names.items(), key=lambda pair: sort_key(pair[1])),
        lock,
        RulesView(house.settings.attendance_share, house.settings.attendance_late),
    )


def _row(
    student: str, name: str, lessons: Sequence[Lesson], marks: dict[str, dict[str, AttendanceMark]]
) -> JournalRow:
    own = {each.id: marks[each.id][student].mark for each in lessons if student in marks.get(each.id, {})}
    counted = [mark for mark in own.values() if mark != "excused"]
    attended = sum(mark in ATTENDED for mark in counted)
    share = attended / len(counted) if counted else 0.0
    return JournalRow(student, name, own, attended, len(counted), round(share, 4))


async def own_marks(house: House, student: str, limit: int) -> list[OwnMark]:
    """The newest marks of one student."""
    async with house.store.read() as db:
        asked = (
            select(AttendanceMark, Lesson)
            .join(Lesson, Lesson.id == AttendanceMark.lesson)
            .where(AttendanceMark.student == student)
            .order_by(Lesson.starts.desc(), Lesson.id)
            .limit(limit)
        )
        rows = list(await db.execute(asked))
        names = await _disciplines(db, {lesson.discipline for _, lesson in rows if lesson.discipline})
    return [
        OwnMark(
            lesson.id,
            lesson.title or names.get(lesson.discipline or "", ""),
            local(house, lesson.starts).isoformat(),
            mark.mark,
            mark.present // 1_000_000,
            mark.share,
            mark.note,
        )
        for mark, lesson in rows
    ]


async def _marks(db: AsyncSession, lessons: Sequence[str]) -> dict[str, dict[str, AttendanceMark]]:
    found: dict[str, dict[str, AttendanceMark]] = {}
    for at in range(0, len(lessons), CHUNK):
        asked = select(AttendanceMark).where(AttendanceMark.lesson.in_(lessons[at : at + CHUNK]))
        for row in await db.scalars(asked):
            found.setdefault(row.lesson, {})[row.student] = row
    return found


async def _disciplines(db: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    rows = await db.execute(select(Discipline.id, Discipline.name).where(Discipline.id.in_(sorted(ids))))
    return {row.id: row.name for row in rows}
