"""Photos of the way in: looked at by a vision worker, kept as files, compared with the registered photo.

Flows in: a JPEG or PNG. Flows out: what is wrong with it and how alike the faces are, for a person to look
at. Nobody is turned away by a number.
"""

import asyncio

import numpy as np

from proctoring.photo import MOST_BYTES
from server.errors import ApiError
from server.exams.attempt import Attempt
from server.exams.desk import ExamDesk
from server.exams.exam import Exam
from server.exams.files import new_name

PHOTO_LIMIT = MOST_BYTES
REGISTERED = "registered"
"""The folder of the photos that the office has: exams/registered/<person>/photo."""


async def compare(desk: ExamDesk, exam: Exam, attempt: Attempt, kind: str, photo: bytes) -> dict[str, object]:
    """Keep a photo; returns the line to write down.

    Raises:
        ApiError: 415 `exam.photo` for what is no picture.
    """
    refuse_other(photo)
    found = await desk.vision.describe(photo)
    problem, score = "", None
    if found is not None:
        if found.problem == "not_photo":
            raise ApiError("exam.photo", 415)
        problem = found.problem if kind in ("face", "document") else ""
        if kind in ("face", "document") and found.face:
            score = await _score(desk, exam, attempt, kind, found.face)
    name = new_name(kind)
    sha256 = await asyncio.to_thread(desk.files.keep, exam.lesson, attempt.person, name, photo)
    if kind == "face" and found is not None and found.face and not problem:
        await asyncio.to_thread(desk.files.keep_face, exam.lesson, attempt.person, found.face)
    return {"photo": kind, "file": name, "sha256": sha256, "problem": problem, "score": score}


def refuse_other(photo: bytes) -> None:
    """Raises:
    ApiError: 415 `exam.photo` for what does not begin as JPEG or PNG.
    """
    if not photo.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise ApiError("exam.photo", 415)


async def register(desk: ExamDesk, person: str, photo: bytes, actor: str) -> None:
    """Keep the photo that later ones of this person are compared with.

    Raises:
        ApiError: 415 `exam.photo` for what is no picture; 422 `exam.photo_face` (with `problem`) where it
            does not show one face that can be compared; 503 `exam.no_eyes` while nobody can look at it.
    """
    refuse_other(photo)
    found = await desk.vision.describe(photo)
    if found is None:
        raise ApiError("exam.no_eyes", 503)
    if found.problem == "not_photo":
        raise ApiError("exam.photo", 415)
    if found.problem:
        raise ApiError("exam.photo_face", 422, problem=found.problem)
    sha256 = await asyncio.to_thread(desk.files.keep, REGISTERED, person, "photo", photo)
    data = {"user": person, "sha256": sha256}
    await desk.house.trace.record("exam.photo_registered", data, actor=actor)


async def erase(desk: ExamDesk, person: str, actor: str) -> None:
    """Take the registered photo away: the file first, so that a crash leaves no picture behind."""
    await asyncio.to_thread(desk.files.erase, REGISTERED, person, "photo")
    await desk.house.trace.record("exam.photo_erased", {"user": person}, actor=actor)


async def _score(desk: ExamDesk, exam: Exam, attempt: Attempt, kind: str, face: bytes) -> float | None:
    """How alike: with the registered photo, else the face with the document and the other way round."""
    other = await _described(desk, REGISTERED, attempt.person, "photo")
    if other is None:
        against = attempt.photos.get("document" if kind == "face" else "face")
        if against is not None:
            other = await _described(desk, exam.lesson, attempt.person, against.file)
    if not other:
        return None
    apart = float(np.linalg.norm(np.frombuffer(face, np.float32) - np.frombuffer(other, np.float32)))
    return round(max(0.0, 1 - apart / (2 * desk.vision.likeness)), 3)


async def _described(desk: ExamDesk, folder: str, person: str, file: str) -> bytes | None:
    try:
        photo = await asyncio.to_thread(desk.files.read, folder, person, file)
    except ApiError:
        return None
    found = await desk.vision.describe(photo)
    return found.face if found is not None and found.face else None
