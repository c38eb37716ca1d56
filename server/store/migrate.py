"""Brings a database to the tables of this version: Alembic, one transaction, one process at a time.

In flows an engine of mode ``migrate``. On SQLite the transaction itself is the lock (``BEGIN
IMMEDIATE``); on PostgreSQL an advisory lock of the transaction. A migration that fails leaves the
database as it was. A database of a newer Sabak, or with somebody else's tables, is refused.
"""

import logging
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from server.errors import StoreError

FOLDER = Path(str(import_module("server.store.migrations").__path__[0]))

log = logging.getLogger(__name__)

LOCK = 0x5361626B
"""Key of the PostgreSQL advisory lock held while migrating."""


def config() -> Config:
    """Alembic's configuration; there is no alembic.ini."""
    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    found.set_main_option("path_separator", "os")
    return found


async def upgrade(engine: AsyncEngine, where: str) -> None:
    """Run the missing migrations. `where` names the database in messages.

    Raises:
        StoreError: `store.newer`, `store.foreign` or `store.failed`.
    """
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, where)
    except StoreError:
        raise
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[:1]
        raise StoreError(
            "store.failed", f"Cannot bring the database {where} up to date: {' '.join(reason)}."
        ) from error


def _upgrade(connection: Connection, where: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    script = ScriptDirectory.from_config(config())
    known = {revision.revision for revision in script.walk_revisions()}
    at = set(MigrationContext.configure(connection).get_current_heads())
    if at - known:
        raise StoreError(
            "store.newer",
            f"The database {where} was made by a newer Sabak. Install that version; "
            "going back needs a backup from before the update.",
        )
    if not at and inspect(connection).get_table_names():
        raise StoreError(
            "store.foreign",
            f"The database {where} holds tables of another program and is left as it is. Name an empty one.",
        )
    if at != set(script.get_heads()):
        log.info("the database %s goes from %s to %s", where, _words(at), _words(script.get_heads()))
        setup = config()
        setup.attributes["connection"] = connection
        command.upgrade(setup, "head")


def _words(revisions: Iterable[str]) -> str:
    return " ".join(sorted(revisions)) or "nothing"


def revise(connection: Connection, message: str) -> Path:
    """For developers: write the migration from the database's tables to the code's.

    `connection` is a migrated database. Returns the new file, which wants reading and mending.
    """
    setup = config()
    setup.attributes["connection"] = connection
    script = ScriptDirectory.from_config(setup)
    number = sum(1 for _ in script.walk_revisions()) + 1
    made = command.revision(setup, message=message, autogenerate=True, rev_id=f"{number:04d}")
    if made is None or isinstance(made, list):
        raise StoreError("store.failed", "No revision was made.")
    return Path(made.path)
