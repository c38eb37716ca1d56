"""What became of each lesson: a projection of the trace, and the moves that are allowed.

In flow `session.opened` and `session.closed` (written by the running class, with the lesson in their
data) and the office's own `lesson.cancelled`, `lesson.restored`, `lesson.deleted`. Out flow rows of
`lesson_states`, which can be cleared and made again at any time.
"""

from typing import Any, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.plan.tables import LessonState
from server.trace.chain import Entry

State = Literal["planned", "open", "closed", "cancelled"]

MAX_REASON = 500


class LessonStates:
    """The projection `plan.lesson_states`."""

    name = "plan.lesson_states"
    version = 2
    kinds = (
        "session.opened", "session.closed", "lesson.cancelled", "lesson.restored", "lesson.deleted",
        "retention.removed",
    )  # fmt: skip

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        """Entries without a lesson that could be ours (a trial class) are nobody's state."""
        if entry.kind == "retention.removed":
            await _ended(db, data)
            return
        lesson = data.get("lesson") if isinstance(data, dict) else None
        if lesson is None and entry.kind == "session.closed":
            lesson = await db.scalar(
                select(LessonState.lesson).where(LessonState.session == entry.session).limit(1)
            )
        if not isinstance(lesson, str) or not 0 < len(lesson) <= 16:
            return
        match entry.kind:
            case "session.opened":
                await _put(
                    db, lesson, state="open", session=entry.session, opened=entry.time, since=entry.time
                )
            case "session.closed":
                await _put(db, lesson, state="closed", session=entry.session, closed=entry.time)
            case "lesson.cancelled":
                await _put(db, lesson, state="cancelled", reason=str(data.get("reason", ""))[:MAX_REASON])
            case "lesson.restored":
                await _put(db, lesson, state="planned", reason="")
            case "lesson.deleted":
                await db.execute(delete(LessonState).where(LessonState.lesson == lesson))

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(LessonState))


async def _ended(db: AsyncSession, data: Any) -> None:
    """Ends of classes that were erased because they named people (`server.live.records`)."""
    for session, closed, _, held in data["note"]["ends"] if data["kind"] == "presence" else ():
        await db.execute(
            update(LessonState)
            .where(LessonState.session == session, LessonState.state == "open")
            .values(state="closed", closed=closed, held=held, since=None)
        )


async def _put(db: AsyncSession, lesson: str, **values: Any) -> None:
    columns = (LessonState.opened, LessonState.held, LessonState.since)
    known = (await db.execute(select(*columns).where(LessonState.lesson == lesson))).one_or_none()
    if known is None:
        await db.execute(insert(LessonState).values(lesson=lesson, **values))
        return
    if known.opened is not None:
        values.pop("opened", None)  # the first opening is what the timetable is compared with
    if known.since is not None:
        values.pop("since", None)  # opened again after the server was killed: it was open all the time
        if "closed" in values:
            values |= {"held": known.held + max(0, values["closed"] - known.since), "since": None}
    await db.execute(update(LessonState).where(LessonState.lesson == lesson).values(**values))


async def state_of(db: AsyncSession, lesson: str) -> tuple[State, bool]:
    """The state, and whether the lesson was ever opened."""
    row = (
        await db.execute(select(LessonState.state, LessonState.opened).where(LessonState.lesson == lesson))
    ).one_or_none()
    if row is None:
        return "planned", False
    return row.state, row.opened is not None
