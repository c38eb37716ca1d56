"""Projections: in the transaction of their entries, equal after a rebuild, never behind."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.store import Store
from server.trace import Entry, Trace
from server.trace.erase import erase


class Counts:
    """How often each actor said something, and the last word: depends on order and on every entry."""

    name = "counts"
    kinds = ("chat.said", "chat.cleared")
    version = 1

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        if data.get("text") == "bad":
            raise RuntimeError("cannot be applied")
        if entry.kind == "chat.cleared":
            await db.execute(text("DELETE FROM counts WHERE actor = :actor"), {"actor": entry.actor})
            return
        await db.execute(
            text(
                "INSERT INTO counts VALUES (:actor, 1, :text) ON CONFLICT (actor) DO UPDATE "
                "SET said = counts.said + 1, last = excluded.last"
            ),
            {"actor": entry.actor, "text": data["text"]},
        )

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(text("DELETE FROM counts"))


async def make_table(store: Store) -> None:
    async def work(db: AsyncSession) -> None:
        await db.execute(text("CREATE TABLE counts (actor TEXT PRIMARY KEY, said INTEGER, last TEXT)"))

    async with await Trace.open(store) as trace:
        await trace.unrecorded(work)


async def rows(store: Store) -> list[tuple[Any, ...]]:
    async with store.read() as db:
        found = await db.execute(text("SELECT actor, said, last FROM counts ORDER BY actor"))
        return [tuple(each) for each in found]


async def positions(store: Store) -> list[tuple[Any, ...]]:
    async with store.read() as db:
        found = await db.execute(text("SELECT name, version, seq FROM trace_projections"))
        return [tuple(each) for each in found]


async def chatter(trace: Trace, count: int, seed: int) -> None:
    source = random.Random(seed)
    for n in range(count):
        kind = source.choice(["chat.said"] * 5 + ["chat.cleared", "hand.raised"])
        await trace.record(kind, {"text": f"{seed} {n}"}, actor=f"a{source.randrange(4)}")


async def test_rebuilding_gives_the_same_state(store: Store) -> None:
    await make_table(store)
    async with await Trace.open(store, [Counts()]) as trace:
        await chatter(trace, 60, seed=1)
        before = await rows(store)
        assert before

        async def spoil(db: AsyncSession) -> None:
            await db.execute(text("UPDATE counts SET said = 99"))
            await db.execute(text("INSERT INTO counts VALUES ('nobody', 1, '')"))

        await trace.unrecorded(spoil)
        assert await rows(store) != before
        assert await trace.rebuild() == 60
        assert await rows(store) == before
        await chatter(trace, 5, seed=2)
        assert await positions(store) == [("counts", 1, 65)]


async def test_what_was_missed_is_applied_before_anything_newer(store: Store) -> None:
    """By a start without the projection, and by another process beside this one."""
    await make_table(store)
    async with await Trace.open(store) as without:
        await chatter(without, 30, seed=3)
        async with await Trace.open(store, [Counts()]) as trace:
            await chatter(trace, 10, seed=4)
            await chatter(without, 10, seed=5)
            await chatter(trace, 10, seed=6)
            state = await rows(store)
            await trace.rebuild()
            assert await rows(store) == state


async def test_another_version_is_rebuilt_at_the_start(store: Store) -> None:
    await make_table(store)
    async with await Trace.open(store, [Counts()]) as trace:
        await chatter(trace, 10, seed=7)
        state = await rows(store)

        async def spoil(db: AsyncSession) -> None:
            await db.execute(text("UPDATE counts SET said = 99"))

        await trace.unrecorded(spoil)
    newer = Counts()
    newer.version = 2
    async with await Trace.open(store, [newer]):
        assert await rows(store) == state
        assert await positions(store) == [("counts", 2, 10)]


async def test_an_entry_that_cannot_be_applied_is_not_written(store: Store) -> None:
    await make_table(store)
    async with await Trace.open(store, [Counts()]) as trace:
        good, bad, other = await asyncio.gather(
            trace.record("chat.said", {"text": "a"}, actor="x"),
            trace.record("chat.said", {"text": "bad"}, actor="x"),
            trace.record("chat.said", {"text": "b"}, actor="x"),
            return_exceptions=True,
        )
        assert isinstance(bad, RuntimeError)
        assert not isinstance(good, BaseException)
        assert not isinstance(other, BaseException)
        assert await rows(store) == [("x", 2, "b")]
        assert len(await trace.read()) == 2


async def test_erased_entries_are_not_applied(store: Store) -> None:
    await make_table(store)
    async with await Trace.open(store, [Counts()]) as trace:
        for word in ("a", "b", "c"):
            await trace.record("chat.said", {"text": word}, actor="x")
        await erase(trace, [3], actor="system", reason="test")
        await trace.rebuild()
        assert await rows(store) == [("x", 2, "b")]


async def test_a_failing_rebuild_leaves_everything_as_it_was(store: Store) -> None:
    await make_table(store)
    async with await Trace.open(store) as without:
        await without.record("chat.said", {"text": "bad"}, actor="x")
    with pytest.raises(Exception, match="cannot be applied"):
        await Trace.open(store, [Counts()])
    async with await Trace.open(store) as trace:  # the rest of the house is not held up
        assert (await trace.record("chat.said", {"text": "a"}, actor="x")).entry.seq == 2
