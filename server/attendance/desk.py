"""The desk of attendance: closed classes in, marks in the trace out; scans and corrections as well.

When a class closes, everybody on its roster gets a mark: from the spans of presence that signalling
has kept, or from a scanned code. A class that is opened again is computed again when it closes.
"""

import asyncio
import ipaddress
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance import codes
from server.attendance.excuses import excused
from server.attendance.rules import Mark, Rules, Span, Verdict, judge
from server.attendance.tables import AttendanceScan
from server.errors import ApiError, TraceError
from server.house import House
from server.live.desk import LiveDesk
from server.live.tables import LiveSession, LiveSpan
from server.permissions import Actor, standing_to
from server.plan.kinds import KINDS
from server.plan.roster import groups_of, lesson_roster
from server.plan.tables import Lesson
from server.together.state import KINDS as TOGETHER
from server.together.state import Claim, claims, stay
from server.trace import Recorded

log = logging.getLogger(__name__)


class AttendanceDesk:
    """A part of the house; `run` owns what goes on by itself."""

    def __init__(self, house: House, key: bytes) -> None:
        self.house = house
        self.rules = Rules(house.settings.attendance_share / 100, house.settings.attendance_late)
        self._key = key
        self._closed: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    def take(self, recorded: Recorded) -> None:
        """The trace's subscriber."""
        entry = recorded.entry
        if entry.kind == "session.closed":
            self._closed.put_nowait((entry.session, entry.session_seq))

    async def run(self) -> None:
        """Compute each class that closes, for ever. The owner cancels."""
        subscription = self.house.trace.subscribe(self.take)
        try:
            await self._missed()
            while True:
                session, n = await self._closed.get()
                try:
                    await self.compute(session, n)
                except TraceError as error:
                    log.error("cannot write down the attendance of %s: %s", session, error)
                    await asyncio.sleep(1.0)
                    self._closed.put_nowait((session, n))
        finally:
            await subscription.close()

    async def _missed(self) -> None:
        """Classes that closed just before the server was killed."""
        since = self.house.clock.now() - 86_400_000_000
        async with self.house.store.read() as db:
            asked = select(LiveSession.session).where(LiveSession.closed > since)
            sessions = list(await db.scalars(asked))
        for session in sessions:
            closed = await self.house.trace.read(session, 0, 5000, kinds=frozenset({"session.closed"}))
            if closed:
                self._closed.put_nowait((session, closed[-1].entry.session_seq))

    async def compute(self, session: str, n: int) -> None:
        """Write down everybody's mark; `n` numbers the end of the class. Done once for each end."""
        rooms = await self.rooms(session)
        verdicts, lesson, scanned = await self.verdicts(session, rooms)
        if lesson is None or not KINDS[lesson.kind].journal:
            return
        async with self.house.store.read() as db:
            groups = await groups_of(db, lesson)
            reasons = await excused(self.house, db, verdicts.keys(), lesson.starts)
        marks = []
        for student, verdict in sorted(verdicts.items()):
            mark, source, note = verdict.mark, "qr" if student in scanned else "computed", ""
            if student in rooms and student not in scanned:
                source, note = "room", ", ".join(dict.fromkeys(each.room for each in rooms[student]))
            if mark == "absent" and student in reasons:
                mark, source, note = "excused", "excuse", reasons[student]
            marks.append(
                {
                    "student": student, "mark": mark, "present": verdict.present,
                    "share": round(verdict.share, 4), "late_by": verdict.late_by,
                    "group": groups.get(student, ""), "source": source, "note": note,
                }
            )  # fmt: skip
        data: dict[str, Any] = {
            "lesson": lesson.id,
            "rules": {"share": self.rules.share, "late": self.rules.late},
        }
        data["marks"] = marks
        await self.house.trace.record(
            "attendance.computed", data, actor="system", session=session, key=f"attendance.{n}"
        )

    async def verdicts(
        self, session: str, rooms: Mapping[str, list[Claim]] | None = None
    ) -> tuple[dict[str, Verdict], Lesson | None, set[str]]:
        """Everybody on the roster with their verdict as of now; the lesson; who has scanned a code. `rooms`:
        as `rooms` found them, where the caller has them already."""
        open_times = await self.open_times(session)
        now = self.house.clock.now()
        async with self.house.store.read() as db:
            row = await db.get(LiveSession, session)
            lesson = await db.get(Lesson, row.lesson) if row is not None else None
            if lesson is None:
                return {}, None, set()
            roster = await lesson_roster(db, lesson)
            spans = await spans_of(db, session, now)
            asked = select(AttendanceScan.student).where(AttendanceScan.session == session)
            scanned = set(await db.scalars(asked))
        if rooms is None:
            rooms = await self.rooms(session)
        found: dict[str, Verdict] = {}
        for student, part in roster.items():
            if part != "student":
                continue
            there = list(spans.get(student, ()))
            for claim in rooms.get(student, ()):  # in the room while its device was in the class
                there += stay(spans.get(claim.host, ()), claim.spans)
            verdict = judge(there, open_times, lesson.starts, self.rules)
            if student in scanned and verdict.mark == "absent":
                mark: Mark = "present"
                verdict = Verdict(mark, verdict.present, verdict.share, 0)
            found[student] = verdict
        return found, lesson, scanned

    async def rooms(self, session: str) -> dict[str, list[Claim]]:
        """Who sat with somebody else's device, as a teacher has confirmed."""
        entries = await self.house.trace.read(session, 0, 5000, kinds=TOGETHER)
        return claims(
            (each.entry.time, each.entry.kind, each.entry.actor, each.data)
            for each in entries
            if each.data is not None
        )

    async def open_times(self, session: str) -> list[Span]:
        """When the class was open; until now while it is."""
        kinds = frozenset({"session.opened", "session.closed"})
        entries = await self.house.trace.read(session, 0, 5000, kinds=kinds)
        found: list[Span] = []
        begun: int | None = None
        for each in entries:
            if each.entry.kind == "session.opened":
                begun = each.entry.time if begun is None else begun
            elif begun is not None:
                found.append((begun, each.entry.time))
                begun = None
        if begun is not None:
            found.append((begun, max(begun + 1, self.house.clock.now())))
        return found

    # --- QR-visit -------------------------------------------------------------------------------------

    async def show(self, lesson: str) -> codes.Shown:
        """The code for the screen of a class.

        Raises:
            ApiError: 409 `session.not_open`.
        """
        room = await self.house.part(LiveDesk).classroom(lesson)
        if not room.open:
            raise ApiError("session.not_open", 409)
        return codes.show(self._key, room.session, self.house.clock.now())

    async def scan(self, actor: Actor, login: str, address: str, code: str) -> str:
        """Note that a student has scanned a code with a device at `address`. Returns the lesson.

        Raises:
            ApiError: 409 `visit.stale`, `session.not_open`, `visit.device`; 403 `visit.stranger`,
                `visit.network`.
        """
        session = codes.read(self._key, code, self.house.clock.now())
        if session is None:
            raise ApiError("visit.stale", 409)
        room = self.house.part(LiveDesk).find(session)
        if room is None or not room.open:
            raise ApiError("session.not_open", 409)
        lesson = room.lesson.id
        standing = await standing_to(self.house, actor, "lesson", lesson)
        if standing is None or "enrolled" not in standing.relations:
            raise ApiError("visit.stranger", 403)
        async with self.house.store.read() as db:
            before = await db.get(AttendanceScan, (session, actor.id))
        if before is not None:
            if before.login != login:
                raise ApiError("visit.device", 409)
            return lesson
        in_class = actor.id in room.state.people and actor.id not in room.presence.away()
        if not in_class and not on_campus(address, self.house.settings.campus_networks):
            raise ApiError("visit.network", 403)
        data = {"lesson": lesson, "login": login, "in_class": in_class}
        await self.house.trace.record("attendance.scanned", data, actor=actor.id, session=session, key="scan")
        return lesson


def on_campus(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is one of the university's rooms; any is, when no networks are set."""
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in networks)


async def spans_of(db: AsyncSession, session: str, now: int) -> dict[str, list[Span]]:
    """Everybody's spans of presence in a session, those under way until `now`."""
    found: dict[str, list[Span]] = {}
    rows = await db.execute(
        select(LiveSpan.person, LiveSpan.joined, LiveSpan.left).where(LiveSpan.session == session)
    )
    for person, joined, left in rows:
        found.setdefault(person, []).append((joined, now if left is None else left))
    return found
