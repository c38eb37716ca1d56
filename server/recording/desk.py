"""The desk of recordings: open classes in, orders to the recorder out; files in, entries of the trace out.

Once a second it says for each open class whom to record, and tells the class the truth about it: how
many tracks grow on the disk, whether the teacher has paused, what is wrong. What is wrong is an entry
of the trace as well (`recording.alarm`), and the class goes on.
"""

import asyncio
import logging
import time
from typing import Any

from sqlalchemy import select

from media.boot import boot_id
from media.recording.messages import PieceState
from server.errors import ApiError, TraceError
from server.house import House
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.live.groups.state import Groups
from server.live.media import seat_of
from server.live.words import Word, encode
from server.recording import policy
from server.recording.link import RecorderLink
from server.recording.stillness import Stillness
from server.recording.tables import RecordingAgreement, RecordingPause
from server.trace import Recorded

log = logging.getLogger(__name__)

TICK = 1.0
PATIENCE = 6.0
"""Seconds that a track, or the recorder, may be still before the class is told."""
PRESENTER = "teacher"


class RecordingNews(Word, tag_field="type", tag="recording"):
    """What the red mark says. `tracks` grow on the disk, `bytes` have been written of them; `problem` is
    a code of the recorder, or `recording.down`, `recording.stalled`; empty: all is well. `asks`: it is
    recorded only while everybody agrees; `agreed`: who does."""

    on: bool
    paused: bool
    tracks: int
    bytes: int
    problem: str
    asks: bool = False
    agreed: tuple[str, ...] = ()


OFF = RecordingNews(False, False, 0, 0, "")


