"""The campus of the running class, with trial classes, slides and attendance."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.attendance.projections import PROJECTIONS as ATTENDANCE
from server.attendance.room import open_room as open_attendance
from server.settings import Settings
from server.slides.projections import PROJECTIONS as SLIDES
from server.slides.room import open_room as open_slides
from server.trial import desk as desk_module
from server.trial.room import open_room as open_trial
from tests.server.live.campus import Campus, opened


@pytest.fixture
async def campus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Campus]:
    monkeypatch.setattr(desk_module, "TICK", 0.1)
    settings = Settings(
        data=tmp_path / "data", workers=1, vision_workers=0, database_sync="normal", trial_classes=3
    )
    rooms = (open_slides, open_trial, open_attendance)
    async with opened(Campus(settings, (*ATTENDANCE, *SLIDES), rooms)) as made:
        yield made
