"""Offers and answers: real browsers' offers, an independent client, and everything a stranger may send."""

import re
from collections.abc import Callable

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from hypothesis import given, settings
from hypothesis import strategies as st

from media.wire import sdp
from server.errors import ApiError
from server.live.answer import Local, candidates_of, write
from server.live.offer import MAX_SDP, Agreement, agree
from server.live.slots import shape
from tests.server.live.campus import ORDER, VECTORS

LOCAL = Local(
    "ufrag123", "p" * 32, "sha-256 " + ":".join(["AB"] * 32), ("192.0.2.7", "2001:db8::7"), 40000, True, "tab"
)


def everything(_slot: str) -> bool:
    return True


def vector(name: str) -> str:
    return (VECTORS / f"{name}.sdp").read_bytes().decode()


DESKTOP, PHONE = vector("chromium-desktop"), vector("chromium-phone")


def purposes(tiles: int) -> dict[str, str]:
    return {str(i): name for i, name in enumerate([*ORDER, *(f"tile{t}" for t in range(tiles))])}


def judged(text: str = PHONE, tiles: int = 4, may: Callable[[str], bool] = everything) -> Agreement:
    return agree(text, purposes(tiles), may, "session/person/tab")


def problem(text: str, named: dict[str, str] | None = None) -> str:
    with pytest.raises(ApiError) as caught:
        agree(text, purposes(4) if named is None else named, everything, "x")
    assert caught.value.code == "media.bad_offer"
    return str(caught.value.details["problem"])


@pytest.mark.parametrize(("text", "tiles"), [(DESKTOP, 9), (PHONE, 4)])
def test_a_chromium_offer_is_agreed_slot_by_slot(text: str, tiles: int) -> None:
    agreement = judged(text, tiles)
    assert [section.purpose for section in agreement.sections] == list(purposes(tiles).values())
    by_name = {section.purpose: section for section in agreement.sections}
    assert by_name["cam"].rids == ("q", "h", "f") and by_name["screen"].rids == ()
    (opus,) = by_name["mic"].codecs
    assert (opus.pt, opus.name, opus.rtx) == (111, "opus", 0)
    vp8, h264 = by_name["cam"].codecs
    assert (vp8.pt, vp8.name, vp8.rtx) == (96, "VP8", 97)
    assert (h264.pt, h264.name, h264.rtx) == (108, "H264", 109)
    assert "profile-level-id=42e01f" in h264.fmtp and "packetization-mode=1" in h264.fmtp
    assert by_name["mic"].extensions == {"audio-level": 1, "abs-send-time": 2, "transport-cc": 3, "mid": 4}
    assert by_name["cam"].extensions["rid"] == 10 and by_name["cam"].extensions["repaired-rid"] == 11
    ssrcs = [n for s in agreement.sections if s.direction == "down" for n in (s.ssrc, s.rtx_ssrc) if n]
    assert len(ssrcs) == len(set(ssrcs)) == 3 + 2 * (2 + tiles)
    assert all(not section.ssrc for section in agreement.sections if section.direction == "up")


@pytest.mark.parametrize(("text", "tiles"), [(DESKTOP, 9), (PHONE, 4)])
def test_the_answer_promises_what_the_contract_says(text: str, tiles: int) -> None:
    agreement = judged(text, tiles)
    answer = sdp.parse(write(agreement, LOCAL))
    assert answer.ice_lite and answer.bundle() == tuple(purposes(tiles))
    assert [media.mid for media in answer.media] == list(purposes(tiles))
    hosts = [(c.transport, c.host, c.port, c.kind) for c in answer.media[0].candidates]
    assert hosts == [
        ("udp", "192.0.2.7", 40000, "host"),
        ("tcp", "192.0.2.7", 40000, "host"),
        ("udp", "2001:db8::7", 40000, "host"),
        ("tcp", "2001:db8::7", 40000, "host"),
    ]
    assert answer.media[0].candidates[1].rest == "tcptype passive"
    for media, section in zip(answer.media, agreement.sections, strict=True):
        assert media.setup == "passive" and media.rtcp_mux and media.rtcp_rsize
        assert (media.ice_ufrag, media.ice_pwd) == (LOCAL.ufrag, LOCAL.password)
        assert media.direction == ("recvonly" if section.direction == "up" else "sendonly")
        assert len(media.extmap) == len(section.extensions)
    mic, cam, stage, audio0, audio1 = (answer.media[i] for i in (0, 1, 6, 3, 4))
    assert {"usedtx": "1", "useinbandfec": "1"}.items() <= mic.fmtp_of(111).items()
    assert mic.rtcp_fb == {111: ["transport-cc"]}
    assert str(cam.simulcast) == "recv q;h;f" and [rid.direction for rid in cam.rids] == ["recv"] * 3
    assert cam.rtcp_fb[96] == ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"]
    assert stage.msids[0][0] == audio0.msids[0][0] != audio1.msids[0][0], "picture and sound are in step"
    (group,) = stage.ssrc_groups
    assert group.semantics == "FID" and group.ssrcs == tuple(stage.ssrcs)
    assert {values["cname"] for values in stage.ssrcs.values()} == {"tab"}