class RecordingDesk:
    """A part of the house; `run` owns what goes on by itself."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.link = RecorderLink(house.settings.run_dir / "recorder.sock", self)
        self._live = house.part(LiveDesk)
        self._live.on_taken.append(self._taken)
        self._boot = boot_id()
        self._news: asyncio.Queue[PieceState] = asyncio.Queue()
        self._begun: set[str] = set()
        self._paused: set[str] = set()
        self._agreed: dict[str, set[str]] = {}
        """By session: who agrees to be recorded."""
        self._spoke: dict[str, dict[str, float]] = {}
        """By session: who spoke, and when they were last heard (monotonic seconds)."""
        self._still: dict[str, Stillness] = {}
        """By session."""
        self._told: dict[str, tuple[bytes, set[int]]] = {}
        """By session: the news, and the seats that have heard it."""
        self._alarms: dict[str, str] = {}
        self._loudest: dict[str, tuple[str, str]] = {}
        """By session: who spoke at the last look, and whom the trace has."""

    # --- what a teacher asks --------------------------------------------------------------------------

    async def pause(self, room: Classroom, actor: str, paused: bool) -> None:
        """Stop recording a class for a while, or go on. Saying it twice is no error.

        Raises:
            ApiError: 409 `session.not_open`, `recording.off`.
        """
        if not room.open:
            raise ApiError("session.not_open", 409)
        if not self.records(room):
            raise ApiError("recording.off", 409)
        if paused == (room.session in self._paused):
            return
        kind = "recording.paused" if paused else "recording.resumed"
        await self.house.trace.record(kind, {}, actor=actor, session=room.session)
        (self._paused.add if paused else self._paused.discard)(room.session)
        self._order(room)
        self._tell(room)

    async def agree(self, room: Classroom, actor: str, agree: bool) -> None:
        """Agree to be recorded, or no longer, where everybody has to.

        Raises:
            ApiError: 409 `session.not_open`, `recording.off`.
        """
        if not room.open:
            raise ApiError("session.not_open", 409)
        if policy.policy_of(room.lesson.kind) != "asked":
            raise ApiError("recording.off", 409)
        agreed = self._agreed.setdefault(room.session, set())
        if agree == (actor in agreed):
            return
        data = {"agree": agree}
        await self.house.trace.record("recording.agreed", data, actor=actor, session=room.session)
        (agreed.add if agree else agreed.discard)(actor)
        self._order(room)
        self._tell(room)

    def records(self, room: Classroom) -> bool:
        """Whether this class is recorded: by its kind, or because everybody in it agrees."""
        kind = policy.policy_of(room.lesson.kind)
        if kind == "asked":
            people = room.state.people.keys()
            return bool(people) and people <= self._agreed.get(room.session, set())
        return kind != "never"

    # --- the recorder: link.Listener ------------------------------------------------------------------

    def piece(self, state: PieceState) -> None:
        if state.state == "finished" or state.piece not in self._begun:
            self._news.put_nowait(state)

    def resumed(self, growing: list[PieceState]) -> None:
        """Go on with whose camera was recorded when the last server died: they may not be back yet, and
        nobody has been heard."""
        now = time.monotonic()
        for state in growing:
            seat = seat_of(state.peer)
            if state.source == "cam" and seat is not None:
                self._spoke.setdefault(state.room, {}).setdefault(seat.person, now)

    async def write_down(self) -> None:
        """Put what the recorder tells into the trace, for ever. The owner cancels."""
        while True:
            state = await self._news.get()
            try:
                await self._write_down(state)
            except TraceError as error:  # told again with the recorder's next snapshot
                log.error("cannot write down the piece %s: %s", state.piece, error)
                await asyncio.sleep(1.0)
                if state.state == "finished":
                    self._news.put_nowait(state)

    async def _write_down(self, state: PieceState) -> None:
        seat = seat_of(state.peer)
        person = seat.person if seat is not None else state.peer
        starts = self._session_time(state, state.starts)
        data: dict[str, Any] = {
            "piece": state.piece, "person": person, "source": state.source, "codec": state.codec,
            "file": state.file, "starts": starts, "width": state.width, "height": state.height,
        }  # fmt: skip
        if state.piece not in self._begun:
            self._begun.add(state.piece)
            key = f"started.{state.piece}"
            await self.house.trace.record(
                "recording.started", data, actor="system", session=state.room, key=key
            )
        if state.state != "finished":
            return
        data |= {
            "ends": self._session_time(state, state.ends), "bytes": state.bytes, "frames": state.frames,
            "sha256": state.sha256, "gaps": state.gaps, "mended": state.mended,
        }  # fmt: skip
        key = f"piece.{state.piece}"
        await self.house.trace.record("recording.piece", data, actor="system", session=state.room, key=key)
        self._begun.discard(state.piece)
        self.link.kept(state.piece)

    def _session_time(self, state: PieceState, mono: int) -> int:
        """Session time of a monotonic reading; of one of another boot by the wall clock of then."""
        if state.boot == self._boot:
            return self.house.clock.at(mono)
        return state.wall + mono - state.starts

    # --- the classes ----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Look after every class once a second, for ever. The owner cancels."""
        async with self.house.store.read() as db:
            self._paused = set(await db.scalars(select(RecordingPause.session)))
            for session, person in await db.execute(
                select(RecordingAgreement.session, RecordingAgreement.person)
            ):
                self._agreed.setdefault(session, set()).add(person)
        while True:
            await asyncio.sleep(TICK)
            try:
                await self._turn()
            except TraceError as error:
                log.error("cannot write down an alarm: %s", error)

    async def _turn(self) -> None:
        rooms = self._live.running()
        for room in rooms:
            if room.open:
                self._order(room)
                self._tell(room)
                await self._alarm(room)
                await self._heard(room)
        there = {room.session for room in rooms if room.open}
        for session in [session for session in self.link.orders if session not in there]:
            self.link.forget(session)
        for session in [session for session in self._told if session not in there]:
            self._told.pop(session)
            self._spoke.pop(session, None)
            self._still.pop(session, None)
            self._alarms.pop(session, None)
            self._loudest.pop(session, None)
            self._paused.discard(session)
            self._agreed.pop(session, None)

    def _taken(self, room: Classroom, recorded: Recorded) -> None:
        """Groups are not recorded: who goes into one is left out at once."""
        if recorded.entry.kind in Groups.told and room.open:
            self._order(room)

    def _order(self, room: Classroom) -> None:
        kind = policy.policy_of(room.lesson.kind)
        if not self.records(room) or room.session in self._paused:
            self.link.forget(room.session)
            return
        now = time.monotonic()
        spoke = self._spoke.setdefault(room.session, {})
        spoke.update(dict.fromkeys(room.speaking, now))
        for person in [person for person, at in spoke.items() if now - at > policy.STAYS]:
            del spoke[person]
        presenters = [each.id for each in room.state.people.values() if each.role == PRESENTER]
        latest = sorted(spoke, key=lambda person: (-spoke[person], person))
        groups = room.state.part(Groups)
        main = [each for each in room.state.people if not groups.rooms_of(each)] if groups.open else None
        heard = room.apart is not None and "mic" in room.apart.sends
        people = policy.wanted(kind, room.session, presenters, latest, main, heard)
        self.link.order(room.session, people, policy.keyframes(kind))

    async def _heard(self, room: Classroom) -> None:
        """Write down who speaks, once they have for two looks: marks to seek by later."""
        groups = room.state.part(Groups)
        now = next((person for person in room.speaking if not groups.rooms_of(person)), "")
        before, noted = self._loudest.get(room.session, ("", ""))
        self._loudest[room.session] = (now, noted)
        if now and now == before and now != noted:
            self._loudest[room.session] = (now, now)
            await self.house.trace.record(
                "class.speaking", {"person": now}, actor="system", session=room.session
            )

    def _tell(self, room: Classroom) -> None:
        """Tell the class how it stands, and whoever came since."""
        news = self.standing(room)
        # Whole megabytes: a word every second for the sake of a number serves nobody.
        frame = encode(news)
        before, heard = self._told.get(room.session, (b"", set()))
        if frame != before:
            heard = set()
            self._told[room.session] = (frame, heard)
        for seat in room.seats.values():
            if id(seat) not in heard:
                heard.add(id(seat))
                seat.tell("recording", frame)

    def standing(self, room: Classroom) -> RecordingNews:
        """How the recording of a class stands."""
        if not room.open:
            return OFF
        asks = policy.policy_of(room.lesson.kind) == "asked"
        agreed = tuple(sorted(self._agreed.get(room.session, ()))) if asks else ()
        if not self.records(room):
            return RecordingNews(False, False, 0, 0, "", asks, agreed)
        if room.session in self._paused:
            return RecordingNews(False, True, 0, 0, "", asks, agreed)
        now = time.monotonic()
        growing = [each for each in self.link.of(room.session) if now - each.grew <= PATIENCE]
        megabytes = sum(each.state.bytes for each in growing) // 1_000_000
        problem = self._problem(room, now)
        return RecordingNews(True, False, len(growing), megabytes * 1_000_000, problem, asks, agreed)

    def _problem(self, room: Classroom, now: float) -> str:
        if not self.link.up:
            return "recording.down" if now - self.link.down_since > PATIENCE else ""
        if self.link.disk.problem:
            return self.link.disk.problem
        return "recording.stalled" if self._stalled(room, now) else ""

    def _stalled(self, room: Classroom, now: float) -> bool:
        """Whether a track arrives that should grow on the disk and does not."""
        order = self.link.orders.get(room.session)
        worker = self._live.media.links.home(room.session)
        if order is None or worker is None or not worker.up:
            return False
        grew = {(each.state.peer, each.state.source): each.grew for each in self.link.of(room.session)}
        due = {
            (info.peer, track.source)
            for info in worker.peers.values()
            for track in info.tracks
            if info.room == room.session and info.state == "connected" and track.layers
            if (rights := worker.rights.get(info.peer)) is None or track.source in rights.publish
            if info.peer.startswith(order.people.get(track.source) or ("\0",))
        }
        still = self._still.setdefault(room.session, Stillness())
        return still.stopped(due, grew, now, 2 * PATIENCE)

    async def _alarm(self, room: Classroom) -> None:
        """Write down that something is wrong, once, and once that it is well again."""
        problem = self._problem(room, time.monotonic()) if self.records(room) else ""
        if problem != self._alarms.get(room.session, ""):
            self._alarms[room.session] = problem
            if problem:
                log.error("the recording of %s: %s", room.session, problem)
            data = {"problem": problem}
            await self.house.trace.record("recording.alarm", data, actor="system", session=room.session)
