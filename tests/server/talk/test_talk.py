"""Talking over real sockets: hands, the floor, private lines, changes, questions, reactions."""

import asyncio
from typing import Any

import aiohttp

from server.live.folds import RUNS
from server.playback.timeline import timeline
from server.talk import desk as desk_module
from server.talk.state import Talk
from tests.server.live.campus import LESSON, Campus, Page


async def talk_of(campus: Campus) -> Talk:
    return (await campus.desk.classroom(LESSON)).state.part(Talk)


async def all_entries(campus: Campus) -> list[Any]:
    return await campus.house.trace.read((await campus.desk.classroom(LESSON)).session, limit=5000)


async def restarted(campus: Campus) -> None:
    await campus.stop()
    await campus.start()


def kinds(page: Page) -> list[str]:
    return [event["kind"] for event in page.events()]


async def test_hands_keep_their_order_and_the_floor_is_given(campus: Campus) -> None:
    teacher, one, two = await campus.opened("student1", "student2")
    for page in (two, one, two):
        assert (await page.ask("hand.raise"))["type"] == "ok"
    first, second = campus.user("student2"), campus.user("student1")
    assert list((await talk_of(campus)).hands) == [first, second], "raising again changes nothing"
    late = await campus.seated("student3")
    people = (await late.type("welcome"))["people"]
    assert {person["id"] for person in people if person["hand"]} == {first, second}
    assert (await one.ask("floor.give", person=second))["code"] == "permission.denied"
    assert (await teacher.ask("floor.give", person=first))["type"] == "ok"
    for page in (one, two, late):
        assert (await page.event("floor.given"))["person"] == first
    talk = await talk_of(campus)
    assert (talk.floor, list(talk.hands)) == (first, [second])
    assert (await one.ask("floor.end"))["code"] == "permission.denied", "it is not theirs"
    assert (await two.ask("floor.end"))["type"] == "ok"
    assert (await talk_of(campus)).floor == ""
    assert (await teacher.ask("floor.give", person="user-of-nobody"))["code"] == "person.unknown"


async def test_hands_are_lowered_by_oneself_or_by_who_leads(campus: Campus) -> None:
    teacher, one, two = await campus.opened("student1", "student2")
    for page in (one, two):
        await page.ask("hand.raise")
    assert (await one.ask("hand.lower", people=[campus.user("student2")]))["code"] == "permission.denied"
    assert (await one.ask("hand.lower", all=True))["code"] == "permission.denied"
    assert (await one.ask("hand.lower"))["type"] == "ok"
    assert list((await talk_of(campus)).hands) == [campus.user("student2")]
    await one.ask("hand.raise")
    assert (await teacher.ask("hand.lower", all=True))["type"] == "ok"
    lowered = await two.event("hand.lowered", actor=campus.user("teacher"))
    assert lowered["people"] == [campus.user("student2"), campus.user("student1")]
    await one.ask("hand.raise")
    await one.ask("leave")
    await teacher.event("person.left")
    assert not (await talk_of(campus)).hands, "whoever leaves lowers their hand"


async def test_everything_is_there_again_after_a_restart(campus: Campus) -> None:
    _, one, _ = await campus.opened("student1", "student2")
    await one.ask("hand.raise")
    line = (await one.ask("chat.send", key="a", text="first"))["n"]
    await one.ask("chat.edit", line=line, text="second")
    asked = (await one.ask("question.ask", key="q", text="Why?"))["n"]
    await restarted(campus)
    talk = await talk_of(campus)
    assert list(talk.hands) == [campus.user("student1")]
    assert talk.lines[line].now == "second"
    assert talk.questions[asked].text == "Why?"
    back = await campus.seated("student1")
    assert (await back.event("chat.said"))["text"] == "second"


