"""The class over real sockets: opening, waiting, presence, chat, resuming, restarting."""

import asyncio

from sqlalchemy import select

from server.live.tables import LiveSpan
from server.live.upkeep import Upkeep, over
from tests.server.live.campus import LESSON, Campus


async def test_students_wait_and_are_let_in_by_the_same_socket(campus: Campus) -> None:
    early = await campus.page("student1")
    first = await early.type("welcome")
    assert (first["state"], first["session"], first["people"]) == ("planned", "", [])
    assert first["lesson"]["title"] == "Algebra"
    refused = await early.ask("chat.send", key="k", text="anybody?")
    assert (refused["type"], refused["code"]) == ("error", "session.not_open")
    teacher = await campus.seated("teacher")
    opened = await teacher.ask("lesson.open")
    assert opened["n"] == 1
    welcome = await early.type("welcome", state="open")
    assert campus.user("student1") in [person["id"] for person in welcome["people"]]
    assert welcome["rights"] == {
        "publish": ["mic", "cam", "screen"],
        "chat": True,
        "open": False,
        "close": False,
        "slides": False,
    }
    assert (await early.event("session.opened"))["n"] == 1


async def test_two_teachers_open_and_close_at_once(campus: Campus) -> None:
    one, two = await campus.seated("teacher"), await campus.seated("second")
    answers = await asyncio.gather(one.ask("lesson.open"), two.ask("lesson.open"))
    assert {answer["type"] for answer in answers} == {"ok"}
    await one.type("welcome", state="open")
    kinds = [
        each.entry.kind
        for each in await campus.house.trace.read((await campus.desk.classroom(LESSON)).session)
    ]
    assert kinds.count("session.opened") == 1


async def session_of(campus: Campus) -> str:
    return (await campus.desk.classroom(LESSON)).session


async def kinds(campus: Campus) -> list[str]:
    return [each.entry.kind for each in await campus.house.trace.read(await session_of(campus))]


async def spans(campus: Campus) -> dict[str, list[tuple[int, int | None]]]:
    async with campus.house.store.read() as db:
        found: dict[str, list[tuple[int, int | None]]] = {}
        for row in await db.scalars(select(LiveSpan).order_by(LiveSpan.n)):
            found.setdefault(row.person, []).append((row.joined, row.left))
        return found


async def test_a_dropped_socket_is_away_at_once_and_left_after_the_grace(campus: Campus, quick: None) -> None:
    teacher, student = await campus.opened("student1")
    who = campus.user("student1")
    await teacher.event("person.joined", actor=who)
    await student.ask("ping")
    before = campus.house.clock.now()
    await student.drop()
    await teacher.type("away", people=[who])
    assert who in (await campus.desk.classroom(LESSON)).state.people
    left = await teacher.event("person.left", actor=who)
    assert left["at"] <= left["time"]
    ((joined, ended),) = (await spans(campus))[who]
    assert ended is not None and joined <= ended <= before + 200_000, (
        "the last sign of life, not the end of the grace"
    )


async def test_whoever_comes_back_in_time_never_left(campus: Campus, quick: None) -> None:
    teacher, student = await campus.opened("student1")
    who = campus.user("student1")
    last = (await student.event("person.joined", actor=who))["n"]
    await student.drop()
    await teacher.type("away", people=[who])
    await campus.seated("student1", after=last)
    await teacher.type("away", people=[])
    await asyncio.sleep(0.8)
    assert "person.left" not in await kinds(campus)
    assert (await kinds(campus)).count("person.joined") == 2


