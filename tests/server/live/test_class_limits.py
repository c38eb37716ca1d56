"""What strangers, scripts and slow links do to the class socket: refused with a code, harmless to others."""

import asyncio
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import server.captions.messages
import server.recording.messages
import server.slides.messages
import server.together.messages  # noqa: F401 - for what they declare
from server.errors import ApiError
from server.live import seat as seat_module
from server.web.registry import MESSAGE_LIMIT, messages
from server.web.socket import decode_message
from tests.server.live.campus import LESSON, OTHER, Campus


async def refusal(campus: Campus, login: str, lesson: str = LESSON, **headers: str) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await campus.connect(login, lesson, **headers)
    return caught.value.status


async def test_who_may_not_enter_gets_no_socket(campus: Campus) -> None:
    assert await refusal(campus, "") == 401
    assert await refusal(campus, "stranger") == 403
    assert await refusal(campus, "student1", OTHER) == 403
    assert await refusal(campus, "boss") == 403, "an admin runs the house, not the classes"
    assert await refusal(campus, "watcher", "no-such-lesson") == 404
    campus.tokens["forged"] = "s_" + "x" * 43
    assert await refusal(campus, "forged") == 401


async def test_a_foreign_page_gets_no_socket(campus: Campus) -> None:
    cookie = f"sabak_session={campus.tokens['student1']}"
    assert await refusal(campus, "", Cookie=cookie, Origin="https://evil.example") == 403
    assert await refusal(campus, "", Cookie=cookie) == 403, "a browser always says where it is"
    socket = await campus.connect("", Cookie=cookie, Origin=campus.url)
    await socket.send_json({"type": "hello", "after": 0, "tab": "abcd"})
    assert (await socket.receive_json())["type"] == "welcome"
    await socket.close()


SLIDES = {"slides.show", "slides.close", "slides.clear", "slides.pens"}
DRAWS = {"slides.draw", "slides.undo", "slides.point", "slides.trail"}

LEADS = {"together.confirm", "floor.give", "question.answer", "poll.open", "poll.close", "poll.share"}
TALKS = {
    "chat.send", "chat.edit", "chat.remove", "hand.raise", "hand.lower", "floor.end", "reaction.send",
    "question.ask", "question.upvote", "question.remove", "poll.vote", "caption.say",
}  # fmt: skip
RUNS = {
    "caption.lend",
    "class.mute", "class.ask", "class.rule", "class.lock", "class.remove", "class.readmit", "class.host",
    "class.admit", "class.refuse", "groups.open", "groups.move", "groups.visit", "groups.time",
    "groups.tell", "groups.close",
}  # fmt: skip

DENIED = {
    "student1": {"lesson.open", "lesson.close", "recording.pause", *SLIDES, *LEADS, *RUNS},
    "watcher": {
        "together.set",
        "lesson.open",
        "lesson.close",
        "recording.pause",
        *SLIDES,
        *DRAWS,
        *LEADS,
        *TALKS,
        *RUNS,
    },
    "desk": {"together.set", "lesson.open", "recording.pause", *SLIDES, *DRAWS, *LEADS, *TALKS, *RUNS},
    "teacher": {"together.set"},
}

