"""A hall with an exam that is on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.exams import desk as desk_module
from server.exams.room import open_room as open_exams
from server.live.room import open_room as open_live
from server.settings import Settings
from tests.server.exams.hall import FakeVision, FakeWorker, Hall
from tests.server.kit import running


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    monkeypatch.setattr(desk_module, "TICK", 0.1)
    settings = Settings(data=tmp_path / "data", workers=1, vision_workers=1)
    media = FakeWorker(settings.run_dir / "media0.sock")
    vision = FakeVision(settings.run_dir / "vision0.sock")
    await media.start()
    await vision.start()
    try:
        async with running(settings, more_rooms=(open_live, open_exams)) as house:
            made = Hall(house, media, vision)
            await made.fill()
            yield made
            await made.end()
    finally:
        await vision.stop()
        await media.stop()
