"""SQLAlchemy engines for the two databases, one for reading and one for the writer.

The reading engine cannot write (``query_only`` on SQLite, read-only transactions on PostgreSQL), so
"one writer" is a fact and not a habit. On SQLite the driver's own transaction handling is switched
off and transactions begin here: ``BEGIN`` for readers (a stable snapshot), ``BEGIN IMMEDIATE`` for
the writer, so that it takes its lock at the start and waits for another process's instead of failing
in the middle.

What "acknowledged" means. SQLite in WAL mode hands every commit to the operating system before it
answers: a SIGKILL of any process at any moment loses nothing acknowledged, whatever `sync` is. With
``full`` the log is also flushed to the disk at each commit, so the same holds for a power cut; the
group commit of the trace makes that affordable. With ``normal`` a power cut may take the last
moments (the log is flushed at checkpoints), never the whole: https://sqlite.org/pragma.html
#pragma_synchronous. PostgreSQL flushes each commit (synchronous_commit is on by default).
"""

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

Mode = Literal["read", "write", "migrate"]

BUSY_SECONDS = 10.0
"""How long SQLite waits for another process's lock, such as a `sabak` command beside the server."""

APPLICATION_ID = 0x5361626B
"""``Sabk``, in the header of every SQLite file of ours (https://sqlite.org/fileformat.html, 1.3)."""


def sqlite_engine(path: Path, mode: Mode, sync: str = "full") -> AsyncEngine:
    """An engine on a SQLite file. `migrate` is a writer without foreign keys, as table rebuilds need."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
        # readers stay open: each is a thread, and a burst that opened its own would wait for those
        pool_size=12 if mode == "read" else 1,
        max_overflow=0 if mode == "read" else 1,
        pool_use_lifo=True,
    )
    pragmas = [
        f"PRAGMA foreign_keys = {'OFF' if mode == 'migrate' else 'ON'}",
        f"PRAGMA synchronous = {sync.upper()}",
        "PRAGMA journal_size_limit = 67108864",
        "PRAGMA temp_store = MEMORY",
    ]
    if mode == "write":  # what is erased is overwritten, not only unlinked
        pragmas.append("PRAGMA secure_delete = ON")
    if mode == "read":
        pragmas.append("PRAGMA query_only = ON")
    begin = "BEGIN" if mode == "read" else "BEGIN IMMEDIATE"

    def connected(connection: Any, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    sync_engine: Engine = engine.sync_engine
    event.listen(sync_engine, "connect", connected)
    event.listen(sync_engine, "begin", begun)
    return engine


def sqlite_copy_engine(path: Path) -> AsyncEngine:
    """A reading engine on a copy that nobody writes, such as a backup; nothing is made beside it."""
    query = {"mode": "ro", "uri": "true"}
    if not path.with_name(path.name + "-wal").exists():
        query["immutable"] = "1"
    url = URL.create("sqlite+aiosqlite", database=path.absolute().as_uri(), query=query)
    return create_async_engine(url, pool_size=1)


def postgres_engine(url: str, mode: Mode) -> AsyncEngine:
    """An engine on PostgreSQL; `url` as in the settings (``postgresql://...``)."""
    read_only = {"default_transaction_read_only": "on"} if mode == "read" else {}
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        connect_args={
            "server_settings": {"application_name": f"sabak {mode}", **read_only},
            "timeout": BUSY_SECONDS,
        },
        pool_size=8 if mode == "read" else 1,
        max_overflow=16 if mode == "read" else 1,
        pool_pre_ping=True,
    )
