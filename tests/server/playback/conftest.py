"""The campus of the running class, with recordings and their page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.playback.room import open_room as open_playback
from server.recording.projections import PROJECTIONS
from server.recording.room import open_room as open_recording
from server.settings import Settings
from tests.server.live.campus import Campus, opened


@pytest.fixture
async def campus(tmp_path: Path) -> AsyncIterator[Campus]:
    settings = Settings(data=tmp_path / "data", workers=1, vision_workers=0, database_sync="normal")
    async with opened(Campus(settings, PROJECTIONS, (open_recording, open_playback))) as made:
        yield made
