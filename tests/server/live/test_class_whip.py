"""WHIP and WHEP by HTTP, with the media worker played at its socket."""

import asyncio
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.messages import ClosePeer, OpenPeer, PeerState, RestartIce, Rights, TrackInfo
from media.wire import sdp
from server.errors import ApiError
from server.live import fragment, whip
from server.live.answer import Local
from server.live.feeds import Feed
from server.live.words import IceServer
from tests.server.live.campus import LESSON, OTHER, Campus

FINGERPRINT = ":".join(["CD"] * 32)
SDP = {"Content-Type": "application/sdp"}
FRAG = {"Content-Type": fragment.SDPFRAG}


def offer(*media: str, ufrag: str = "EsAw", more: str = "") -> str:
    """An offer of these m-lines, with session-level transport as OBS (libdatachannel) has it."""
    mids = " ".join(str(index) for index in range(len(media)))
    lines = [
        "v=0", "o=rtc 3243 0 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {mids}",
        "a=msid-semantic:WMS *", f"a=ice-ufrag:{ufrag}", "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
        "a=ice-options:ice2,trickle", "a=setup:actpass", f"a=fingerprint:sha-256 {FINGERPRINT}",
    ]  # fmt: skip
    for index, each in enumerate(media):
        lines += each.replace("MID", str(index)).strip().splitlines()
    return "\r\n".join([*lines, *more.splitlines(), ""])


AUDIO = """m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:MID
a=sendonly
a=ssrc:1 cname:obs
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1"""
VIDEO = """m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:MID
a=sendonly
a=ssrc:2 cname:obs
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1"""
OBS = offer(AUDIO, VIDEO)
PLAYER = offer(AUDIO.replace("sendonly", "recvonly"), VIDEO.replace("sendonly", "recvonly"))


class Got(NamedTuple):
    status: int
    headers: Any
    text: str

    @property
    def code(self) -> str:
        import json

        return str(json.loads(self.text)["error"]["code"])


async def call(
    campus: Campus, method: str, path: str, token: str = "", body: str | bytes = b"", **headers: str
) -> Got:
    assert campus._http is not None
    if token:
        headers["Authorization"] = f"Bearer {campus.tokens.get(token, token)}"
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with campus._http.request(method, campus.url + path, data=body or None, headers=given) as answer:
        return Got(answer.status, answer.headers, await answer.text())


async def publish(campus: Campus, token: str = "teacher", text: str = OBS, query: str = "") -> Got:
    return await call(campus, "POST", f"/whip/{LESSON}{query}", token, text, **SDP)


def calls(campus: Campus, kind: type) -> list[Any]:
    return [each for each in campus.worker.calls if isinstance(each, kind)]


async def until(what: Any, within: float = 5) -> Any:
    async with asyncio.timeout(within):
        while not (found := what()):
            await asyncio.sleep(0.01)
        return found


# --- sending -------------------------------------------------------------------------------------------


async def test_an_encoder_is_a_seat_of_its_teacher(campus: Campus) -> None:
    teacher, student = await campus.opened("student1")
    got = await publish(campus)
    assert got.status == 201, got.text
    assert got.headers["Content-Type"] == "application/sdp"
    assert got.headers["Location"].startswith(f"/whip/{LESSON}/") and got.headers["ETag"].startswith('"')
    (opened,) = calls(campus, OpenPeer)
    room = (await campus.desk.classroom(LESSON)).session
    assert opened.peer.startswith(f"{room}/{campus.user('teacher')}/whip.s")
    assert opened.rights == Rights(("mic", "cam", "screen"), ("class",), ("class",), presenter=True)
    assert [section.purpose for section in opened.sections] == ["mic", "cam"]
    assert [codec.name for section in opened.sections for codec in section.codecs] == ["opus", "H264"]
    answer = sdp.parse(got.text)
    assert [media.direction for media in answer.media] == ["recvonly", "recvonly"] and answer.ice_lite
    assert (answer.media[0].ice_ufrag, answer.media[0].ice_pwd) == (opened.ufrag, opened.password)
    on = await student.event("media.state", actor=campus.user("teacher"))
    assert (on["mic"], on["cam"], on["screen"]) == (True, True, False)
    # the page of the same person stays, and so do they when the encoder goes
    ended = await call(campus, "DELETE", got.headers["Location"], "teacher")
    assert (ended.status, ended.text) == (200, "")
    await until(lambda: ClosePeer(opened.peer, "left") in campus.worker.changes)
    off = await student.until(lambda m: m.get("kind") == "media.state" and not m["cam"])
    assert off["n"] > on["n"]
    assert not [m for m in student.events() if m["kind"] == "person.left"]
    again = await call(campus, "DELETE", got.headers["Location"], "teacher")
    assert (again.status, again.code) == (404, "object.unknown")
    assert teacher.socket.close_code is None


