"""Mappings kept under a name: which columns the files of AVN, Univer Plus and others have."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.imports.fields import FIELDS, Kind, Mapped
from server.imports.tables import ImportMapping
from server.plan.sorting import sort_key

MOST = 100
"""Of one kind."""


async def listed(house: House, kind: Kind) -> list[ImportMapping]:
    async with house.store.read() as db:
        rows = await db.scalars(select(ImportMapping).where(ImportMapping.kind == kind).limit(MOST))
    return sorted(rows, key=lambda row: sort_key(row.name))


async def find(house: House, kind: Kind, name: str) -> dict[str, str]:
    """Raises:
    ApiError: 404 `object.unknown`.
    """
    async with house.store.read() as db:
        row = await _named(db, kind, name)
    if row is None:
        raise ApiError("object.unknown", 404, kind="mapping")
    return row.mapping


async def save(house: House, actor: str, kind: Kind, name: str, mapping: Mapped) -> str:
    """Keep a mapping, in the place of one of the same name; answers its id.

    Raises:
        ApiError: 422 `import.mapping`: a field that the kind has not; 409 `import.mappings`: too many.
    """
    if not mapping or not set(mapping) <= {field.name for field in FIELDS[kind]}:
        raise ApiError("import.mapping", 422, fields=[])
    fresh = new_id()
    told: dict[str, Any] = {"kind": kind}

    async def work(db: AsyncSession) -> str:
        row = await _named(db, kind, name)
        if row is None:
            held = list(await db.scalars(select(ImportMapping.id).where(ImportMapping.kind == kind)))
            if len(held) >= MOST:
                raise ApiError("import.mappings", 409, most=MOST)
            row = ImportMapping(id=fresh, kind=kind, name=name)
            db.add(row)
        row.mapping = dict(mapping)
        await db.flush()
        return row.id

    recorded = await house.trace.record("import.mapping_saved", told, actor=actor, work=work)
    return str(recorded.result)


async def remove(house: House, actor: str, key: str) -> None:
    """Raises:
    ApiError: 404 `object.unknown`.
    """

    async def work(db: AsyncSession) -> None:
        row = await db.get(ImportMapping, key)
        if row is None:
            raise ApiError("object.unknown", 404, kind="mapping")
        await db.delete(row)
        await db.flush()

    await house.trace.record("import.mapping_removed", {"mapping": key}, actor=actor, work=work)


async def _named(db: AsyncSession, kind: str, name: str) -> ImportMapping | None:
    found: ImportMapping | None = await db.scalar(
        select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.name == name)
    )
    return found
