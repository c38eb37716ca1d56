"""Logins and guests, for retention (R20, R30): who logged in when and from where; who came by a link."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.people.tables import GuestLinkRow, GuestRow
from server.retention.entries import naming
from server.retention.frame import Forced, Kind, forgetting, nothing, people_of
from server.retention.kinds import DAY, Item, Language, Removal, Words
from server.trace.tables import DataRow, EntryRow

ENTRIES = ("login.opened", "login.closed", "login.revoked")


class Logins(Kind):
    """An item is one person's logins of one day (UTC)."""

    name = "logins"
    days = 365
    least = 90
    rule = "R25"
    forced = False
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Кирүүлөр", "Ким качан жана кайсы даректен кирди"),
        "ru": Words("Входы", "Кто когда и с какого адреса входил"),
        "en": Words("Logins", "Who logged in when, and from which address"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return await self._items(db, before)

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return await self._items(db, house.clock.now(), person)

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        wanted = {item.key for item in items}
        first, last = min(item.ended for item in items) - DAY, max(item.ended for item in items)
        rows = await db.execute(
            select(EntryRow.seq, EntryRow.actor, EntryRow.time)
            .join(DataRow, DataRow.seq == EntryRow.seq)
            .where(EntryRow.kind.in_(ENTRIES), EntryRow.time >= first, EntryRow.time <= last)
        )
        seqs = [row.seq for row in rows if f"{row.time // DAY} {row.actor}" in wanted]
        return Removal([], seqs, nothing)

    async def _items(self, db: AsyncSession, before: int, person: str = "") -> list[Item]:
        asked = (
            select(EntryRow.actor, EntryRow.time, func.length(DataRow.data).label("bytes"))
            .join(DataRow, DataRow.seq == EntryRow.seq)
            .where(EntryRow.kind.in_(ENTRIES), EntryRow.time <= before)
        )
        if person:
            asked = asked.where(EntryRow.actor == person)
        sums: dict[tuple[int, str], int] = {}
        for row in await db.execute(asked):
            key = (row.time // DAY, row.actor)
            sums[key] = sums.get(key, 0) + row.bytes
        return [
            Item(f"{day} {actor}", (day + 1) * DAY, people=frozenset({actor}), bytes=size)
            for (day, actor), size in sums.items()
            if person or (day + 1) * DAY <= before
        ]


class Guests(Forced):
    """An item is one guest link that has ended, with everybody who entered by it (R30)."""

    name = "guests"
    days = 400
    least = 30
    rule = "R30"
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Коноктор", "Конок шилтемелери жана алар менен киргендердин аттары"),
        "ru": Words("Гости", "Гостевые ссылки и имена вошедших по ним"),
        "en": Words("Guests", "Guest links and the names of those who entered by them"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people = await people_of(db, GuestRow.link, GuestRow.id, among)
        rows = await db.scalars(select(GuestLinkRow).where(GuestLinkRow.expires <= before))
        return [
            Item(row.id, row.expires, frozenset({row.lesson}), people.get(row.id, frozenset()))
            for row in rows
        ]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        links = [item.key for item in items]
        seqs = await naming(db, ("guest.invited", "guest.entered", "guest.withdrawn"), "link", links)
        return Removal([], seqs, forgetting(links, GuestRow.link, GuestLinkRow.id))


RECORDS = (Logins(), Guests())
