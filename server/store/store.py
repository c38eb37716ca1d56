"""The opened database: sessions for reading, and the writer's engine for the trace alone.

In flow the settings, out flow read-only sessions. `Store.open` looks at the database before it
touches it, makes it when it is not there, and migrates it; every way in which that can fail is a
`StoreError` with a code and a sentence, and leaves the database as it was.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from server.errors import StoreError
from server.settings import Settings
from server.store import engines, files
from server.store.metadata import metadata
from server.store.migrate import upgrade

FILE_NAME = "sabak.db"

Prepare = Callable[[AsyncEngine, str], Awaitable[None]]


class Store:
    """Made by `open`; `close` it at the end. `where` names the database without its password."""

    def __init__(
        self, reader: AsyncEngine, writer: AsyncEngine, where: str, *, is_copy: bool = False
    ) -> None:
        self._reader = reader
        self.writer = writer
        """For `server.trace` only."""
        self.where = where
        self.is_copy = is_copy
        """A SQLite file that nobody writes."""
        self._sessions = async_sessionmaker(reader, expire_on_commit=False)

    @classmethod
    async def open(cls, settings: Settings) -> "Store":
        """Open the database of `settings`, made and migrated as needed.

        Raises:
            StoreError: see `server.errors`.
        """
        return await cls._open(settings, upgrade)

    @classmethod
    async def create(cls, settings: Settings) -> "Store":
        """For tests: an empty database with the tables as the code has them, without migrations."""
        return await cls._open(settings, _create_all)

    @classmethod
    async def _open(cls, settings: Settings, prepare: Prepare) -> "Store":
        if settings.database:
            return await cls._open_postgres(settings.database, prepare)
        path = settings.data / FILE_NAME
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                "store.failed", f"Cannot make the data folder {path.parent}: {error.strerror}."
            ) from None
        if files.inspect(path) == "absent":
            await _make_sqlite(path, prepare)
        elif prepare is upgrade:
            engine = engines.sqlite_engine(path, "migrate")
            try:
                await prepare(engine, str(path))
            finally:
                await engine.dispose()
        return cls(
            engines.sqlite_engine(path, "read", settings.database_sync),
            engines.sqlite_engine(path, "write", settings.database_sync),
            str(path),
        )

    @classmethod
    async def _open_postgres(cls, url: str, prepare: Prepare) -> "Store":
        where = make_url(url).render_as_string(hide_password=True)
        engine = engines.postgres_engine(url, "migrate")
        try:
            try:
                async with engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                raise StoreError(
                    "store.unreachable",
                    f"Cannot reach the database {where}: {error}. "
                    "Check that it runs, and the setting database.",
                ) from None
            await prepare(engine, where)
        finally:
            await engine.dispose()
        return cls(engines.postgres_engine(url, "read"), engines.postgres_engine(url, "write"), where)

    @classmethod
    def open_copy(cls, path: Path) -> "Store":
        """A SQLite file that nobody writes, for reading only and as it is: no look, no migration."""
        engine = engines.sqlite_copy_engine(path)
        return cls(engine, engine, str(path), is_copy=True)

    async def truncate_log(self) -> None:
        """SQLite: move everything from the write-ahead log into the file and empty the log, so that
        what was erased is not there either. Readers of older moments put it off; then it is done at
        one of the next checkpoints. PostgreSQL looks after itself (VACUUM)."""
        if self.is_sqlite:
            await _pragma(self.writer, "wal_checkpoint(TRUNCATE)")

    async def vacuum(self) -> None:
        """Write the database anew, so that no copy of what was erased is left in its free space: SQLite
        overwrites what it deletes, but not what it moved while it kept its pages in order. Nothing can be
        written meanwhile (seconds for a gigabyte)."""
        if self.is_sqlite:
            await _pragmas(self.writer, "PRAGMA temp_store = FILE", "VACUUM", "PRAGMA temp_store = MEMORY")
            await self.truncate_log()
        else:
            async with self.writer.connect() as connection:
                free = await connection.execution_options(isolation_level="AUTOCOMMIT")
                for table in ("trace_data", "trace_keys"):
                    await free.execute(text(f"VACUUM (FULL) {table}"))

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that sees one moment of the database and cannot write."""
        async with self._sessions() as session:
            yield session

    async def close(self) -> None:
        await self._reader.dispose()
        await self.writer.dispose()


async def _make_sqlite(path: Path, prepare: Prepare) -> None:
    """Make the file under another name and rename it when it is complete: a crash leaves no half."""
    new = path.with_name(path.name + ".new")
    for stale in (new, new.with_name(new.name + "-wal"), new.with_name(new.name + "-shm")):
        stale.unlink(missing_ok=True)
    engine = engines.sqlite_engine(new, "migrate")
    try:
        await _pragma(engine, "journal_mode = WAL")
        await _pragma(engine, f"application_id = {engines.APPLICATION_ID}")
        await prepare(engine, str(path))
        await _pragma(engine, "wal_checkpoint(TRUNCATE)")
    except SQLAlchemyError as error:
        raise StoreError("store.failed", f"Cannot make the database {path}: {error}.") from error
    finally:
        await engine.dispose()
    new.chmod(0o600)
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _pragma(engine: AsyncEngine, pragma: str) -> None:
    await _pragmas(engine, f"PRAGMA {pragma}")


async def _pragmas(engine: AsyncEngine, *statements: str) -> None:
    """Run statements outside a transaction, where SQLAlchemy would not."""
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        for statement in statements:
            async with raw.execute(statement) as cursor:
                await cursor.fetchall()


async def _create_all(engine: AsyncEngine, _where: str) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(metadata().create_all)
