"""A teacher keeps a class in order, and nobody gets around it: not by a script, not by being quick, not by
a restart of the server."""

import asyncio
from typing import Any

import pytest

from media.messages import ClosePeer, OpenPeer
from server.live.moderation.door import waits
from server.live.moderation.state import Moderation
from server.live.upkeep import Upkeep
from server.permissions import Actor
from tests.server.live.campus import LESSON, OTHER, Campus, Page
from tests.server.live.test_class_media import Offer, joined, peer_of, until
from tests.server.live.test_class_whip import PLAYER, SDP, call


async def said_ok(page: Page, kind: str, **body: Any) -> dict[str, Any]:
    answer = await page.ask(kind, **body)
    assert answer["type"] == "ok", answer
    return answer


async def refused(page: Page, kind: str, **body: Any) -> str:
    answer = await page.ask(kind, **body)
    assert answer["type"] == "error", answer
    return str(answer["code"])


async def publish(campus: Campus, login: str) -> tuple[str, ...]:
    return tuple(campus.worker.rights_of(await peer_of(campus, login)).publish)


async def listed(campus: Campus, login: str) -> bool:
    room = await campus.desk.classroom(LESSON)
    return campus.user(login) in room.state.people


# --- muting -------------------------------------------------------------------------------------------------


async def test_a_mute_holds_until_the_person_switches_on_again(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    await joined(campus, student, offer)
    await said_ok(student, "media.state", mic=True, cam=True, screen=False)
    await said_ok(teacher, "class.mute", people=[campus.user("student1")])
    await student.event("class.muted", people=[campus.user("student1")])
    assert await publish(campus, "student1") == ("cam", "screen")
    # On its way when the mute was written: it does not unmute.
    await said_ok(student, "media.state", mic=True, cam=False, screen=False)
    assert await publish(campus, "student1") == ("cam", "screen")
    room = await campus.desk.classroom(LESSON)
    assert not room.state.people[campus.user("student1")].mic
    await said_ok(student, "media.state", mic=False, cam=False, screen=False)
    assert await publish(campus, "student1") == ("cam", "screen")
    await said_ok(student, "media.state", mic=True, cam=False, screen=False)
    assert await publish(campus, "student1") == ("mic", "cam", "screen")
    assert room.state.people[campus.user("student1")].mic
    assert not room.state.part(Moderation).hushed


async def test_an_offer_while_muted_brings_no_sound(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    await said_ok(teacher, "class.mute")
    await student.event("class.muted")
    await joined(campus, student, offer)
    call = next(call for call in campus.worker.calls if isinstance(call, OpenPeer))
    assert call.rights.publish == ("cam", "screen")
    assert {"mic", "cam", "screen"} <= {section.purpose for section in call.sections}, "it is there for later"


async def test_muting_all_leaves_out_who_runs_the_class(campus: Campus) -> None:
    teacher, second, student = await campus.opened("second", "student1")
    for page in (second, student):
        await said_ok(page, "media.state", mic=True, cam=False, screen=False)
    await said_ok(teacher, "class.mute")
    muted = await teacher.event("class.muted")
    assert muted["people"] == [campus.user("student1")]
    assert not (await second.type("moderation"))["muted"]
    assert (await student.type("moderation", muted=True))["muted"]
    await said_ok(teacher, "class.mute", people=[campus.user("second")])
    await second.type("moderation", muted=True)


async def test_a_page_that_comes_back_is_still_muted(campus: Campus, offer: Offer, quick: None) -> None:
    teacher, student = await campus.opened("student1")
    await said_ok(teacher, "class.mute")
    await student.event("class.muted")
    await Upkeep(campus.desk).pulse()
    await campus.stop()
    await campus.start()
    again = await campus.seated("student1", tab="another")
    await again.type("moderation", muted=True)
    await joined(campus, again, offer)
    assert campus.worker.rights_of(await peer_of(campus, "student1", "another")).publish == ("cam", "screen")


async def test_asking_reaches_the_person_alone(campus: Campus) -> None:
    teacher, asked, other = await campus.opened("student1", "student2")
    await said_ok(teacher, "class.ask", person=campus.user("student1"), source="mic")
    assert (await asked.type("asked"))["by"] == campus.user("teacher")
    assert (await other.ask("ping"))["type"] == "ok"
    assert not [each for each in other.heard if each["type"] == "asked"]
    assert await refused(teacher, "class.ask", person="nobody") == "person.unknown"
    await said_ok(teacher, "class.rule", mics=False)
    assert await refused(teacher, "class.ask", person=campus.user("student1")) == "class.rule"


# --- rules --------------------------------------------------------------------------------------------------


async def test_a_rule_holds_until_it_is_lifted(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    await joined(campus, teacher, offer)
    await joined(campus, student, offer)
    await said_ok(student, "media.state", mic=True, cam=True, screen=True)
    await said_ok(teacher, "class.rule", cams=False, screens=False)
    left = {"publish": ["mic"], "chat": True, "open": False, "close": False, "slides": False}
    await student.type("rights", rights=left)
    assert await publish(campus, "student1") == ("mic",)
    assert await publish(campus, "teacher") == ("mic", "cam", "screen")
    person = (await campus.desk.classroom(LESSON)).state.people[campus.user("student1")]
    assert person.media() == (True, False, False)
    await said_ok(student, "media.state", mic=True, cam=True, screen=True)
    assert person.media() == (True, False, False), "a page that says otherwise is not believed"
    late = await campus.seated("student2")
    assert (await late.type("welcome"))["rights"]["publish"] == ["mic"]
    await said_ok(teacher, "class.rule", cams=True, screens=True)
    assert await publish(campus, "student1") == ("mic", "cam", "screen")
    await student.type("moderation", rules={**RULES, "cams": True})


RULES = {"mics": True, "cams": True, "screens": True, "lobby": False, "guests": True}


async def test_rules_of_two_teachers_add_up(campus: Campus) -> None:
    teacher, second = await campus.opened("second")
    await asyncio.gather(
        said_ok(teacher, "class.rule", cams=False), said_ok(second, "class.rule", mics=False)
    )
    await second.type("moderation", rules={**RULES, "cams": False, "mics": False})
    before = (await said_ok(teacher, "class.rule", mics=False))["n"]
    assert before == (await campus.desk.classroom(LESSON)).state.n, "what holds already is not written again"


async def test_rules_end_with_the_class(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    await said_ok(teacher, "class.rule", mics=False, lobby=True)
    await said_ok(teacher, "class.lock", locked=True)
    await said_ok(teacher, "lesson.close")
    await student.type("bye", code="session.closed")
    again = (await campus.opened("student1"))[1]
    assert (await again.type("moderation"))["rules"] == RULES


# --- the lock and removing ---------------------------------------------------------------------------------


async def test_nobody_new_comes_into_a_locked_class(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    await said_ok(teacher, "class.lock", locked=True)
    late = await campus.page("student2")
    assert (await late.type("bye"))["code"] == "class.locked"
    await said_ok(student, "leave")
    await teacher.event("person.left")
    await campus.seated("student1")
    await campus.seated("second")
    await said_ok(teacher, "class.lock", locked=False)
    await campus.seated("student2")


async def test_who_is_removed_is_out_and_stays_out(campus: Campus, offer: Offer) -> None:
    teacher, student, other = await campus.opened("student1", "student2")
    tab = await campus.seated("student1", tab="second-tab")
    await joined(campus, student, offer)
    await joined(campus, tab, offer)
    who = campus.user("student1")
    await said_ok(teacher, "class.remove", person=who, reason="Орой  сөз")
    for page in (student, tab):
        bye = await page.type("bye")
        assert (bye["code"], bye["reason"]) == ("class.removed", "Орой сөз")
        await page.closed()
    left = await other.event("person.left", actor=who)
    told = await other.event("person.removed", person=who)
    assert left["n"] > told["n"] and "reason" not in told
    closed = {each.peer for each in campus.worker.changes if isinstance(each, ClosePeer)}
    assert closed == {await peer_of(campus, "student1"), await peer_of(campus, "student1", "second-tab")}
    assert not await listed(campus, "student1")
    lobby = await teacher.until(lambda m: m["type"] == "lobby" and m["removed"])
    assert lobby["removed"] == [{"id": who, "name": "Student1", "reason": "Орой сөз"}]
    for tab_name in ("tab-student1", "new-tab-1"):
        again = await campus.page("student1", tab=tab_name)
        assert (await again.type("bye"))["code"] == "class.removed"
    await said_ok(teacher, "class.readmit", person=who)
    await campus.seated("student1")
    assert await listed(campus, "student1")


async def test_a_removed_script_gets_nothing_through(campus: Campus, offer: Offer) -> None:
    """Everything it sends together with, and after, its removal."""
    teacher, script = await campus.opened("student1")
    who = campus.user("student1")
    for number in range(20):
        await script.socket.send_json({"type": "chat.send", "key": f"k{number}", "text": "x"})
        await script.socket.send_json({"type": "media.offer", **offer})
        if number == 3:
            removing = asyncio.create_task(teacher.ask("class.remove", person=who, reason="спам"))
    assert (await removing)["type"] == "ok"
    await script.closed()
    room = await campus.desk.classroom(LESSON)
    removed = next(each for each in teacher.events() if each["kind"] == "person.removed")["n"]
    await asyncio.sleep(0.2)
    entries = await campus.house.trace.read(room.session, removed, 1000)
    later = [
        each.entry.kind for each in entries if each.entry.actor == who and each.entry.kind != "person.left"
    ]
    assert later in ([], ["chat.said"]), "one line may have been at the writer already"
    assert not [peer for peer in campus.worker.peers if f"/{who}/" in peer]
    assert who not in room.state.people


async def test_coming_in_while_being_removed(campus: Campus) -> None:
    teacher, _ = await campus.opened("student1")
    who = campus.user("student1")
    for number in range(5):
        coming = [
            asyncio.create_task(campus.page("student1", tab=f"tab-{number}-{each}")) for each in range(3)
        ]
        await said_ok(teacher, "class.remove", person=who, reason="x")
        pages = await asyncio.gather(*coming)
        for page in pages:
            assert (await page.type("bye"))["code"] == "class.removed"
        assert not await listed(campus, "student1")
        await said_ok(teacher, "class.readmit", person=who)
        await campus.seated("student1")
    assert await listed(campus, "student1")


async def test_removing_survives_a_restart(campus: Campus, offer: Offer, quick: None) -> None:
    teacher, student = await campus.opened("student1")
    await joined(campus, student, offer)
    await said_ok(teacher, "class.remove", person=campus.user("student1"), reason="x")
    await campus.stop()
    peer = await peer_of_dead(campus, student)
    await campus.start()
    again = await campus.page("student1")
    assert (await again.type("bye"))["code"] == "class.removed"
    assert peer not in campus.worker.peers


async def peer_of_dead(campus: Campus, page: Page) -> str:
    welcome = [each for each in page.heard if each["type"] == "welcome"][-1]
    return f"{welcome['session']}/{welcome['you']}/tab-student1"


async def test_who_runs_the_class_is_not_removed(campus: Campus) -> None:
    teacher, second = await campus.opened("second")
    assert await refused(teacher, "class.remove", person=campus.user("second"), reason="x") == "class.teacher"
    assert await refused(teacher, "class.remove", person="nobody", reason="x") == "person.unknown"
    assert await refused(teacher, "class.remove", person="nobody", reason=" ") == "text.empty"
    assert await refused(teacher, "class.remove", person="nobody", reason="x" * 400) == "text.too_long"
    assert (await second.ask("ping"))["type"] == "ok"


# --- hosts --------------------------------------------------------------------------------------------------


async def test_a_host_runs_the_class_until_it_is_taken_back(campus: Campus, offer: Offer) -> None:
    teacher, host, other = await campus.opened("student1", "student2")
    await joined(campus, host, offer)
    who = campus.user("student1")
    assert await refused(host, "class.mute") == "permission.denied"
    await said_ok(teacher, "class.host", person=who, on=True)
    rights = (await host.type("rights"))["rights"]
    assert rights["open"] and rights["close"]
    assert campus.worker.rights_of(await peer_of(campus, "student1")).presenter
    assert (await other.type("moderation", hosts=[who]))["hosts"] == [who]
    await said_ok(host, "class.mute")
    assert (await other.event("class.muted"))["actor"] == who
    assert await refused(host, "class.host", person=campus.user("student2"), on=True) == "permission.denied"
    assert await refused(host, "class.remove", person=campus.user("teacher"), reason="x") == "class.teacher"
    status, _ = await campus.post("student1", f"/api/v1/lessons/{LESSON}/open")
    assert status == 403, "only in the class itself"
    room = await campus.desk.classroom(LESSON)
    (seat,) = room.of(who)
    await campus.desk.rechecks.check(campus.desk, seat)
    assert seat.rights.open, "a look at their rights does not take it away"
    await said_ok(teacher, "class.host", person=who, on=False)
    assert await refused(host, "class.mute") == "permission.denied"
    assert not campus.worker.rights_of(await peer_of(campus, "student1")).presenter


async def test_a_host_of_one_class_is_nobody_in_another(campus: Campus) -> None:
    teacher, host = await campus.opened("student1")
    await said_ok(teacher, "class.host", person=campus.user("student1"), on=True)
    with pytest.raises(Exception, match="403"):
        await campus.connect("student1", OTHER)
    await host.type("rights")


# --- the lobby ----------------------------------------------------------------------------------------------


async def test_who_waits_in_the_lobby_hears_nothing_and_is_let_in(campus: Campus, offer: Offer) -> None:
    (teacher,) = await campus.opened()
    await said_ok(teacher, "class.rule", lobby=True)
    waiter = await campus.seated("student1")
    welcome = await waiter.type("welcome")
    assert (welcome["state"], welcome["people"], welcome["n"]) == ("lobby", [], 0)
    assert await refused(waiter, "chat.send", key="k", text="x") == "lobby.waiting"
    assert await refused(waiter, "media.offer", **offer) == "lobby.waiting"
    assert await refused(waiter, "media.state", mic=True, cam=True, screen=True) == "lobby.waiting"
    await said_ok(teacher, "chat.send", key="k", text="not for the lobby")
    lobby = await teacher.until(lambda m: m["type"] == "lobby" and m["waiting"])
    assert [each["name"] for each in lobby["waiting"]] == ["Student1"]
    await campus.seated("second")
    assert not await listed(campus, "student1")
    assert {each["type"] for each in waiter.heard} <= {"welcome", "ok", "error"}
    await said_ok(teacher, "class.admit", people=[campus.user("student1")])
    await waiter.type("welcome", state="open")
    await waiter.event("chat.said", text="not for the lobby")
    assert await listed(campus, "student1")


async def test_who_was_let_in_comes_back_without_waiting(campus: Campus, quick: None) -> None:
    (teacher,) = await campus.opened()
    await said_ok(teacher, "class.rule", lobby=True)
    first = await campus.seated("student1")
    second = await campus.seated("student2")
    await said_ok(teacher, "class.admit")
    for page in (first, second):
        await page.type("welcome", state="open")
    await first.drop()
    await campus.stop()
    await campus.start()
    again = await campus.seated("student1", tab="after-reload")
    assert (await again.type("welcome"))["state"] == "open"
    third = await campus.seated("student3")
    assert (await third.type("welcome"))["state"] == "lobby"


async def test_who_is_sent_away_may_ask_again(campus: Campus) -> None:
    (teacher,) = await campus.opened()
    await said_ok(teacher, "class.rule", lobby=True)
    waiter = await campus.seated("student1")
    await said_ok(teacher, "class.refuse", person=campus.user("student1"))
    assert (await waiter.type("bye"))["code"] == "lobby.refused"
    again = await campus.seated("student1", tab="again")
    assert (await again.type("welcome"))["state"] == "lobby"
    assert await refused(teacher, "class.refuse", person=campus.user("student3")) == "person.unknown"
    await said_ok(teacher, "class.rule", lobby=False)
    await again.type("welcome", state="open")


async def test_who_gives_up_waiting_is_no_longer_listed(campus: Campus) -> None:
    (teacher,) = await campus.opened()
    await said_ok(teacher, "class.rule", lobby=True)
    waiter = await campus.seated("student1")
    await teacher.until(lambda m: m["type"] == "lobby" and m["waiting"])
    await waiter.drop()
    await until(lambda: [m for m in teacher.heard if m["type"] == "lobby"][-1]["waiting"] == [])
    room = await campus.desk.classroom(LESSON)
    assert not room.presence.known(campus.user("student1"))


async def test_who_came_before_the_opening_waits_as_well(campus: Campus) -> None:
    """A lobby begins with an open class: the door is for whoever comes later."""
    teacher, student = await campus.opened("student1")
    await said_ok(teacher, "class.rule", lobby=True)
    await said_ok(student, "leave")
    back = await campus.seated("student1", tab="later")
    assert (await back.type("welcome"))["state"] == "open", "was in the class"
    removed = await campus.seated("student2")
    assert (await removed.type("welcome"))["state"] == "lobby"
    await said_ok(teacher, "class.remove", person=campus.user("student2"), reason="не из группы")
    assert (await removed.type("bye"))["code"] == "class.removed"


async def test_two_teachers_end_and_start_together(campus: Campus) -> None:
    teacher, second, student = await campus.opened("second", "student1")
    await asyncio.gather(teacher.ask("lesson.close"), second.ask("lesson.open"), return_exceptions=True)
    await student.type("bye", code="session.closed")
    pages = [await campus.seated("teacher", tab="t2tt"), await campus.seated("second", tab="s2ss")]
    answers = await asyncio.gather(*(page.ask("lesson.open") for page in pages))
    assert len({answer["n"] for answer in answers}) == 1
    entries = await campus.house.trace.read((await campus.desk.classroom(LESSON)).session, 0, 1000)
    kinds = [each.entry.kind for each in entries if each.entry.kind.startswith("session.")]
    assert kinds == ["session.opened", "session.closed", "session.opened"]


async def test_a_rebuilt_class_knows_its_rules(campus: Campus) -> None:
    teacher, *_ = await campus.opened("student1", "student2")
    await said_ok(teacher, "class.rule", mics=False, lobby=True)
    await said_ok(teacher, "class.lock", locked=True)
    await said_ok(teacher, "class.host", person=campus.user("student1"), on=True)
    await said_ok(teacher, "class.remove", person=campus.user("student2"), reason="x")
    ran = (await campus.desk.classroom(LESSON)).state.part(Moderation)
    held = dict(campus.desk._lessons)
    campus.desk._lessons.clear()
    rebuilt = (await campus.desk.classroom(LESSON)).state.part(Moderation)
    campus.desk._lessons.update(held)
    assert vars(rebuilt) == vars(ran)


async def test_guests_wait_whatever_role_their_link_gave(campus: Campus) -> None:
    """Also one who may only look on; a dean or an observer of the house does not wait."""
    teacher, watcher = await campus.opened("watcher")
    await said_ok(teacher, "class.rule", lobby=True)
    room = await campus.desk.classroom(LESSON)
    (seat,) = room.of(campus.user("watcher"))
    room.state.part(Moderation).known.clear()
    assert not waits(room, seat)
    seat.actor = Actor("g1", "guest", seat.actor.grants)
    seat.own = (seat.actor, seat.standing)
    assert waits(room, seat)
    await said_ok(teacher, "class.rule", lobby=False)
    assert waits(room, seat), "guests wait where students do not"
    await said_ok(teacher, "class.rule", guests=False)
    assert not waits(room, seat)
    assert watcher.heard


async def test_a_player_is_no_way_around_the_door(campus: Campus) -> None:
    (teacher,) = await campus.opened()
    path = f"/whep/{LESSON}"
    await said_ok(teacher, "class.rule", lobby=True)
    assert (await call(campus, "POST", path, "student1", PLAYER, **SDP)).code == "lobby.waiting"
    await said_ok(teacher, "class.rule", lobby=False)
    await said_ok(teacher, "class.lock", locked=True)
    assert (await call(campus, "POST", path, "student1", PLAYER, **SDP)).code == "class.locked"
    await said_ok(teacher, "class.lock", locked=False)
    assert (await call(campus, "POST", path, "student1", PLAYER, **SDP)).status == 201
    who = campus.user("student1")
    await said_ok(teacher, "class.remove", person=who, reason="x")
    assert not [peer for peer in campus.worker.peers if f"/{who}/" in peer]
    assert not (await campus.desk.classroom(LESSON)).of(who)
    assert (await call(campus, "POST", path, "student1", PLAYER, **SDP)).code == "class.removed"
