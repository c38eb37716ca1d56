"""Captions: who writes them, what everybody is told, what a program may do, and the timed text."""

import itertools
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.captions.vtt import LONGEST, Cue, cues, webvtt
from tests.server.live.campus import LESSON, OTHER, Campus

pytestmark = pytest.mark.classroom

PATH = f"/api/v1/lessons/{LESSON}/captions"


async def call(campus: Campus, token: str, method: str, path: str, **options: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, campus.url + path, headers=headers, **options) as answer,
    ):
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else await answer.text()


async def test_the_teacher_writes_and_lets_write(campus: Campus) -> None:
    teacher, one, two, watcher = await campus.opened("student1", "student2", "watcher")
    said = await teacher.ask("caption.say", key="a", text="Закон  Ома\n")
    assert said["type"] == "ok"
    assert await teacher.ask("caption.say", key="a", text="again") | {"id": 0} == said | {"id": 0}
    for each in (one, two, watcher):
        assert (await each.event("caption.said"))["text"] == "Закон Ома"
    assert (await one.ask("caption.say", key="b", text="x"))["code"] == "caption.writer"
    assert (await watcher.ask("caption.say", key="b", text="x"))["code"] == "permission.denied"
    assert (await one.ask("caption.lend", person=campus.user("student1"), on=True))["type"] == "error"
    assert (await teacher.ask("caption.lend", person="nobody", on=True))["code"] == "person.unknown"
    assert (await teacher.ask("caption.lend", person=campus.user("student1"), on=True))["type"] == "ok"
    assert (await one.ask("caption.say", key="b", text="x"))["type"] == "ok"
    assert (await two.ask("caption.say", key="b", text="x"))["code"] == "caption.writer"
    assert (await one.ask("caption.say", key="c", text="x" * 301))["code"] == "text.too_long"
    assert (await one.ask("caption.say", key="c", text=" \u202e "))["code"] == "text.empty"
    await teacher.ask("caption.lend", person=campus.user("student1"), on=False)
    assert (await one.ask("caption.say", key="d", text="x"))["code"] == "caption.writer"


async def test_leave_survives_a_restart_and_ends_with_the_class(campus: Campus) -> None:
    teacher, _ = await campus.opened("student1")
    await teacher.ask("caption.lend", person=campus.user("student1"), on=True)
    await campus.stop()
    await campus.start()
    student = await campus.seated("student1", tab="again")
    assert (await student.ask("caption.say", key="a", text="x"))["type"] == "ok"
    teacher = await campus.seated("teacher", tab="again-teacher")
    await teacher.ask("lesson.close")
    await (await campus.seated("teacher", tab="third")).ask("lesson.open")
    student = await campus.seated("student1", tab="third-student")
    assert (await student.ask("caption.say", key="b", text="x"))["code"] == "caption.writer"


async def test_a_program_sends_lines_with_a_token_for_this_lesson_alone(campus: Campus) -> None:
    _, student = await campus.opened("student1")
    status, made = await campus.post("teacher", f"/api/v1/lessons/{LESSON}/ingest")
    assert status == 201
    token = made["token"]
    status, answer = await call(campus, token, "POST", PATH, json={"key": "k1", "text": "A < B & C"})
    assert status == 200 and (await student.event("caption.said"))["n"] == answer["n"]
    status, again = await call(campus, token, "POST", PATH, json={"key": "k1", "text": "A < B & C"})
    assert again == answer, "once, however often it is sent"
    other = f"/api/v1/lessons/{OTHER}/captions"
    assert (await call(campus, token, "POST", other, json={"key": "k", "text": "x"}))[0] == 403
    assert (await call(campus, token, "GET", f"/api/v1/lessons/{LESSON}"))[0] == 403, "nothing else"
    for login in ("student1", "watcher", "boss"):
        got = await call(campus, campus.tokens[login], "POST", PATH, json={"key": "k", "text": "x"})
        assert got[0] == 403
    got = await call(campus, campus.tokens["teacher"], "POST", other, json={"key": "k", "text": "x"})
    assert got[1]["error"]["code"] == "session.not_open"
    status, text = await call(campus, campus.tokens["student1"], "GET", f"{PATH}.vtt")
    assert status == 200 and text.startswith("WEBVTT\n\n00:00:0")
    assert text.endswith("A &lt; B &amp; C\n")
    assert (await call(campus, campus.tokens["stranger"], "GET", f"{PATH}.vtt"))[0] == 403


async def test_a_program_that_floods_is_slowed(campus: Campus) -> None:
    await campus.opened()
    token = campus.tokens["teacher"]
    codes = [
        (await call(campus, token, "POST", PATH, json={"key": f"k{number}", "text": "x"}))[0]
        for number in range(40)
    ]
    assert 429 in codes and codes[:20] == [200] * 20


# --- the file ---------------------------------------------------------------------------------------


def test_a_line_stands_until_the_next() -> None:
    found = cues([(0, "short"), (1000, "next"), (5000, "x" * 300)])
    assert found == [Cue(0, 1000, "short"), Cue(1000, 3000, "next"), Cue(5000, 5000 + LONGEST, "x" * 300)]


def test_the_file_is_as_browsers_read_it() -> None:
    text = webvtt([Cue(3_723_004, 3_725_000, "a --> b"), Cue(3_725_000, 3_726_000, "<v Teacher>")])
    assert text == (
        "WEBVTT\n\n01:02:03.004 --> 01:02:05.000\na --&gt; b\n\n"
        "01:02:05.000 --> 01:02:06.000\n&lt;v Teacher&gt;\n"
    )
    assert webvtt([]) == "WEBVTT\n"


@given(st.lists(st.tuples(st.integers(0, 10**7), st.text(st.characters(codec="utf-8"), min_size=1))))
def test_cues_never_overlap_and_hold_no_markup(lines: list[tuple[int, str]]) -> None:
    found = cues(sorted(lines, key=lambda line: line[0]))
    for cue, after in itertools.pairwise(found):
        assert cue.begins < cue.ends
        assert cue.ends <= max(after.begins, cue.begins + 1)
    body = webvtt(found).partition("\n\n")[2]
    assert body.count("-->") == len(found)
    assert "<" not in body
