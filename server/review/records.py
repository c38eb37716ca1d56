"""Reviews, for retention: evidence and what the commission said of it go together (R20)."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.retention.kinds import File, Item, Language, Removal, Words
from server.review.tables import ReviewLine

WORDS: Mapping[Language, Words] = {
    "ky": Words(
        "Комиссиянын кароосу", "Далил болгон үзүндүлөр, карагандар, түшүндүрмө, корутунду, апелляция"
    ),
    "ru": Words("Рассмотрение комиссией", "Фрагменты записи, кто смотрел, объяснение, вывод, апелляция"),
    "en": Words("The commission's review", "Clips, who looked, the statement, the finding, the appeal"),
}


class Reviews:
    """An item is one student's case of one exam; its key is lesson/person."""

    name = "reviews"
    days = 1095
    least = 365
    rule = "R20"
    forced = True
    words = WORDS

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        asked = select(
            ReviewLine.lesson, ReviewLine.person, func.max(ReviewLine.time).label("last")
        ).group_by(ReviewLine.lesson, ReviewLine.person)  # fmt: skip
        found = [
            Item(
                f"{row.lesson}/{row.person}", row.last, frozenset({row.lesson}), frozenset({row.person}),
                sum(path.stat().st_size for path in _clips(house, row.lesson, row.person)),
            )
            for row in await db.execute(asked)
        ]  # fmt: skip
        return [item for item in found if item.ended <= before]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return []

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        pairs = [tuple(item.key.split("/", 1)) for item in items]
        files = [File(path) for lesson, person in pairs for path in _clips(house, lesson, person)]
        seqs: list[int] = []
        for lesson, person in pairs:
            here = (ReviewLine.lesson == lesson, ReviewLine.person == person)
            seqs += await db.scalars(select(ReviewLine.n).where(*here))

        async def rows(db: AsyncSession) -> int:
            gone = 0
            for lesson, person in pairs:
                here = (ReviewLine.lesson == lesson, ReviewLine.person == person)
                gone += int(getattr(await db.execute(delete(ReviewLine).where(*here)), "rowcount", 0))
            return gone

        return Removal(files, seqs, rows)


def _clips(house: House, lesson: str, person: str) -> list[Path]:
    return sorted((house.settings.data / "exams" / lesson / person).glob("clip.*"))


RECORDS = (Reviews(),)
