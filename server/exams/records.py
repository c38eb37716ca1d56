"""Exams, for retention: photos of faces and documents go soon, answers and what happened go late (R20)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.exams.files import FACE
from server.exams.photos import REGISTERED
from server.exams.projections import Lines
from server.exams.tables import ExamCandidate, ExamLine, RegisteredPhoto
from server.house import House
from server.plan.tables import Lesson
from server.retention.entries import naming
from server.retention.frame import Forced, Kind, changed, forgetting, people_of
from server.retention.kinds import File, Item, Language, Removal, Words
from server.trace.tables import DataRow, EntryRow

if TYPE_CHECKING:
    from server.review.tables import ReviewLine

PHOTO = "attempt.photo"
REGISTERED_PHOTO = ("exam.photo_registered", "exam.photo_erased", "exam.photo_objected")
CANDIDATE = "exam.candidate"
SEAT_ASKED = "exam.seat_asked"

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


CANDIDATES: Mapping[Language, Words] = {
    "ky": Words("Экзамендеги өзгөчө шарттар", "Кошумча убакыт, байкалбай турган белгилер, орун, эскертүү"),
    "ru": Words("Особые условия экзаменов", "Дополнительное время, отключённые признаки, место, примечание"),
    "en": Words("Conditions of exams", "More time, what is not judged, the seat, a remark"),
}


class OfExams(Kind):
    """An item is what one student has in one exam; its key is lesson/person. Its term counts from the last
    line, at the earliest from the end of the exam."""

    rule = "R20"

    def __init__(
        self, name: str, days: int, least: int, forced: bool, words: Mapping[Language, Words],
        table: "type[ExamLine] | type[ReviewLine]", kinds: Collection[str], files: Collection[str],
    ) -> None:  # fmt: skip
        """`kinds` of lines of `table` that go; `files`: how their names begin."""
        self.name = name
        self.days = days
        self.least = least
        self.forced = forced
        self.words = words
        self._table = table
        self._kinds = tuple(kinds)
        self._files = tuple(files)

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return [item for item in await self._items(house, db) if item.ended <= before]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return [item for item in await self._items(house, db) if person in item.people]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        line = self._table
        files: list[File] = []
        seqs: list[int] = []
        lines = []
        lessons: set[str] = set()
        for lesson, person in (item.key.split("/", 1) for item in items):
            lessons.add(lesson)
            files += [File(path) for path in self._of(house, lesson, person)]
            here = (line.lesson == lesson, line.person == person, line.kind.in_(self._kinds))
            seqs += await db.scalars(select(line.n).where(*here))
            lines.append(delete(line).where(*here))

        async def rows(db: AsyncSession) -> int:
            return await changed(db, *lines)

        return Removal(files, seqs, rows, note={"lessons": sorted(lessons)})

    async def _items(self, house: House, db: AsyncSession) -> Iterable[Item]:
        line = self._table
        asked = (
            select(line.lesson, line.person, func.max(line.time).label("last"), Lesson.ends)
            .outerjoin(Lesson, Lesson.id == line.lesson)
            .where(line.person != "", line.kind.in_(self._kinds))
            .group_by(line.lesson, line.person, Lesson.ends)
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


class Candidates(Forced):
    """An item is one exam's conditions of its students: they tell of illness, and go with the exam's term."""

    name = "exam_conditions"
    days = 1095
    least = 365
    words = CANDIDATES

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people = await people_of(db, ExamCandidate.lesson, ExamCandidate.person, among)
        there = select(ExamCandidate.lesson).where(ExamCandidate.lesson == Lesson.id).exists()
        asked = select(Lesson.id, Lesson.ends).where(Lesson.ends <= before, there)
        return [
            Item(row.id, row.ends, frozenset({row.id}), people.get(row.id, frozenset()))
            for row in await db.execute(asked)
        ]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        lessons = [item.key for item in items]
        seqs = await naming(db, (CANDIDATE, SEAT_ASKED), "lesson", lessons)
        return Removal([], seqs, forgetting(lessons, ExamCandidate.lesson))


class RegisteredPhotos(Kind):
    """An item is the photo of one person that the office keeps for comparison, that it was kept, and what the
    person said against it."""

    name = "registered_photos"
    days = 365
    least = 1
    rule = "R20"
    forced = False
    words: ClassVar[Mapping[Language, Words]] = {
        "ky": Words("Катталган сүрөттөр", "Экзаменде жүз салыштырыла турган сүрөт"),
        "ru": Words("Эталонные фото", "Снимок, с которым сверяют лицо на экзамене"),
        "en": Words("Registered photos", "The photo that a face is compared with at exams"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return [item for item in await self._items(house, db) if item.ended <= before]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return [item for item in await self._items(house, db) if person in item.people]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        people = [item.key for item in items]
        files = [File(_photo(house, person)) for person in people]
        seqs = await naming(db, REGISTERED_PHOTO, "user", people)
        return Removal(files, seqs, forgetting(people, RegisteredPhoto.person))

    async def _items(self, house: House, db: AsyncSession) -> list[Item]:
        asked = select(EntryRow.time, DataRow.data).join(DataRow, DataRow.seq == EntryRow.seq)
        newest: dict[str, int] = {}
        of_photos = EntryRow.kind.in_(REGISTERED_PHOTO)
        for row in await db.execute(asked.where(of_photos).order_by(EntryRow.seq)):
            newest[msgspec.json.decode(row.data)["user"]] = row.time
        return [
            Item(person, time, people=frozenset({person}), bytes=_size(_photo(house, person)))
            for person, time in newest.items()
        ]


def _photo(house: House, person: str) -> Path:
    return house.settings.data / "exams" / REGISTERED / person / "photo"


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


RECORDS = (
    OfExams(
        "exam_photos", 30, 1, False, FACES, ExamLine, (PHOTO,),
        ("face.", "document.", "left.", "right.", "room.", FACE),
    ),
    OfExams(
        "exam_attempts", 1825, 1825, True, ATTEMPTS, ExamLine,
        [kind for kind in Lines.kinds if kind != PHOTO], ("answer.",),
    ),
    Candidates(),
    RegisteredPhotos(),
)  # fmt: skip
