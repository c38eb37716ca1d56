"""The campus of the running class, with captions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.captions.room import open_room
from server.settings import Settings
from tests.server.live.campus import Campus, opened


@pytest.fixture
async def campus(tmp_path: Path) -> AsyncIterator[Campus]:
    settings = Settings(data=tmp_path / "data", workers=1, vision_workers=0, database_sync="normal")
    async with opened(Campus(settings, (), (open_room,))) as made:
        yield made
