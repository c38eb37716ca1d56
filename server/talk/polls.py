"""Polls: opened, voted in, counted while they run, closed with their results.

What was chosen goes into the poll's ballot box in the transaction that writes down who has voted, so a
crash loses neither and nobody votes twice. The entry of a named vote says the choice too; that of an
anonymous one does not, and its counts are shown in steps of `STEP` votes: a count that grows by one when
somebody has just voted would tell whose it was. Fewer than `STEP` votes are never shown.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.live.classroom import Classroom
from server.live.folds import RUNS
from server.live.seat import Seat, tell_all
from server.live.words import encode
from server.talk.state import Poll, Talk
from server.talk.tables import BallotBox
from server.talk.words import PollsNews, Results

STEP = 3
"""Votes of an anonymous poll that are shown together."""

MOST_POLLS = 100
"""In one session."""


class Polls:
    """The polls of every class. `_results`: what may be seen of the open ones by now."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._results: dict[tuple[str, int], Results] = {}
        self._fresh: set[str] = set()
        """Sessions with counts that have not been told yet."""

    async def load(self) -> None:
        """Take the boxes of open polls in again after a start."""
        async with self._house.store.read() as db:
            for box in await db.scalars(select(BallotBox).where(BallotBox.closed.is_(False))):
                self._results[box.session, box.poll] = _shown(box)

    async def open(self, room: Classroom, actor: str, data: dict[str, Any]) -> int:
        """Open a poll; the number of its entry is its name.

        Raises:
            ApiError: 409 `poll.too_many`, `session.not_open`.
        """
        if len(room.state.part(Talk).polls) >= MOST_POLLS:
            raise ApiError("poll.too_many", 409, limit=MOST_POLLS)
        recorded = await self._house.trace.record(
            "poll.opened", data, actor=actor, session=room.session, key=f"poll {data['key']}"
        )
        await room.reached(recorded.entry.session_seq)
        return recorded.entry.session_seq

    async def vote(self, room: Classroom, actor: str, n: int, choices: list[int], text: str) -> None:
        """Vote once. `choices` are numbers of options; an open poll has a `text` instead.

        Raises:
            ApiError: 404 `poll.unknown`; 409 `poll.closed`, `poll.voted`; 400 `poll.choice`.
        """
        poll = find_poll(room, n)
        if poll.closed:
            raise ApiError("poll.closed", 409)
        if actor in poll.voters:
            raise ApiError("poll.voted", 409)
        _fits(poll, choices, text)

        async def drop(db: AsyncSession) -> Results:
            box = await _box(db, room.session, poll)
            if box.closed:
                raise ApiError("poll.closed", 409)
            box.votes += 1
            box.counts = [count + (at in choices) for at, count in enumerate(box.counts)]
            if text:
                box.texts = sorted([*box.texts, text])
            if not poll.anonymous or box.votes >= box.shown_votes + STEP:
                box.shown_votes, box.shown_counts, box.shown_texts = box.votes, box.counts, box.texts
            return _shown(box)

        data: dict[str, Any] = {"poll": n, "anonymous": poll.anonymous}
        if not poll.anonymous:
            data |= {"choices": choices, "text": text}
        recorded = await self._house.trace.record(
            "poll.voted", data, actor=actor, session=room.session, key=f"vote {n}", work=drop
        )
        if recorded.repeat:
            raise ApiError("poll.voted", 409)
        before = self._results.get((room.session, n))
        if before is None or before.votes < recorded.result.votes:
            self._results[room.session, n] = recorded.result
        self._fresh.add(room.session)
        await room.reached(recorded.entry.session_seq)

    async def close(self, room: Classroom, poll: Poll, actor: str) -> None:
        """Close a poll and write its results down, for everybody where it was live, else for who runs the
        class. Half done it is done again."""
        if poll.closed:
            return

        async def seal(db: AsyncSession) -> Results:
            box = await _box(db, room.session, poll)
            box.closed = True
            if not poll.anonymous or box.votes >= STEP:
                box.shown_votes, box.shown_counts, box.shown_texts = box.votes, box.counts, box.texts
            return _shown(box)

        found: Results = await self._house.trace.unrecorded(seal)
        await self._tell_results(room, poll, found, actor, poll.live)
        recorded = await self._house.trace.record(
            "poll.closed", {"poll": poll.n}, actor=actor, session=room.session
        )
        self._results.pop((room.session, poll.n), None)
        await room.reached(recorded.entry.session_seq)

    async def share(self, room: Classroom, n: int, actor: str) -> None:
        """Show everybody the results of a closed poll.

        Raises:
            ApiError: 404 `poll.unknown`, 409 `poll.open`.
        """
        poll = find_poll(room, n)
        if not poll.closed or poll.results is None:
            raise ApiError("poll.open", 409)
        if not poll.shared:
            await self._tell_results(room, poll, Results(poll=n, **poll.results), actor, True)

    async def _tell_results(
        self, room: Classroom, poll: Poll, found: Results, actor: str, shared: bool
    ) -> None:
        data = {
            "poll": poll.n,
            "votes": found.votes,
            "counts": found.counts,
            "texts": found.texts,
            "withheld": found.withheld,
            "shared": shared,
        }
        recorded = await self._house.trace.record("poll.results", data, actor=actor, session=room.session)
        await room.reached(recorded.entry.session_seq)

    # --- news -----------------------------------------------------------------------------------------

    def tell(self, room: Classroom) -> None:
        """Counts that are new, to whoever may see them."""
        if room.session in self._fresh:
            self._fresh.discard(room.session)
            if room.open:
                all_polls, live = self._news(room)
                leading = [seat for seat in room.seats.values() if RUNS in seat.who]
                tell_all(leading, "polls", all_polls)
                if live.polls:
                    tell_all([seat for seat in room.seats.values() if RUNS not in seat.who], "polls", live)

    def tell_seat(self, room: Classroom, seat: Seat) -> None:
        """The counts of now, for a seat that has just come."""
        all_polls, live = self._news(room)
        news = all_polls if RUNS in seat.who else live
        if news.polls:
            seat.tell("polls", encode(news))

    def shown(self, session: str, poll: Poll) -> Results:
        """What may be seen of a poll that has not told its results."""
        none = Results(poll.n, 0, [0] * len(poll.options), [], False)
        return self._results.get((session, poll.n), none)

    def _news(self, room: Classroom) -> tuple[PollsNews, PollsNews]:
        polls = room.state.part(Talk).open_polls()
        all_polls = PollsNews([self.shown(room.session, poll) for poll in polls])
        # Open answers go to everybody once, with the results: 300 of them every second would be 18 MB/s.
        return all_polls, PollsNews(
            [_without_texts(self.shown(room.session, poll)) for poll in polls if poll.live]
        )


