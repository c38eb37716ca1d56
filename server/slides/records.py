"""Slides of lessons, for retention: files, pages, what was drawn over them (R20)."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.live.tables import LiveSession
from server.plan.tables import Lesson
from server.retention.entries import naming, of_sessions, parts
from server.retention.frame import Forced, forgetting, people_of
from server.retention.kinds import File, Item, Language, Removal, Words
from server.slides.board import Board
from server.slides.files import folder_of
from server.slides.tables import SlideDeck

OF_DECKS = ("slides.added", "slides.ready", "slides.failed", "slides.allowed", "slides.removed")


class Slides(Forced):
    """An item is all that was shown and drawn in one lesson: a recording is understood by it, so it goes with
    recordings."""

    name = "slides"
    days = 400
    least = 180
    words: Mapping[Language, Words] = {
        "ky": Words("Слайддар", "Жүктөлгөн файлдар, барактары, үстүнө тартылгандар"),
        "ru": Words("Слайды", "Загруженные файлы, их страницы, что на них рисовали"),
        "en": Words("Slides", "Uploaded files, their pages, what was drawn over them"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people = await people_of(db, SlideDeck.lesson, SlideDeck.author, among)
        asked = (
            select(Lesson.id, Lesson.ends, func.sum(SlideDeck.size).label("bytes"))
            .join(SlideDeck, SlideDeck.lesson == Lesson.id)
            .where(Lesson.ends <= before)
            .group_by(Lesson.id, Lesson.ends)
        )
        return [
            Item(row.id, row.ends, frozenset({row.id}), people.get(row.id, frozenset()), int(row.bytes or 0))
            for row in await db.execute(asked)
        ]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        lessons = [item.key for item in items]
        sessions: list[str] = []
        files: list[File] = []
        for part in parts(lessons):
            sessions += await db.scalars(select(LiveSession.session).where(LiveSession.lesson.in_(part)))
            for deck in await db.scalars(select(SlideDeck.id).where(SlideDeck.lesson.in_(part))):
                files += [File(path) for path in _files(folder_of(house, deck))]
        seqs = await naming(db, OF_DECKS, "lesson", lessons)
        seqs += await of_sessions(db, sessions, Board.kinds)
        return Removal(files, seqs, forgetting(lessons, SlideDeck.lesson))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


RECORDS = (Slides(),)
