"""Imported files and the lists of accounts for slips, for retention (R20, R26)."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.imports.tables import ImportAccount, ImportRow
from server.retention.entries import naming, parts
from server.retention.frame import Forced, forgetting, people_of
from server.retention.kinds import File, Item, Language, Removal, Words

ENTRIES = (
    "import.uploaded", "import.started", "import.written", "import.finished", "import.failed",
    "import.slips",
)  # fmt: skip


class Imports(Forced):
    """An item is one file: what was read from it, and whose slips can be printed."""

    name = "imports"
    days = 180
    least = 7
    rule = "R26"
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Импорттор", "Импорттолгон файлдар, алардын отчету жана баракчалардын тизмеси"),
        "ru": Words("Импорты", "Загруженные файлы, отчёты о них и списки для талонов"),
        "en": Words("Imports", "Imported files, their reports, and the lists for slips"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people = await people_of(db, ImportAccount.file, ImportAccount.user, among)
        rows = await db.scalars(
            select(ImportRow).where(ImportRow.created <= before // 1_000_000, ImportRow.state != "running")
        )
        return [
            Item(row.id, row.created * 1_000_000, people=people.get(row.id, frozenset()), bytes=row.size)
            for row in rows
        ]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        keys = [item.key for item in items]
        hashes: dict[str, str] = {}
        for part in parts(keys):
            asked = select(ImportRow.id, ImportRow.sha256).where(ImportRow.id.in_(part))
            hashes |= {row.id: row.sha256 for row in await db.execute(asked)}
        folder = house.settings.data / "imports"
        files = [File(folder / f"{key}.csv", digest) for key, digest in hashes.items()]
        seqs = await naming(db, ENTRIES, "import", keys)
        return Removal(files, seqs, forgetting(keys, ImportAccount.file, ImportRow.id))


RECORDS = (Imports(),)