def find_poll(room: Classroom, n: int) -> Poll:
    """Raises:
    ApiError: 404 `poll.unknown`.
    """
    poll = room.state.part(Talk).polls.get(n)
    if poll is None:
        raise ApiError("poll.unknown", 404)
    return poll


def _fits(poll: Poll, choices: list[int], text: str) -> None:
    """Raises:
    ApiError: 400 `poll.choice`.
    """
    known = all(0 <= choice < len(poll.options) for choice in choices)
    match poll.kind:
        case "open":
            fits = not choices and bool(text)
        case "single":
            fits = len(choices) == 1 and not text
        case _:
            fits = len(choices) >= 1 and len(set(choices)) == len(choices) and not text
    if not (known and fits):
        raise ApiError("poll.choice", 400)


async def _box(db: AsyncSession, session: str, poll: Poll) -> BallotBox:
    box = await db.get(BallotBox, (session, poll.n))
    if box is None:
        none = [0] * len(poll.options)
        box = BallotBox(
            session=session, poll=poll.n, votes=0, counts=none, texts=[],
            shown_votes=0, shown_counts=none, shown_texts=[], closed=False,
        )  # fmt: skip
        db.add(box)
    return box


def _shown(box: BallotBox) -> Results:
    withheld = box.shown_votes == 0 and box.votes > 0
    return Results(box.poll, box.votes, list(box.shown_counts), list(box.shown_texts), withheld)


def _without_texts(results: Results) -> Results:
    return Results(results.poll, results.votes, results.counts, [], results.withheld)
