"""The projection of what was watched: `recording.watched` entries in, one union a person and lesson out."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from server.playback.ranges import union
from server.playback.tables import WatchedRanges
from server.trace.chain import Entry


class Watched:
    """The projection `playback.watched`."""

    name = "playback.watched"
    version = 1
    kinds = ("recording.watched",)

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        row = await db.get(WatchedRanges, (data["lesson"], entry.actor))
        new = [(int(begin), int(end)) for begin, end in data["ranges"]]
        if row is None:
            db.add(
                WatchedRanges(lesson=data["lesson"], person=entry.actor, ranges=union(new), last=entry.time)
            )
        else:
            row.ranges = union([*((begin, end) for begin, end in row.ranges), *new])
            row.last = entry.time
        await db.flush()

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(WatchedRanges))


PROJECTIONS = (Watched(),)