BODIES: dict[str, dict[str, Any]] = {
    "hello": {"after": 0, "tab": "abcd"},
    "ping": {},
    "leave": {},
    "chat.send": {"key": "k", "text": "x"},
    "together.set": {"people": []},
    "together.confirm": {"person": "nobody", "people": []},
    "caption.say": {"key": "k", "text": "x"},
    "caption.lend": {"person": "nobody", "on": True},
    "lesson.open": {},
    "lesson.close": {},
    "media.offer": {"sdp": "", "purposes": {}},
    "media.restart": {"sdp": ""},
    "media.state": {"mic": True, "cam": True, "screen": True},
    "media.view": {},
    "recording.pause": {"paused": True},
    "recording.agree": {"agree": True},
    "class.mute": {},
    "class.ask": {"person": "nobody"},
    "class.rule": {"mics": True},
    "class.lock": {"locked": False},
    "class.remove": {"person": "nobody", "reason": "x"},
    "class.readmit": {"person": "nobody"},
    "class.host": {"person": "nobody", "on": True},
    "class.admit": {},
    "class.refuse": {"person": "nobody"},
    "groups.open": {"groups": [{"name": "1", "people": []}]},
    "groups.move": {"person": "nobody", "group": ""},
    "groups.visit": {"groups": []},
    "groups.time": {"seconds": 60},
    "groups.tell": {"key": "k", "text": "x"},
    "groups.close": {},
    "slides.show": {"deck": "d", "page": 1},
    "slides.close": {},
    "slides.draw": {
        "deck": "d", "page": 1, "stroke": "s", "shape": "pen", "colour": "red", "width": 40, "points": [1, 1],
    },
    "slides.pens": {},
    "slides.undo": {"deck": "d", "page": 1, "stroke": "s"},
    "slides.clear": {"deck": "d", "page": 1},
    "slides.point": {"deck": "d", "page": 1, "x": 1, "y": 1},
    "slides.trail": {
        "deck": "d", "page": 1, "stroke": "s", "shape": "pen", "colour": "red", "width": 40, "points": [1, 1],
    },
    "hand.raise": {},
    "hand.lower": {},
    "floor.give": {"person": "user000000000000"},
    "floor.end": {},
    "reaction.send": {"what": "clap"},
    "chat.edit": {"line": 1, "text": "x"},
    "chat.remove": {"line": 1},
    "question.ask": {"key": "k", "text": "x"},
    "question.upvote": {"question": 1},
    "question.answer": {"question": 1},
    "question.remove": {"question": 1},
    "poll.open": {"key": "k", "question": "x", "answers": "open"},
    "poll.vote": {"poll": 1, "choices": [0]},
    "poll.close": {"poll": 1},
    "poll.share": {"poll": 1},
}  # fmt: skip


async def test_every_message_is_judged(campus: Campus) -> None:
    assert set(BODIES) == set(messages()), "a new message wants its line here"
    await campus.opened()
    for login, denied in DENIED.items():
        page = await campus.seated(login, tab=f"judged-{login}")
        for kind, body in BODIES.items():
            if kind in ("leave", "lesson.close") and kind not in denied:
                continue  # would end the test
            answer = await page.ask(kind, **body)
            refused = answer["type"] == "error" and answer["code"] == "permission.denied"
            assert refused == (kind in denied), f"{login} {kind}: {answer}"


async def test_what_may_not_be_sent_counts_as_off(campus: Campus) -> None:
    teacher, watcher = await campus.opened("watcher")
    assert (await watcher.ask("media.state", mic=True, cam=True, screen=True))["type"] == "ok"
    line = await teacher.ask("chat.send", key="k", text="x")
    await teacher.event("chat.said", n=line["n"])
    assert not [event for event in teacher.events() if event["kind"] == "media.state"]


async def test_nonsense_is_answered_and_the_socket_stays(campus: Campus) -> None:
    _, page = await campus.opened("student1")
    for text, code in (
        ("{", "message.malformed"),
        ("[]", "message.malformed"),
        ("[" * 20_000, "message.malformed"),
        ('{"type": "nothing.known", "id": "a"}', "message.unknown"),
        ('{"type": "ping", "id": "b", "more": 1}', "message.invalid"),
        ('{"type": "chat.send", "id": "c", "key": "k"}', "message.invalid"),
        ('{"type": "chat.send", "id": "d", "key": "bad key!", "text": "x"}', "message.invalid"),
        ('{"type": "chat.send", "id": "e", "key": "k", "text": " \\u0007 "}', "chat.empty"),
        ('{"type": "hello", "id": "f", "after": 0, "tab": "abcd"}', "hello.again"),
        ('{"type": "ping", "id": "' + "x" * MESSAGE_LIMIT + '"}', "message.too_large"),
    ):
        before = len(page.heard)
        await page.send(text)
        answer = await page.until(lambda m, b=before: m in page.heard[b:] and m["type"] == "error")
        assert answer["code"] == code, text[:80]
        page.heard.remove(answer)
    await page.socket.send_bytes(b"\x00\xff")
    assert (await page.type("error"))["code"] == "message.malformed"
    assert (await page.ask("chat.send", key="k", text="x" * 2001))["code"] == "chat.too_long"
    assert (await page.ask("ping"))["type"] == "ok"