async def test_a_private_line_is_for_the_two_alone(campus: Campus) -> None:
    teacher, one, two, three = await campus.opened("student1", "student2", "student3")
    secret = "only for you"
    sent = await one.ask("chat.send", key="p", text=secret, to=campus.user("student2"))
    await two.event("chat.said", text=secret, to=campus.user("student2"))
    await one.event("chat.said", text=secret)
    await two.ask("chat.send", key="r", text="answer", to=campus.user("student1"))
    assert (await two.ask("chat.edit", line=sent["n"], text="x"))["code"] == "permission.denied"
    for stranger in (teacher, three):
        for ask in ("chat.edit", "chat.remove"):
            body = {"line": sent["n"]} | ({"text": "x"} if ask == "chat.edit" else {})
            assert (await stranger.ask(ask, **body))["code"] == "chat.unknown", "it does not exist for them"
    await one.ask("chat.edit", line=sent["n"], text="changed for you")
    await two.event("chat.edited", text="changed for you")
    last = await teacher.ask("chat.send", key="all", text="for all")
    for stranger in (teacher, three):
        await stranger.event("chat.said", n=last["n"])
        assert not [each for each in stranger.heard if "for you" in str(each) or "answer" in str(each)]
    fresh = await campus.seated("student3", "another-tab")
    await fresh.event("chat.said", n=last["n"])
    assert fresh.said() == ["for all"]
    room = await campus.desk.classroom(LESSON)
    room.history.floor = last["n"] + 1  # nothing in memory: the trace is read back
    again = await campus.seated("student3", "third-tab")
    await again.event("chat.said", n=last["n"])
    assert again.said() == ["for all"]
    both = await campus.seated("student2", "fourth-tab")
    await both.event("chat.said", n=last["n"])
    assert both.said() == ["changed for you", "answer", "for all"]


async def test_nobody_writes_to_nobody(campus: Campus) -> None:
    _, one = await campus.opened("student1")
    for to in ("user-of-nobody", campus.user("stranger"), campus.user("student1")):
        assert (await one.ask("chat.send", key="k", text="x", to=to))["code"] == "chat.nobody"


async def test_a_removed_line_is_gone_for_every_reader(campus: Campus) -> None:
    teacher, one, two = await campus.opened("student1", "student2")
    line = (await one.ask("chat.send", key="a", text="bad words"))["n"]
    await one.ask("chat.edit", line=line, text="worse words")
    assert (await two.ask("chat.remove", line=line))["code"] == "permission.denied"
    assert (await teacher.ask("chat.remove", line=line))["type"] == "ok"
    await two.event("chat.removed", line=line)
    assert (await one.ask("chat.edit", line=line, text="x"))["code"] == "chat.unknown"
    assert (await one.ask("chat.remove", line=line))["code"] == "chat.unknown"
    late = await campus.seated("student3")
    await late.event("chat.removed", line=line)
    assert not [each for each in late.heard if "words" in str(each)]
    assert (await late.event("chat.said", n=line))["removed"] is True
    await restarted(campus)
    again = await campus.seated("student3", "new-tab")
    await again.event("chat.removed", line=line)
    assert not [each for each in again.heard if "words" in str(each)]
    session = (await campus.desk.classroom(LESSON)).session
    moments = await timeline(campus.house, session, 0, frozenset({RUNS}))
    assert "chat.said" not in [moment.kind for moment in moments]


async def test_the_playback_shows_everybody_their_own(campus: Campus) -> None:
    _, one, two = await campus.opened("student1", "student2")
    await one.ask("chat.send", key="a", text="public")
    await one.ask("chat.send", key="b", text="private", to=campus.user("student2"))
    await two.ask("hand.raise")
    session = (await campus.desk.classroom(LESSON)).session

    async def seen(*who: str) -> list[Any]:
        moments = await timeline(campus.house, session, 0, frozenset(who))
        return [each.data["text"] for each in moments if each.kind == "chat.said"]

    assert await seen(campus.user("student3")) == ["public"]
    moments = await timeline(campus.house, session, 0, frozenset())
    assert [each.person for each in moments if each.kind == "hand.raised"] == [campus.user("student2")]
    assert await seen(campus.user("teacher"), RUNS) == ["public"], "who runs the class reads no letters"
    assert await seen(campus.user("student2")) == ["public", "private"]


async def test_an_old_line_stays_as_it_was_said(campus: Campus, monkeypatch: Any) -> None:
    _, one = await campus.opened("student1")
    line = (await one.ask("chat.send", key="a", text="x"))["n"]
    monkeypatch.setattr(desk_module, "EDIT_WITHIN", 0)
    assert (await one.ask("chat.edit", line=line, text="y"))["code"] == "chat.late"
    assert (await one.ask("chat.remove", line=line))["type"] == "ok"


