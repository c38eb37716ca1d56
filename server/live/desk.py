"""The desk of the running classes: opens and closes them, seats people, and writes down what happened.

Flows in: seats, requests of handlers, committed entries, the time. Flows out: entries of the trace
(`session.opened`, `session.closed`, `person.joined`, `person.left`, `chat.said`, `media.state`) and,
from them, the classrooms in memory. What clients are told always comes from an entry that is
committed, so nobody has seen what a crash could undo.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError, TraceError
from server.house import House
from server.ids import new_id
from server.live import ice
from server.live.classroom import Classroom, media_data
from server.live.folds import KINDS
from server.live.lessons import find_lesson
from server.live.media import MediaDesk
from server.live.metrics import LiveMetrics
from server.live.presence import GRACE, Gone
from server.live.rechecks import Rechecks
from server.live.rights import Apart, exam_rights
from server.live.seat import AGAIN, RESTART, Seat
from server.live.tables import LiveSession
from server.live.visits import refuse_unannounced
from server.live.words import SeatRights, encode
from server.trace import Recorded
from server.web.metrics import Metrics

log = logging.getLogger(__name__)

Work = Callable[[AsyncSession], Awaitable[Any]]

SETTLE = 3.0
"""Seconds that a seat waits at most for the media workers to have told what they hold."""

MOST_SEATS = 8
"""Tabs of one person in one class."""

PAGE = 1000


class LiveDesk:
    """A part of the house. What goes on by itself is in upkeep.py."""

    def __init__(self, house: House, media: Callable[["LiveDesk"], MediaDesk], rechecks: Rechecks) -> None:
        self.house = house
        self.metrics = LiveMetrics(house.part(Metrics).registry)
        self.media = media(self)
        self.rechecks = rechecks
        self.settled = asyncio.Event()
        """Whether the media workers have told what they have (or did not come in time)."""
        self.apart: Callable[[str], Apart | None] = lambda lesson: None
        """Which lessons are exams; the room of exams knows."""
        self._lessons: dict[str, Classroom] = {}
        self._sessions: dict[str, Classroom] = {}
        self._early: dict[str, list[Recorded]] = {}
        """Entries of sessions that are being read back."""
        self._loading = asyncio.Lock()
        self.on_settled: list[Callable[[], Awaitable[None]]] = []
        """Called once the media workers have told what they have."""
        self.on_admitted: list[Callable[[Classroom, Seat], None]] = []
        """Called with each seat that follows an open class from now on."""
        self.stopping = False

    def find(self, session: str) -> Classroom | None:
        return self._sessions.get(session)

    def rooms(self) -> list[Classroom]:
        """Every classroom in memory."""
        return list(self._lessons.values())

    def running(self) -> list[Classroom]:
        """Those with a session, open or closed."""
        return list(self._sessions.values())

    def now(self) -> int:
        return self.house.clock.now()

    # --- classrooms -----------------------------------------------------------------------------------

    async def classroom(self, lesson: str) -> Classroom:
        """The classroom of a lesson, made or read back as needed.

        Raises:
            ApiError: 404 `object.unknown`.
        """
        found = self._lessons.get(lesson)
        if found is not None:
            return found
        async with self._loading:
            found = self._lessons.get(lesson)
            if found is not None:
                return found
            async with self.house.store.read() as db:
                facts = await find_lesson(self.house, db, lesson)
                session = await db.scalar(select(LiveSession.session).where(LiveSession.lesson == lesson))
            room = Classroom(facts.info, facts.ends, self._read_back, GRACE, self.apart_of)
            if session is not None:
                await self._load(room, session)
            self._lessons[lesson] = room
            return room

    async def _load(self, room: Classroom, session: str) -> None:
        """Read the session's entries back; those that come meanwhile are taken in behind them."""
        early = self._early[session] = []
        try:
            after = 0
            while True:
                entries = await self.house.trace.read(session, after, PAGE)
                for recorded in entries:
                    room.take(recorded)
                if len(entries) < PAGE:
                    break
                after = entries[-1].entry.session_seq
            for recorded in early:
                room.take(recorded)
        finally:
            del self._early[session]
        room.session = session
        room.empty_since = room.state.time
        self._sessions[session] = room

    async def _read_back(self, session: str, after: int, limit: int) -> list[Recorded]:
        return await self.house.trace.read(session, after, limit, kinds=KINDS)

    def take(self, recorded: Recorded) -> None:
        """The trace's subscriber."""
        session = recorded.entry.session
        if session in self._early:
            self._early[session].append(recorded)
            return
        room = self._sessions.get(session) if session else None
        if room is None:
            self.rechecks.note(recorded, self._lessons.values())
            return
        closing = recorded.entry.kind == "session.closed" and room.open
        room.take(recorded)
        if closing:
            self._closed(room)
        self.count()

    # --- seats ----------------------------------------------------------------------------------------

    async def enter(self, seat: Seat, lesson: str) -> None:
        """Seat somebody: into the class if it is open, else to wait for it.

        Raises:
            ApiError: 409 `session.closed`, 429 `seat.too_many`, 404 `object.unknown`, 503 `server.busy`,
                403 `visit.reason`.
        """
        room = await self.classroom(lesson)
        if room.state.phase == "closed" and not seat.rights.open:
            raise ApiError("session.closed", 409)
        await refuse_unannounced(self.house, seat.actor, seat.standing, lesson)
        if len([each for each in room.of(seat.person) if each.key != seat.key]) >= MOST_SEATS:
            raise ApiError("seat.too_many", 429, limit=MOST_SEATS)
        seat.rights = self.rights_of(room, seat)
        before = room.sit(seat)
        if before is not None:
            before.bye("seat.taken")
        self.count()
        if room.open:
            await self._admit(room, seat)
        else:
            seat.answer(
                encode(room.welcome(seat, "", ice.servers(self.house.settings, seat.person, self.now())))
            )

    def apart_of(self, lesson: str) -> Apart | None:
        return self.apart(lesson)

    def rights_of(self, room: Classroom, seat: Seat) -> SeatRights:
        """What the seat may do in this room."""
        rights = seat.rights_for(seat.actor, seat.standing)
        return rights if room.apart is None else exam_rights(room.apart, seat.role, rights)

    async def _admit(self, room: Classroom, seat: Seat) -> None:
        """Let a seat into the open class: joined, welcomed, following."""
        was_away = seat.person in room.presence.away()
        room.presence.come(seat.key)
        await self.join(room, seat)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE):
                await self.settled.wait()
        if not room.open or room.seats.get(seat.key) is not seat:
            return
        epoch = self.media.resume(seat)
        seat.answer(
            encode(room.welcome(seat, epoch, ice.servers(self.house.settings, seat.person, self.now())))
        )
        if room.hears(seat):
            seat.follow()
        room.tell_now(seat)
        for admitted in self.on_admitted:
            admitted(room, seat)
        self.media.tell_slots(seat)
        if was_away:
            room.tell_away()

    async def join(self, room: Classroom, seat: Seat) -> None:
        """Write down that the seat's person is there, unless they are already."""
        async with room.lock(seat.person):
            if seat.person in room.state.people or not room.open:
                return

            async def still_open(db: AsyncSession) -> None:
                if await db.scalar(select(LiveSession.closed).where(LiveSession.session == room.session)):
                    raise ApiError("session.closed", 409)

            data = {"name": seat.name, "role": seat.role}
            await self._record(room, "person.joined", data, actor=seat.person, work=still_open)

    def went(self, seat: Seat) -> None:
        """The seat's socket is gone, without a word."""
        room = seat.classroom
        if room is None or not room.rise(seat):
            return
        self.count()
        if room.open and not self.stopping:
            room.presence.drop(seat.key, seat.sign, time.monotonic())
            room.tell_away()
        elif not room.session and not room.seats and not room.gate.locked():
            self._lessons.pop(room.lesson.id, None)

    async def leave(self, seat: Seat) -> None:
        """The person leaves on purpose: no grace."""
        room = seat.classroom
        if room is None or not room.rise(seat):
            return
        self.count()
        if room.open:
            await self.gone(room, room.presence.leave(seat.key, self.now()))

    # --- what is written down -------------------------------------------------------------------------

    async def open(self, room: Classroom, actor: str) -> int:
        """Open the class, or find it open. Returns the entry's number.

        Raises:
            ApiError: 409 `lesson.cancelled`; TraceError.
        """
        async with room.gate:
            if room.open:
                return room.state.n
            async with self.house.store.read() as db:
                facts = await find_lesson(self.house, db, room.lesson.id)
            if facts.cancelled:
                raise ApiError("lesson.cancelled", 409)
            room.lesson, room.ends = facts.info, facts.ends
            session = room.session or new_id()
            self._sessions[session] = room
            try:
                recorded = await self.house.trace.record(
                    "session.opened", {"lesson": room.lesson.id}, actor=actor, session=session
                )
            except BaseException:
                if not room.session:
                    del self._sessions[session]
                raise
            room.session = session
            room.empty_since = self.now()
            await room.reached(recorded.entry.session_seq)
        waiting = list(room.seats.values())
        async with asyncio.TaskGroup() as group:
            for seat in waiting:
                group.create_task(self._admit_safely(room, seat))
        return recorded.entry.session_seq

    async def _admit_safely(self, room: Classroom, seat: Seat) -> None:
        try:
            await self._admit(room, seat)
        except (ApiError, TraceError) as error:
            log.warning("cannot let %s in, their page comes again: %s", seat.person, error.code)
            seat.end(AGAIN, error.code)

    async def close(self, room: Classroom, actor: str, reason: str) -> int:
        """Close the class, or find it closed. Returns the entry's number.

        Raises:
            ApiError: 409 `session.not_open` when it was never open; TraceError.
        """
        async with room.gate:
            if room.state.phase == "planned":
                raise ApiError("session.not_open", 409)
            if room.state.phase == "closed":
                return room.state.n
            away = {who: at for who, at in room.presence.away().items() if who in room.state.people}
            return await self._record(
                room,
                "session.closed",
                {"lesson": room.lesson.id, "reason": reason, "away": away},
                actor=actor,
            )

    def _closed(self, room: Classroom) -> None:
        """The class is closed by a committed entry: say goodbye to everybody."""
        room.presence.clear()
        room.links.clear()
        room.speaking = []
        self.media.close(room.session)
        for seat in list(room.seats.values()):
            seat.bye("session.closed")

    async def say(self, seat: Seat, key: str, text: str, to: str = "") -> int:
        """A chat line, to everybody or `to` one person in the class. The same key again gives the number
        of the first time.

        Raises:
            ApiError: 409 `session.not_open`, `chat.nobody`.
        """
        room = self._open_room(seat)
        data = {"text": text, "key": key}
        if to:
            if to not in room.state.people or to == seat.person:
                raise ApiError("chat.nobody", 409)
            data["to"] = to
        return await self._record(room, "chat.said", data, actor=seat.person, key=f"chat {key}")

    async def media_state(self, seat: Seat, media: tuple[bool, bool, bool]) -> None:
        """What the seat has switched on; told when it changes anything for the person."""
        room = self._open_room(seat)
        seat.media = media
        await self._media_changed(room, seat.person)

    async def _media_changed(self, room: Classroom, person: str) -> None:
        async with room.lock(person):
            known = room.state.people.get(person)
            now = room.media_of(person)
            if known is not None and known.media() != now and room.open:
                await self._record(room, "media.state", media_data(now), actor=person)

    def _open_room(self, seat: Seat) -> Classroom:
        room = seat.classroom
        if room is None or not room.open:
            raise ApiError("session.not_open", 409)
        return room

    async def _record(
        self, room: Classroom, kind: str, data: Any, *, actor: str, key: str = "", work: Work | None = None
    ) -> int:
        recorded = await self.house.trace.record(
            kind, data, actor=actor, session=room.session, key=key, work=work
        )
        await room.reached(recorded.entry.session_seq)
        return recorded.entry.session_seq

    async def gone(self, room: Classroom, gone: Gone) -> None:
        """A seat is given up: its connection goes, and with the last one the person has left."""
        person = gone.seat.person
        self.media.seat_gone(room.session, gone.seat)
        try:
            if not gone.left:
                await self._media_changed(room, person)
                return
            async with room.lock(person):
                if room.presence.known(person) or person not in room.state.people or not room.open:
                    return
                await self._record(room, "person.left", {"at": gone.sign}, actor=person)
            room.links.pop(person, None)
            if not room.presence.people():
                room.empty_since = self.now()
        except TraceError as error:
            log.warning("cannot write that %s left, trying again: %s", person, error.code)
            room.presence.restore(person, gone.sign, time.monotonic())

    def end_sockets(self) -> None:
        """The server is stopping: pages are told to come back."""
        self.stopping = True
        for room in self._lessons.values():
            for seat in room.seats.values():
                seat.end(RESTART, "restart")

    def count(self) -> None:
        self.metrics.seats.set(sum(len(room.seats) for room in self._lessons.values()))
        self.metrics.classes.set(sum(room.open for room in self._sessions.values()))
