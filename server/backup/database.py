"""The database's part: a consistent copy while others write, and the way back.

SQLite by its backup API in one step: one read transaction, which in WAL mode nobody waits for. PostgreSQL
by its own tools, `pg_dump` and `pg_restore`, which have to be installed.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from server.errors import ServerError
from server.settings import Settings
from server.store import Store
from server.store.store import FILE_NAME
from server.trace.verify import Known, verify

DUMP = "database.dump"


def copy(settings: Settings, target: Path) -> str:
    """Copy the database into the folder; returns the name of the file.

    Raises:
        ServerError: `backup.database`.
    """
    if settings.database:
        _tool("pg_dump", settings.database, "--format=custom", f"--file={target / DUMP}")
        return DUMP
    path = settings.data / FILE_NAME
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as source,
            closing(sqlite3.connect(target / FILE_NAME)) as made,
        ):
            source.backup(made)
    except sqlite3.Error as error:
        raise ServerError("backup.database", f"Cannot copy the database {path}: {error}.") from None
    return FILE_NAME


def bring_back(settings: Settings, dump: Path) -> None:
    """Load a dump into the PostgreSQL database of the settings.

    Raises:
        ServerError: `backup.database`.
    """
    if not settings.database:
        raise ServerError(
            "backup.database",
            "This backup was made of a PostgreSQL database: name an empty one with the setting database.",
        )
    _tool("pg_restore", settings.database, "--exit-on-error", "--no-owner", "--single-transaction", str(dump))


async def head_of(store: Store, what: str, known: str = "") -> str:
    """The trace's head as `SEQ:HASH`, after a look at the whole chain; `known` is one it must hold.

    Raises:
        ServerError: `backup.trace`.
    """
    try:
        seq, _, digest = known.partition(":")
        heads = ((int(seq), bytes.fromhex(digest)),) if known and int(seq) else ()  # empty: nothing to hold
        report = await verify(store, known=Known(heads=heads))
    finally:
        await store.close()
    if report.finding is not None:
        found = report.finding
        raise ServerError(
            "backup.trace",
            f"The trace of {what} is not whole: entry {found.seq}: {found.words} [{found.code}].",
        )
    return f"{report.entries}:{report.head.hex()}"


def _tool(name: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's tools; the password goes by the environment, where nobody else sees it."""
    program = shutil.which(name)
    if program is None:
        raise ServerError(
            "backup.database",
            f"{name} is not installed: install PostgreSQL's client programs (postgresql-client).",
        )
    parsed = make_url(url)
    bare = parsed.set(drivername="postgresql", password=None).render_as_string()
    environment = dict(os.environ)
    if parsed.password is not None:
        environment["PGPASSWORD"] = str(parsed.password)
    done = subprocess.run(  # noqa: S603 - a fixed program, arguments of our own
        [program, f"--dbname={bare}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ServerError("backup.database", f"{name} failed: {reason}")
