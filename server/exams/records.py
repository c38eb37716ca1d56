"""Exams, for retention: photos of the way in go soon, answers and what happened go late (R20)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.exams.files import FACE
from server.exams.projections import Lines
from server.exams.tables import ExamLine
from server.house import House
from server.plan.tables import Lesson
from server.retention.kinds import File, Item, Language, Removal, Words

PHOTO = "attempt.photo"

FACES: Mapping[Language, Words] = {
    "ky": Words(
        "Экзаменге кирүүдөгү сүрөттөр", "Жүздүн жана документтин сүрөттөрү, жүздүн сандык сүрөттөлүшү"
    ),
    "ru": Words("Фото при входе на экзамен", "Снимки лица и документа, числовое описание лица"),
    "en": Words("Photos of the way in", "Photos of face and document, the descriptor of the face"),
}
ATTEMPTS: Mapping[Language, Words] = {
    "ky": Words("Экзамендердин жүрүшү", "Жооптор, файлдар, белгилер, билдирүүлөр, проктордун аракеттери"),
    "ru": Words("Ход экзаменов", "Ответы, файлы, отметки, сообщения, действия проктора"),
    "en": Words("Course of exams", "Answers, files, flags, messages, what proctors did"),
}


class OfExams:
    """An item is what one student has in one exam; its key is lesson/person."""

    rule = "R20"

    def __init__(
        self, name: str, days: int, least: int, forced: bool, words: Mapping[Language, Words],
        kinds: Collection[str], files: Collection[str],
    ) -> None:  # fmt: skip
        """`kinds` of lines that go; `files`: how their names begin."""
        self.name = name
        self.days = days
        self.least = least
        self.forced = forced
        self.words = words
        self._kinds = tuple(kinds)
        self._files = tuple(files)

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return [item for item in await self._items(house, db) if item.ended <= before]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return [item for item in await self._items(house, db) if person in item.people]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        files: list[File] = []
        seqs: list[int] = []
        pairs = [tuple(item.key.split("/", 1)) for item in items]
        for lesson, person in pairs:
            files += [File(path) for path in self._of(house, lesson, person)]
            asked = select(ExamLine.n).where(
                ExamLine.lesson == lesson, ExamLine.person == person, ExamLine.kind.in_(self._kinds)
            )
            seqs += await db.scalars(asked)

        async def rows(db: AsyncSession) -> int:
            gone = 0
            for lesson, person in pairs:
                found = await db.execute(
                    delete(ExamLine).where(
                        ExamLine.lesson == lesson, ExamLine.person == person, ExamLine.kind.in_(self._kinds)
                    )
                )
                gone += int(getattr(found, "rowcount", 0))
            return gone

        return Removal(files, seqs, rows)

    async def _items(self, house: House, db: AsyncSession) -> Iterable[Item]:
        asked = (
            select(ExamLine.lesson, ExamLine.person, func.max(ExamLine.time).label("last"), Lesson.ends)
            .outerjoin(Lesson, Lesson.id == ExamLine.lesson)
            .where(ExamLine.person != "", ExamLine.kind.in_(self._kinds))
            .group_by(ExamLine.lesson, ExamLine.person, Lesson.ends)
        )
        return [
            Item(
                f"{row.lesson}/{row.person}", max(row.last, row.ends or 0), frozenset({row.lesson}),
                frozenset({row.person}),
                sum(path.stat().st_size for path in self._of(house, row.lesson, row.person)),
            )
            for row in await db.execute(asked)
        ]  # fmt: skip

    def _of(self, house: House, lesson: str, person: str) -> list[Path]:
        folder = house.settings.data / "exams" / lesson / person
        if not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if path.name.startswith(self._files))


RECORDS = (
    OfExams(
        "exam_photos", 30, 1, False, FACES, (PHOTO,),
        ("face.", "document.", "left.", "right.", "room.", FACE),
    ),
    OfExams(
        "exam_attempts", 1825, 1825, True, ATTEMPTS, [kind for kind in Lines.kinds if kind != PHOTO],
        ("answer.",),
    ),
)  # fmt: skip
