"""Fixtures of every server test: settings on a fresh folder, an empty store, a trace on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.settings import Settings
from server.store import Store
from server.trace import Trace


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """An empty SQLite database with the tables of every room."""
    opened = await Store.create(settings)
    yield opened
    await opened.close()


@pytest.fixture
async def trace(store: Store) -> AsyncIterator[Trace]:
    """A trace without projections; tests that need some open their own."""
    async with await Trace.open(store) as opened:
        yield opened
