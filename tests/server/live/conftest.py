"""Fixtures of the running class: the campus of campus.py, short times, a real offer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.live import desk as desk_module
from server.live import upkeep
from server.settings import Settings
from tests.server.live.campus import ORDER, VECTORS, Campus, opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", workers=1, vision_workers=0, database_sync="normal")


@pytest.fixture
async def campus(settings: Settings) -> AsyncIterator[Campus]:
    async with opened(Campus(settings)) as made:
        yield made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """15 s of grace in 0.5 s."""
    monkeypatch.setattr(desk_module, "GRACE", 0.5)
    monkeypatch.setattr(upkeep, "TICK", 0.05)


@pytest.fixture
def offer() -> dict[str, Any]:
    """A real Chromium's offer with its purposes."""
    text = (VECTORS / "chromium-phone.sdp").read_bytes().decode()
    names = [*ORDER, *(f"tile{index}" for index in range(4))]
    return {"sdp": text, "purposes": {str(index): name for index, name in enumerate(names)}}
