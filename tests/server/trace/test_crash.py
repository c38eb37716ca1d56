"""The writer dies at any moment, the disk is full, the database is locked: nothing acknowledged is lost."""

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import TraceUnwritable
from server.settings import Settings
from server.store import Store
from server.store.store import _pragma
from server.trace import Recorded, Trace
from server.trace.verify import verify

ROOT = Path(__file__).parents[3]


def run_and_kill(data: Path, run: str, seconds: float) -> dict[int, str]:
    """Number and name of every entry that was acknowledged before the SIGKILL."""
    command = [sys.executable, "-m", "tests.server.trace.writer_process", str(data), run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        lines = [first, *process.stdout]
    return {int(line.split()[0]): line.split()[1] for line in lines if line.endswith("\n")}


@pytest.mark.slow
async def test_sigkill_while_writing_loses_nothing_acknowledged(tmp_path: Path) -> None:
    source = random.Random()
    acknowledged: dict[int, str] = {}
    for run in range(5):
        acknowledged |= await asyncio.to_thread(run_and_kill, tmp_path, f"r{run}", source.uniform(0, 0.25))
    store = await Store.create(Settings(data=tmp_path))
    report = await verify(store)
    assert report.good
    async with store.read() as db:
        things = set((await db.execute(text("SELECT name FROM things"))).scalars())
    async with await Trace.open(store) as trace:
        written: dict[int, Recorded] = {}
        while page := await trace.read(after=len(written), limit=1000):
            written |= {each.entry.seq: each for each in page}
    await store.close()
    assert len(acknowledged) > 50
    assert {seq: written[seq].data["name"] for seq in acknowledged} == acknowledged
    # table changes and entries came together, or neither did
    changed = {each.data["name"] for each in written.values() if int(each.data["name"].rsplit("-")[-1]) % 2}
    assert things == changed


async def test_a_full_disk_is_told_to_each_caller_and_writing_goes_on_later(store: Store) -> None:
    limit = {"pages": 1_000_000}

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit['pages']}")

    event.listen(store.writer.sync_engine, "connect", connected)

    async def works(db: AsyncSession) -> None:
        await db.execute(text("SELECT 1"))

    async with await Trace.open(store) as trace:
        await trace.record("chat.said", {"text": "before"}, actor="x", session="s")
        other = sqlite3.connect(store.where)
        limit["pages"] = other.execute("PRAGMA page_count").fetchone()[0] + 8
        other.close()
        await trace.writer._disconnect(broken=True)  # the next connection has the limit
        outcomes = await asyncio.gather(
            *(
                trace.record("chat.said", {"text": "x" * 50_000}, actor="x", session="s", work=works)
                for _ in range(5)
            ),
            return_exceptions=True,
        )
        assert all(isinstance(each, TraceUnwritable) for each in outcomes)
        assert "full" in str(outcomes[0])
        limit["pages"] = 1_000_000
        after = await trace.record("chat.said", {"text": "after"}, actor="x", session="s")
        assert (after.entry.seq, after.entry.session_seq) == (2, 2)
    assert (await verify(store)).good


async def test_a_batch_whose_commit_fails_leaves_no_trace_in_memory(store: Store) -> None:
    async with await Trace.open(store) as trace:
        await trace.record("chat.said", {}, actor="x", session="s", key="one")
        fail = True

        def refuse(_connection: object) -> None:
            if fail:
                raise sqlite3.OperationalError("disk I/O error")

        event.listen(store.writer.sync_engine, "commit", refuse)
        with pytest.raises(TraceUnwritable, match="disk I/O error"):
            await trace.record("chat.said", {}, actor="x", session="s", key="two")
        fail = False
        again = await trace.record("chat.said", {}, actor="x", session="s", key="two")
        assert (again.entry.seq, again.entry.session_seq, again.repeat) == (2, 2, False)
    assert (await verify(store)).good


async def test_a_lock_of_another_process_is_waited_for(store: Store) -> None:
    async with await Trace.open(store) as trace:
        other = sqlite3.connect(store.where, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(trace.record("chat.said", {}, actor="x"))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        other.execute("ROLLBACK")
        other.close()
        assert (await waiting).entry.seq == 1


async def test_erased_words_are_gone_from_the_files(store: Store) -> None:
    from server.trace.erase import erase

    word = b"a word that nobody else says"
    async with await Trace.open(store) as trace:
        for n in range(5):
            await trace.record("chat.said", {"text": f"{word.decode()} {n}"}, actor="x", key=f"k{n}")
        files = list(Path(store.where).parent.glob("sabak.db*"))
        assert any(word in path.read_bytes() for path in files)
        assert await erase(trace, range(1, 6), actor="system", reason="test") == 5
        assert await erase(trace, range(1, 7), actor="system", reason="test") == 0
        assert not any(word in path.read_bytes() for path in files)
    assert (await verify(store)).erased == 5


async def test_readers_cannot_write(store: Store) -> None:
    async with store.read() as db:
        with pytest.raises(Exception, match="readonly"):
            await db.execute(text("DELETE FROM trace_entries"))
    await _pragma(store.writer, "user_version = 0")  # the writer's engine can
