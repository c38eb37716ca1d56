"""Migrations lead to the tables of the code, on both databases, and a failing one changes nothing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from server.errors import StoreError
from server.settings import Settings
from server.store import Store, migrate
from server.store.metadata import metadata


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata()))


async def test_migrations_and_code_agree_on_sqlite(settings: Settings) -> None:
    store = await Store.open(settings)
    async with store.writer.connect() as connection:
        assert await connection.run_sync(differences) == []
    await store.close()


async def test_migrations_and_code_agree_on_postgres(postgres_settings: Settings) -> None:
    store = await Store.open(postgres_settings)
    async with store.writer.connect() as connection:
        assert await connection.run_sync(differences) == []
    await store.close()


def test_there_is_one_line_of_revisions() -> None:
    script = ScriptDirectory.from_config(migrate.config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


async def test_a_failing_migration_leaves_the_database_as_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(settings)
    await store.close()

    def fails(connection: Connection, _where: str) -> None:
        connection.execute(text("DROP TABLE trace_data"))
        connection.execute(text("SELECT nonsense"))

    monkeypatch.setattr(migrate, "_upgrade", fails)
    with pytest.raises(StoreError) as raised:
        await Store.open(settings)
    assert raised.value.code == "store.failed"
    monkeypatch.undo()
    store = await Store.open(settings)
    async with store.read() as db:
        assert (await db.execute(text("SELECT count(*) FROM trace_data"))).scalar_one() == 0
    await store.close()


async def test_several_starts_at_once_make_one_database(settings: Settings, tmp_path: Path) -> None:
    """Two processes on an empty folder: `serve` holds a lock, a command beside it does not."""
    first = await Store.open(settings)
    await first.close()
    stores = await asyncio.gather(*(Store.open(settings) for _ in range(4)))
    for store in stores:
        await store.close()
