"""Three hundred students at once, and one who scripts the socket."""

import asyncio
import json
from typing import Any

import pytest

from server.talk.state import Talk
from tests.server.live.campus import LESSON, Campus

MANY = 300


@pytest.mark.slow
async def test_three_hundred_raise_a_hand_and_vote_at_once(settings: Any) -> None:
    campus = Campus(settings)
    await campus.worker.start()
    await campus.start()
    try:
        await campus.fill(MANY)
        teacher, *pages = await campus.opened(*(f"student{index}" for index in range(1, MANY + 1)))
        answers = await asyncio.gather(*(page.ask("hand.raise") for page in pages))
        assert {answer["type"] for answer in answers} == {"ok"}
        talk = (await campus.desk.classroom(LESSON)).state.part(Talk)
        assert len(talk.hands) == MANY
        raised = [each["actor"] for each in teacher.events() if each["kind"] == "hand.raised"]
        assert raised == list(talk.hands), "the order of all pages is the server's"
        body = {"key": "p", "question": "?", "answers": "single", "options": ["a", "b"]}
        poll = (await teacher.ask("poll.open", **body))["n"]
        answers = await asyncio.gather(
            *(page.ask("poll.vote", poll=poll, choices=[at % 2]) for at, page in enumerate(pages))
        )
        assert {answer["type"] for answer in answers} == {"ok"}
        await teacher.ask("poll.close", poll=poll)
        assert (await teacher.event("poll.results"))["counts"] == [MANY // 2, MANY // 2]
        assert (await teacher.ask("hand.lower", all=True))["type"] == "ok"
        assert not talk.hands
    finally:
        await campus.stop()
        await campus.worker.stop()


async def test_a_scripted_socket_fills_nothing(campus: Campus) -> None:
    teacher, one = await campus.opened("student1")
    for kind, body in (
        ("hand.raise", {}), ("hand.lower", {}), ("reaction.send", {"what": "clap"}),
        ("question.ask", {"key": "q", "text": "?!"}),
    ):  # fmt: skip
        for _ in range(40):
            await one.send(json.dumps({"type": kind, **body}))
    await one.until(lambda m: m.get("code") == "rate.limited")
    session = (await campus.desk.classroom(LESSON)).session
    entries = await campus.house.trace.read(session, limit=5000)
    assert len(entries) < 60
    assert (await teacher.ask("ping"))["type"] == "ok"


async def test_what_is_not_a_number_a_person_or_a_word_is_refused(campus: Campus) -> None:
    teacher, one = await campus.opened("student1")
    for kind, body in (
        ("chat.edit", {"line": "1", "text": "x"}), ("chat.remove", {"line": 0}),
        ("chat.remove", {"line": 2**60}), ("question.upvote", {"question": None}),
        ("poll.vote", {"poll": 1, "choices": ["0"]}), ("poll.vote", {"poll": 1, "choices": [0] * 50}),
        ("hand.lower", {"people": [""]}), ("chat.send", {"key": "k", "text": "x", "to": 5}),
    ):  # fmt: skip
        answer = await one.ask(kind, **body)
        assert answer["code"] in ("message.invalid", "rate.limited"), (kind, body, answer)
    assert (await one.ask("chat.remove", line=1))["code"] == "chat.unknown", "an entry, but no line"
    assert (await teacher.ask("question.answer", question=1))["code"] == "question.unknown"