async def test_questions_stay_open_until_they_are_answered(campus: Campus) -> None:
    teacher, one, two = await campus.opened("student1", "student2")
    asked = (await one.ask("question.ask", key="q1", text="What is <b>x</b>?"))["n"]
    assert (await one.ask("question.ask", key="q1", text="again"))["n"] == asked, "the same key asks once"
    other = (await two.ask("question.ask", key="q2", text="And y?"))["n"]
    for _ in range(2):
        assert (await two.ask("question.upvote", question=asked))["type"] == "ok"
    assert (await one.ask("question.upvote", question=asked))["type"] == "ok"
    question = (await talk_of(campus)).questions[asked]
    assert question.votes == {campus.user("student2")}, "once, and nobody for their own"
    assert (await two.ask("question.answer", question=asked))["code"] == "permission.denied"
    assert (await teacher.ask("question.answer", question=asked, text="5"))["type"] == "ok"
    assert (await one.event("question.answered", question=asked))["text"] == "5"
    assert (await one.ask("question.upvote", question=9999))["code"] == "question.unknown"
    assert (await one.ask("question.remove", question=other))["code"] == "permission.denied"

    await teacher.ask("lesson.close")
    path = f"/api/v1/lessons/{LESSON}"
    status, _ = await campus.post("student1", f"{path}/questions/{other}/answer", text="me")
    assert status == 403
    headers = {"Authorization": f"Bearer {campus.tokens['teacher']}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        url = f"{campus.url}{path}/questions/{other}/answer"
        async with http.post(url, json={"text": "Later: 7"}) as answer:
            assert answer.status == 204, await answer.text()
        async with http.post(f"{campus.url}{path}/questions/9999/answer", json={}) as answer:
            assert answer.status == 404
        async with http.get(f"{campus.url}{path}/talk") as answer:
            found = await answer.json()
    assert [(each["text"], each["answer"], each["votes"]) for each in found["questions"]] == [
        ("What is <b>x</b>?", "5", 1),
        ("And y?", "Later: 7", 0),
    ]
    assert found["questions"][0]["name"] == "Student1"


async def test_one_person_has_not_too_many_open_questions(campus: Campus, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_module, "MOST_QUESTIONS", 2)
    _, one = await campus.opened("student1")
    numbers = [(await one.ask("question.ask", key=f"q{n}", text="?!"))["n"] for n in range(2)]
    assert (await one.ask("question.ask", key="q9", text="?!"))["code"] == "question.too_many"
    assert (await one.ask("question.remove", question=numbers[0]))["type"] == "ok"
    assert (await one.ask("question.ask", key="q9", text="?!"))["type"] == "ok"
    late = await campus.seated("student2")
    assert (await late.event("question.asked", n=numbers[0]))["text"] == ""


async def test_reactions_are_counted_and_not_kept(campus: Campus, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_module, "NEWS", 0.05)
    teacher, one, two = await campus.opened("student1", "student2")
    await asyncio.gather(*(page.ask("reaction.send", what="clap") for page in (one, two)))
    await teacher.type("reactions")
    counted = sum(each["counts"]["clap"] for each in teacher.heard if each["type"] == "reactions")
    while counted < 2:
        await asyncio.sleep(0.05)
        counted = sum(each["counts"]["clap"] for each in teacher.heard if each["type"] == "reactions")
    assert counted == 2
    assert (await one.ask("reaction.send", what="<script>"))["code"] == "message.invalid"
    assert not [each for each in await all_entries(campus) if "reaction" in each.entry.kind]
    answers = [await one.ask("reaction.send", what="clap") for _ in range(8)]
    assert "rate.limited" in {answer.get("code") for answer in answers}


async def test_control_characters_do_not_get_through(campus: Campus) -> None:
    teacher, one = await campus.opened("student1")
    asked = await one.ask("question.ask", key="q", text="a\u0000b\u202ec\n\n  <img src=x onerror=alert(1)>")
    event = await teacher.event("question.asked", n=asked["n"])
    assert event["text"] == "abc <img src=x onerror=alert(1)>", "markup is text; pages draw it as such"
    assert (await one.ask("question.ask", key="r", text="\u202e\u0007"))["code"] == "chat.empty"
    assert (await one.ask("question.ask", key="s", text="x" * 501))["code"] == "chat.too_long"
    line = (await one.ask("chat.send", key="k", text="x"))["n"]
    await one.ask("chat.edit", line=line, text="\u202eyx")
    assert (await teacher.event("chat.edited", line=line))["text"] == "yx"
