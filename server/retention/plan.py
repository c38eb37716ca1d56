"""What goes when: terms and holds against the items that the rooms name.

Flows in: the tables of terms and holds, the rooms' kinds. Flows out: `Plan`, for a run (what is due and
not held on a day) and for the calendar (everything there is, by the month in which its term ends).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.house import House
from server.plan.roster import micro
from server.plan.weeks import day_bounds, local_date
from server.retention.kinds import DAY, FOREVER, Item, RecordKind
from server.retention.registry import registered
from server.retention.tables import RetentionHold, RetentionTerm


class Terms:
    """Days by kind, and by kind and lesson. `documents`: by kind and lesson, what approved documents say."""

    def __init__(
        self, rows: Iterable[RetentionTerm], documents: Mapping[str, Mapping[str, int]] | None = None
    ) -> None:
        self.rows = {(row.kind, row.lesson): row for row in rows}
        self.documents = documents or {}

    def general(self, kind: RecordKind) -> int:
        row = self.rows.get((kind.name, ""))
        return kind.days if row is None else row.days

    def of(self, kind: RecordKind, item: Item) -> int:
        """The term of an item: the longest set for one of its lessons, else what its document says, else
        the kind's."""
        own = [row.days for lesson in item.lessons if (row := self.rows.get((kind.name, lesson)))]
        written = self.documents.get(kind.name, {})
        own = own or [written[lesson] for lesson in item.lessons if lesson in written]
        return max(own) if own else self.general(kind)

    def shortest(self, kind: RecordKind) -> int:
        own = [row.days for (name, _), row in self.rows.items() if name == kind.name]
        return min([self.general(kind), *own, *self.documents.get(kind.name, {}).values()])


class Holds:
    """Holds that were not released."""

    def __init__(self, rows: Iterable[RetentionHold]) -> None:
        self.rows = list(rows)
        self.people = frozenset(row.object for row in self.rows if row.scope == "person")
        self.lessons = frozenset(row.object for row in self.rows if row.scope != "person")

    def hold(self, item: Item) -> bool:
        return bool(item.lessons & self.lessons or item.people & self.people)


class Due(msgspec.Struct):
    """Of one kind: what goes, and how many are due and held."""

    kind: str
    items: list[Item]
    held: int


async def terms_of(db: AsyncSession, kinds: Iterable[RecordKind]) -> Terms:
    """Terms, with those that documents name for these kinds."""
    written = {kind.name: await kind.terms(db) for kind in kinds}
    return Terms(await db.scalars(select(RetentionTerm)), written)


async def holds_of(db: AsyncSession) -> Holds:
    return Holds(await db.scalars(select(RetentionHold).where(RetentionHold.released.is_(None))))


def today(house: House) -> date:
    """The day it is at the university."""
    return local_date(house.clock.datetime(), ZoneInfo(house.settings.time_zone))


def begin_of(house: House, day: date) -> int:
    """Session time (µs) at which a day begins at the university."""
    return micro(day_bounds(day, ZoneInfo(house.settings.time_zone))[0])


async def due_of(house: House, db: AsyncSession, kind: RecordKind, as_of: date) -> Due:
    """What of a kind is due on a day: its term was over when the day began."""
    terms, holds = await terms_of(db, (kind,)), await holds_of(db)
    begins = begin_of(house, as_of)
    items = await kind.due(house, db, begins - terms.shortest(kind) * DAY, holds.people)
    over = [item for item in items if item.ended + terms.of(kind, item) * DAY <= begins]
    free = [item for item in over if not holds.hold(item)]
    return Due(kind.name, free, len(over) - len(free))


class Month(msgspec.Struct):
    """What of one kind goes in a month (its first day). `held` of the items are held and stay."""

    month: date
    kind: str
    items: int
    bytes: int
    held: int


async def calendar(
    house: House, months: int = 12, kinds: Collection[RecordKind] | None = None
) -> list[Month]:
    """What goes in this month and those after it, by kind. What is overdue stands in this month."""
    zone = ZoneInfo(house.settings.time_zone)
    first = today(house).replace(day=1)
    last = _add(first, months)
    found: dict[tuple[date, str], Month] = {}
    wanted = registered() if kinds is None else kinds
    async with house.store.read() as db:
        terms, holds = await terms_of(db, wanted), await holds_of(db)
        for kind in wanted:
            upto = min(begin_of(house, last) - terms.shortest(kind) * DAY, FOREVER)
            for item in await kind.due(house, db, upto, holds.people):
                day = local_date(as_datetime(item.ended + terms.of(kind, item) * DAY), zone)
                month = max(first, day.replace(day=1))
                if month >= last:
                    continue
                row = found.setdefault((month, kind.name), Month(month, kind.name, 0, 0, 0))
                row.items += 1
                row.bytes += item.bytes
                row.held += holds.hold(item)
    return [found[key] for key in sorted(found)]


def _add(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)
