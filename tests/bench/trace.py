"""How fast the trace takes entries, and what one costs: `sabak bench trace --json`.

Three loads on a fresh database on the disk of `--folder` (the temporary folder by default):

- `paced`: 2,000 entries a second for `--seconds`, each by a task of its own, as a busy house sends
  them; CPU is the whole process's, all threads;
- `flood`: 300 callers who write the next entry as soon as the last is acknowledged;
- `work`: the same with 100 callers who change a row of a table in the same transaction.

Then the trace is filled up to `--entries`, with a signed checkpoint every 1,000, exported, and both
are verified: `verify_seconds` and `verify_export_seconds` for `verified` entries.
"""

import argparse
import asyncio
import dataclasses
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.chain import commitment, key_digest, link
from server.trace.checkpoints import Checkpoints
from server.trace.export import export
from server.trace.signing import checkpoint_bytes, open_signer, public_file, read_keys
from server.trace.verify import Known, verify, verify_export

RATE = 2000
"""Entries a second that a busy house must take beside its classes."""

Say = Callable[[int], Awaitable[Any]]


class Meter:
    """Time, CPU and batches between two points."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._entries, self._batches = trace.writer.entries, trace.writer.batches
        self.waits: list[float] = []

    async def timed(self, saying: Awaitable[Any]) -> None:
        begun = time.perf_counter()
        await saying
        self.waits.append(time.perf_counter() - begun)

    def result(self) -> dict[str, float]:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        entries = self._trace.writer.entries - self._entries
        cuts = statistics.quantiles(self.waits, n=100)
        return {
            "entries": entries,
            "entries_per_s": round(entries / wall, 1),
            "cpu_us_per_entry": round(cpu / entries * 1e6, 1),
            "cpu_share": round(cpu / wall, 3),
            "batch_mean": round(entries / max(1, self._trace.writer.batches - self._batches), 1),
            "wait_ms_p50": round(cuts[49] * 1e3, 2),
            "wait_ms_p99": round(cuts[98] * 1e3, 2),
        }


async def paced(trace: Trace, say: Say, seconds: float) -> dict[str, float]:
    meter = Meter(trace)
    begun = time.perf_counter()
    sent = 0
    async with asyncio.TaskGroup() as tasks:
        while (elapsed := time.perf_counter() - begun) < seconds:
            while sent < elapsed * RATE:
                tasks.create_task(meter.timed(say(sent)))
                sent += 1
            await asyncio.sleep(0.005)
    return meter.result()


async def flood(trace: Trace, say: Say, seconds: float, callers: int) -> dict[str, float]:
    meter = Meter(trace)
    until = time.perf_counter() + seconds

    async def caller(who: int) -> None:
        n = who
        while time.perf_counter() < until:
            await meter.timed(say(n))
            n += callers

    async with asyncio.TaskGroup() as tasks:
        for who in range(callers):
            tasks.create_task(caller(who))
    return meter.result()


def fill(path: Path, entries: int) -> None:
    """Append to the file what the server would have written, without waiting for it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        seq, prev = db.execute("SELECT seq, hash FROM trace_entries ORDER BY seq DESC LIMIT 1").fetchone()
        asked = "SELECT session, max(session_seq) FROM trace_entries GROUP BY session"
        sessions = dict(db.execute(asked).fetchall())
        while seq < entries:
            rows, data, keys = [], [], []
            for n in range(seq + 1, min(entries, seq + 10_000) + 1):
                session, actor, key = f"session {n % 20}", f"actor {n % 300}", f"key {n}"
                sessions[session] = sessions.get(session, 0) + 1
                said = msgspec.json.encode({"text": "Саламатсызбы, баарыңыздарга", "n": n})
                secret = n.to_bytes(32, "big")
                entry = link(
                    n,
                    session,
                    sessions[session],
                    n,
                    n,
                    actor,
                    "chat.said",
                    commitment(secret, key, said),
                    prev,
                )
                prev = entry.hash
                rows.append(dataclasses.astuple(entry))
                data.append((n, secret, key, said))
                keys.append((key_digest(session, actor, key), n))
            db.execute("BEGIN")
            db.executemany("INSERT INTO trace_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            db.executemany("INSERT INTO trace_data VALUES (?, ?, ?, ?)", data)
            db.executemany("INSERT INTO trace_keys VALUES (?, ?)", keys)
            db.execute("COMMIT")
            seq = rows[-1][0]


def sign(path: Path, settings: Settings) -> int:
    """A checkpoint every 1,000 entries, as a busy house has them. How many."""
    signer = open_signer(settings.trace_key_file)
    with closing(sqlite3.connect(path)) as db, db:
        asked = "SELECT seq, hash FROM trace_entries WHERE seq % 1000 = 0 ORDER BY seq"
        signed = [
            (n, seq, seq, digest, signer.key, signer.sign(checkpoint_bytes(n, seq, seq, digest)))
            for n, (seq, digest) in enumerate(db.execute(asked).fetchall(), 1)
        ]
        db.executemany("INSERT INTO trace_checkpoints VALUES (?, ?, ?, ?, ?, ?)", signed)
    return len(signed)


async def verified(store: Store, settings: Settings, entries: int) -> dict[str, Any]:
    path = Path(store.where)
    fill(path, entries)
    signed = sign(path, settings)
    known = Known(keys=read_keys(public_file(settings.trace_key_file)))
    begun = time.perf_counter()
    report = await verify(store, known)
    took = time.perf_counter() - begun
    assert report.good, report.finding
    file = settings.data / "export.jsonl"
    begun = time.perf_counter()
    async with await Trace.open(store) as trace:
        with file.open("wb") as opened:
            async for line in export(store, Checkpoints(settings, trace)):
                opened.write(line)
    wrote = time.perf_counter() - begun
    begun = time.perf_counter()
    exported = verify_export(file, known)
    assert exported.good, exported.finding
    return {
        "verified": report.entries,
        "checkpoints": signed,
        "verify_seconds": round(took, 2),
        "verify_us_per_entry": round(took / report.entries * 1e6, 1),
        "export_seconds": round(wrote, 2),
        "verify_export_seconds": round(time.perf_counter() - begun, 2),
    }


async def measure(folder: Path, seconds: float, sync: str, entries: int) -> dict[str, Any]:
    settings = Settings(data=folder, database_sync=sync)
    store = await Store.create(settings)
    async with await Trace.open(store) as trace:
        await trace.unrecorded(lambda db: db.execute(text("CREATE TABLE marks (n INTEGER PRIMARY KEY)")))

        async def say(n: int) -> None:
            data = {"text": "Саламатсызбы, баарыңыздарга", "n": n}
            await trace.record("chat.said", data, actor=f"actor {n % 300}", session=f"session {n % 20}")

        async def mark(n: int) -> None:
            async def work(db: AsyncSession) -> None:
                await db.execute(text("INSERT INTO marks VALUES (:n)"), {"n": n})

            await trace.record("mark.made", {"n": n}, actor=f"actor {n % 300}", work=work)

        found: dict[str, Any] = {"sync": sync, "rate": RATE}
        found["paced"] = await paced(trace, say, seconds)
        found["flood"] = await flood(trace, say, seconds, 300)
        found["work"] = await flood(trace, mark, seconds, 100)
    found |= await verified(store, settings, entries)
    await store.close()
    found["entries_per_s"] = found["flood"]["entries_per_s"]
    found["cpu_us_per_entry"] = found["paced"]["cpu_us_per_entry"]
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line for programs")
    parser.add_argument("--seconds", type=float, default=5, help="of each load")
    parser.add_argument("--entries", type=int, default=1_000_000, help="that are verified")
    parser.add_argument("--folder", type=Path, help="where the database is made and removed")
    parser.add_argument("--sync", choices=("full", "normal"), default="full")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        found = asyncio.run(measure(Path(folder), chosen.seconds, chosen.sync, chosen.entries))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0 if found["paced"]["entries_per_s"] >= 0.95 * RATE else 1
