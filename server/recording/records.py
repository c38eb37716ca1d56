"""Recordings of lessons, for retention: files, rows, who has watched them, what the trace says (R9, R20)."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.exams.rules import read
from server.exams.tables import ExamRow, ExamRulesRow
from server.house import House
from server.plan.tables import Lesson
from server.playback.tables import WatchedRanges
from server.recording.tables import RecordingPiece
from server.retention.entries import naming, of_sessions, parts
from server.retention.frame import Forced, forget, people_of
from server.retention.kinds import File, Item, Language, Removal, Words

ENTRIES = (
    "recording.started", "recording.piece", "recording.paused", "recording.resumed", "recording.agreed",
    "recording.alarm",
)  # fmt: skip

EXAMS = ("exam", "defence")
"""Kinds of lessons whose recordings have a term of their own."""


LESSON_WORDS: Mapping[Language, Words] = {
    "ky": Words("Сабактардын жазуулары", "Сабактын үнү, камералар, экран; ким канча көргөнү"),
    "ru": Words("Записи занятий", "Звук, камеры и экран занятия; кто сколько посмотрел"),
    "en": Words("Recordings of lessons", "Sound, cameras and screens of a class; who watched how much"),
}

EXAM_WORDS: Mapping[Language, Words] = {
    "ky": Words("Экзамендердин жазуулары", "Экзамендеги камералар, экрандар жана үн"),
    "ru": Words("Записи экзаменов", "Камеры, экраны и звук экзамена"),
    "en": Words("Recordings of exams", "Cameras, screens and sound of an exam"),
}


class Recordings(Forced):
    """An item is the recording of one class or exam, with all its files. One of which a file still grows
    is none."""

    least = 180

    def __init__(self, name: str, days: int, words: Mapping[Language, Words], exams: bool) -> None:
        self.name = name
        self.days = days
        self.words = words
        self._exams = exams

    async def terms(self, db: AsyncSession) -> Mapping[str, int]:
        """What the approved rules of an exam tell its students: after so many days the recording is gone."""
        if not self._exams:
            return {}
        approved = ExamRulesRow.state != "draft"
        asked = select(ExamRow.lesson, ExamRulesRow.body).join(ExamRulesRow, ExamRulesRow.id == ExamRow.rules)
        return {row.lesson: read(row.body).keep_days for row in await db.execute(asked.where(approved))}

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people = await people_of(db, RecordingPiece.session, RecordingPiece.person, among)
        ended = func.max(RecordingPiece.ends)
        exams = select(Lesson.id).where(Lesson.kind.in_(EXAMS))
        rows = await db.execute(
            select(
                RecordingPiece.session, RecordingPiece.lesson, ended.label("ended"),
                func.sum(RecordingPiece.bytes).label("bytes"),
            )
            .where(RecordingPiece.lesson.in_(exams) if self._exams else RecordingPiece.lesson.not_in(exams))
            .group_by(RecordingPiece.session, RecordingPiece.lesson)
            .having(ended <= before, func.count() == func.count(RecordingPiece.ends))
        )  # fmt: skip
        return [
            Item(
                row.session, row.ended, frozenset({row.lesson}), people.get(row.session, frozenset()),
                int(row.bytes or 0),
            )
            for row in rows
        ]  # fmt: skip

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        return await recordings_of(house, db, [item.key for item in items])


async def recordings_of(house: House, db: AsyncSession, sessions: Sequence[str]) -> Removal:
    """What the recordings of these sessions consist of, whatever was held in them."""
    files: list[File] = []
    lessons: set[str] = set()
    for part in parts(sessions):
        for row in await db.scalars(select(RecordingPiece).where(RecordingPiece.session.in_(part))):
            files.append(File(house.settings.recordings_dir / row.file, row.sha256))
            lessons.add(row.lesson)
    seqs = await of_sessions(db, sessions, ENTRIES)
    seqs += await naming(db, ("recording.watched",), "lesson", lessons)

    async def rows(db: AsyncSession) -> int:
        pieces = await forget(db, sessions, RecordingPiece.session)
        return pieces + await forget(db, lessons, WatchedRanges.lesson)

    return Removal(files, seqs, rows, beside=[file.path.with_suffix(".json") for file in files])


RECORDS = (
    Recordings("recordings", 400, LESSON_WORDS, exams=False),
    Recordings("exam_recordings", 1095, EXAM_WORDS, exams=True),
)
