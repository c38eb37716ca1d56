"""Opening the SQLite database: made whole or not at all, refused with a code, never touched when wrong."""

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from server.errors import StoreError
from server.settings import Settings
from server.store import Store, files
from server.trace import Trace


@pytest.fixture
async def filled(settings: Settings) -> Path:
    """The path of a closed database with some entries."""
    store = await Store.open(settings)
    async with await Trace.open(store) as trace:
        for n in range(50):
            await trace.record("chat.said", {"text": f"salam {n}"}, actor="x")
    await store.close()
    return settings.data / "sabak.db"


async def refused(settings: Settings, code: str) -> None:
    """Opening fails with `code` and changes no byte."""
    path = settings.data / "sabak.db"
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(StoreError) as raised:
        store = await Store.open(settings)
        await store.close()
    assert raised.value.code == code
    assert str(path) in raised.value.message
    assert hashlib.sha256(path.read_bytes()).digest() == before


async def test_a_database_is_made_private_and_opened_again(settings: Settings) -> None:
    store = await Store.open(settings)
    async with store.read() as db:
        assert (await db.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
        assert (await db.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
        assert (await db.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    async with store.writer.connect() as connection:
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar_one() == 2  # FULL
    await store.close()
    assert (settings.data / "sabak.db").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.data.iterdir()] == ["sabak.db"]
    again = await Store.open(settings)
    await again.close()


async def test_a_start_that_died_while_making_the_database_is_forgotten(settings: Settings) -> None:
    settings.data.mkdir()
    for name in ("sabak.db.new", "sabak.db.new-wal"):
        (settings.data / name).write_bytes(b"half")
    store = await Store.open(settings)
    await store.close()
    assert not (settings.data / "sabak.db.new").exists()


async def test_an_empty_file_is_broken_not_new(settings: Settings) -> None:
    settings.data.mkdir()
    (settings.data / "sabak.db").touch()
    await refused(settings, "store.broken")


async def test_a_file_cut_short_is_broken(settings: Settings, filled: Path) -> None:
    whole = filled.read_bytes()
    for size in (50, 99, 100, 4096, len(whole) // 2, len(whole) - 1):
        filled.write_bytes(whole[:size])
        await refused(settings, "store.broken")


async def test_a_damaged_page_is_broken(settings: Settings, filled: Path) -> None:
    whole = filled.read_bytes()
    filled.write_bytes(whole[:4096] + os.urandom(4096) + whole[8192:])
    await refused(settings, "store.broken")


async def test_files_of_others_are_foreign(settings: Settings) -> None:
    settings.data.mkdir()
    path = settings.data / "sabak.db"
    for content in (b"hello", b"%PDF-1.7 " * 100, bytes(5000)):
        path.write_bytes(content)
        await refused(settings, "store.foreign")
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE journal (mark INTEGER)")
    db.close()
    await refused(settings, "store.foreign")


async def test_a_database_of_a_newer_version_is_refused(settings: Settings, filled: Path) -> None:
    with sqlite3.connect(filled) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    await refused(settings, "store.newer")


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as raised:
        await Store.open(Settings(data=tmp_path / "file" / "data"))
    assert raised.value.code == "store.failed"


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_looked_at_without_a_traceback(tmp_path: Path, content: bytes, magic: bool) -> None:
    path = tmp_path / "any.db"
    path.write_bytes(files.MAGIC + content if magic else content)
    with pytest.raises(StoreError):
        files.inspect(path)
    assert path.read_bytes() == (files.MAGIC + content if magic else content)