def test_the_same_peer_gets_the_same_slots_again_without_memory() -> None:
    first = judged()
    fresh = re.sub(r"a=ice-ufrag:\S+", "a=ice-ufrag:neWu", PHONE)
    again = agree(fresh, None, everything, "session/person/tab")
    assert again.sections == first.sections and again.ufrag == "neWu"
    other = agree(PHONE, None, everything, "session/person/other")
    assert {s.ssrc for s in other.sections if s.ssrc}.isdisjoint({s.ssrc for s in first.sections if s.ssrc})


def test_slots_without_a_right_are_refused_and_the_rest_goes_on() -> None:
    agreement = judged(may=lambda slot: slot not in ("mic", "cam", "screen"))
    assert {section.direction for section in agreement.sections} == {"down"}
    answer = sdp.parse(write(agreement, LOCAL))
    # the first of the bundle carries the transport of all: it is idle, not refused
    assert [media.port for media in answer.media[:4]] == [9, 0, 0, 9]
    assert (answer.media[0].direction, answer.media[0].ice_ufrag) == ("inactive", LOCAL.ufrag)
    mids = tuple(purposes(4))
    assert answer.bundle() == mids[:1] + mids[3:]
    assert answer.media[0].candidates and not answer.media[3].candidates


def test_only_what_is_offered_is_answered() -> None:
    lean = re.sub(r"a=rtcp-fb:\d+ (goog-remb|nack)\r\n", "", PHONE)
    lean = lean.replace("a=rtcp-rsize\r\n", "")
    answer = sdp.parse(write(judged(lean), LOCAL))
    assert answer.media[1].rtcp_fb[96] == ["transport-cc", "ccm fir", "nack pli"]
    assert not answer.media[1].rtcp_rsize
    only_vp9 = re.sub(r"a=rtpmap:(\d+) (VP8|H264)/90000", r"a=rtpmap:\1 nothing/90000", PHONE)
    assert [section.kind for section in judged(only_vp9).sections] == ["audio"] * 4


def test_h264_stands_alone_where_vp8_is_missing() -> None:
    safari = re.sub(r"a=rtpmap:96 VP8/90000", "a=rtpmap:96 other/90000", PHONE)
    cam = next(section for section in judged(safari).sections if section.purpose == "cam")
    assert [(codec.name, codec.pt, codec.rtx) for codec in cam.codecs] == [("H264", 108, 109)]


