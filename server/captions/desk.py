"""The desk of captions: lines into the trace, and out of it again as timed text.

Flows in: lines of people in the class and of programs over HTTP. Flows out: entries `caption.said`, which
everybody in the class is told, and the cues of a lesson. Nothing here listens to anybody: who writes is
a person, or a program that the university runs.
"""

import time
from collections.abc import Callable

from server.captions.vtt import Cue, cues
from server.errors import ApiError
from server.house import House
from server.live.classroom import Classroom
from server.live.limits import Bucket, Pace, seconds_up
from server.live.text import short

TEXT = 300
"""Characters of one line: two rows under the stage at the usual size."""

PACE = Pace(4, 20)
"""Lines of one class from programs; fast speech makes one line in two seconds."""

PAGE = 2000


async def say(house: House, room: Classroom, actor: str, key: str, text: str) -> int:
    """Write a line down. The same key again gives the number of the first time.

    Raises:
        ApiError: 400 `text.empty`, `text.too_long`; 409 `session.not_open`; in an exam `lesson.state`.
    """
    if not room.open:
        raise ApiError("session.not_open", 409)
    if room.apart is not None:
        raise ApiError("lesson.state", 409)
    data = {"text": short(text, TEXT), "key": key}
    recorded = await house.trace.record(
        "caption.said", data, actor=actor, session=room.session, key=f"caption {key}"
    )
    await room.reached(recorded.entry.session_seq)
    return recorded.entry.session_seq


class CaptionsDesk:
    """A part of the house."""

    def __init__(self, house: House, clock: Callable[[], float] = time.monotonic) -> None:
        self._house = house
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def pace(self, room: Classroom) -> None:
        """Raises:
        ApiError: 429 `rate.limited` when programs send too much into this class.
        """
        now = self._clock()
        wait = self._buckets.setdefault(room.session, Bucket(PACE, now)).take(now)
        if wait:
            raise ApiError("rate.limited", 429, retry_after=seconds_up(wait))

    async def cues(self, session: str, begins: int) -> list[Cue]:
        """The captions of a session, in order; `begins`: session time (µs) of the recording's zero. Lines
        that were erased are left out."""
        lines: list[tuple[int, str]] = []
        after = 0
        while True:
            page = await self._house.trace.read(session, after, PAGE, kinds=frozenset({"caption.said"}))
            lines += [
                (max(0, (each.entry.time - begins) // 1000), each.data["text"])
                for each in page
                if each.data is not None
            ]
            if len(page) < PAGE:
                return cues(lines)
            after = page[-1].entry.session_seq
