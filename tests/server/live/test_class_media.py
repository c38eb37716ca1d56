"""Media over the class socket, with the worker played at its socket through the real channel."""

import asyncio
from typing import Any

from media.messages import (
    Assigned,
    ClosePeer,
    CloseRoom,
    OpenPeer,
    PeerState,
    PeerStats,
    RestartIce,
    Rights,
    SetView,
    Speaking,
    Stats,
)
from media.wire import sdp
from tests.server.live.campus import LESSON, Campus, Page

Offer = dict[str, Any]


async def room_of(campus: Campus) -> str:
    return (await campus.desk.classroom(LESSON)).session


async def peer_of(campus: Campus, login: str, tab: str = "") -> str:
    return f"{await room_of(campus)}/{campus.user(login)}/{tab or f'tab-{login}'}"


async def until(what: Any, within: float = 5) -> Any:
    async with asyncio.timeout(within):
        while not (found := what()):
            await asyncio.sleep(0.01)
        return found


async def joined(campus: Campus, page: Page, offer: Offer) -> dict[str, Any]:
    answer = await page.ask("media.offer", **offer)
    assert answer["type"] == "ok", answer
    return answer


async def test_an_offer_opens_a_peer_and_is_answered(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    answer = await joined(campus, student, offer)
    assert answer["epoch"] == "epoch1"
    call = next(call for call in campus.worker.calls if isinstance(call, OpenPeer))
    assert call.peer == await peer_of(campus, "student1")
    assert call.rights == Rights(("mic", "cam", "screen"), ("class",), ("class",), presenter=False)
    parsed = sdp.parse(answer["sdp"])
    assert parsed.media[0].ice_ufrag == call.ufrag and parsed.media[0].ice_pwd == call.password
    assert [each.host for each in parsed.media[0].candidates] == ["192.0.2.7"]
    ssrcs = {section.purpose: section.ssrc for section in call.sections if section.direction == "down"}
    assert set(parsed.media[6].ssrcs) >= {ssrcs["stage"]}
    await joined(campus, teacher, offer)
    presenter = campus.worker.rights_of(await peer_of(campus, "teacher"))
    assert presenter.presenter


async def test_no_media_before_the_class_is_open(campus: Campus, offer: Offer) -> None:
    student = await campus.seated("student1")
    answer = await student.ask("media.offer", **offer)
    assert (answer["type"], answer["code"]) == ("error", "session.not_open")
    assert not campus.worker.calls


async def test_an_observer_receives_and_sends_nothing(campus: Campus, offer: Offer) -> None:
    _, watcher = await campus.opened("watcher")
    answer = await joined(campus, watcher, offer)
    call = next(call for call in campus.worker.calls if isinstance(call, OpenPeer))
    assert call.rights == Rights((), (), ("class",), presenter=False)
    assert {section.direction for section in call.sections} == {"down"}
    first, *others = sdp.parse(answer["sdp"]).media
    assert (first.port, first.direction) == (9, "inactive"), "it carries the transport of all"
    assert [media.port for media in others[:3]] == [0, 0, 9]


async def test_hostile_offers_are_refused_with_a_code(campus: Campus, offer: Offer) -> None:
    _, student = await campus.opened("student1")
    for given, code in (
        ({"sdp": "v=0", "purposes": {}}, "media.bad_offer"),
        ({"sdp": "x" * 140_000, "purposes": {}}, "media.offer_too_large"),
        ({"sdp": offer["sdp"], "purposes": {"0": "cam"}}, "media.bad_offer"),
        ({"sdp": offer["sdp"], "purposes": {"0": 1}}, "message.invalid"),
    ):
        answer = await student.ask("media.offer", **given)
        assert (answer["type"], answer["code"]) == ("error", code)
    assert not campus.worker.calls
    assert (await student.ask("ping"))["type"] == "ok"


async def test_what_the_worker_says_reaches_people(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    await joined(campus, teacher, offer)
    await joined(campus, student, offer)
    mine, theirs = await peer_of(campus, "student1"), await peer_of(campus, "teacher")
    campus.worker.say(Assigned(mine, "stage", theirs, "screen", 3, 4_000_000_000))
    news = await student.type("assigned")
    assert news == {
        "type": "assigned",
        "slot": "stage",
        "person": campus.user("teacher"),
        "source": "screen",
        "generation": 3,
        "first_rtp_time": 4_000_000_000,
    }
    campus.worker.say(Speaking(await room_of(campus), [theirs, mine]))
    assert (await student.type("speaking"))["people"] == [campus.user("teacher"), campus.user("student1")]
    campus.worker.say(Stats([PeerStats(mine, 30, 0.2, 0, 100, 100), PeerStats(theirs, 30, 0, 0, 1, 1)], {}))
    assert (await teacher.type("link"))["people"] == {campus.user("student1"): "weak"}
    campus.worker.say(Stats([PeerStats(mine, 30, 0, 0, 100, 100)], {}))
    await teacher.type("link", people={campus.user("student1"): "good"})
    campus.worker.say(PeerState(mine, "silent"))
    await student.type("media.silent")
    await teacher.type("link", people={campus.user("student1"): "lost"})
    campus.worker.say(PeerState(mine, "gone", "silence"))
    await student.type("media.lost")


async def test_views_are_told_with_peers_for_people(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    await joined(campus, teacher, offer)
    await joined(campus, student, offer)
    pinned = campus.user("teacher")
    view = {"page": 2, "pinned": pinned, "hidden": ["tile3"], "heights": {"stage": 720}}
    assert (await student.ask("media.view", **view))["type"] == "ok"
    change = await until(lambda: [c for c in campus.worker.changes if isinstance(c, SetView)])
    told = change[0].view
    assert (told.page, told.pinned) == (2, await peer_of(campus, "teacher"))
    assert (told.hidden, told.heights) == (("tile3",), {"stage": 720})


async def test_ice_restart_keeps_the_connection(campus: Campus, offer: Offer) -> None:
    _, student = await campus.opened("student1")
    first = await joined(campus, student, offer)
    answer = await student.ask("media.restart", sdp=offer["sdp"])
    assert answer["type"] == "ok", answer
    call = campus.worker.calls[-1]
    assert isinstance(call, RestartIce) and call.peer == await peer_of(campus, "student1")
    before, after = sdp.parse(first["sdp"]), sdp.parse(answer["sdp"])
    assert before.media[0].ice_ufrag != after.media[0].ice_ufrag == call.ufrag
    assert [media.ssrcs for media in before.media] == [media.ssrcs for media in after.media]
    other = await campus.seated("student2")
    refused = await other.ask("media.restart", sdp=offer["sdp"])
    assert refused["code"] == "media.no_connection"


async def test_a_seat_that_is_given_up_takes_its_connection_along(
    campus: Campus, offer: Offer, quick: None
) -> None:
    _, student = await campus.opened("student1")
    await joined(campus, student, offer)
    peer = await peer_of(campus, "student1")
    await student.drop()
    await until(lambda: any(isinstance(c, ClosePeer) and c.peer == peer for c in campus.worker.changes))


async def test_a_second_offer_of_a_seat_replaces_the_first(campus: Campus, offer: Offer) -> None:
    _, student = await campus.opened("student1")
    await joined(campus, student, offer)
    await joined(campus, student, offer)
    assert [type(call) for call in campus.worker.calls] == [OpenPeer, OpenPeer]
    assert [c.reason for c in campus.worker.changes if isinstance(c, ClosePeer)] == ["replaced"]
    assert len(campus.worker.peers) == 1


async def test_a_lost_worker_is_told_and_a_new_offer_works(campus: Campus, offer: Offer) -> None:
    teacher, student = await campus.opened("student1")
    await joined(campus, student, offer)
    await campus.worker.stop()
    refused = await teacher.ask("media.offer", **offer)
    assert refused["code"] == "media.unavailable"
    campus.worker.peers.clear()
    campus.worker.epoch = "epoch2"
    await campus.worker.start()
    await student.type("media.lost")
    assert not [m for m in teacher.heard if m["type"] == "media.lost"], "the teacher had no connection"
    assert (await joined(campus, student, offer))["epoch"] == "epoch2"
    assert await room_of(campus) in [spec.room for spec in campus.worker.desired[-1].rooms]


async def test_a_link_that_breaks_costs_nothing(campus: Campus, offer: Offer) -> None:
    _, student = await campus.opened("student1")
    await joined(campus, student, offer)
    links = len(campus.worker.desired)
    campus.worker.links[0].close()
    await until(lambda: len(campus.worker.desired) > links)
    desired = campus.worker.desired[-1]
    assert await peer_of(campus, "student1") in desired.rights
    assert (await student.ask("ping"))["type"] == "ok"
    assert not [m for m in student.heard if m["type"] == "media.lost"]


async def test_a_restarted_server_finds_the_connection_again(campus: Campus, offer: Offer) -> None:
    _, student = await campus.opened("student1")
    await joined(campus, student, offer)
    mine, theirs = await peer_of(campus, "student1"), await peer_of(campus, "teacher")
    campus.worker.say(Assigned(mine, "stage", theirs, "cam", 1, 7))
    await student.type("assigned")
    room = await room_of(campus)
    await campus.stop()
    links = len(campus.worker.desired)
    await campus.start()
    await until(lambda: len(campus.worker.desired) > links)
    assert room in [spec.room for spec in campus.worker.desired[-1].rooms], "its rooms live on"
    back = await campus.seated("student1")
    assert (await back.type("welcome"))["epoch"] == "epoch1"
    assert (await back.type("assigned"))["person"] == campus.user("teacher")
    assert campus.worker.rights_of(mine).labels == ("class",)
    assert (await back.ask("media.restart", sdp=offer["sdp"]))["type"] == "ok"
    fresh = await campus.seated("teacher")
    assert (await fresh.type("welcome"))["epoch"] == ""
    assert not [c for c in campus.worker.changes if isinstance(c, CloseRoom)]
    assert [type(call) for call in campus.worker.calls] == [OpenPeer, RestartIce]


async def test_the_end_of_the_class_closes_its_room(campus: Campus, offer: Offer) -> None:
    (teacher,) = await campus.opened()
    await joined(campus, teacher, offer)
    room = await room_of(campus)
    await teacher.ask("lesson.close")
    await until(lambda: CloseRoom(room) in campus.worker.changes)
