"""The campus of the running class, with classes in a room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.attendance.projections import PROJECTIONS
from server.attendance.room import open_room as open_attendance
from server.settings import Settings
from server.together.room import open_room
from tests.server.live.campus import Campus, opened


@pytest.fixture
async def campus(tmp_path: Path) -> AsyncIterator[Campus]:
    settings = Settings(
        data=tmp_path / "data", workers=1, vision_workers=0, database_sync="normal", attendance_share=10
    )
    async with opened(Campus(settings, PROJECTIONS, (open_room, open_attendance))) as made:
        yield made
