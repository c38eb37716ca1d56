"""Writes to the trace until it is killed, and prints the number of each acknowledged entry.

`writer_process.py DATA SEED`; used by test_crash. Some entries change a table in the same transaction.
"""

import asyncio
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.settings import Settings
from server.store import Store
from server.trace import Trace


async def talk(trace: Trace, run: str, who: int) -> None:
    n = 0
    while True:
        name = f"{run}-{who}-{n}"

        async def work(db: AsyncSession, name: str = name) -> None:
            await db.execute(text("INSERT INTO things VALUES (:name)"), {"name": name})

        recorded = await trace.record(
            "thing.made",
            {"name": name},
            actor=f"a{who}",
            session=f"s{who % 3}",
            key=name,
            work=work if n % 2 else None,
        )
        print(recorded.entry.seq, name, flush=True)
        n += 1


async def main(data: Path, run: str) -> None:
    store = await Store.create(Settings(data=data))
    async with await Trace.open(store) as trace, asyncio.TaskGroup() as tasks:
        await trace.unrecorded(
            lambda db: db.execute(text("CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY)"))
        )
        for who in range(20):
            tasks.create_task(talk(trace, run, who))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
