"""The desk of exams: keeps those in memory that are near, writes down what happens, keeps their time.

Flows in: what students and proctors ask (routes), what vision sees, committed lines of the trace, the time.
Flows out: lines, and from them the attempts in memory; orders to the vision workers; words to the pages.
Nothing here decides about a student: it raises flags, and proctors pause, extend or suspend.
"""

import asyncio
import hmac
import logging
import time
from typing import Any

from media.messages import Source
from proctoring.head import Direction
from proctoring.kinds import SECOND
from proctoring.messages import Look, SeenScreen, SeenWebcam, Thumbnail
from proctoring.rules import Flag
from server.errors import ApiError, TraceError
from server.exams import rules as documents
from server.exams import store
from server.exams.attempt import ENDED, LIVE, Attempt, Gap
from server.exams.exam import Exam
from server.exams.files import Files
from server.exams.projections import Lines
from server.exams.sight import PATIENCE, Sight
from server.exams.vision import Vision
from server.house import House
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.live.rights import Apart
from server.live.words import Word, encode
from server.trace import Recorded
from server.trace.reached import Reached

log = logging.getLogger(__name__)

TICK = 1.0
AHEAD = 4 * 3600 * SECOND
BEHIND = 12 * 3600 * SECOND
"""Microseconds around an exam in which it is kept in memory by itself."""
LATE_SAVE = 20 * SECOND
"""After the end of the time, answers that were on their way are still taken."""
AWAY_AFTER = 4 * SECOND
LINES = frozenset(Lines.kinds)
QUIET = frozenset({"attempt.answered", "attempt.events", "attempt.gap", "attempt.seen_messages"})
"""Lines of which pages need not be told at once."""


class ExamNews(Word, tag_field="type", tag="exam"):
    """Something of this attempt has changed; `person` empty: of the exam."""

    n: int
    person: str


class Picture:
    """The newest small picture of a camera; `seq` counts all pictures of the house."""

    __slots__ = ("jpeg", "seq")

    def __init__(self, seq: int, jpeg: bytes) -> None:
        self.seq = seq
        self.jpeg = jpeg


