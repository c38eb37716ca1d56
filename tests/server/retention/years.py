"""Years of a small university in seconds: every record holds a mark that can be looked for on the disk.

A mark is ``zz-KIND-NUMBER-zz``. `Years.marks` says which there are now, in any byte of the data folder.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from server.clock import Anchor, Clock
from server.house import House
from server.ids import new_id
from server.imports.tables import ImportRow
from server.plan.tables import Lesson
from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.registry import all_projections

MARK = re.compile(rb"zz-([a-z_]+)-(\d+)-zz")
HOUR = 3_600_000_000
STUDENTS = ("nurai", "aibek", "gulia")


def at(day: date, hour: int = 4) -> int:
    """Session time of an hour (UTC) of a day."""
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp()) * 1_000_000


@dataclass
class Made:
    """One record: its kind and number, and what a hold can name."""

    kind: str
    number: int
    ended: date
    lesson: str
    people: frozenset[str]


@dataclass
class Years:
    house: House
    data: Path
    time: list[int]
    made: dict[tuple[str, int], Made] = field(default_factory=dict)
    number: int = 0

    def move(self, moment: int) -> None:
        self.time[0] = moment

    def note(self, kind: str, day: date, lesson: str = "", *people: str) -> str:
        """A new record's mark."""
        self.number += 1
        self.made[kind, self.number] = Made(kind, self.number, day, lesson, frozenset(people))
        return f"zz-{kind}-{self.number}-zz"

    def marks(self) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        for path in self.data.rglob("*"):
            if path.is_file():
                found |= {(kind.decode(), int(number)) for kind, number in MARK.findall(path.read_bytes())}
        return found

    async def record(self, kind: str, data: Any, actor: str = "system", session: str = "") -> None:
        await self.house.trace.record(kind, data, actor=actor, session=session)

    async def lesson(self, day: date, kind: str = "lecture") -> str:
        """A class of three with a recording, chat, marks: everything that a lesson leaves. Returns its id."""
        lesson, session, starts = new_id(), new_id(), at(day)

        async def plan(db: Any) -> None:
            db.add(Lesson(id=lesson, title="Physics", kind=kind, starts=starts, ends=starts + HOUR))

        await self.house.trace.unrecorded(plan)
        self.move(starts)
        await self.record("session.opened", {"lesson": lesson}, "teacher", session)
        presence = self.note("presence", day, lesson, *STUDENTS)
        for student in STUDENTS:
            await self.record("person.joined", {"name": presence, "role": "student"}, student, session)
        for student in STUDENTS:
            said = self.note("chat", day, lesson, student)
            await self.record("chat.said", {"text": said}, student, session)
        await self.recording(day, lesson, session)
        await self.slides(day, lesson, session)
        self.move(starts + HOUR)
        for student in STUDENTS[:2]:
            await self.record("person.left", {"at": starts + HOUR}, student, session)
        ends = {"away": {presence: 1, STUDENTS[2]: starts + HOUR}, "reason": "teacher"}
        await self.record("session.closed", ends, "teacher", session)
        marks = [
            {
                "student": student, "mark": "absent" if student == "gulia" else "present", "present": 1,
                "share": 1.0, "late_by": 0, "group": "it-21", "source": "computed",
                "note": self.note("journals", day, lesson, *STUDENTS),
            }
            for student in STUDENTS
        ]  # fmt: skip
        await self.record("attendance.computed", {"lesson": lesson, "marks": marks}, "system", session)
        reason = self.note("journals", day, lesson, *STUDENTS)
        change = {"lesson": lesson, "student": "aibek", "mark": "late", "reason": reason}
        await self.record("attendance.corrected", change, "teacher")
        return lesson

    async def recording(self, day: date, lesson: str, session: str) -> None:
        folder = self.data / "recordings" / session
        folder.mkdir(parents=True)
        for person in ("teacher", *STUDENTS[:1]):
            piece, mark = new_id(), self.note("recordings", day, lesson, "teacher", "nurai")
            body = mark.encode() * 3000
            (folder / f"{piece}.webm").write_bytes(body)
            data = {
                "piece": piece, "person": person, "source": "mic", "codec": "opus", "starts": at(day),
                "file": f"{session}/{piece}.webm", "width": 0, "height": 0,
            }  # fmt: skip
            await self.record("recording.started", data, session=session)
            data |= {"ends": at(day) + HOUR, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
            await self.record("recording.piece", {**data, "gaps": [], "note": mark}, session=session)
        watched = {"lesson": lesson, "ranges": [(0, 1000)], "by": mark}
        await self.record("recording.watched", watched, "aibek")

    async def slides(self, day: date, lesson: str, session: str) -> None:
        deck, mark = new_id(), self.note("slides", day, lesson, "teacher")
        folder = self.data / "slides" / deck
        folder.mkdir(parents=True)
        for name in ("source", "p1-960.webp", "texts.json"):
            (folder / name).write_bytes(mark.encode() * 20)
        about = {"deck": deck, "lesson": lesson}
        kind = {"kind": "pdf", "ending": "pdf", "size": 100, "sha256": "0" * 64}
        await self.record("slides.added", {**about, "name": mark, **kind}, "teacher")
        await self.record("slides.ready", {**about, "sizes": [(960, 540)]})
        await self.record("slides.shown", {"deck": deck, "page": 1}, "teacher", session)
        drawn = {"deck": deck, "page": 1, "stroke": "s1", "points": [1, 2], "text": mark}
        await self.record("slides.drawn", drawn, "teacher", session)

    async def excuse(self, day: date, lesson: str) -> str:
        """An excuse of one day for gulia's absence in `lesson`."""
        key, document = new_id(), self.note("excuse_documents", day, lesson, "gulia")
        folder = self.data / "excuses"
        folder.mkdir(exist_ok=True)
        (folder / f"{key}.pdf").write_bytes(b"%PDF-" + document.encode() * 50)
        self.move(at(day, 9))
        data = {
            "excuse": key, "student": "gulia", "group": "it-21", "first": str(day), "last": str(day),
            "document": f"{key}.pdf", "sha256": "", "lessons": [lesson],
            "reason": self.note("excuses", day, lesson, "gulia"),
        }  # fmt: skip
        await self.record("attendance.excused", data, "curator")
        return key

    async def logins(self, day: date) -> None:
        self.move(at(day, 10))
        for person in STUDENTS:
            mark = self.note("logins", day, "", person)
            await self.record("login.opened", {"user": person, "address": mark}, person)

    async def imported(self, day: date) -> None:
        self.move(at(day, 11))
        key, mark = new_id(), self.note("imports", day)
        (self.data / "imports").mkdir(exist_ok=True)
        (self.data / "imports" / f"{key}.csv").write_text(mark)

        async def work(db: Any) -> None:
            db.add(
                ImportRow(
                    id=key, kind="users", name=mark, sha256="0" * 64, size=100, author="head",
                    created=at(day, 11) // 1_000_000, state="done", mapping={}, preview={}, report=None,
                )
            )  # fmt: skip

        told = {"import": key, "kind": "users", "sha256": mark, "rows": 1}
        await self.house.trace.record("import.uploaded", told, actor="head", work=work)


@asynccontextmanager
async def years(
    data: Path, begins: date, open_store: Callable[[Settings], Awaitable[Store]] = Store.create
) -> AsyncIterator[Years]:
    """A house without rooms whose clock `Years` moves."""
    settings = Settings(data=data, database_sync="normal")
    store, time = await open_store(settings), [at(begins)]
    clock = Clock(Anchor(0, "years"), lambda: time[0])
    try:
        async with await Trace.open(store, all_projections(), clock=clock) as trace:
            yield Years(House(settings, clock, store, trace), data, time)
    finally:
        await store.close()


def weekdays(first: date, days: int, step: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(0, days, step)]
