"""Polls: voting once, counts, secrecy, closing, what survives."""

import asyncio
import json
from typing import Any

from sqlalchemy import text

from server.live.folds import RUNS
from server.playback.timeline import timeline
from server.talk import desk as desk_module
from tests.server.live.campus import LESSON, Campus, Page
from tests.server.talk.test_talk import all_entries, restarted, talk_of

POLL = {"key": "p", "question": "2 + 2?", "answers": "single", "options": ["3", "4"]}


async def news(page: Page, **fields: Any) -> dict[str, Any]:
    """The first news that says so of its first poll."""

    def fits(message: dict[str, Any]) -> bool:
        return message["type"] == "polls" and all(
            message["polls"][0].get(key) == value for key, value in fields.items()
        )

    found = await page.until(fits)
    return dict(found["polls"][0])


async def test_a_named_poll_is_counted_and_kept(campus: Campus, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_module, "NEWS", 0.05)
    teacher, one, two = await campus.opened("student1", "student2")
    poll = (await teacher.ask("poll.open", **POLL, anonymous=False))["n"]
    await one.event("poll.opened", question="2 + 2?", options=["3", "4"], answers="single")
    assert (await one.ask("poll.vote", poll=poll, choices=[1]))["type"] == "ok"
    assert (await one.ask("poll.vote", poll=poll, choices=[0]))["code"] == "poll.voted"
    assert (await two.ask("poll.vote", poll=poll, choices=[0]))["type"] == "ok"
    assert await news(teacher, votes=2) == {
        "poll": poll, "votes": 2, "counts": [1, 1], "texts": [], "withheld": False
    }  # fmt: skip
    voted = await teacher.event("poll.voted", actor=campus.user("student1"))
    assert voted["choices"] == [1]
    assert (await two.ask("poll.close", poll=poll))["code"] == "permission.denied"
    assert (await teacher.ask("poll.close", poll=poll))["type"] == "ok"
    await one.event("poll.closed", poll=poll)
    assert (await teacher.event("poll.results"))["counts"] == [1, 1]
    assert (await one.ask("poll.vote", poll=poll, choices=[1]))["code"] == "poll.closed"
    others = [each["kind"] for each in two.events() if each["actor"] != campus.user("student2")]
    assert not {"poll.voted", "poll.results"} & set(others), "who chose what is for the teacher"
    assert not [each for each in two.heard if each["type"] == "polls"]
    assert (await teacher.ask("poll.share", poll=poll))["type"] == "ok"
    assert (await two.event("poll.results", poll=poll))["counts"] == [1, 1]
    session = (await campus.desk.classroom(LESSON)).session
    for who, count in ((frozenset({RUNS}), 2), (frozenset({campus.user("student2")}), 1)):
        moments = await timeline(campus.house, session, 0, who)
        assert [each.data["poll"] for each in moments if each.kind == "poll.opened"] == [poll]
        results = [each.data["counts"] for each in moments if each.kind == "poll.results"]
        assert results == [[1, 1]] * count, "before it was shared it was the teacher's"


async def test_a_live_poll_is_seen_by_everybody(campus: Campus, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_module, "NEWS", 0.05)
    teacher, one, two = await campus.opened("student1", "student2")
    body = POLL | {"answers": "multiple", "options": ["a", "b", "c"]}
    poll = (await teacher.ask("poll.open", **body, anonymous=False, live=True))["n"]
    assert (await one.ask("poll.vote", poll=poll, choices=[0, 2]))["type"] == "ok"
    assert (await news(two, votes=1))["counts"] == [1, 0, 1]
    late = await campus.seated("student3")
    assert (await news(late, votes=1))["counts"] == [1, 0, 1]
    await teacher.ask("poll.close", poll=poll)
    assert (await late.event("poll.results"))["shared"] is True


async def test_an_anonymous_vote_is_nowhere_with_its_choice(campus: Campus, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_module, "NEWS", 0.05)
    teacher, *pages = await campus.opened("student1", "student2", "student3")
    choice = (await teacher.ask("poll.open", **POLL))["n"]
    words = (await teacher.ask("poll.open", key="w", question="How?", answers="open"))["n"]
    for n, (page, word) in enumerate(zip(pages, ("zeta", "alpha", "mu"), strict=True), start=1):
        await page.ask("poll.vote", poll=choice, choices=[1 if n == 1 else 0])
        await page.ask("poll.vote", poll=words, text=word)
        if n < 3:
            await asyncio.sleep(0.15)
            told = [one for each in teacher.heard if each["type"] == "polls" for one in each["polls"]]
            assert all(not any(one["counts"]) and not one["texts"] for one in told), "too few to be shown"
    assert (await news(teacher, votes=3))["counts"] == [2, 1]
    assert not [each for each in teacher.events() if each["kind"] == "poll.voted"]
    votes = [each for each in await all_entries(campus) if each.entry.kind == "poll.voted"]
    assert len(votes) == 6
    assert all(set(each.data) == {"poll", "anonymous"} for each in votes)
    async with campus.house.store.read() as db:
        (row,) = (await db.execute(text(f"SELECT * FROM ballot_boxes WHERE poll = {words}"))).mappings()
    assert json.loads(row["texts"]) == ["alpha", "mu", "zeta"], "not in the order of voting"
    assert not any(campus.user(f"student{n}") in str(dict(row)) for n in (1, 2, 3))
    await teacher.ask("poll.close", poll=choice)
    assert (await teacher.event("poll.results", poll=choice))["counts"] == [2, 1]


