"""Notices, for retention (R16, R20): who was told what. Their entries of the trace name nobody."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from sqlalchemy import BigInteger, delete, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.notices.tables import LetterRow, NoticeChoice, NoticeRow, NoticeZone
from server.retention.entries import parts
from server.retention.frame import Kind, changed, forget
from server.retention.kinds import DAY, Item, Language, Removal, Words

DAY_OF = NoticeRow.created // literal_column(str(DAY), BigInteger)
"""The day of a notice (UTC). Written out: PostgreSQL does not see that two parameters are one number."""

OF_PEOPLE = (NoticeRow, LetterRow, NoticeChoice, NoticeZone)


class NoticesKept(Kind):
    """An item is a day's notices (UTC), or one person's with their mail that waits and what they chose."""

    name = "notices"
    days = 90
    least = 14
    rule = "R16"
    forced = False
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Билдирүүлөр", "Кимге эмне жөнүндө кабар берилди, күтүп турган каттар"),
        "ru": Words("Уведомления", "Кому о чём сообщили, письма, которые ждут отправки"),
        "en": Words("Notices", "Who was told of what, and mail that waits"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        asked = (
            select(DAY_OF.label("day"), func.count())
            .where(NoticeRow.created < before // DAY * DAY)
            .group_by(DAY_OF)
        )
        days = [int(found) for found, _ in await db.execute(asked)]
        people: dict[int, set[str]] = {}
        for part in parts(among):
            named = select(DAY_OF.label("day"), NoticeRow.person).where(NoticeRow.person.in_(part)).distinct()
            for found, person in await db.execute(named):
                people.setdefault(int(found), set()).add(person)
        return [
            Item(f"day {found}", (found + 1) * DAY, people=frozenset(people.get(found, ())))
            for found in sorted(days)
        ]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        for table in OF_PEOPLE:
            if await db.scalar(select(table.person).where(table.person == person).limit(1)):
                return [Item(f"person {person}", house.clock.now(), people=frozenset({person}))]
        return []

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        keys = [item.key.split(" ", 1) for item in items]
        days = [int(value) for sort, value in keys if sort == "day"]
        persons = [value for sort, value in keys if sort == "person"]

        async def rows(db: AsyncSession) -> int:
            gone = await forget(db, persons, *(table.person for table in OF_PEOPLE))
            for day in days:
                span = (NoticeRow.created >= day * DAY, NoticeRow.created < (day + 1) * DAY)
                gone += await changed(db, delete(NoticeRow).where(*span))
            return gone

        return Removal([], [], rows)


RECORDS = (NoticesKept(),)
