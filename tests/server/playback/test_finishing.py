"""A recording whose last files are still being closed says so, and leaves out what cannot be played yet."""

from typing import Any

import aiohttp

from tests.patience import until
from tests.server.live.campus import LESSON, Campus


async def shown(campus: Campus) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {campus.tokens['teacher']}"}
    path = f"{campus.url}/api/v1/lessons/{LESSON}/recording"
    async with aiohttp.ClientSession(headers=headers) as http, http.get(path) as answer:
        assert answer.status == 200, await answer.text()
        view: dict[str, Any] = await answer.json()
        return view


async def written(campus: Campus, kind: str, session: str, **more: Any) -> None:
    starts = campus.house.clock.now()
    data = {
        "piece": "aa", "person": campus.user("teacher"), "source": "cam", "codec": "VP8",
        "file": f"{session}/aa.webm", "starts": starts, "width": 640, "height": 480, **more,
    }  # fmt: skip
    if "ends" in data:
        data["ends"] = starts + data["ends"]
    await campus.house.trace.record(kind, data, actor="system", session=session)


async def test_files_that_are_being_closed_are_waited_for(campus: Campus) -> None:
    (teacher,) = await campus.opened()
    room = next(iter(campus.desk.running()))
    await written(campus, "recording.started", room.session)
    view = await shown(campus)
    assert (view["live"], view["finishing"], view["pieces"]) == (True, False, [])
    await teacher.ask("lesson.close")

    async def over() -> bool:
        return not (await shown(campus))["live"]

    await until(over, "the class is over")
    view = await shown(campus)
    assert (view["finishing"], view["pieces"]) == (True, [])
    more = {"ends": 2_000_000, "bytes": 9, "frames": 2, "sha256": "", "gaps": [], "mended": False}
    await written(campus, "recording.piece", room.session, **more)
    view = await shown(campus)
    assert not view["finishing"]
    assert [(each["piece"], each["growing"]) for each in view["pieces"]] == [("aa", False)]
