"""The desk of talking: hands, the floor, changes of the chat, questions, reactions. Polls are in polls.py.

Requests of handlers flow in, already judged for the right to ask at all; entries of the trace flow out,
and passing news once a second (reactions, counts of open polls). Whose line or question it is, and
whether it may still be changed, is judged here.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

from server.errors import ApiError
from server.house import House
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.live.rights import may
from server.live.seat import Seat, tell_all
from server.talk.polls import Polls
from server.talk.state import GONE, Line, Question, Talk
from server.talk.words import ReactionsNews
from server.trace import Recorded

log = logging.getLogger(__name__)

EDIT_WITHIN = 10 * 60 * 1_000_000
"""µs after which a line stays as it was said. Its writer may still remove it."""

MOST_QUESTIONS = 20
"""Open questions of one person; a question stays until it is answered."""

NEWS = 1.0
"""Seconds between two news of reactions and counts."""

LEADS = "class.lead"


class TalkDesk:
    """A part of the house; `run` owns what goes on by itself."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.live = house.part(LiveDesk)
        self.polls = Polls(house)
        self._reactions: dict[str, Counter[str]] = {}
        """By session: since the last news."""
        self._closed: asyncio.Queue[str] = asyncio.Queue()
        """Sessions that were closed; what is open in them is counted and closed too."""

    async def run(self) -> None:
        """Tell news every second, and close the polls of classes that are over. The owner cancels."""
        subscription = self.house.trace.subscribe(self._note)
        self.live.on_admitted.append(self.polls.tell_seat)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._after_closing(), name="polls of closed classes")
                while True:
                    self._tell()
                    await asyncio.sleep(NEWS)
        finally:
            self.live.on_admitted.remove(self.polls.tell_seat)
            await subscription.close()

    def _note(self, recorded: Recorded) -> None:
        if recorded.entry.kind == "session.closed":
            self._closed.put_nowait(recorded.entry.session)

    async def _after_closing(self) -> None:
        while True:
            room = self.live.find(await self._closed.get())
            if room is None:
                continue
            for poll in room.state.part(Talk).open_polls():
                try:
                    await self.polls.close(room, poll, "system")
                except Exception:
                    log.exception("poll %d of session %s stays open", poll.n, room.session)

    def _tell(self) -> None:
        for room in self.live.running():
            counts = self._reactions.pop(room.session, None)
            if counts and room.open:
                tell_all(room.seats.values(), "reactions", ReactionsNews(dict(counts)))
            self.polls.tell(room)

    # --- hands and the floor --------------------------------------------------------------------------

    async def raise_hand(self, seat: Seat) -> None:
        """Raise the own hand; a raised one keeps its place."""
        room, talk = _open(seat)
        async with room.lock(seat.person):
            if seat.person not in talk.hands:
                await self.record(room, "hand.raised", {}, seat.person)

    async def lower_hands(self, seat: Seat, people: Iterable[str], all_hands: bool) -> None:
        """Lower the own hand, or as who leads the class those of `people`, or all.

        Raises:
            ApiError: 403 `permission.denied`, 409 `session.not_open`.
        """
        room, talk = _open(seat)
        wanted = list(talk.hands) if all_hands else list(people) or [seat.person]
        if all_hands or wanted != [seat.person]:
            _lead(seat)
        lowered = [person for person in wanted if person in talk.hands]
        if lowered:
            await self.record(room, "hand.lowered", {"people": lowered}, seat.person)

    async def give_floor(self, seat: Seat, person: str) -> None:
        """Give somebody in the class the floor; it lowers their hand and ends the floor before."""
        room, talk = _open(seat)
        if person not in room.state.people:
            raise ApiError("person.unknown", 404)
        if talk.floor != person or person in talk.hands:
            await self.record(room, "floor.given", {"person": person}, seat.person)

    async def end_floor(self, seat: Seat) -> None:
        """Take the floor back, or give the own one back."""
        room, talk = _open(seat)
        if not talk.floor:
            return
        if talk.floor != seat.person:
            _lead(seat)
        await self.record(room, "floor.ended", {"person": talk.floor}, seat.person)

    # --- the chat -------------------------------------------------------------------------------------

    async def edit(self, seat: Seat, n: int, text: str) -> int:
        """Change the own line.

        Raises:
            ApiError: 404 `chat.unknown`, 403 `permission.denied`, 409 `chat.late`, `session.not_open`.
        """
        room, talk = _open(seat)
        line = _line(talk, seat, n)
        if line.person != seat.person:
            raise ApiError("permission.denied", 403)
        if self.house.clock.now() - line.time > EDIT_WITHIN:
            raise ApiError("chat.late", 409, minutes=EDIT_WITHIN // 60_000_000)
        return await self.record(room, "chat.edited", _to(line, {"line": n, "text": text}), seat.person)

    async def remove(self, seat: Seat, n: int) -> int:
        """Remove the own line, or as who leads the class anybody's that one can read."""
        room, talk = _open(seat)
        line = _line(talk, seat, n)
        if line.person != seat.person:
            _lead(seat)
        return await self.record(room, "chat.removed", _to(line, {"line": n}), seat.person)

    # --- questions ------------------------------------------------------------------------------------

    async def ask(self, seat: Seat, key: str, text: str) -> int:
        """Ask a question; its number is its name from now on. The same key again asks nothing twice.

        Raises:
            ApiError: 409 `question.too_many`, `session.not_open`.
        """
        room, talk = _open(seat)
        mine = [each for each in talk.questions.values() if each.person == seat.person]
        if sum(not (each.answered or each.removed) for each in mine) >= MOST_QUESTIONS:
            raise ApiError("question.too_many", 409, limit=MOST_QUESTIONS)
        return await self.record(
            room, "question.asked", {"text": text, "key": key}, seat.person, f"ask {key}"
        )

    async def upvote(self, seat: Seat, n: int) -> None:
        """Say that one has the same question; once is enough."""
        room, talk = _open(seat)
        question = _question(talk, n)
        if question.person != seat.person and seat.person not in question.votes:
            await self.record(room, "question.upvoted", {"question": n}, seat.person, f"upvote {n}")

    async def answer(self, room: Classroom, actor: str, n: int, text: str) -> None:
        """Answer a question in a word, or say that it was answered aloud; also after class."""
        _question(room.state.part(Talk), n)
        await self.record(room, "question.answered", {"question": n, "text": text}, actor)

    async def remove_question(self, seat: Seat, n: int) -> None:
        room, talk = _open(seat)
        if _question(talk, n).person != seat.person:
            _lead(seat)
        await self.record(room, "question.removed", {"question": n}, seat.person)

    # --- reactions ------------------------------------------------------------------------------------

    def react(self, seat: Seat, what: str) -> None:
        """Counted into the next news; nothing of it is written down."""
        room, _ = _open(seat)
        self._reactions.setdefault(room.session, Counter())[what] += 1

    async def record(self, room: Classroom, kind: str, data: Any, actor: str, key: str = "") -> int:
        """Write it down. Returns its number, once the class has taken it in."""
        recorded = await self.house.trace.record(kind, data, actor=actor, session=room.session, key=key)
        await room.reached(recorded.entry.session_seq)
        return recorded.entry.session_seq


def _open(seat: Seat) -> tuple[Classroom, Talk]:
    room = seat.classroom
    if room is None or not room.open:
        raise ApiError("session.not_open", 409)
    return room, room.state.part(Talk)


def _lead(seat: Seat) -> None:
    if not may(seat.actor, LEADS, seat.standing):
        raise ApiError("permission.denied", 403)


def _line(talk: Talk, seat: Seat, n: int) -> Line:
    """A line that the seat can read; what it cannot read does not exist for it."""
    line = talk.lines.get(n)
    if line is None or line.now == GONE or (line.to and seat.person not in (line.person, line.to)):
        raise ApiError("chat.unknown", 404)
    return line


def _to(line: Line, data: dict[str, Any]) -> dict[str, Any]:
    """A change is for those who had the line. The two of a private one stand in it whoever changes it."""
    return {**data, "to": line.to, "of": line.person} if line.to else data


def _question(talk: Talk, n: int) -> Question:
    question = talk.questions.get(n)
    if question is None or question.removed:
        raise ApiError("question.unknown", 404)
    return question
