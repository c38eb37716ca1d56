"""PostgreSQL by one setting: migrations, the trace and its guarantees on a real server."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import StoreError, TraceUnwritable
from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.erase import erase
from server.trace.verify import verify
from tests.postgres import Cluster


def name_of(settings: Settings) -> str:
    return settings.database.partition("@/")[2].partition("?")[0]


async def test_the_trace_keeps_its_promises(postgres_settings: Settings) -> None:
    store = await Store.open(postgres_settings)

    async def table(db: AsyncSession) -> None:
        await db.execute(text("CREATE TABLE things (name TEXT PRIMARY KEY)"))

    async def thing(db: AsyncSession) -> None:
        await db.execute(text("INSERT INTO things VALUES ('a')"))

    async with await Trace.open(store) as one, await Trace.open(store) as two:
        await one.unrecorded(table)
        outcomes = await asyncio.gather(
            *(
                (one if n % 2 else two).record(
                    "chat.said", {"text": f"Салам {n}"}, actor="Айгүл", session="s", key=f"k{n % 40}"
                )
                for n in range(50)
            )
        )
        assert sum(each.repeat for each in outcomes) == 10
        made = await asyncio.gather(
            *(one.record("thing.made", {}, actor="x", work=thing) for _ in range(3)), return_exceptions=True
        )
        assert sum(isinstance(each, Exception) for each in made) == 2
        assert await erase(one, [3, 4], actor="system", reason="test") == 2
    report = await verify(store)
    assert report.finding is None
    assert (report.entries, report.erased) == (42, 2)
    async with store.read() as db:
        with pytest.raises(Exception, match="read-only"):
            await db.execute(text("DELETE FROM trace_entries"))
    await store.close()
    again = await Store.open(postgres_settings)  # nothing to migrate
    assert (await verify(again)).entries == 42
    await again.close()


async def test_a_changed_row_is_found(postgres: Cluster, postgres_settings: Settings) -> None:
    store = await Store.open(postgres_settings)
    async with await Trace.open(store) as trace:
        for _ in range(5):
            await trace.record("chat.said", {}, actor="x")
    postgres.sql("UPDATE trace_entries SET actor = 'y' WHERE seq = 3", name_of(postgres_settings))
    finding = (await verify(store)).finding
    assert finding is not None
    assert (finding.seq, finding.code) == (3, "hash.wrong")
    await store.close()


async def test_a_lost_connection_is_told_and_the_next_call_works(
    postgres: Cluster, postgres_settings: Settings
) -> None:
    store = await Store.open(postgres_settings)
    async with await Trace.open(store) as trace:
        await trace.record("chat.said", {}, actor="x")
        sessions = f"FROM pg_stat_activity WHERE datname = '{name_of(postgres_settings)}'"
        postgres.sql(f"SELECT pg_terminate_backend(pid) {sessions}")
        with pytest.raises(TraceUnwritable):
            await trace.record("chat.said", {}, actor="x")
        assert (await trace.record("chat.said", {}, actor="x")).entry.seq == 2
        assert len(await trace.read()) == 2
    await store.close()


async def test_two_starts_at_once_migrate_once(postgres_settings: Settings) -> None:
    stores = await asyncio.gather(*(Store.open(postgres_settings) for _ in range(4)))
    for store in stores:
        await store.close()


async def test_a_foreign_database_is_refused_and_left_alone(
    postgres: Cluster, postgres_settings: Settings
) -> None:
    postgres.sql("CREATE TABLE journal (mark INTEGER)", name_of(postgres_settings))
    with pytest.raises(StoreError) as refused:
        await Store.open(postgres_settings)
    assert refused.value.code == "store.foreign"
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.sql(tables, name_of(postgres_settings)) == "1"


@pytest.mark.parametrize(
    "url", ["postgresql://postgres:hidden@127.0.0.1:1/x", "postgresql://postgres@/none?host={folder}"]
)
async def test_an_unreachable_database_is_said_without_its_password(
    postgres: Cluster, postgres_settings: Settings, url: str
) -> None:
    wrong = replace(postgres_settings, database=url.format(folder=postgres.folder))
    with pytest.raises(StoreError) as refused:
        await Store.open(wrong)
    assert refused.value.code == "store.unreachable"
    assert "hidden" not in refused.value.message
