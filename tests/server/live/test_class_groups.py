"""Groups of a class: who hears whom, whose line reaches whom, and that all of it survives."""

import asyncio
from typing import Any

import server.talk.state  # noqa: F401 - how changes of a line are told
from server.live.folds import telling
from server.live.groups import desk as groups_desk
from server.live.groups.state import Groups
from server.live.state import ClassState
from server.live.upkeep import Upkeep
from server.recording.policy import wanted
from tests.server.live.campus import LESSON, Campus, Page
from tests.server.live.test_class_media import Offer, joined, peer_of, until
from tests.server.live.test_class_moderation import refused, said_ok


async def labels(campus: Campus, login: str) -> set[str]:
    rights = campus.worker.rights_of(await peer_of(campus, login))
    assert rights.audience == rights.labels
    return set(rights.labels)


async def opened(campus: Campus, teacher: Page, **people: list[str]) -> dict[str, str]:
    """Open groups by name; returns their ids."""
    groups = [{"name": name, "people": [campus.user(each) for each in who]} for name, who in people.items()]
    await said_ok(teacher, "groups.open", groups=groups)
    event = [each for each in teacher.events() if each["kind"] == "groups.opened"]
    if not event:
        event = [await teacher.event("groups.opened")]
    return {each["name"]: each["id"] for each in event[-1]["groups"]}


async def test_groups_do_not_hear_one_another(campus: Campus, offer: Offer) -> None:
    pages = await campus.opened("second", "student1", "student2", "student3")
    teacher = pages[0]
    for page in pages:
        await joined(campus, page, offer)
    ids = await opened(campus, teacher, A=["student1"], B=["student2"])
    a, b = f"group.{ids['A']}", f"group.{ids['B']}"
    assert await labels(campus, "student1") == {a}
    assert await labels(campus, "student2") == {b}
    for login in ("teacher", "second", "student3"):
        assert await labels(campus, login) == {"class"}, "the main room"
    await said_ok(teacher, "groups.visit", groups=[ids["A"], ids["B"]])
    assert await labels(campus, "teacher") == {a, b}
    assert await labels(campus, "student1") == {a}
    await said_ok(teacher, "groups.visit", groups=[])
    await said_ok(teacher, "groups.move", person=campus.user("student3"), group=ids["B"])
    assert await labels(campus, "student3") == {b}
    await said_ok(teacher, "groups.move", person=campus.user("student3"), group="")
    assert await labels(campus, "student3") == {"class"}
    await said_ok(pages[1], "groups.close")
    for login in ("teacher", "student1", "student2"):
        assert await labels(campus, login) == {"class"}
    news = [each for each in pages[2].heard if each["type"] == "groups"]
    assert not news[-1]["open"]


