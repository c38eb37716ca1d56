"""`sabak db`: bring the database up to date; for developers, write the next migration."""

import argparse

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("db", help="migrate the database", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    upgrade = actions.add_parser("upgrade", help="make or migrate the database (serve does it by itself)")
    upgrade.set_defaults(run=run_upgrade)
    revision = actions.add_parser(
        "revision", help="for developers: write a migration from the tables in the code"
    )
    revision.add_argument("-m", "--message", required=True, help="what changes, in a few words")
    revision.set_defaults(run=run_revision)


def run_upgrade(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.store import Store

    async def work() -> str:
        store = await Store.open(settings_of(arguments))
        await store.close()
        return store.where

    print(f"{asyncio.run(work())} is up to date.")
    return 0


def run_revision(arguments: argparse.Namespace) -> int:
    """Works on an empty database of its own, so the data folder plays no part."""
    import asyncio
    import tempfile
    from pathlib import Path

    from server.store.engines import sqlite_engine
    from server.store.migrate import revise, upgrade

    async def work(folder: str) -> Path:
        engine = sqlite_engine(Path(folder) / "revision.db", "migrate")
        try:
            await upgrade(engine, "for the revision")
            async with engine.connect() as connection:
                return await connection.run_sync(revise, arguments.message)
        finally:
            await engine.dispose()

    with tempfile.TemporaryDirectory() as folder:
        print(f"{asyncio.run(work(folder))} is written; read it and mend it.")
    return 0