async def test_tabs_of_one_person_are_one_person(campus: Campus, quick: None) -> None:
    teacher, one = await campus.opened("student1")
    two = await campus.seated("student1", "second-tab")
    who = campus.user("student1")
    people = (await two.type("welcome"))["people"]
    assert [person["id"] for person in people].count(who) == 1
    assert (await two.ask("media.state", mic=True, cam=False, screen=False))["type"] == "ok"
    assert (await one.ask("media.state", mic=False, cam=True, screen=False))["type"] == "ok"
    await teacher.event("media.state", actor=who, mic=True, cam=True)
    assert (await two.ask("leave"))["type"] == "ok"
    await teacher.event("media.state", actor=who, mic=False, cam=True)
    assert "person.left" not in await kinds(campus)
    assert (await one.ask("leave"))["type"] == "ok"
    await teacher.event("person.left", actor=who)


async def test_the_same_tab_again_takes_its_seat(campus: Campus) -> None:
    _, student = await campus.opened("student1")
    again = await campus.seated("student1")
    assert (await student.type("bye"))["code"] == "seat.taken"
    await student.closed()
    assert (await again.ask("ping"))["type"] == "ok"


async def test_a_closed_class_says_goodbye_and_may_be_opened_again(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    session = await session_of(campus)
    answer = await teacher.ask("lesson.close")
    assert answer["type"] == "ok"
    for page in (teacher, student):
        assert (await page.event("session.closed"))["reason"] == "closed"
        assert (await page.type("bye"))["code"] == "session.closed"
        await page.closed()
    assert all(ended is not None for each in (await spans(campus)).values() for _, ended in each)
    late = await campus.page("student1")
    assert (await late.type("bye"))["code"] == "session.closed"
    again = await campus.seated("teacher", after=answer["n"])
    assert (await again.type("welcome"))["state"] == "closed"
    assert (await again.ask("lesson.open"))["n"] == answer["n"] + 1
    welcome = await again.type("welcome", state="open")
    assert welcome["session"] == session, "numbers go on, so pages need not start again"


async def test_admin_and_dispatcher_close_over_http(campus: Campus) -> None:
    (teacher,) = await campus.opened()
    status, body = await campus.post("student1", f"/api/v1/lessons/{LESSON}/close")
    assert (status, body["error"]["code"]) == (403, "permission.denied")
    status, body = await campus.post("boss", f"/api/v1/lessons/{LESSON}/close")
    assert (status, body["state"]) == (200, "closed")
    assert (await teacher.type("bye"))["code"] == "session.closed"
    status, body = await campus.post("desk", f"/api/v1/lessons/{LESSON}/close")
    assert (status, body["state"]) == (200, "closed"), "closing a closed class changes nothing"
    assert (await kinds(campus)).count("session.closed") == 1


async def test_an_empty_class_closes_itself_after_its_end(campus: Campus, quick: None) -> None:
    (teacher,) = await campus.opened()
    room = await campus.desk.classroom(LESSON)
    now = campus.house.clock.now()
    assert not over(room, room.ends + 2 * 3_600_000_000), "somebody is there"
    assert (await teacher.ask("leave"))["type"] == "ok"
    while room.state.people:
        await asyncio.sleep(0.01)
    assert not over(room, room.ends + 599_000_000)
    assert over(room, room.ends + 600_000_001)
    room.ends = now - 3_600_000_000
    room.empty_since = now - 3_600_000_000
    async with asyncio.timeout(5):
        while room.state.phase != "closed":
            await asyncio.sleep(0.01)
    last = (await campus.house.trace.read(room.session))[-1]
    assert (last.entry.kind, last.entry.actor, last.data["reason"]) == ("session.closed", "system", "empty")


async def test_chat_is_numbered_once_per_key(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    first = await student.ask("chat.send", key="line-1", text="  Salam\u0000 \u202edos\r\ntor ")
    again = await student.ask("chat.send", key="line-1", text="Salam")
    assert first["n"] == again["n"]
    back = await campus.seated("student1", after=first["n"])
    assert (await back.ask("chat.send", key="line-1", text="Salam"))["n"] == first["n"]
    second = await student_says(back, "line-2", "bar?")
    said = await teacher.event("chat.said", n=second)
    assert said["actor"] == campus.user("student1")
    assert teacher.said() == ["Salam dos\ntor", "bar?"]
    other = await teacher.ask("chat.send", key="line-1", text="mine")
    assert other["n"] not in (first["n"], second), "keys of different people do not meet"


async def student_says(page: object, key: str, text: str) -> int:
    answer = await page.ask("chat.send", key=key, text=text)  # type: ignore[attr-defined]
    assert answer["type"] == "ok", answer
    return int(answer["n"])


async def test_resuming_gives_what_was_missed_in_order_and_once(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    for index in range(5):
        await student_says(teacher, f"a{index}", f"line {index}")
    await student.event("chat.said", text="line 4")
    last = student.events()[-1]["n"]
    await student.drop()
    for index in range(5, 10):
        await student_says(teacher, f"a{index}", f"line {index}")
    back = await campus.seated("student1", after=last)
    await back.event("chat.said", text="line 9")
    numbers = [event["n"] for event in back.events()]
    assert numbers == sorted(set(numbers)) and min(numbers) > last
    assert back.said() == [f"line {index}" for index in range(5, 10)]
    fresh = await campus.seated("second")
    await fresh.event("chat.said", text="line 9")
    everything = [event["n"] for event in fresh.events()]
    assert everything == list(range(1, everything[-1] + 1))


async def test_what_left_the_window_is_read_from_the_trace(campus: Campus) -> None:
    (teacher,) = await campus.opened()
    room = await campus.desk.classroom(LESSON)
    room.history._keep = 10
    session = room.session
    await asyncio.gather(
        *(
            campus.house.trace.record(
                "chat.said", {"text": f"{i}", "key": f"{i}"}, actor="x", session=session
            )
            for i in range(450)
        )
    )
    await teacher.event("chat.said", text="449")
    assert room.history.floor > 400
    late = await campus.seated("second")
    await late.event("chat.said", text="449")
    numbers = [event["n"] for event in late.events()]
    assert numbers == list(range(1, numbers[-1] + 1))


async def test_people_come_back_to_the_same_session_after_a_restart(campus: Campus, quick: None) -> None:
    teacher, student, gone = await campus.opened("student1", "student2")
    line = await student_says(teacher, "k1", "before")
    await student.event("chat.said", n=line)
    session = await session_of(campus)
    await Upkeep(campus.desk).pulse()
    killed = campus.house.clock.now()
    await campus.stop()
    await asyncio.sleep(0.3)
    await campus.start()
    back = await campus.seated("teacher", after=line)
    again = await campus.seated("student1", after=line)
    assert (await back.type("welcome"))["session"] == session
    repeated = await student_says(back, "k1", "before")
    assert repeated == line, "an unanswered line that is sent again is not said twice"
    who = campus.user("student2")
    left = await again.event("person.left", actor=who)
    written = await kinds(campus)
    assert written.count("person.left") == 1, "nobody else was shown to have left"
    assert written.count("person.joined") == 3
    assert written.count("session.opened") == 1
    ((_, ended),) = (await spans(campus))[who]
    assert ended is not None and ended <= killed + 1_000_000, "the last sign of life was before the restart"
    assert left["at"] < left["time"]
    assert await gone.closed() == 1012, "come back"


async def test_a_rebuilt_class_equals_the_class_that_ran(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    await student.ask("media.state", mic=True, cam=False, screen=False)
    await student_says(teacher, "k", "x")
    room = await campus.desk.classroom(LESSON)
    ran, before = room.state, await spans(campus)
    held = dict(campus.desk._lessons)
    campus.desk._lessons.clear()
    rebuilt = (await campus.desk.classroom(LESSON)).state
    campus.desk._lessons.update(held)
    assert rebuilt is not ran
    assert (rebuilt.people, rebuilt.phase, rebuilt.n) == (ran.people, ran.phase, ran.n)
    await campus.house.trace.rebuild(["live.sessions"])
    assert await spans(campus) == before