async def test_nothing_works_before_hello(campus: Campus) -> None:
    socket = await campus.connect("student1")
    for text in ('{"type": "ping"}', "nonsense", '{"type": "hello", "after": -1, "tab": "abcd"}'):
        await socket.send_str(text)
        assert (await socket.receive_json())["type"] == "error"
    await socket.send_json({"type": "hello", "after": 0, "tab": "abcd"})
    assert (await socket.receive_json())["type"] == "welcome"
    await socket.close()


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_any_text_is_a_message_or_a_coded_refusal(text: str | bytes) -> None:
    try:
        decode_message(text)
    except ApiError as error:
        assert error.code.startswith("message.")


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


async def test_hostile_bodies_of_every_message_never_break_the_socket(campus: Campus) -> None:
    _, page = await campus.opened("student1")
    hostile: list[dict[str, Any]] = []

    @hypothesis_settings(max_examples=80, deadline=None, database=None)
    @given(st.sampled_from(sorted(set(BODIES) - {"leave"})), st.data())
    def gather(kind: str, data: st.DataObject) -> None:
        fields = {name: data.draw(json_like) for name in BODIES[kind] if data.draw(st.booleans())}
        fields |= data.draw(st.dictionaries(st.text(max_size=6), json_like, max_size=2))
        hostile.append({**fields, "type": kind})

    gather()
    for index, body in enumerate(hostile):
        await page.socket.send_json({**body, "id": f"h{index}"})
        if index % 40 == 39:
            await asyncio.sleep(0.5)
    assert not page.task.done()
    async with asyncio.timeout(10):
        while (await page.ask("ping"))["type"] != "ok":
            await asyncio.sleep(0.1)

    def answered() -> list[dict[str, Any]]:
        return [m for m in page.heard if str(m.get("id", "")).startswith("h")]

    async with asyncio.timeout(10):
        while len(answered()) < len(hostile):
            await asyncio.sleep(0.02)
    answers = answered()
    assert {m["id"] for m in answers} == {f"h{index}" for index in range(len(hostile))}
    assert "server.failed" not in {m.get("code") for m in answers}


async def test_a_seat_that_asks_too_often_is_told_when_to_come_back(campus: Campus) -> None:
    teacher, page = await campus.opened("student1")
    answers = await asyncio.gather(*(page.ask("chat.send", key=f"k{i}", text=f"{i}") for i in range(14)))
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert 3 <= len(refused) <= 4
    assert {answer["code"] for answer in refused} == {"rate.limited"}
    assert 0 < refused[0]["details"]["retry_after"] <= 1.1
    assert campus.metric("sabak_live_rate_limited_total") == len(refused)
    assert (await page.ask("ping"))["type"] == "ok"
    assert (await teacher.ask("chat.send", key="mine", text="others are not touched"))["type"] == "ok"
    await asyncio.sleep(refused[0]["details"]["retry_after"])
    assert (await page.ask("chat.send", key="later", text="now"))["type"] == "ok"


async def test_one_person_has_a_bounded_number_of_tabs(campus: Campus) -> None:
    await campus.opened()
    pages = [await campus.page("student1", f"tab-{index}") for index in range(9)]
    for page in pages[:8]:
        await page.type("welcome")
    assert (await pages[8].type("bye"))["code"] == "seat.too_many"
    assert await pages[8].closed() == 1008