async def test_few_anonymous_votes_are_not_shown(campus: Campus) -> None:
    teacher, one = await campus.opened("student1")
    poll = (await teacher.ask("poll.open", **POLL))["n"]
    await one.ask("poll.vote", poll=poll, choices=[1])
    await teacher.ask("poll.close", poll=poll)
    results = await teacher.event("poll.results")
    assert (results["votes"], results["counts"], results["withheld"]) == (1, [0, 0], True)


async def test_votes_survive_a_restart_and_the_end_of_class(campus: Campus) -> None:
    teacher, one, two = await campus.opened("student1", "student2")
    poll = (await teacher.ask("poll.open", **POLL, anonymous=False))["n"]
    await one.ask("poll.vote", poll=poll, choices=[1])
    await restarted(campus)
    teacher, one, two = [await campus.seated(login) for login in ("teacher", "student1", "student2")]
    assert (await news(teacher, poll=poll))["counts"] == [0, 1]
    assert (await one.ask("poll.vote", poll=poll, choices=[1]))["code"] == "poll.voted"
    assert (await two.ask("poll.vote", poll=poll, choices=[1]))["type"] == "ok"
    assert (await teacher.ask("lesson.close"))["type"] == "ok"
    async with asyncio.timeout(5):
        while not (await talk_of(campus)).polls[poll].closed:
            await asyncio.sleep(0.02)
    kept = (await talk_of(campus)).polls[poll].results
    assert kept is not None and kept["counts"] == [0, 2]
    views = {login: await talk_page(campus, login) for login in ("teacher", "student1")}
    assert views["teacher"]["counts"] == [0, 2]
    assert [each["name"] for each in views["teacher"]["named"]] == ["Student1", "Student2"]
    assert (views["student1"]["counts"], views["student1"]["named"]) == ([], [])


async def talk_page(campus: Campus, login: str) -> dict[str, Any]:
    assert campus._http is not None
    headers = {"Authorization": f"Bearer {campus.tokens[login]}"}
    async with campus._http.get(f"{campus.url}/api/v1/lessons/{LESSON}/talk", headers=headers) as answer:
        return dict((await answer.json())["polls"][0])


async def test_what_no_poll_takes(campus: Campus) -> None:
    teacher, one = await campus.opened("student1")
    for answers, options in (
        ("single", []), ("single", ["a"]), ("single", ["a", " a"]), ("open", ["a", "b"]), ("multiple", ["a"])
    ):  # fmt: skip
        body = POLL | {"answers": answers, "options": options}
        assert (await teacher.ask("poll.open", **body))["code"] == "poll.options", body
    assert (await teacher.ask("poll.open", **POLL | {"options": ["x"] * 13}))["code"] == "message.invalid"
    single = (await teacher.ask("poll.open", **POLL))["n"]
    for body in ({}, {"choices": [0, 1]}, {"choices": [2]}, {"choices": [0], "text": "x"}, {"text": "x"}):
        assert (await one.ask("poll.vote", poll=single, **body))["code"] == "poll.choice", body
    assert (await one.ask("poll.vote", poll=single, choices=[-1]))["code"] == "message.invalid"
    assert (await one.ask("poll.vote", poll=999, choices=[0]))["code"] in ("poll.unknown", "rate.limited")
    assert (await teacher.ask("poll.share", poll=single))["code"] == "poll.open"


async def test_two_tabs_vote_at_once_and_count_once(campus: Campus) -> None:
    teacher, one = await campus.opened("student1")
    other = await campus.seated("student1", "other-tab")
    poll = (await teacher.ask("poll.open", **POLL, anonymous=False))["n"]
    answers = await asyncio.gather(
        *(page.ask("poll.vote", poll=poll, choices=[at]) for at, page in enumerate((one, other)))
    )
    assert sorted(answer.get("code", "ok") for answer in answers) == ["ok", "poll.voted"]
    await teacher.ask("poll.close", poll=poll)
    assert sum((await teacher.event("poll.results"))["counts"]) == 1
