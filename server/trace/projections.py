"""Projections: tables that follow from the trace and can be made again from it.

In flow entries with their data, in order; out flow rows of the room that owns the projection. The
table `trace_projections` says how far each one is. A new projection, one of another version, and
entries that another process wrote meanwhile (a `sabak` command) are all the same case: what is
missing is applied before anything newer. Erased entries are not applied: what they said is gone, and
who erases them clears the projected rows too.
"""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.trace.chain import Entry
from server.trace.rows import head, page
from server.trace.tables import EntryRow, ProjectionRow

PAGE = 500


class Projection(Protocol):
    """One projection. A class attribute `version` (default 1) above the stored one rebuilds it."""

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> Collection[str]:
        """The kinds of entries that `apply` is called with."""

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        """Bring the tables up to `entry`. Runs in the transaction that writes the entry; raising
        means that the entry is not written."""

    async def clear(self, db: AsyncSession) -> None:
        """Empty the tables."""


class Projections:
    """The projections of this process, by kind."""

    def __init__(self, projections: Sequence[Projection] = ()) -> None:
        self.all = tuple(projections)
        self.names = [each.name for each in self.all]
        assert len(set(self.names)) == len(self.names), "two projections of one name"
        self._by_kind: dict[str, list[Projection]] = {}
        for each in self.all:
            for kind in each.kinds:
                self._by_kind.setdefault(kind, []).append(each)

    def of(self, kind: str) -> Sequence[Projection]:
        return self._by_kind.get(kind, ())

    async def catch_up(self, db: AsyncSession, upto: int) -> None:
        """Apply what is missing, for each projection from where it is up to entry `upto`."""
        found = await db.execute(select(ProjectionRow.name, ProjectionRow.version, ProjectionRow.seq))
        rows = {name: (version, seq) for name, version, seq in found}
        for each in self.all:
            version, at = rows.get(each.name, (0, 0))
            if version != _version(each) or at > upto:
                await self._remake(db, each, upto)
            elif at < upto:
                await _replay(db, each, at, upto)
                await self.mark(db, upto, [each.name])

    async def rebuild(self, db: AsyncSession, names: Collection[str] | None = None) -> int:
        """Clear and replay the projections (those of `names`). Returns the last entry applied."""
        upto, _ = await head(db)
        for each in self.all:
            if names is None or each.name in names:
                await self._remake(db, each, upto)
        return upto

    async def mark(self, db: Any, upto: int, names: Sequence[str] | None = None) -> None:
        """Note that the projections have every entry up to `upto`."""
        names = self.names if names is None else names
        if names:
            await db.execute(
                update(ProjectionRow).where(ProjectionRow.name.in_(names)).values(seq=upto),
            )

    async def _remake(self, db: AsyncSession, projection: Projection, upto: int) -> None:
        await projection.clear(db)
        await _replay(db, projection, 0, upto)
        await db.execute(delete(ProjectionRow).where(ProjectionRow.name == projection.name))
        await db.execute(
            insert(ProjectionRow).values(name=projection.name, version=_version(projection), seq=upto)
        )


def _version(projection: Projection) -> int:
    return int(getattr(projection, "version", 1))


async def _replay(db: AsyncSession, projection: Projection, after: int, upto: int) -> None:
    kinds = EntryRow.kind.in_(projection.kinds)
    while True:
        found = await page(db, EntryRow.seq > after, EntryRow.seq <= upto, kinds, limit=PAGE)
        for each in found:
            if each.data is not None:
                await projection.apply(db, each.entry, each.data)
        await db.flush()
        if len(found) < PAGE:
            return
        after = found[-1].entry.seq