async def test_an_encoder_alone_joins_and_leaves(campus: Campus) -> None:
    student = await campus.seated("student1")
    await campus.post("teacher", f"/api/v1/lessons/{LESSON}/open")
    got = await publish(campus)
    joined = await student.event("person.joined", actor=campus.user("teacher"))
    assert joined["role"] == "teacher"
    await call(campus, "DELETE", got.headers["Location"], "teacher")
    await student.event("person.left", actor=campus.user("teacher"))


async def test_a_picture_that_counts_as_the_screen(campus: Campus) -> None:
    await campus.opened()
    assert (await publish(campus, query="?video=screen")).status == 201
    assert [section.purpose for section in calls(campus, OpenPeer)[0].sections] == ["mic", "screen"]
    assert (await publish(campus, query="?video=window")).status == 422


async def test_the_example_of_the_rfc_is_taken(campus: Campus) -> None:
    """A bundle-only m-line has port 0 and no transport attributes (RFC 9725 figure 2)."""
    await campus.opened()
    video = "\n".join(
        line for line in VIDEO.replace("m=video 9", "m=video 0").splitlines() if line != "a=rtcp-mux"
    )
    text = offer(AUDIO, video + "\na=bundle-only\na=rtcp-mux-only").replace(
        "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n", ""
    )
    text = text.replace("a=mid:0", "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=mid:0")
    got = await publish(campus, text=text)
    assert got.status == 201, got.text
    assert [media.port for media in sdp.parse(got.text).media] == [9, 9]
    assert got.text.count("a=rtcp-mux-only") == 1


async def test_only_an_open_class_takes_encoders_and_players(campus: Campus) -> None:
    got = await publish(campus)
    assert (got.status, got.code) == (409, "session.not_open")
    teacher, *_ = await campus.opened()
    assert (await teacher.ask("lesson.close"))["type"] == "ok"
    assert (await publish(campus)).code == "session.closed"
    player = await call(campus, "POST", f"/whep/{LESSON}", "student1", PLAYER, **SDP)
    assert (player.status, player.code) == (409, "session.closed")
    assert not campus.worker.calls


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0",
        "hello",
        offer(AUDIO, AUDIO),
        offer(VIDEO, VIDEO),
        offer(AUDIO, VIDEO, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:MID"),
        offer(AUDIO.replace("sendonly", "recvonly"), VIDEO),
        offer(AUDIO, VIDEO.replace("H264", "H265")),  # all or nothing: no answer with half of it
        offer(AUDIO.replace("opus/48000/2", "PCMU/8000")),
        offer(AUDIO.replace("a=mid:MID", "")),
        offer(AUDIO, VIDEO).replace("a=setup:actpass", "a=setup:passive"),
        offer(AUDIO, VIDEO).replace("sha-256", "md5"),
        offer(AUDIO, VIDEO).replace("a=rtcp-mux\r\n", ""),
    ],
)
async def test_offers_that_cannot_be_whole_are_refused(campus: Campus, text: str) -> None:
    await campus.opened()
    got = await publish(campus, text=text)
    assert (got.status, got.code) == (422, "media.bad_offer")
    room = await campus.desk.classroom(LESSON)
    assert len(room.seats) == 1 and not campus.worker.calls
    assert list(room.state.people) == [campus.user("teacher")]


