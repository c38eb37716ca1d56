"""What of an exam is recorded: cameras and screens, and sound only where its approved rules say so (R13)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.exams import desk as desk_module
from server.exams.room import open_room as open_exams
from server.live.room import open_room as open_live
from server.recording.desk import RecordingDesk
from server.recording.room import open_room as open_recording
from tests.server.exams.hall import Hall, opened

pytestmark = pytest.mark.exam


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    monkeypatch.setattr(desk_module, "TICK", 0.1)
    rooms = (open_live, open_recording, open_exams)
    async with opened(tmp_path, rooms, Hall) as made:
        yield made


async def with_sound(hall: Hall) -> None:
    """Other rules for the exam: they record sound."""
    drafted = (await hall.good("admin", "GET", f"/exam-rules/{hall.rules}")) | {"sound": True}
    made = await hall.ask("admin", "POST", "/exam-rules", title="Оозеки экзамен", base=hall.rules)
    key = made.json["id"]
    names = ("title", "sound", "breaks", "break_minutes", "away_minutes", "aids", "room_pan", "keep_days")
    kinds = [
        {name: line[name] for name in ("kind", "on", "raise_after", "clear_after", "looks", "of")}
        for line in drafted["kinds"]
    ]
    body = {name: drafted[name] for name in names} | {"title": "Оозеки экзамен", "kinds": kinds}
    await hall.good("admin", "PUT", f"/exam-rules/{key}", **body)
    await hall.good("admin", "POST", f"/exam-rules/{key}/approve", protocol="8", date="2026-09-01")
    question = {"id": "q1", "text": "Ньютондун мыйзамы?"}
    settings = {"minutes": 60, "rules": key, "questions": [question]}
    await hall.good("teacher", "PUT", f"/exams/{hall.exam}", **settings)


@pytest.mark.parametrize("sound", [False, True])
async def test_sound_is_recorded_where_the_rules_say_so(hall: Hall, sound: bool) -> None:
    if sound:
        await with_sound(hall)
    page = await hall.start("student1")
    welcome = await page.type("welcome", state="open")
    assert ("mic" in welcome["rights"]["publish"]) is sound
    link = hall.running.house.part(RecordingDesk).link
    await hall.settle(lambda: hall.session in link.orders)
    order = link.orders[hall.session]
    everybody = (f"{hall.session}/",)
    expected = {"cam": everybody, "screen": everybody} | ({"mic": everybody} if sound else {})
    assert order.people == expected and order.keyframes == 5.0
