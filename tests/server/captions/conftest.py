"""The campus of the running class, with captions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.captions.room import open_room
from server.settings import Settings
from tests.server.live.campus import Campus


@pytest.fixture
async def campus(tmp_path: Path) -> AsyncIterator[Campus]:
    settings = Settings(data=tmp_path / "data", workers=1, vision_workers=0, database_sync="normal")
    made = Campus(settings, (), (open_room,))
    await made.worker.start()
    await made.start()
    try:
        await made.fill()
        yield made
    finally:
        await made.stop()
        await made.worker.stop()