async def test_what_http_refuses(campus: Campus) -> None:
    await campus.opened()
    wrong = await call(campus, "POST", f"/whip/{LESSON}", "teacher", OBS, Content_Type="application/json")
    assert (wrong.status, wrong.code) == (415, "whip.type")
    large = await publish(campus, text=OBS + "a=x\r\n" * 40_000)
    assert (large.status, large.code) == (413, "body.too_large")
    assert (await publish(campus, text=OBS.encode() + b"\xff")).status == 422  # type: ignore[arg-type]
    put = await call(campus, "PUT", f"/whip/{LESSON}", "teacher", OBS)
    assert (put.status, put.code) == (405, "route.method")
    for path in (f"/whip/{LESSON}", f"/whep/{LESSON}/x"):
        nothing = await call(campus, "GET", path)
        assert (nothing.status, nothing.text) == (204, "")
    assert (await publish(campus, token="")).status == 401
    assert (await publish(campus, token="student1")).status == 403
    assert (await publish(campus, token="stranger")).status == 403
    assert (await call(campus, "POST", "/whip/nothing", "teacher", OBS, **SDP)).status == 404


async def test_pages_of_other_sites_may_ask_with_a_token(campus: Campus) -> None:
    await campus.opened()
    asked = await call(
        campus, "OPTIONS", f"/whip/{LESSON}", Origin="https://encoder.example",
        Access_Control_Request_Method="POST",
    )  # fmt: skip
    assert asked.status == 200 and asked.headers["Accept-Post"] == "application/sdp"
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    session = await call(campus, "OPTIONS", f"/whip/{LESSON}/x")
    assert "PATCH" in session.headers["Access-Control-Allow-Methods"]
    for token, status in (("teacher", 201), ("student1", 403)):
        got = await call(
            campus, "POST", f"/whip/{LESSON}", token, OBS, Origin="https://encoder.example", **SDP
        )
        assert got.status == status and got.headers["Access-Control-Allow-Origin"] == "*"
        assert "Location" in got.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in got.headers
    assert "Access-Control-Allow-Origin" not in (await call(campus, "GET", "/healthz")).headers


async def test_a_worker_that_is_not_there_and_a_full_one(campus: Campus) -> None:
    _, student = await campus.opened("student1")
    campus.worker.refuse = "room.full"
    assert (await publish(campus)).code == "media.full"
    room = await campus.desk.classroom(LESSON)
    assert len(room.seats) == 2
    await campus.worker.stop()
    await until(lambda: not campus.desk.media.links.workers[0].up)
    got = await publish(campus)
    assert (got.status, got.code) == (503, "media.unavailable") and got.headers["Retry-After"] == "1"
    await campus.worker.start()
    assert student.socket.close_code is None


