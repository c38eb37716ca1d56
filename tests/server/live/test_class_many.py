"""Three hundred seats: everybody hears everything, in order, once, encoded once."""

import asyncio
from typing import Any

import pytest

from server.live import words
from tests.server.live.campus import Campus, Page

SEATS = 300


@pytest.mark.slow
async def test_three_hundred_hear_the_same_in_order(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campus = Campus(settings)
    await campus.worker.start()
    await campus.start()
    try:
        await campus.fill(SEATS)
        teacher = await campus.seated("teacher")
        waiting = await asyncio.gather(*(campus.page(f"student{index}") for index in range(1, SEATS + 1)))
        await asyncio.gather(*(page.type("welcome", 30) for page in waiting))
        encoded: list[int] = []
        really = words.event

        def counted(n: int, *rest: Any) -> bytes:
            encoded.append(n)
            return really(n, *rest)

        monkeypatch.setattr(words, "event", counted)
        assert (await teacher.ask("lesson.open"))["type"] == "ok"
        pages: list[Page] = [teacher, *waiting]
        await asyncio.gather(*(page.type("welcome", 30, state="open") for page in pages))
        for index in range(5):
            assert (await teacher.ask("chat.send", key=f"k{index}", text=f"{index}"))["type"] == "ok"
        await asyncio.gather(*(page.event("chat.said", 30, text="4") for page in pages))
        last = teacher.events()[-1]["n"]
        for page in pages:
            assert [event["n"] for event in page.events()] == list(range(1, last + 1))
        assert len(encoded) == len(set(encoded)) == last, "each event is encoded once, not once a seat"
        assert campus.metric("sabak_live_seats") == SEATS + 1
        assert campus.metric("sabak_live_events_sent_total") == last * (SEATS + 1)
        assert campus.metric("sabak_live_slow_consumers_total") == 0
    finally:
        await campus.stop()
        await campus.worker.stop()
