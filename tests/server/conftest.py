"""Fixtures of every server test: settings on a fresh folder, an empty store, a trace on it, PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.settings import Settings
from server.store import Store
from server.trace import Trace
from tests.postgres import Cluster, is_installed, postgres_cluster
from tests.server.kit import empty_store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """An empty SQLite database with the tables of every room."""
    opened = await empty_store(settings)
    yield opened
    await opened.close()


@pytest.fixture
async def trace(store: Store) -> AsyncIterator[Trace]:
    """A trace without projections; tests that need some open their own."""
    async with await Trace.open(store) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One private PostgreSQL server for the whole run."""
    if not is_installed():
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with postgres_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_settings(postgres: Cluster, tmp_path: Path) -> Settings:
    """Settings on a fresh empty PostgreSQL database."""
    return Settings(data=tmp_path / "data", database=postgres.database())