async def test_offers_are_paced_and_seats_are_few(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    await campus.opened()
    got = [await publish(campus) for _ in range(6)]
    assert [each.status for each in got] == [201] * 5 + [429]
    assert got[-1].code == "rate.limited" and float(got[-1].headers["Retry-After"]) > 1
    monkeypatch.setattr("server.live.feeds.MOST_SEATS", 6)
    monkeypatch.setattr("server.live.feeds.Feeds._pace", lambda *_: None)
    full = await publish(campus)
    assert (full.status, full.code) == (429, "seat.too_many")
    # an encoder that crashed and comes back takes the place of what is left of it
    first = calls(campus, OpenPeer)[0].peer
    campus.worker.say(PeerState(first, "silent"))
    await until(lambda: campus.desk.media.links.workers[0].peers[first].state == "silent")
    assert (await publish(campus)).status == 201
    assert any(isinstance(each, ClosePeer) and each.peer == first for each in campus.worker.changes)


# --- PATCH ---------------------------------------------------------------------------------------------


def frag(ufrag: str, password: str = "vw5LmwG4y/e6dPP/zAP9Gp5k") -> str:
    return (
        "a=ice-options:trickle ice2\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
        f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n"
        "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n"
    )


async def test_candidates_and_restarts(campus: Campus) -> None:
    await campus.opened()
    got = await publish(campus)
    where, tag = got.headers["Location"], got.headers["ETag"]

    async def patch(body: str, token: str = "teacher", **headers: str) -> Got:
        return await call(campus, "PATCH", where, token, body, **{**FRAG, **headers})

    trickled = await patch(frag("EsAw"), If_Match=tag)
    assert (trickled.status, trickled.text) == (204, "") and "ETag" not in trickled.headers
    assert (await patch(frag("EsAw"), If_Match="*")).status == 204  # some players trickle so
    assert not calls(campus, RestartIce)
    missing = await patch(frag("EsAw"))
    assert (missing.status, missing.code) == (428, "whip.if_match")
    wrong = await patch(frag("EsAw"), If_Match='"xyzzy"')
    assert (wrong.status, wrong.code) == (412, "whip.outdated")
    kind = await patch(frag("EsAw"), If_Match=tag, Content_Type="application/sdp")
    assert (kind.status, kind.code) == (415, "whip.type")
    for body in ("", "nonsense", "m=audio", "a=ice-ufrag:abcd\r\n", "m=audio 9 X 0\r\na=ice-ufrag:abcd\r\n"):
        bad = await patch(body or "\r\n", If_Match=tag)
        assert (bad.status, bad.code) == (422, "whip.fragment"), body

    fresh = await patch(frag("ysXw"), If_Match='"*"')
    assert fresh.status == 200 and fresh.headers["ETag"] != tag
    assert fresh.headers["Content-Type"] == fragment.SDPFRAG
    (restart,) = calls(campus, RestartIce)
    assert (restart.remote_ufrag, restart.remote_password) == ("ysXw", "vw5LmwG4y/e6dPP/zAP9Gp5k")
    read = fragment.read(fresh.text.encode())
    assert (read.ufrag, read.password, read.mid) == (restart.ufrag, restart.password, "0")
    assert "a=ice-lite" in fresh.text and "192.0.2.7 40000 typ host" in fresh.text
    assert (await patch(frag("ysXw"), If_Match=tag)).status == 412
    assert (await patch(frag("ysXw"), If_Match=fresh.headers["ETag"])).status == 204
    # new credentials are a restart whatever the header says (RFC 9725 section 4.3.3)
    assert (await patch(frag("Zzzz"), If_Match=fresh.headers["ETag"])).status == 200
    foreign = await patch(frag("abcd"), token="second", If_Match="*")
    assert (foreign.status, foreign.code) == (404, "object.unknown")
    whep = await call(campus, "PATCH", where.replace("whip", "whep"), "teacher", frag("abcd"), If_Match="*")
    assert whep.status == 404


@given(st.binary(max_size=400))
def test_fragments_from_strangers(data: bytes) -> None:
    try:
        found = fragment.read(data)
    except ApiError as error:
        assert (error.code, error.status) == ("whip.fragment", 422)
    else:
        assert bool(found.ufrag) == bool(found.password)


@given(st.text("abcdefgh0123 =:\r\n/", max_size=60), st.sampled_from(["ufrag", "media", "mid", "tail"]))
def test_an_answer_repeats_no_line_ends(text: str, where: str) -> None:
    body = frag("abcd")
    marks = {"ufrag": "abcd", "media": "111", "mid": "mid:0", "tail": "a=end-of-candidates"}
    body = body.replace(marks[where], marks[where] + text)
    local = Local("u" * 8, "p" * 32, "sha-256 AB", ("192.0.2.7",), 4000, False, "x")
    try:
        asked = fragment.read(body.encode())
    except ApiError:
        return
    lines = fragment.write(asked, local).decode().split("\r\n")
    assert len(lines) <= 9 and not any("\n" in line or "\r" in line for line in lines)


@given(st.text(max_size=300))
def test_purposes_of_any_text(text: str) -> None:
    for judge in (lambda t: whip.sender_purposes(t, "cam"), whip.player_purposes):
        with pytest.raises(ApiError, match=r"media\.bad_offer"):
            judge(text)
        try:
            judge(OBS + text)
        except ApiError as error:
            assert error.code == "media.bad_offer"


def test_relays_are_named_in_links() -> None:
    servers = [
        IceServer(["stun:s.example"]),
        IceServer(["turns:t.example?transport=tcp"], "1:me", "c2VjcmV0"),
    ]
    assert whip.links(servers) == [
        '<stun:s.example>; rel="ice-server"',
        '<turns:t.example?transport=tcp>; rel="ice-server"; username="1:me"; credential="c2VjcmV0"',
    ]


# --- receiving -------------------------------------------------------------------------------------------


async def test_a_player_gets_the_stage_and_sends_nothing(campus: Campus) -> None:
    teacher, *_ = await campus.opened()
    got = await call(campus, "POST", f"/whep/{LESSON}", "watcher", PLAYER, **SDP)
    assert got.status == 201 and got.headers["Location"].startswith(f"/whep/{LESSON}/")
    (opened,) = calls(campus, OpenPeer)
    assert opened.rights == Rights((), (), ("class",), presenter=False)
    assert [section.purpose for section in opened.sections] == ["audio0", "stage"]
    answer = sdp.parse(got.text)
    assert [media.direction for media in answer.media] == ["sendonly", "sendonly"]
    assert answer.media[0].msids[0][0] == answer.media[1].msids[0][0]
    # nobody watches unseen
    await teacher.event("person.joined", actor=campus.user("watcher"), role="observer")
    assert (await call(campus, "DELETE", got.headers["Location"], "watcher")).status == 200
    await teacher.event("person.left", actor=campus.user("watcher"))
    assert (await call(campus, "POST", f"/whep/{LESSON}", "stranger", PLAYER, **SDP)).status == 403
    sends = await call(campus, "POST", f"/whep/{LESSON}", "watcher", OBS, **SDP)
    assert (sends.status, sends.code) == (422, "media.bad_offer")
    twice = offer(*[VIDEO.replace("sendonly", "recvonly")] * 2)
    assert (await call(campus, "POST", f"/whep/{LESSON}", "watcher", twice, **SDP)).status == 422


# --- ends ------------------------------------------------------------------------------------------------


async def test_a_feed_ends_with_the_class(campus: Campus) -> None:
    teacher, *_ = await campus.opened()
    got = await publish(campus)
    await teacher.ask("lesson.close")
    room = await campus.desk.classroom(LESSON)
    await until(lambda: not room.seats)
    assert (await call(campus, "DELETE", got.headers["Location"], "teacher")).status == 404


async def test_a_feed_that_is_gone_leaves_after_its_grace(campus: Campus, quick: None) -> None:
    student = await campus.seated("student1")
    await campus.post("teacher", f"/api/v1/lessons/{LESSON}/open")
    await publish(campus)
    (opened,) = calls(campus, OpenPeer)
    await student.event("person.joined", actor=campus.user("teacher"))
    campus.worker.say(PeerState(opened.peer, "gone", "peer.silent"))
    left = await student.event("person.left", actor=campus.user("teacher"))
    assert left["at"] < left["time"], "the last sign of life is what counts"
    room = await campus.desk.classroom(LESSON)
    assert [type(seat) for seat in room.seats.values() if isinstance(seat, Feed)] == []


async def test_a_feed_outlives_the_server(campus: Campus) -> None:
    """The worker forwards on; the new server finds the feed in its snapshot, and the URL still works."""
    _, student = await campus.opened("student1")
    got = await publish(campus)
    (opened,) = calls(campus, OpenPeer)
    campus.worker.peers[opened.peer].tracks = [TrackInfo("mic"), TrackInfo("cam")]
    await student.event("media.state", actor=campus.user("teacher"))
    await campus.stop()
    await campus.start()
    room = await campus.desk.classroom(LESSON)
    feed = await until(lambda: next((s for s in room.seats.values() if isinstance(s, Feed)), None))
    assert (feed.person, feed.media, feed.role) == (campus.user("teacher"), (True, True, False), "teacher")
    await until(lambda: campus.worker.rights_of(opened.peer) == opened.rights)
    assert not [each for each in campus.worker.changes if isinstance(each, ClosePeer)]
    where = got.headers["Location"]
    restarted = await call(campus, "PATCH", where, "teacher", frag("newu"), If_Match="*", **FRAG)
    assert restarted.status == 200
    assert (await call(campus, "DELETE", where, "teacher")).status == 200
    await until(lambda: ClosePeer(opened.peer, "left") in campus.worker.changes)


async def test_a_login_that_ends_ends_its_feed(campus: Campus) -> None:
    await campus.opened()
    await publish(campus)
    (opened,) = calls(campus, OpenPeer)
    assert (await call(campus, "POST", "/api/v1/logout", "teacher")).status == 204
    await until(
        lambda: any(isinstance(c, ClosePeer) and c.peer == opened.peer for c in campus.worker.changes)
    )


# --- tokens of encoders ------------------------------------------------------------------------------------


async def made(campus: Campus, login: str = "teacher", lesson: str = LESSON) -> dict[str, str]:
    status, body = await campus.post(login, f"/api/v1/lessons/{lesson}/ingest")
    assert status == 201, body
    return dict(body)


async def test_a_token_for_an_encoder_opens_one_lesson_and_nothing_else(campus: Campus) -> None:
    teacher, *_ = await campus.opened()
    told = await made(campus)
    assert told["url"].endswith(f"/whip/{LESSON}") and told["token"].startswith("i_")
    got = await publish(campus, told["token"])
    assert got.status == 201, got.text
    (opened,) = calls(campus, OpenPeer)
    assert "/whip.i" in opened.peer and told["token"] not in opened.peer and opened.rights.presenter
    await teacher.event("media.state", actor=campus.user("teacher"), cam=True)
    where = got.headers["Location"]
    assert (
        await call(campus, "PATCH", where, told["token"], frag("EsAw"), If_Match="*", **FRAG)
    ).status == 204
    for method, path in (
        ("POST", f"/whip/{OTHER}"), ("POST", f"/whep/{LESSON}"), ("GET", "/api/v1/me"),
        ("POST", f"/api/v1/lessons/{LESSON}/close"), ("GET", f"/api/v1/lessons/{LESSON}"),
        ("POST", f"/api/v1/lessons/{LESSON}/ingest"), ("GET", f"/ws/lessons/{LESSON}"),
        ("GET", "/api/v1/today?date=2026-01-01"),
    ):  # fmt: skip
        refused = await call(campus, method, path, told["token"], OBS, **SDP)
        assert refused.status == 403, (method, path, refused.text)
    assert (await call(campus, "DELETE", where, told["token"])).status == 200


async def test_a_new_token_ends_the_old_and_who_sends_by_it(campus: Campus) -> None:
    await campus.opened()
    first = await made(campus)
    await publish(campus, first["token"])
    (opened,) = calls(campus, OpenPeer)
    second = await made(campus)
    await until(
        lambda: any(isinstance(c, ClosePeer) and c.peer == opened.peer for c in campus.worker.changes)
    )
    assert (await publish(campus, first["token"])).status == 401
    assert (await publish(campus, second["token"])).status == 201
    shown = await call(campus, "GET", f"/api/v1/lessons/{LESSON}/ingest", "teacher")
    assert second["expires"] in shown.text and second["token"] not in shown.text
    assert (await call(campus, "DELETE", f"/api/v1/lessons/{LESSON}/ingest", "teacher")).status == 204
    assert (await call(campus, "DELETE", f"/api/v1/lessons/{LESSON}/ingest", "teacher")).status == 204
    assert (await publish(campus, second["token"])).status == 401
    assert (await publish(campus, "i_unknown")).status == 401
    shown = await call(campus, "GET", f"/api/v1/lessons/{LESSON}/ingest", "teacher")
    assert '"expires":""' in shown.text
    assert (await campus.post("student1", f"/api/v1/lessons/{LESSON}/ingest"))[0] == 403
    entries = [each.entry.kind for each in await campus.house.trace.read()]
    assert entries.count("ingest.made") == 2 and entries.count("ingest.withdrawn") == 1
