"""Fixtures of the end-to-end scenarios."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.house import House
from tests.e2e.reviewed import Filled, fill


@pytest.fixture(scope="session")
def fakes_folder() -> Iterator[Path]:
    """Where fake cameras and microphones are made once for all scenarios."""
    with tempfile.TemporaryDirectory(prefix="sabak-fakes-") as folder:
        yield Path(folder)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A running Sabak with the demo university and two media workers."""
    async with House(tmp_path / "data") as house:
        yield house


@pytest.fixture
async def filled(tmp_path: Path) -> Filled:
    """An exam that is over, in a data folder of which no house runs yet."""
    return await fill(tmp_path / "data")


@pytest.fixture
async def examined(tmp_path: Path, filled: Filled) -> AsyncIterator[House]:
    """A running Sabak in which that exam lies."""
    async with House(tmp_path / "data") as house:
        yield house


@pytest.fixture
def patient() -> Iterator[None]:
    """Four browsers share the machine: what is expected of a page may take a while."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)
