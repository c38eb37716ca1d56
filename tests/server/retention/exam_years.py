"""Exams for the years of years.py: everything that one leaves behind, each record with its mark."""

import hashlib
from datetime import date, timedelta
from typing import Any

import msgspec

from server.exams import rules as documents
from server.exams.files import FACE
from server.exams.photos import REGISTERED
from server.ids import new_id
from server.plan.tables import Lesson
from tests.server.retention.years import HOUR, Years, at

SITS = ("nurai", "aibek")
REVIEWED = timedelta(days=4)
"""After the exam the last word of its review is said."""


async def registered(made: Years, day: date) -> None:
    """The office keeps a photo of everybody, in the place of the one before."""
    made.move(at(day, 3))
    for person in SITS:
        for key in [each for each in made.made.values() if each.kind == "registered_photos"]:
            if person in key.people:
                key.ended = day  # its entry goes with the newest photo
        mark = made.note("registered_photos", day, "", person)
        await put(made, REGISTERED, person, "photo", b"\xff\xd8\xff" + mark.encode())
        data = {"user": person, "sha256": mark}
        await made.record("exam.photo_registered", data, "office")


async def put(made: Years, lesson: str, person: str, name: str, body: bytes) -> str:
    path = made.data / "exams" / lesson / person / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return hashlib.sha256(body).hexdigest()


async def approved(made: Years, keep_days: int) -> str:
    """Rules that tell students when the recording goes. Their id."""
    key, body = new_id(), msgspec.structs.replace(documents.starting(), keep_days=keep_days)
    data = {"rules": key, "title": "Rules", "version": 1, "body": msgspec.to_builtins(body)}
    await made.record("exam_rules.drafted", data, "office")
    told = {"rules": key, "protocol": "7", "date": "2026-09-01"}
    await made.record("exam_rules.approved", told, "head")
    return key


async def exam(made: Years, day: date, rules: str = "") -> str:
    """An exam of two: the way in, answers, flags, recordings, and its review with a finding. Its id."""
    lesson, session, starts = new_id(), new_id(), at(day)

    async def plan(db: Any) -> None:
        db.add(Lesson(id=lesson, title="Physics", kind="exam", starts=starts, ends=starts + 2 * HOUR))

    await made.house.trace.unrecorded(plan)
    made.move(starts - HOUR)
    settings: dict[str, Any] = {"lesson": lesson, "rules": rules, "settings": {"minutes": 60}}
    await made.record("exam.set", settings, "teacher")
    for person in SITS:
        note = made.note("exam_conditions", day, lesson, *SITS)
        data = {"lesson": lesson, "person": person, "extra": 30, "note": note}
        await made.record("exam.candidate", data, "teacher")
    made.move(starts)
    await made.record("session.opened", {"lesson": lesson}, "system", session)
    for person in SITS:
        await sat(made, day, lesson, session, person)
    made.move(starts + 2 * HOUR)
    await made.record("session.closed", {"away": {}, "reason": "ended"}, "system", session)
    for person in SITS:
        await judged(made, day, lesson, person)
    return lesson


async def sat(made: Years, day: date, lesson: str, session: str, person: str) -> None:
    """One student's attempt, recorded."""

    async def line(what: str, actor: str = "", **data: Any) -> None:
        await made.record(what, {"lesson": lesson, "person": person, **data}, actor or person)

    def mark(kind: str) -> str:
        return made.note(kind, day, lesson, person)

    await line("attempt.opened", tab="tab", agent={"browser": mark("exam_attempts")})
    await line("attempt.step", step="biometrics", value="yes")
    for kind in ("face", "document"):
        name = f"{kind}.{new_id()}"
        sha256 = await put(made, lesson, person, name, b"\xff\xd8\xff" + mark("exam_photos").encode() * 9)
        await line(
            "attempt.photo", photo=kind, file=name, sha256=sha256, problem=mark("exam_photos"), score=0.9
        )
    await put(made, lesson, person, FACE, mark("exam_photos").encode() * 12)
    await line("attempt.admitted", "proctor", reason=mark("exam_attempts"), score=0.9)
    await line("attempt.started")
    await line("attempt.answered", question="q1", text=mark("exam_attempts"), n=1)
    await put(made, lesson, person, f"answer.{new_id()}", mark("exam_attempts").encode() * 50)
    span = {"begin": at(day) + 60_000_000, "end": at(day) + 90_000_000}
    await line("attempt.flag", "system", flag=1, kind="several", why=mark("exam_attempts"), **span)
    event = {"n": 1, "at": at(day), "kind": "focus_lost", "detail": mark("exam_attempts")}
    await line("attempt.events", tab="tab", events=[event])
    await line("attempt.said", "proctor", text=mark("exam_attempts"))
    await line("attempt.submitted", by="student")
    folder = made.data / "recordings" / session
    folder.mkdir(parents=True, exist_ok=True)
    for source in ("cam", "screen"):
        piece, record = new_id(), made.note("exam_recordings", day, lesson, *SITS)
        body = record.encode() * 3000
        (folder / f"{piece}.webm").write_bytes(body)
        data = {
            "piece": piece, "person": person, "source": source, "codec": "VP8", "starts": at(day),
            "file": f"{session}/{piece}.webm", "width": 640, "height": 480, "ends": at(day) + HOUR,
            "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest(), "gaps": [], "note": record,
        }  # fmt: skip
        await made.record("recording.piece", data, session=session)


async def judged(made: Years, day: date, lesson: str, person: str) -> None:
    """What the commission did with one student's flag, until the finding."""

    async def line(what: str, actor: str, after: int, **data: Any) -> None:
        made.move(at(day) + 2 * HOUR + after * 24 * HOUR)
        await made.record(what, {"lesson": lesson, "person": person, **data}, actor)

    def mark() -> str:
        return made.note("reviews", day + REVIEWED, lesson, person)

    clip = f"clip.{new_id()}.webm"
    sha256 = await put(made, lesson, person, clip, mark().encode() * 2000)
    part = {
        "source": "cam", "file": clip, "starts": at(day), "length": 20_000, "sha256": sha256, "width": 640,
        "height": 480, "piece": mark(),
    }  # fmt: skip
    picture = f"still.{new_id()}.jpg"
    sha256 = await put(made, lesson, person, picture, b"\xff\xd8\xff" + mark().encode() * 20)
    still = {
        "flag": 0, "source": "cam", "file": picture, "at": at(day) + 61_000_000, "sha256": sha256,
        "width": 640, "height": 480, "piece": mark(),
    }  # fmt: skip
    flag = {"kind": "several", "begin": at(day) + 60_000_000, "end": at(day) + 90_000_000}
    item = {
        "item": new_id(), "begin": flag["begin"], "end": flag["end"], "flags": [flag], "parts": [part],
        "stills": [still],
    }  # fmt: skip
    await line("review.item", "system", 0, **item)
    await line("review.gathered", "system", 0, ended=at(day) + HOUR, items=1)
    for n in (1, 2):
        look = {"item": item["item"], "verdict": "noted", "note": mark(), "seconds": 30}
        await line("review.looked", f"member{n}", 1, **look)
    await line("review.noticed", "chair", 2)
    await line("review.stated", person, 3, text=mark())
    await line("review.found", "chair", 4, finding="violation", note=mark())
