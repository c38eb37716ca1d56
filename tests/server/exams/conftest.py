"""A hall with an exam that is on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.exams import desk as desk_module
from server.exams.room import open_room as open_exams
from server.live.room import open_room as open_live
from tests.server.exams.hall import Hall, opened


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    monkeypatch.setattr(desk_module, "TICK", 0.1)
    rooms = (open_live, open_exams)
    async with opened(tmp_path, rooms, Hall) as made:
        yield made