async def test_a_revoked_login_is_sent_away(campus: Campus) -> None:
    teacher, page = await campus.opened("student1")
    sessions = campus.house.part(seat_sessions())
    known = await sessions.find(campus.tokens["student1"])
    assert known is not None

    async def work(db: Any) -> list[str]:
        return list(await sessions.end_all(db, known.person.id))

    await campus.house.trace.record(
        "login.revoked", {"user": known.person.id, "ended": [known.session]}, actor="system", work=work
    )
    assert (await page.type("bye"))["code"] == "login.revoked"
    assert await page.closed() == 1008
    assert (await teacher.ask("ping"))["type"] == "ok"
    assert await refusal(campus, "student1") == 401


def seat_sessions() -> type[Any]:
    from server.people.sessions import Sessions

    return Sessions


async def test_who_is_taken_out_of_the_lesson_is_sent_away(campus: Campus) -> None:
    from sqlalchemy import delete

    from server.plan.tables import LessonPerson

    teacher, page = await campus.opened("student1")
    who = campus.user("student1")

    async def work(db: Any) -> None:
        await db.execute(delete(LessonPerson).where(LessonPerson.person == who))

    await campus.house.trace.record("lesson.changed", {"lesson": LESSON}, actor="system", work=work)
    assert (await page.type("bye"))["code"] == "permission.denied"
    assert (await teacher.ask("ping"))["type"] == "ok"


async def test_who_does_not_read_is_closed_and_resumes(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat_module, "SLOW", 0.3)
    (teacher,) = await campus.opened()
    slow = await campus.connect("student1")
    await slow.send_json({"type": "hello", "after": 0, "tab": "slow"})
    assert (await slow.receive_json())["type"] == "welcome"
    connection = slow._response.connection
    assert connection is not None and connection.transport is not None
    connection.transport.pause_reading()  # type: ignore[attr-defined]
    session = (await campus.desk.classroom(LESSON)).session
    text = "x" * 2000
    for wave in range(12):
        await asyncio.gather(
            *(
                campus.house.trace.record(
                    "chat.said", {"text": text, "key": f"{wave} {i}"}, actor="teacher", session=session
                )
                for i in range(200)
            )
        )
    async with asyncio.timeout(5):
        while campus.metric("sabak_live_slow_consumers_total") < 1:
            await asyncio.sleep(0.02)
    assert (await teacher.ask("ping"))["type"] == "ok", "the others do not notice"
    connection.transport.pause_reading()  # type: ignore[attr-defined]
    slow._response.close()
    monkeypatch.setattr(seat_module, "SLOW", 10.0)
    back = await campus.seated("student1", "slow")
    last = (await campus.desk.classroom(LESSON)).state.n
    async with asyncio.timeout(10):
        while not back.events() or back.events()[-1]["n"] < last:
            await asyncio.sleep(0.02)
    numbers = [event["n"] for event in back.events()]
    assert numbers == list(range(1, numbers[-1] + 1))


async def test_who_has_no_part_says_first_why_they_come(campus: Campus) -> None:
    for login in ("watcher", "desk"):
        page = await campus.page(login, lesson=OTHER)
        assert (await page.type("bye"))["code"] == "visit.reason"
        path = f"/api/v1/lessons/{OTHER}/visits"
        assert (await campus.post(login, path, reason="   "))[0] == 422
    headers = {"Authorization": f"Bearer {campus.tokens['watcher']}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        reason = {"reason": "Ачык сабакты көрүү"}
        async with http.post(f"{campus.url}/api/v1/lessons/{OTHER}/visits", json=reason) as answer:
            assert answer.status == 204
    page = await campus.page("watcher", lesson=OTHER)
    await page.type("welcome")
    page = await campus.page("desk", lesson=OTHER)
    assert (await page.type("bye"))["code"] == "visit.reason", "a reason is one person's own"
    assert (await campus.post("student1", f"/api/v1/lessons/{LESSON}/visits", reason="abc"))[0] == 403
