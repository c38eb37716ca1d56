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
from server.live.groups.state import Groups
from server.live.lessons import find_lesson
from server.live.media import MediaDesk
from server.live.metrics import LiveMetrics
from server.live.moderation.door import counted, lent, refuse_entry, rights_in, waits
from server.live.moderation.state import Moderation
from server.live.presence import GRACE, Gone
from server.live.rechecks import Rechecks
from server.live.rights import SOURCES, Apart
from server.live.seat import AGAIN, RESTART, Seat
from server.live.tables import LiveSession
from server.live.visits import refuse_unannounced
from server.live.words import RightsNews, encode
from server.permissions import Actor, Standing
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
        self.on_taken: list[Callable[[Classroom, Recorded], None]] = []
        """Called with every entry of a class once it is folded into the state."""
        self.on_admitted: list[Callable[[Classroom, Seat], None]] = []
        """Called with each seat that follows an open class from now on, to tell it how things stand."""
        self.on_lobby: list[Callable[[Classroom], None]] = []
        """Called when it changes who waits, or who is told."""
        self.stopping = False

    def find(self, session: str) -> Classroom | None:
        return self._sessions.get(session)

    def of_lesson(self, lesson: str) -> Classroom | None:
        """The classroom of a lesson, if it is in memory."""
        return self._lessons.get(lesson)

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
        for taken in self.on_taken:
            taken(room, recorded)
        if closing:
            self._closed(room)
        self.count()

    # --- seats ----------------------------------------------------------------------------------------

    async def enter(self, seat: Seat, lesson: str) -> None:
        """Seat somebody: into the class if it is open, else to wait for it.

        Raises:
            ApiError: 409 `session.closed`, 429 `seat.too_many`, 404 `object.unknown`, 503 `server.busy`,
                403 `visit.reason`, `class.removed`, `class.locked`.
        """
        room = await self.classroom(lesson)
        seat.actor, seat.standing = lent(room, *seat.own)
        seat.rights = rights_in(room, seat)
        if room.state.phase == "closed" and not seat.rights.open:
            raise ApiError("session.closed", 409)
        await refuse_unannounced(self.house, seat.actor, seat.standing, lesson)
        seat.actor, seat.standing = lent(room, *seat.own)  # both may have changed meanwhile
        seat.rights = rights_in(room, seat)
        refuse_entry(room, seat)
        if len([each for each in room.of(seat.person) if each.key != seat.key]) >= MOST_SEATS:
            raise ApiError("seat.too_many", 429, limit=MOST_SEATS)
        before = room.sit(seat)
        if before is not None:
            before.bye("seat.taken")
        self.count()
        if room.open:
            await self._door(room, seat)
        else:
            seat.answer(
                encode(room.welcome(seat, "", ice.servers(self.house.settings, seat.person, self.now())))
            )

    async def _door(self, room: Classroom, seat: Seat) -> None:
        """Into the open class, or into its lobby."""
        if waits(room, seat):
            seat.waiting = True
            seat.answer(encode(room.welcome(seat, "", [])))
            self._lobby(room)
        else:
            await self._admit(room, seat)

    def _lobby(self, room: Classroom) -> None:
        for changed in self.on_lobby:
            changed(room)

    async def release(self, room: Classroom, seat: Seat) -> None:
        """Let a seat in that waits and need not any more."""
        if seat.waiting and room.open and not waits(room, seat):
            await self.admit_safely(room, seat)
            self._lobby(room)

    def apart_of(self, lesson: str) -> Apart | None:
        return self.apart(lesson)

    def reassess(self, room: Classroom, seat: Seat, actor: Actor, standing: Standing) -> None:
        """Work the seat's rights out anew from its own standing and what holds in the class."""
        seat.own = (actor, standing)
        seat.actor, seat.standing = lent(room, actor, standing)
        rights = rights_in(room, seat)
        if rights == seat.rights:
            return
        seat.rights = rights
        mic, cam, screen = (
            on and each in rights.publish for on, each in zip(seat.media, SOURCES, strict=True)
        )
        seat.media = (mic, cam, screen)
        seat.tell("rights", encode(RightsNews(rights)))
        self.media.rights_changed(seat)
        self._lobby(room)

    async def _admit(self, room: Classroom, seat: Seat) -> None:
        """Let a seat into the open class: joined, welcomed, following."""
        seat.waiting = False
        was_away = seat.person in room.presence.away()
        seat.hushed = seat.can_be_muted and seat.person in room.state.part(Moderation).hushed
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
            refuse_entry(room, seat)
            if seat.person in room.state.people or not room.open:
                return

            async def still_open(db: AsyncSession) -> None:
                if await db.scalar(select(LiveSession.closed).where(LiveSession.session == room.session)):
                    raise ApiError("session.closed", 409)

            data = {"name": seat.name, "role": seat.role}
            await self.record(room, "person.joined", data, actor=seat.person, work=still_open)

    def went(self, seat: Seat) -> None:
        """The seat's socket is gone, without a word."""
        room = seat.classroom
        if room is None or not room.rise(seat):
            return
        self.count()
        if seat.waiting:
            self._lobby(room)
        elif room.open and not self.stopping:
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
        if seat.waiting:
            self._lobby(room)
        elif room.open:
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
                group.create_task(self._seat_safely(room, seat, self._door))
        return recorded.entry.session_seq

    async def admit_safely(self, room: Classroom, seat: Seat) -> None:
        """Let a seat in from the lobby."""
        await self._seat_safely(room, seat, self._admit)

    async def _seat_safely(
        self, room: Classroom, seat: Seat, where: Callable[[Classroom, Seat], Awaitable[None]]
    ) -> None:
        try:
            await where(room, seat)
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
            return await self.record(
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
        """A chat line: to everybody, in a group to that group, or `to` one person in the class. The same key
        again gives the number of the first time.

        Raises:
            ApiError: 409 `session.not_open`, `chat.nobody`.
        """
        room = self.open_room(seat)
        data = {"text": text, "key": key}
        if to:
            if to not in room.state.people or to == seat.person:
                raise ApiError("chat.nobody", 409)
            data["to"] = to
        else:
            data |= room.state.part(Groups).line(seat.person)
        return await self.record(room, "chat.said", data, actor=seat.person, key=f"chat {key}")

    async def media_state(self, seat: Seat, media: tuple[bool, bool, bool]) -> None:
        """What the seat has switched on; told when it changes anything for the person."""
        room = self.open_room(seat)
        hushed = seat.hushed
        seat.media = counted(seat, media)
        await self._media_changed(room, seat.person)
        if hushed != seat.hushed:
            self.media.rights_changed(seat)

    async def _media_changed(self, room: Classroom, person: str) -> None:
        async with room.lock(person):
            known = room.state.people.get(person)
            now = room.media_of(person)
            if known is not None and known.media() != now and room.open:
                await self.record(room, "media.state", media_data(now), actor=person)

    def open_room(self, seat: Seat) -> Classroom:
        """The open class that the seat is in.

        Raises:
            ApiError: 409 `session.not_open`; of whoever waits or was sent away too.
        """
        room = seat.classroom
        if room is None or not room.open or seat.waiting or room.seats.get(seat.key) is not seat:
            raise ApiError("session.not_open", 409)
        return room

    async def record(
        self, room: Classroom, kind: str, data: Any, *, actor: str, key: str = "", work: Work | None = None
    ) -> int:
        """Write an entry of the class down. Returns its number once it is taken in."""
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
                await self.record(room, "person.left", {"at": gone.sign}, actor=person)
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
