"""The campus of the running class, with slides."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.settings import Settings
from server.slides.projections import PROJECTIONS
from server.slides.room import open_room
from tests.patience import until
from tests.server.live.campus import LESSON, Campus, opened


class Slides(Campus):
    """A campus whose people upload and look at slides."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, PROJECTIONS, (open_room,))

    async def http(
        self, login: str, method: str, path: str = "", *, lesson: str = LESSON, **options: Any
    ) -> tuple[int, Any]:
        """Status, and the answer: JSON, or bytes of what is none."""
        headers = {"Authorization": f"Bearer {self.tokens[login]}", **options.pop("headers", {})}
        address = f"{self.url}/api/v1/lessons/{lesson}/slides{path}"
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, address, headers=headers, **options) as answer,
        ):
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, await answer.read()

    async def upload(self, body: bytes, name: str = "lecture.pdf", login: str = "teacher") -> tuple[int, Any]:
        return await self.http(login, "POST", f"?name={name}", data=body)

    async def code(self, body: bytes, name: str = "lecture.pdf") -> str:
        """Why an upload was refused, or why its pages could not be drawn."""
        status, answer = await self.upload(body, name)
        if status != 201:
            return str(answer["error"]["code"])
        return str((await self.settled(answer["id"]))["problem"])

    async def settled(self, deck: str) -> dict[str, Any]:
        found: dict[str, Any] = {}

        async def done() -> bool:
            nonlocal found
            _, answer = await self.http("teacher", "GET")
            found = next(each for each in answer["items"] if each["id"] == deck)
            return bool(found["state"] != "waiting")

        await until(done, "the pages are drawn", within=30)
        return found

    async def ready(self, body: bytes) -> str:
        """Upload and wait; the id of the deck."""
        status, answer = await self.upload(body)
        assert status == 201, answer
        assert (await self.settled(answer["id"]))["state"] == "ready"
        return str(answer["id"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", workers=1, vision_workers=0, database_sync="normal")


@pytest.fixture
async def campus(settings: Settings) -> AsyncIterator[Slides]:
    async with opened(Slides(settings)) as made:
        yield made
