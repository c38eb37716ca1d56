"""Reports to support, for retention (R20, R31): what people said did not work, and their browser's facts."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.retention.frame import Kind, forgetting
from server.retention.kinds import Item, Language, Removal, Words
from server.support.tables import SupportReport


class Reports(Kind):
    """An item is one report with its answer."""

    name = "support"
    days = 180
    least = 14
    rule = "R31"
    forced = False
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Техникалык колдоо", "Эмне иштебей калганы, браузердин маалыматы, жооптор"),
        "ru": Words("Техническая поддержка", "Что не работало, сведения о браузере, ответы"),
        "en": Words("Technical support", "What did not work, facts of the browser, answers"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return await self._items(db, before)

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return await self._items(db, house.clock.now(), person)

    async def _items(self, db: AsyncSession, before: int, person: str = "") -> list[Item]:
        size = func.length(SupportReport.text).label("size")
        asked = select(SupportReport.id, SupportReport.person, SupportReport.created, size)
        asked = asked.where(SupportReport.created <= before)
        if person:
            asked = asked.where(SupportReport.person == person)
        return [
            Item(row.id, row.created, people=frozenset({row.person}), bytes=int(row.size))
            for row in await db.execute(asked)
        ]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        return Removal([], [], forgetting([item.key for item in items], SupportReport.id))


RECORDS = (Reports(),)
