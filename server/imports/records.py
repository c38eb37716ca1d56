"""Imported files and the lists of accounts for slips, for retention (R20, R26)."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.imports.tables import ImportAccount, ImportRow
from server.retention.entries import naming, parts
from server.retention.kinds import File, Item, Language, Removal, Words

ENTRIES = (
    "import.uploaded", "import.started", "import.written", "import.finished", "import.failed",
    "import.slips",
)  # fmt: skip


class Imports:
    """An item is one file: what was read from it, and whose slips can be printed."""

    name = "imports"
    days = 180
    least = 7
    rule = "R26"
    forced = True
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Импорттор", "Импорттолгон файлдар, алардын отчету жана баракчалардын тизмеси"),
        "ru": Words("Импорты", "Загруженные файлы, отчёты о них и списки для талонов"),
        "en": Words("Imports", "Imported files, their reports, and the lists for slips"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people: dict[str, set[str]] = {}
        for part in parts(among):
            asked = select(ImportAccount.file, ImportAccount.user).where(ImportAccount.user.in_(part))
            for file, user in await db.execute(asked):
                people.setdefault(file, set()).add(user)
        rows = await db.scalars(
            select(ImportRow).where(ImportRow.created <= before // 1_000_000, ImportRow.state != "running")
        )
        return [
            Item(row.id, row.created * 1_000_000, people=frozenset(people.get(row.id, ())), bytes=row.size)
            for row in rows
        ]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return []

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        keys = [item.key for item in items]
        hashes: dict[str, str] = {}
        for part in parts(keys):
            asked = select(ImportRow.id, ImportRow.sha256).where(ImportRow.id.in_(part))
            hashes |= {row.id: row.sha256 for row in await db.execute(asked)}
        folder = house.settings.data / "imports"
        files = [File(folder / f"{key}.csv", digest) for key, digest in hashes.items()]
        seqs = await naming(db, ENTRIES, "import", keys)

        async def rows(db: AsyncSession) -> int:
            gone = 0
            for part in parts(keys):
                for statement in (
                    delete(ImportAccount).where(ImportAccount.file.in_(part)),
                    delete(ImportRow).where(ImportRow.id.in_(part)),
                ):
                    gone += int(getattr(await db.execute(statement), "rowcount", 0))
            return gone

        return Removal(files, seqs, rows)


RECORDS = (Imports(),)
