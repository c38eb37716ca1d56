"""What was shown and drawn in a class, for the playback page: entries of the trace in, moments out.

Kept apart from the timeline, because drawing is many times what all the rest of a lesson is: the page asks
for it only where slides were shown, a part at a time, and while the lesson runs only for what is new.
"""

from typing import Any

import msgspec
from sqlalchemy import select

from server.house import House
from server.live.tables import LiveSession
from server.slides.board import Board

PAGE = 1000


class SlideMoment(msgspec.Struct):
    """`at` in milliseconds of the recording, `n` its number in the session; `data` as in the event."""

    n: int
    at: int
    kind: str
    person: str
    data: dict[str, Any]


class SlideMoments(msgspec.Struct):
    """`more`: ask again with `after` as the last `n`."""

    items: list[SlideMoment]
    more: bool


async def moments(house: House, lesson: str, after: int) -> SlideMoments:
    """The moments of a lesson's class whose number is above `after`, in order."""
    async with house.store.read() as db:
        session = await db.scalar(select(LiveSession).where(LiveSession.lesson == lesson))
    if session is None:
        return SlideMoments([], False)
    entries = await house.trace.read(session.session, after, PAGE, kinds=Board.kinds)
    found = [
        SlideMoment(
            each.entry.session_seq, max(0, (each.entry.time - session.opened) // 1000), each.entry.kind,
            each.entry.actor, dict(each.data),
        )
        for each in entries if each.data is not None
    ]  # fmt: skip
    return SlideMoments(found, len(entries) == PAGE)