async def test_a_new_connection_begins_in_the_group(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    ids = await opened(campus, teacher, A=["student1"])
    await student.event("groups.opened")
    await joined(campus, student, offer)
    assert await labels(campus, "student1") == {f"group.{ids['A']}"}


async def test_a_line_of_a_group_is_for_who_was_in_it(campus: Campus) -> None:
    teacher, one, two, three = await campus.opened("student1", "student2", "student3")
    ids = await opened(campus, teacher, A=["student1", "student2"], B=["student3"])
    await said_ok(one, "chat.send", key="k1", text="in A")
    await said_ok(three, "chat.send", key="k2", text="in B")
    await said_ok(teacher, "groups.visit", groups=[ids["B"]])
    await said_ok(three, "chat.send", key="k3", text="teacher, help")
    await said_ok(teacher, "groups.tell", key="k4", text="two minutes left")
    await said_ok(teacher, "groups.move", person=campus.user("student3"), group=ids["A"])
    await said_ok(one, "chat.send", key="k5", text="welcome")
    assert (await said_ok(one, "chat.send", key="k1", text="in A"))["n"], "sent again, said once"
    await said_ok(teacher, "groups.close")
    await said_ok(teacher, "chat.send", key="k6", text="all together")
    heard = {
        one: ["in A", "welcome", "all together"],
        two: ["in A", "welcome", "all together"],
        three: ["in B", "teacher, help", "welcome", "all together"],
        teacher: ["teacher, help", "all together"],
    }
    for page, lines in heard.items():
        await page.event("chat.said", text="all together")
        assert page.said() == lines
        assert (await page.event("groups.told"))["text"] == "two minutes left"
    room = await campus.desk.classroom(LESSON)
    room.history._keep = 0
    for _ in range(2):
        await said_ok(teacher, "chat.send", key=f"k{_}x", text="more")
    room.history.floor = room.history.n
    again = await campus.seated("student1", tab="read-back")
    await again.event("chat.said", text="more")
    assert again.said()[:3] == heard[one], "and from the trace"
    assert [each["group"] for each in again.events() if each.get("text") == "in A"] == [ids["A"]]


async def test_a_change_of_a_groups_line_is_for_who_had_it(campus: Campus) -> None:
    teacher, one, two, three = await campus.opened("student1", "student2", "student3")
    ids = await opened(campus, teacher, A=["student1", "student2"], B=["student3"])
    line = (await said_ok(one, "chat.send", key="k1", text="in A"))["n"]
    letter = (await said_ok(one, "chat.send", key="k2", text="psst", to=campus.user("student3")))["n"]
    assert await refused(teacher, "chat.remove", line=line) == "chat.unknown", "who was not there"
    await said_ok(teacher, "groups.move", person=campus.user("student3"), group=ids["A"])
    await said_ok(one, "chat.edit", line=line, text="still in A")
    await said_ok(one, "chat.edit", line=letter, text="psst!")
    assert await refused(three, "chat.remove", line=line) == "chat.unknown", "came later"
    await two.event("chat.edited", line=line, text="still in A")
    await three.event("chat.edited", line=letter, text="psst!")
    await said_ok(one, "chat.remove", line=line)
    await two.event("chat.removed", line=line)
    await said_ok(teacher, "groups.close")
    for page in (teacher, three):
        await page.event("groups.closed")
        assert not [each for each in page.heard if each.get("line", each.get("n")) == line]
    assert "psst" not in two.said() and "psst" in three.said()
    again = await campus.seated("student2", tab="again")
    assert (await again.event("chat.said", n=line))["removed"] is True


async def test_two_teachers_open_groups_together(campus: Campus) -> None:
    teacher, second, _ = await campus.opened("second", "student1")
    body = {"groups": [{"name": "A", "people": [campus.user("student1")]}]}
    answers = await asyncio.gather(teacher.ask("groups.open", **body), second.ask("groups.open", **body))
    assert sorted(answer.get("code", "") for answer in answers) == ["", "groups.are_open"]
    await asyncio.gather(teacher.ask("groups.close"), second.ask("groups.close"))
    await asyncio.gather(teacher.ask("groups.open", **body), second.ask("lesson.close"))
    room = await campus.desk.classroom(LESSON)
    await until(lambda: room.state.phase == "closed")
    assert not room.state.part(Groups).open


async def test_what_is_not_right_is_refused(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    who = campus.user("student1")
    for groups, code in (
        ([], "message.invalid"),
        ([{"name": "", "people": []}], "text.empty"),
        ([{"name": "x" * 61, "people": []}], "text.too_long"),
        ([{"name": "1", "people": [who]}, {"name": "2", "people": [who]}], "groups.twice"),
        ([{"name": str(n), "people": []} for n in range(51)], "message.invalid"),
    ):
        assert await refused(teacher, "groups.open", groups=groups) == code
        await asyncio.sleep(0.01)
    assert await refused(student, "groups.open", groups=[{"name": "1"}]) == "permission.denied"
    assert await refused(teacher, "groups.visit", groups=["x"]) == "groups.not_open"


async def test_who_is_gone_or_teaches_is_left_out(campus: Campus) -> None:
    teacher, _, _ = await campus.opened("student1", "second")
    ids = await opened(campus, teacher, A=["student1", "student3", "second"])
    event = await teacher.event("groups.opened")
    assert event["groups"][0]["people"] == [campus.user("student1")]
    assert (
        await refused(teacher, "groups.move", person=campus.user("second"), group=ids["A"]) == "class.teacher"
    )
    assert await refused(teacher, "groups.move", person="nobody", group=ids["A"]) == "person.unknown"
    assert (
        await refused(teacher, "groups.move", person=campus.user("student1"), group="x") == "groups.unknown"
    )


async def test_time_closes_the_groups(campus: Campus, monkeypatch: Any) -> None:
    monkeypatch.setattr(groups_desk, "TICK", 0.02)
    teacher, student = await campus.opened("student1")
    await opened(campus, teacher, A=["student1"])
    await said_ok(teacher, "groups.time", seconds=1)
    assert (await student.until(lambda m: m["type"] == "groups" and m["ends"] != ""))["open"]
    closed = await student.event("groups.closed", within=5)
    assert closed["actor"] == "system"
    room = await campus.desk.classroom(LESSON)
    assert [each["kind"] for each in student.events()].count("groups.closed") == 1
    assert not room.state.part(Groups).open


async def test_groups_survive_a_restart(campus: Campus, offer: Offer, quick: None) -> None:
    teacher, one, two = await campus.opened("student1", "student2")
    for page in (teacher, one, two):
        await joined(campus, page, offer)
    ids = await opened(campus, teacher, A=["student1"], B=["student2"])
    await said_ok(teacher, "groups.visit", groups=[ids["A"]])
    before = (await campus.desk.classroom(LESSON)).state.part(Groups)
    await Upkeep(campus.desk).pulse()
    await campus.stop()
    campus.worker.changes.clear()
    await campus.start()
    back = [await campus.seated(login) for login in ("teacher", "student1", "student2")]
    for page in back:
        news = await page.type("groups")
        assert news["open"] and [each["name"] for each in news["groups"]] == ["A", "B"]
        assert news["groups"][0]["visitors"] == [campus.user("teacher")]
    assert await labels(campus, "student2") == {f"group.{ids['B']}"}
    assert await labels(campus, "teacher") == {f"group.{ids['A']}"}
    assert vars((await campus.desk.classroom(LESSON)).state.part(Groups)) == vars(before)


async def test_who_speaks_in_a_group_is_told_to_who_hears_it(campus: Campus) -> None:
    teacher, one, two = await campus.opened("student1", "student2")
    await opened(campus, teacher, A=["student1"], B=["student2"])
    room = await campus.desk.classroom(LESSON)
    room.tell_speaking([campus.user("student1"), campus.user("student2")])
    assert (await one.type("speaking"))["people"] == [campus.user("student1")]
    assert (await two.type("speaking"))["people"] == [campus.user("student2")]
    assert (await teacher.type("speaking"))["people"] == []


def test_only_the_main_room_is_recorded() -> None:
    people = wanted("class", "s", ["teacher"], ["one", "two"], main=["teacher", "two"])
    assert people == {
        "mic": ("s/teacher/", "s/two/"),
        "screen": ("s/teacher/", "s/two/"),
        "cam": ("s/teacher/", "s/two/"),
    }
    assert wanted("class", "s", ["teacher"], [], main=[]) == {"mic": (), "screen": (), "cam": ()}


def test_places_follow_the_entries() -> None:
    state = ClassState()
    entries: list[tuple[str, str, dict[str, Any]]] = [
        ("session.opened", "t", {"lesson": "x"}),
        ("groups.opened", "t", {"ends": 0, "groups": [{"id": "g", "name": "G", "people": ["a", "b"]}]}),
        ("groups.moved", "t", {"person": "a", "group": ""}),
        ("groups.moved", "t", {"person": "c", "group": "no such group"}),
        ("groups.visited", "t", {"groups": ["g", "gone"]}),
        ("person.left", "t", {"at": 0}),
    ]
    for n, (kind, actor, data) in enumerate(entries, start=1):
        state.apply(n, n, kind, actor, data)
    groups = state.part(Groups)
    assert groups.rooms_of("a") == () and groups.rooms_of("b") == ("g",) and groups.rooms_of("c") == ()
    assert groups.rooms_of("t") == (), "a visit ends with leaving"
    hears = telling("chat.said").audience
    said = {"group": "g"}
    assert hears(state, 3, "b", said) == {"a", "b"} - {"a"}
    assert hears(state, 6, "b", said) == {"b", "t"} - {"t"}
    assert hears(state, 9, "b", {}) is None
    assert telling("groups.moved").audience(state, 3, "t", {"person": "a", "group": "g"}) is None
    for change in ("chat.edited", "chat.removed"):
        heard = telling(change).audience(state, 9, "b", {"line": 3, **said})
        assert heard == {"b"}, "a change is for whoever had the line"