def test_what_is_wrong_is_named() -> None:
    assert "BUNDLE" in problem(PHONE.replace("a=group:BUNDLE", "a=group:LS"))
    assert "rtcp-mux" in problem(PHONE.replace("a=rtcp-mux\r\n", ""))
    assert "ICE credentials" in problem(re.sub(r"a=ice-pwd:\S+\r\n", "", PHONE))
    assert "fingerprint" in problem(re.sub(r"a=fingerprint:\S+ \S+\r\n", "", PHONE))
    assert "setup" in problem(PHONE.replace("setup:actpass", "setup:passive"))
    assert "MID" in problem(PHONE.replace("urn:ietf:params:rtp-hdrext:sdes:mid", "urn:x"))
    assert "lite" in problem(PHONE.replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"))
    assert "meanings" in problem(
        PHONE.replace("a=rtpmap:111 opus/48000/2", "a=rtpmap:96 opus/48000/2", 1).replace(
            "SAVPF 111", "SAVPF 96", 1
        )
    )
    assert "layer" in problem(PHONE.replace("a=simulcast:send q;h;f", "a=simulcast:send q;h;z"))
    assert "sendonly" in problem(PHONE.replace("a=sendonly", "a=recvonly", 1))
    assert "video" in problem(PHONE, {**purposes(4), "0": "tile9"})
    assert "no slot" in problem(PHONE, {**purposes(4), "0": "nothing"})
    assert "one purpose" in problem(PHONE, {"1": "cam", "2": "cam"})
    assert "not in the offer" in problem(PHONE, {"99": "cam"})
    assert "m-lines" in problem("v=0\r\n")
    assert "nothing" in problem(PHONE, {})
    with pytest.raises(ApiError) as caught:
        agree("v=0\r\n" + "a" * MAX_SDP, None, everything, "x")
    assert (caught.value.code, caught.value.status) == ("media.offer_too_large", 413)
    many = PHONE + "".join(f"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:x{i}\r\n" for i in range(33))
    assert "m-lines" in problem(many)


@pytest.mark.parametrize(
    "name", ["tile", "tile24", "tile01", "tile-1", "audio8", "stage1", "", "Tile1", "tile1\n"]
)
def test_names_that_are_no_slots(name: str) -> None:
    assert shape(name) is None


def test_candidates_prefer_udp_and_have_their_own_priorities() -> None:
    found = candidates_of(LOCAL)
    udp = [each.priority for each in found if each.transport == "udp"]
    tcp = [each.priority for each in found if each.transport == "tcp"]
    assert min(udp) > max(tcp) and len(set(udp + tcp)) == 4
    assert [each.transport for each in candidates_of(LOCAL._replace(tcp=False))] == ["udp", "udp"]


@given(st.integers(0, 250_000), st.integers(1, 10_000))
def test_later_candidates_come_before_earlier_ones_and_stay_below_a_browsers_own(made: int, on: int) -> None:
    early, late = candidates_of(LOCAL._replace(made=made)), candidates_of(LOCAL._replace(made=made + on))
    for transport in ("udp", "tcp"):
        before, after = (
            [each.priority for each in found if each.transport == transport] for found in (early, late)
        )
        assert min(after) > max(before)
        assert max(after) < 100 << 24


LINES = PHONE.splitlines()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mangled_offer_is_answered_or_refused_with_a_code(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "cut", "junk", "number"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case "junk":
                lines[at] += data.draw(st.text(max_size=12))
            case "number":
                lines[at] = re.sub(r"\d+", str(data.draw(st.integers(0, 2**33))), lines[at], count=1)
    named = data.draw(st.sampled_from([purposes(4), None, {}]))
    try:
        agreement = agree("\r\n".join(lines) + "\r\n", named, everything, "seed")
    except ApiError as error:
        assert error.code in ("media.bad_offer", "media.offer_too_large")
        return
    answer = sdp.parse(write(agreement, LOCAL))
    assert len(answer.media) == len(agreement.offer.media)
    assert "\n" not in answer.origin


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400).map(lambda text: "v=0\r\n" + text))
def test_nonsense_is_refused_with_a_code(text: str) -> None:
    try:
        agree(text, None, everything, "seed")
    except ApiError as error:
        assert error.code == "media.bad_offer"
    else:
        pytest.fail("nothing of this can be agreed")


async def test_aiortc_takes_our_answer() -> None:
    client = RTCPeerConnection()
    try:
        for kind, direction in (
            ("audio", "sendonly"),
            ("video", "sendonly"),
            ("audio", "recvonly"),
            ("video", "recvonly"),
        ):
            client.addTransceiver(kind, direction=direction)
        await client.setLocalDescription(await client.createOffer())
        agreement = agree(client.localDescription.sdp, None, everything, "seed")
        assert [section.purpose for section in agreement.sections] == ["mic", "cam", "audio0", "stage"]
        text = write(agreement, LOCAL._replace(addresses=("127.0.0.1",), port=9, tcp=False))
        await client.setRemoteDescription(RTCSessionDescription(text, "answer"))
        directions = [each.currentDirection for each in client.getTransceivers()]
        assert directions == ["sendonly", "sendonly", "recvonly", "recvonly"]
    finally:
        await client.close()
