"""The projection of the board's log: entries of the trace in, rows of `board_entries` out."""

from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.board.tables import BoardEntry
from server.trace.chain import Entry

MOST_TEXT = 1000


class Log:
    """The projection `board.log`. A change of a lesson is a line only if it moves it or puts somebody in."""

    name = "board.log"
    version = 1
    kinds = ("lesson.changed", "lesson.explained", "lesson.noted", "lesson.deleted")

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        lesson = data["lesson"]
        match entry.kind:
            case "lesson.explained":
                await _put(db, entry, lesson, "explained", data["text"])
            case "lesson.noted":
                await _put(db, entry, lesson, "noted", data["text"])
            case "lesson.deleted":
                await db.execute(delete(BoardEntry).where(BoardEntry.lesson == lesson))
            case _:
                reason, was = data.get("reason", ""), data.get("was_starts")
                now = data.get("starts", was)
                if was is not None and (was, data.get("was_ends")) != (
                    now,
                    data.get("ends", data["was_ends"]),
                ):
                    await _put(db, entry, lesson, "moved", reason, was, now)
                if data.get("substitutes"):
                    await _put(db, entry, lesson, "substituted", reason, again=True)

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(BoardEntry))


async def _put(
    db: AsyncSession, entry: Entry, lesson: str, kind: str, text: str, was: int = 0, now: int = 0,
    *, again: bool = False,
) -> None:  # fmt: skip
    """`again`: one change can be two lines; the second has the number negated."""
    n = -entry.seq if again else entry.seq
    await db.execute(
        insert(BoardEntry).values(
            n=n, lesson=lesson, kind=kind, text=text[:MOST_TEXT], was=was, now=now, author=entry.actor,
            time=entry.time,
        )
    )  # fmt: skip


PROJECTIONS = (Log(),)
