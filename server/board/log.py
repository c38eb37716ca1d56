"""Reading the board's log: what was said about lessons, and which were moved away from a day."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.board.tables import BoardEntry
from server.live.tables import LiveVisit
from server.plan.facts import chunks
from server.plan.tables import Lesson


async def entries_of(db: AsyncSession, lessons: Collection[str]) -> dict[str, list[BoardEntry]]:
    """The lines of each lesson in the order of time; visits are among them as `visited`."""
    found: dict[str, list[BoardEntry]] = {}
    for part in chunks(lessons):
        found.update(await entries_where(db, Lesson.id.in_(part)))
    return found


async def entries_where(db: AsyncSession, *where: ColumnElement[bool]) -> dict[str, list[BoardEntry]]:
    """The same of every lesson that meets a condition."""
    found: dict[str, list[BoardEntry]] = defaultdict(list)
    said = select(BoardEntry).join(Lesson, Lesson.id == BoardEntry.lesson).where(*where)
    for row in await db.scalars(said):
        found[row.lesson].append(row)
    visits = select(LiveVisit).join(Lesson, Lesson.id == LiveVisit.lesson).where(*where)
    for visit in await db.scalars(visits):
        found[visit.lesson].append(
            BoardEntry(
                n=visit.n, lesson=visit.lesson, kind="visited", text=visit.reason, was=0, now=0,
                author=visit.person, time=visit.time,
            )
        )  # fmt: skip
    for rows in found.values():
        rows.sort(key=lambda row: (row.time, abs(row.n)))
    return found


async def moved_from(db: AsyncSession, starts: int, ends: int) -> dict[str, int]:
    """Lessons that once began in `[starts, ends)` and do no longer, with that beginning."""
    asked = (
        select(BoardEntry.lesson, BoardEntry.was)
        .where(BoardEntry.kind == "moved", BoardEntry.was >= starts, BoardEntry.was < ends)
        .order_by(BoardEntry.n.desc())
    )
    return {row.lesson: row.was for row in await db.execute(asked)}