class ExamDesk:
    """A part of the house; `run` owns what goes on by itself."""

    def __init__(self, house: House, key: bytes) -> None:
        self.house = house
        self.files = Files(house.settings.data / "exams")
        self.vision = Vision(house.settings.run_dir, house.settings.vision_workers, self)
        self.exams: dict[str, Exam] = {}
        self.pictures: dict[tuple[str, str, str], Picture] = {}
        """By exam, person and camera."""
        self._live = house.part(LiveDesk)
        self._key = key
        self._sound: dict[str, bool] = {}
        """Every exam of the house, and whether it is heard."""
        self._sights: dict[tuple[str, str], Sight] = {}
        self._loading = asyncio.Lock()
        self._early: dict[str, list[Recorded]] = {}
        self._reached = Reached()
        self._pictures = 0
        self._write: asyncio.Queue[tuple[str, str, list[Flag], list[Gap]]] = asyncio.Queue()
        self._looked = 0.0
        self._stale: set[str] = set()
        """Lessons of which the plan has changed."""
        self._live.apart = self.apart

    def now(self) -> int:
        return self.house.clock.now()

    def apart(self, lesson: str) -> Apart | None:
        """For the live room: an exam's examinees are kept apart."""
        sound = self._sound.get(lesson)
        if sound is None:
            return None
        sends: tuple[Source, ...] = ("mic", "cam", "screen") if sound else ("cam", "screen")
        return Apart(sends)

    def beacon_key(self, exam: Exam, person: str) -> bytes:
        return hmac.digest(self._key, f"beacon\n{exam.lesson}\n{person}".encode(), "sha256")

    # --- exams in memory ------------------------------------------------------------------------------

    async def find(self, lesson: str) -> Exam:
        """The exam, read back if need be.

        Raises:
            ApiError: 404 `exam.unknown`.
        """
        found = self.exams.get(lesson)
        if found is not None:
            return found
        async with self._loading:
            found = self.exams.get(lesson)
            if found is not None:
                return found
            early = self._early[lesson] = []
            try:
                async with self.house.store.read() as db:
                    found = await store.load(db, lesson)
                if found is None:
                    raise ApiError("exam.unknown", 404)
                self.exams[lesson] = found
                for recorded in early:
                    self._take(found, recorded)
            finally:
                del self._early[lesson]
        return found

    async def attempt(self, lesson: str, person: str) -> tuple[Exam, Attempt]:
        """Raises:
        ApiError: 404 `exam.unknown`, `exam.no_attempt`.
        """
        exam = await self.find(lesson)
        found = exam.attempts.get(person)
        if found is None:
            raise ApiError("exam.no_attempt", 404)
        return exam, found

    def take(self, recorded: Recorded) -> None:
        """The trace's subscriber."""
        kind, data = recorded.entry.kind, recorded.data
        if not isinstance(data, dict):
            return
        lesson = str(data.get("lesson", ""))
        if lesson in self._early:
            self._early[lesson].append(recorded)
        elif kind in LINES:
            exam = self.exams.get(lesson)
            if exam is not None:
                self._take(exam, recorded)
        elif kind in ("lesson.changed", "lesson.deleted"):
            self._stale.add(lesson)
        elif kind == "retention.removed":
            for each in data["note"].get("lessons", ()):
                self._drop(each)

    def _drop(self, lesson: str) -> None:
        """What retention has taken from the store is not kept in memory: the exam is read anew."""
        exam = self.exams.get(lesson)
        if exam is not None and all(each.state in ENDED for each in exam.attempts.values()):
            del self.exams[lesson]

    def _take(self, exam: Exam, recorded: Recorded) -> None:
        entry, data = recorded.entry, recorded.data
        if entry.kind not in LINES or not isinstance(data, dict):
            return
        store.take(exam, entry.seq, entry.time, entry.kind, entry.actor, data)
        self._reached.note(entry.seq)
        if entry.kind not in QUIET:
            self.tell(exam, str(data.get("person", "")), entry.seq)

    async def changed(self, lesson: str) -> Exam | None:
        """The settings or the plan of an exam have changed: read them anew. What is under way keeps the
        rules and the settings that it began with; whoever is judged otherwise now is looked at anew."""
        self._stale.discard(lesson)
        await self.know()
        exam = self.exams.get(lesson)
        async with self.house.store.read() as db:
            found = await store.load(db, lesson)
        if exam is None or found is None:
            self.exams.pop(lesson, None)
            return await self.find(lesson) if found is not None else None
        judged = {person: (exam.rules, exam.of(person).judged) for person in exam.attempts}
        exam.facts, exam.candidates, exam.pages = found.facts, found.candidates, found.pages
        if not any(each.started for each in exam.attempts.values()):
            exam.settings, exam.rules_id, exam.rules = found.settings, found.rules_id, found.rules
        for person, attempt in exam.attempts.items():
            if judged[person] != (exam.rules, exam.of(person).judged):
                await self._rest(exam, attempt, self.now())
                self._forget(exam, person)
        self.tell(exam, "", exam.n)
        return exam

    async def record(
        self, exam: Exam, kind: str, data: dict[str, Any], *, actor: str, person: str = "", key: str = ""
    ) -> int:
        """Write one line down; returns once the exam in memory has it.

        Raises:
            TraceError: nothing was written.
        """
        whole = {"lesson": exam.lesson, **({"person": person} if person else {}), **data}
        recorded = await self.house.trace.record(kind, whole, actor=actor, key=key)
        seq = recorded.entry.seq
        if exam.n < seq:
            await self._reached.until(seq)
        return seq

    def tell(self, exam: Exam, person: str, n: int) -> None:
        """Tell the pages that are concerned: the examinee's, and the staff's."""
        room = self.room_of(exam.lesson)
        if room is None:
            return
        frame = encode(ExamNews(n, person))
        for seat in room.seats.values():
            if not person or seat.person == person or room.hears(seat):
                seat.tell(f"exam {person}", frame)

    def room_of(self, lesson: str) -> Classroom | None:
        """The class in which the exam's media are, once somebody has come."""
        return self._live.of_lesson(lesson)

    # --- what vision says: vision.Listener ------------------------------------------------------------

    def seen(self, seen: SeenWebcam | SeenScreen) -> None:
        found = self._of_peer(seen.peer)
        if found is None:
            return
        exam, person, sight = found
        at = self.house.clock.at(seen.at)
        if isinstance(seen, SeenWebcam):
            flags, gaps = sight.webcam(at, seen)
        else:
            flags, gaps = sight.screen(at, seen)
        self._put(exam, person, flags, gaps)

    def thumbnail(self, news: Thumbnail) -> None:
        found = self._of_peer(news.peer)
        if found is not None:
            self._pictures += 1
            key = (found[0].lesson, found[1], news.camera)
            self.pictures[key] = Picture(self._pictures, news.jpeg)

    def _of_peer(self, peer: str) -> tuple[Exam, str, Sight] | None:
        session, _, person = peer.rstrip("/").partition("/")
        room = self._live.find(session)
        exam = self.exams.get(room.lesson.id) if room is not None else None
        sight = self._sights.get((exam.lesson, person)) if exam is not None else None
        return (exam, person, sight) if exam is not None and sight is not None else None

    def _put(self, exam: Exam, person: str, flags: list[Flag], gaps: list[Gap]) -> None:
        if flags or gaps:
            copies = [Flag(each.number, each.kind, each.begin, each.end) for each in flags]
            self._write.put_nowait((exam.lesson, person, copies, gaps))

    async def write_down(self) -> None:
        """Put flags and gaps into the trace, for ever. The owner cancels."""
        while True:
            lesson, person, flags, gaps = await self._write.get()
            exam = self.exams.get(lesson)
            if exam is None:
                continue
            try:
                for flag in flags:
                    data: dict[str, Any] = {
                        "flag": flag.number, "kind": flag.kind, "begin": flag.begin, "end": flag.end,
                    }  # fmt: skip
                    await self.record(exam, "attempt.flag", data, actor="system", person=person)
                for gap in gaps:
                    data = {"stream": gap.stream, "begin": gap.begin, "end": gap.end, "why": gap.why}
                    await self.record(exam, "attempt.gap", data, actor="system", person=person)
            except TraceError as error:
                log.error("cannot write down what was seen: %s", error)
                await asyncio.sleep(1.0)
                self._write.put_nowait((lesson, person, flags, gaps))

    # --- what goes on by itself -----------------------------------------------------------------------

    async def run(self) -> None:
        """Look after every exam once a second, for ever. The owner cancels."""
        subscription = self.house.trace.subscribe(self.take)
        try:
            await self.know()
            await self._came_back()
            while True:
                await asyncio.sleep(TICK)
                try:
                    await self._turn()
                except (TraceError, ApiError) as error:
                    log.error("exams: %s", error)
        finally:
            await subscription.close()

    async def know(self) -> None:
        """Which lessons are exams, and which of them are heard."""
        async with self.house.store.read() as db:
            exams = await store.all_exams(db)
            loud = await store.sounds(db, exams.values())
        self._sound = {lesson: rules in loud for lesson, rules in exams.items()}

    async def _came_back(self) -> None:
        """After a start of the server: whoever was writing has been away since its last line."""
        await self._load_near()
        now = self.now()
        for exam in list(self.exams.values()):
            for attempt in exam.attempts.values():
                if attempt.state in LIVE and not attempt.away_since:
                    since = max((note.at for note in attempt.log), default=now)
                    last = [each.at for each in attempt.answers.values()]
                    data: dict[str, Any] = {"since": min(now, max([since, *last]))}
                    if now - data["since"] < 24 * 3600 * SECOND:
                        data["since"] = max(data["since"], await self._alive(exam.lesson, now))
                    await self.record(exam, "attempt.away", data, actor="system", person=attempt.person)
                for flag in [each for each in attempt.flags if each.end is None]:
                    # nobody saw how it went on
                    end = max(flag.begin, min(now, attempt.away_since or now))
                    data = {"flag": flag.n, "kind": flag.kind, "begin": flag.begin, "end": end}
                    await self.record(exam, "attempt.flag", data, actor="system", person=attempt.person)
                if attempt.state == "running":
                    self.sight(exam, attempt).leave(now, attempt.away_since, "analysis")

    async def _alive(self, lesson: str, now: int) -> int:
        """When the last server knew the class to be alive."""
        room = self.room_of(lesson)
        if room is None:
            return 0
        away = room.presence.away()
        return max((at for at in away.values() if at <= now), default=0)

    async def _load_near(self) -> None:
        now = self.now()
        async with self.house.store.read() as db:
            near = await store.coming(db, now, AHEAD, BEHIND)
        for lesson in near:
            await self.find(lesson)

    async def _turn(self) -> None:
        if time.monotonic() - self._looked > 20:
            self._looked = time.monotonic()
            await self._load_near()
        now = self.now()
        for lesson in [lesson for lesson in self._stale if lesson in self.exams]:
            await self.changed(lesson)
        self._stale.clear()
        for exam in list(self.exams.values()):
            if exam.opens <= now and exam.state(now) != "draft":
                await self._look_after(exam, now)

    async def _look_after(self, exam: Exam, now: int) -> None:
        over = exam.state(now) == "over"
        room = self.room_of(exam.lesson)
        if not over and (room is None or room.state.phase == "planned"):
            room = await self._live.classroom(exam.lesson)
            await self._live.open(room, "system")
        arriving = self.arriving(room)
        for attempt in list(exam.attempts.values()):
            if attempt.state in ENDED:
                await self._rest(exam, attempt, now)
                self._forget(exam, attempt.person)
            elif room is not None and room.open:
                await self._one(exam, attempt, room, now, arriving.get(attempt.person, set()))
            elif attempt.state in LIVE and exam.left(attempt, now) <= 0:
                await self.submit(exam, attempt, "clock")

    async def _one(
        self, exam: Exam, attempt: Attempt, room: Classroom, now: int, tracks: set[str]
    ) -> None:  # fmt: skip
        """One examinee who is not done; `tracks`: what arrives of them."""
        person = attempt.person
        async with exam.lock(person):
            here = bool(room.of(person))
            if attempt.state in LIVE:
                await self._presence(exam, attempt, room, here, now)
                if exam.left(attempt, now) <= 0:
                    await self.submit(exam, attempt, "clock")
                    return
            if attempt.state == "break" and exam.rules is not None:
                _, ends = attempt.break_left(now, exam.rules.breaks, exam.rules.break_minutes)
                if now > ends:
                    await self.record(exam, "attempt.back", {"by": "clock"}, actor="system", person=person)
        if attempt.biometrics != "yes":
            return
        sight = self.sight(exam, attempt)
        if sight.returned != attempt.returned:
            sight.anew(now, attempt.returned)
        self.vision.look(self._order(exam, attempt, room))
        if attempt.state == "running" and attempt.away_since:
            self._put(exam, person, sight.leave(now, attempt.away_since), [])
            return
        if attempt.state != "running":
            await self._rest(exam, attempt, now)
            return
        sight.begin(now)
        if attempt.baseline is None and (own := sight.calibrate()) is not None:
            data = {"baseline": {"yaw": own.yaw, "pitch": own.pitch}}
            await self.record(exam, "attempt.based", data, actor="system", person=person)
        self._put(exam, person, self._conditions(exam, attempt, sight, room, now, tracks), [])

    async def _presence(
        self, exam: Exam, attempt: Attempt, room: Classroom, here: bool, now: int
    ) -> None:  # fmt: skip
        person = attempt.person
        if here and attempt.away_since:
            await self.record(exam, "attempt.here", {}, actor="system", person=person)
        elif not here and not attempt.away_since:
            since = room.presence.away().get(person, now)
            if now - since >= AWAY_AFTER or person not in room.presence.away():
                data = {"since": max(since, attempt.started)}
                await self.record(exam, "attempt.away", data, actor="system", person=person)

    def _conditions(
        self, exam: Exam, attempt: Attempt, sight: Sight, room: Classroom, now: int, tracks: set[str]
    ) -> list[Flag]:
        """What is known without looking: no picture comes, the share has ended, a voice."""
        person = attempt.person
        health = self.vision.health()
        found: list[Flag] = []
        for camera, source in (("webcam", "cam"), ("screen", "screen")):
            if now - sight.seen_at.get(camera, 0) >= PATIENCE:
                why = "picture" if source not in tracks or not health.up else "analysis"
                if not health.up:
                    why = "analysis"
                found += sight.miss(now, camera, why)  # type: ignore[arg-type]  # both are literals
        found += sight.share(now, "screen" in tracks if tracks else None, attempt.unshared)
        if exam.rules is not None and exam.rules.sound:
            found += sight.say(now, "voice", person in room.speaking)
        return found

    def arriving(self, room: Classroom | None) -> dict[str, set[str]]:
        """By person, the sources that arrive now: gone through once, however many are asked about."""
        found: dict[str, set[str]] = {}
        if room is None or not room.session:
            return found
        worker = self._live.media.links.home(room.session)
        for name, info in worker.peers.items() if worker is not None else ():
            session, _, rest = name.partition("/")
            if session == room.session and info.state == "connected":
                person = rest.partition("/")[0]
                found.setdefault(person, set()).update(track.source for track in info.tracks)
        return found

    async def _rest(self, exam: Exam, attempt: Attempt, now: int) -> None:
        sight = self._sights.get((exam.lesson, attempt.person))
        if sight is not None:
            self._put(exam, attempt.person, *sight.rest(min(now, attempt.ended or now)))

    def _forget(self, exam: Exam, person: str) -> None:
        """Nobody looks at this examinee any more."""
        self._sights.pop((exam.lesson, person), None)
        self.files.forget_face(exam.lesson, person)
        room = self.room_of(exam.lesson)
        if room is not None and room.session:
            self.vision.look_away(f"{room.session}/{person}/")

    def sight(self, exam: Exam, attempt: Attempt) -> Sight:
        """The eye on one examinee, made when it is first needed."""
        key = (exam.lesson, attempt.person)
        found = self._sights.get(key)
        if found is None:
            body = exam.rules or documents.starting()
            candidate = exam.of(attempt.person)
            in_class = candidate.place == "class"
            found = self._sights[key] = Sight(
                self.beacon_key(exam, attempt.person),
                documents.thresholds(body),
                documents.off(body, candidate.off, in_class=in_class),
                in_class=in_class,
                likeness=self.vision.likeness,
                before=attempt.flags,
            )
            found.returned = attempt.returned
            if attempt.baseline is not None:
                found.own = Direction(*attempt.baseline)
        found.beacon = attempt.steps.get("beacon", {}).get("value") != "none"
        return found

    def known_sight(self, exam: Exam, person: str) -> Sight | None:
        return self._sights.get((exam.lesson, person))

    def _order(self, exam: Exam, attempt: Attempt, room: Classroom) -> Look:
        face = self.files.face(exam.lesson, attempt.person) if exam.settings.identity else b""
        return Look(room.session, f"{room.session}/{attempt.person}/", face, self.sight(exam, attempt).own)

    # --- what ends an attempt -------------------------------------------------------------------------

    async def submit(self, exam: Exam, attempt: Attempt, by: str) -> None:
        """`by`: ``student``, ``clock``."""
        actor = attempt.person if by == "student" else "system"
        await self.record(exam, "attempt.submitted", {"by": by}, actor=actor, person=attempt.person)
        await self._rest(exam, attempt, self.now())
