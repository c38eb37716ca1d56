"""An exam that is over, as the review finds it: attempts, flags and films, put into a demo's data folder
before the house starts. The films carry the half second that they show, burnt in."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from server.app import open_house
from server.demo.ensure import OneHash
from server.house import House
from server.ids import new_id
from server.people import room as people_room
from server.people.tables import UserRow
from server.plan import room as plan_room
from server.plan.tables import Lesson, LessonPerson
from server.settings import Settings
from tests.e2e.fakes import HEIGHT, WIDTH
from tests.e2e.house import PASSWORD, put_demo
from tests.e2e.house import House as Served
from tests.media.recording.clips import film, sound, written
from tests.patience import until

SECOND = 1_000_000
LONG = 110  # seconds of a film
RATE = 2  # frames a second
HALF = 500  # ms that one burnt-in number stands for
LATE = "commission3"
"""A member who looks at nothing, so that an appeal can be decided."""


class Filled(NamedTuple):
    """`people`: ids by login; `name`: of student1."""

    exam: str
    people: dict[str, str]
    name: str


async def fill(data: Path) -> Filled:
    """The demo, one exam of which student1 and student2 have handed in, with three places to look at.
    Student1 is heard too."""
    settings = Settings(data=data, demo_password=PASSWORD)
    await put_demo(data)
    voice = await asyncio.to_thread(lambda: written("mic", "opus", sound(LONG * 50)))
    films = {number: await asyncio.to_thread(film, number, LONG, RATE) for number in (1, 2, 11, 12)}

    def people(house: House) -> Any:
        return people_room.open_room(house, hasher=OneHash())

    async with open_house(settings, (people, plan_room.open_room)) as house:
        exam = await _exam(house)
        async with house.store.read() as db:
            found = (await db.execute(select(UserRow.login, UserRow.id, UserRow.name))).all()
        ids = {str(login): str(person) for login, person, _ in found}
        name = next(str(each.name) for each in found if each.login == "student1")
        session, now = new_id(), house.clock.now()
        starts = now - LONG * SECOND
        await house.trace.record("session.opened", {"lesson": exam}, actor="system", session=session)
        for n in (1, 2):
            for source, number in (("cam", n), ("screen", 10 + n)):
                await _piece(house, session, ids[f"student{n}"], source, starts, films[number])
        await _piece(house, session, ids["student1"], "mic", starts, voice)
        closed = {"reason": "ended", "away": {}}
        await house.trace.record("session.closed", closed, actor="system", session=session)
        await _attempt(house, exam, ids["student1"], starts, [("several", 24, 36), ("head_away", 74, 82)])
        await _attempt(house, exam, ids["student2"], starts, [("absent", 44, 54)])
    return Filled(exam, ids, name)


async def _exam(house: House) -> str:
    async with house.store.read() as db:
        asked = (
            select(Lesson.id)
            .join(LessonPerson, LessonPerson.lesson == Lesson.id)
            .join(UserRow, UserRow.id == LessonPerson.person)
            .where(Lesson.kind == "exam", UserRow.login == "student1")
        )
        return str((await db.scalars(asked)).one())


async def _piece(
    house: House, session: str, person: str, source: str, starts: int, data: bytes
) -> None:  # fmt: skip
    name = new_id()
    path = house.settings.recordings_dir / session / f"{name}.webm"
    path.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(path.write_bytes, data)
    codec, width, height = ("opus", 0, 0) if source == "mic" else ("VP8", WIDTH, HEIGHT)
    entry = {
        "piece": name, "person": person, "source": source, "codec": codec,
        "file": f"{session}/{name}.webm", "starts": starts, "ends": starts + LONG * SECOND,
        "width": width, "height": height, "bytes": len(data), "frames": LONG * RATE,
        "sha256": hashlib.sha256(data).hexdigest(), "gaps": [],
    }  # fmt: skip
    await house.trace.record("recording.piece", entry, actor="system", session=session)


async def _attempt(
    house: House, exam: str, person: str, starts: int, flags: list[tuple[str, int, int]]
) -> None:
    """Flags are a kind, and from which to which second of the film."""

    async def line(what: str, actor: str, **data: Any) -> None:
        await house.trace.record(what, {"lesson": exam, "person": person, **data}, actor=actor)

    await line("attempt.opened", person, tab="tab", agent={})
    await line("attempt.started", person)
    for n, (kind, begin, end) in enumerate(flags, 1):
        span = {"begin": starts + begin * SECOND, "end": starts + end * SECOND}
        await line("attempt.flag", "system", flag=n, kind=kind, **span)
    event = {"n": 1, "at": starts + 27 * SECOND, "kind": "focus_lost", "detail": ""}
    await line("attempt.events", person, tab="tab", events=[event])
    gap = {"begin": starts + 84 * SECOND, "end": starts + 86 * SECOND}
    await line("attempt.gap", "system", stream="webcam", why="picture", **gap)
    await line("attempt.submitted", person, by="student")


async def gathered(house: Served, exam: str) -> None:
    """Wait until the evidence of those three places lies in the queue of the review."""
    token = await house.token("chair")

    async def whole() -> bool:
        view = await house.api("GET", f"/api/v1/exams/{exam}/review", token)
        return len(view["queue"]) == 3

    await until(whole, "the evidence is cut", within=60)
