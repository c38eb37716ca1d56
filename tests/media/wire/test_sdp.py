"""media.wire.sdp: offers of real browsers, round trips, limits, and text that means harm."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import rtp, sdp

OFFERS = Path(__file__).parent.parent / "vectors" / "offers"
NAMES = ["chromium", "firefox", "safari"]


def offer(name: str) -> str:
    return (OFFERS / f"{name}.sdp").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_offers_survive_a_round_trip(name: str) -> None:
    text = offer(name)
    description = sdp.parse(text)
    assert sdp.parse(text.replace("\n", "\r\n")) == description
    written = sdp.serialise(description)
    assert sdp.parse(written) == description
    known = {"v=0", "t=0 0"}
    lost = set(text.split("\n")) - set(written.split("\r\n")) - known
    # only spellings may differ: letter case of the digest, a channel count of one
    assert all(line.startswith("a=fingerprint:") or line.endswith("/1") for line in lost)


def test_chromium() -> None:
    """Made by the Chromium of the house: microphone, simulcast camera, screen, 4 receive slots."""
    description = sdp.parse(offer("chromium"))
    mic, cam, screen, audio, *_ = description.media
    assert description.bundle() == tuple("0123456")
    assert [section.kind for section in description.media] == [
        "audio",
        *["video"] * 2,
        *["audio"] * 2,
        *["video"] * 2,
    ]
    assert [description.direction_of(section) for section in description.media] == [
        *["sendonly"] * 3,
        *["recvonly"] * 4,
    ]
    assert mic.rtpmap[111] == sdp.RtpMap("opus", 48000, 2)
    assert mic.fmtp_of(111) == {"minptime": "10", "useinbandfec": "1"}
    assert mic.feedback_of(111) == ["transport-cc"]
    assert description.ice_of(cam)[0] == cam.ice_ufrag != ""
    assert description.setup_of(cam) == "actpass"
    assert description.fingerprints_of(cam)[0].algorithm == "sha-256"
    assert [rid.name for rid in cam.rids] == ["q", "h", "f"]
    assert cam.simulcast == sdp.Simulcast(send=(("q",), ("h",), ("f",)))
    assert screen.simulcast is None
    assert cam.payload_types[0] == 96
    assert cam.rtx_of(96) == 97
    assert cam.rtx_of(97) == 0
    assert "nack pli" in cam.feedback_of(96)
    found = {rtp.EXTENSION_NAMES.get(ext.uri): ext.number for ext in cam.extmap}
    assert {rtp.MID, rtp.RID, rtp.REPAIRED_RID, rtp.TRANSPORT_CC, rtp.ABS_SEND_TIME} < set(found)
    assert any(encoding.name == "H264" for encoding in audio.rtpmap.values()) is False
    assert {candidate.transport for candidate in cam.candidates} == {"udp", "tcp"}
    assert ("rtcp", "9 IN IP4 0.0.0.0") in cam.attributes


def test_firefox() -> None:
    description = sdp.parse(offer("firefox"))
    _, cam, data = description.media
    assert cam.fingerprints == []
    assert description.fingerprints_of(cam) == description.fingerprints != []
    assert [(ext.number, ext.direction) for ext in cam.extmap if ext.direction] == [
        (6, "recvonly"),
        (8, "sendonly"),
    ]
    assert cam.rtx_of(126) == 127
    assert (data.kind, data.payload_types, data.formats) == ("application", [], "webrtc-datachannel")


def test_safari() -> None:
    description = sdp.parse(offer("safari"))
    _, video = description.media
    assert description.bundle() == ("audio", "video")
    assert video.payload_types[0] == 96
    assert video.fmtp_of(96)["profile-level-id"] == "640c1f"
    assert video.feedback_of(98) == ["nack"]
    assert video.ssrc_groups == [sdp.SsrcGroup("FID", (1904738116, 3200104521))]
    assert video.ssrcs[1904738116]["cname"] == "kQ2x8YbJ0V1m"
    assert video.candidates[0].host.endswith(".local")
    assert video.bandwidths == ["AS:2500"]
    assert description.fingerprints_of(video)[0].digest.startswith("99:FE")


HEAD = "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\n"
VIDEO = HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 96\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=1",
        "hello",
        HEAD + "x",
        HEAD + "a=good\nnot a line",
        HEAD + "a=ice-ufrag:x y z",
        HEAD + "a=ice-ufrag:abc",
        HEAD + "a=ice-pwd:short",
        HEAD + "a=setup:both",
        HEAD + "a=fingerprint:sha-256 zz",
        HEAD + "a=fingerprint:sha-256",
        HEAD + "a=" + "x" * 5000,
        HEAD + "a=bad\x00name",
        HEAD + "m=video",
        HEAD + "m=video 99999 UDP/TLS/RTP/SAVPF 96",
        HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 128",
        HEAD + "m=video 9 UDP/TLS/RTP/SAVPF 96 96",
        HEAD + "m=video 9 UDP/TLS/RTP/SAVPF ²",
        VIDEO + "a=rtpmap:96",
        VIDEO + "a=rtpmap:96 VP8/0",
        VIDEO + "a=rtpmap:96 VP8/x",
        VIDEO + "a=extmap:0 urn:x",
        VIDEO + "a=extmap:1",
        VIDEO + "a=extmap:1/up urn:x",
        VIDEO + "a=ssrc:1",
        VIDEO + "a=ssrc:99999999999 cname:x",
        VIDEO + "a=ssrc-group:FID a b",
        VIDEO + "a=rid:q both",
        VIDEO + "a=rid:q",
        VIDEO + "a=simulcast:q;h",
        VIDEO + "a=simulcast:send a send b",
        VIDEO + "a=simulcast:send",
        VIDEO + "a=candidate:1 1 udp 1 1.2.3.4",
        VIDEO + "a=candidate:1 1 udp x 1.2.3.4 5 typ host",
        VIDEO + "a=mid:a b",
        VIDEO + "a=mid:a\nm=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:a",
        VIDEO + "a=rtcp-fb:96",
        "v=0\n" + "m=audio 9 UDP/TLS/RTP/SAVPF 0\n" * 65,
        "v=0\n" + "a=x\n" * 9000,
        "v=0\n" + "a=" + "x" * sdp.MAX_SIZE,
    ],
)
def test_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        sdp.parse(text)


def test_simulcast_with_alternatives_and_pauses() -> None:
    (section,) = sdp.parse(VIDEO + "a=rid:1 recv pt=96;max-width=640\na=simulcast:send 1,~4;3 recv c").media
    assert section.simulcast == sdp.Simulcast((("1", "~4"), ("3",)), (("c",),))
    assert section.rids == [sdp.Rid("1", "recv", "pt=96;max-width=640")]


def test_no_line_can_be_smuggled_out() -> None:
    description = sdp.parse(VIDEO)
    description.media[0].msids.append(("stream\r\na=ice-lite", "track"))
    with pytest.raises(Malformed):
        sdp.serialise(description)


def test_defaults() -> None:
    description = sdp.parse(VIDEO)
    assert description.direction_of(description.media[0]) == "sendrecv"
    assert description.bundle() == ()


def tries(text: str) -> None:
    try:
        description = sdp.parse(text)
    except Malformed:
        return
    assert sdp.parse(sdp.serialise(description)) == description


@given(st.text(max_size=300))
def test_arbitrary_text(text: str) -> None:
    tries(text)
    tries("v=0\n" + text)


NAMED = """
    ice-ufrag ice-pwd ice-options fingerprint setup extmap mid rtpmap fmtp rtcp-fb ssrc ssrc-group msid rid
    simulcast candidate rtcp-mux sendonly group ice-lite other end-of-candidates
"""
attributes = st.sampled_from(NAMED.split())
values = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(["96", "1", "a", "send", "recv", "q;h,~f", "typ", "x/90000/2", ";"]), max_size=9
    ).map(" ".join),
)


@given(st.lists(st.tuples(attributes, st.booleans(), values), max_size=8))
def test_arbitrary_attributes(lines: list[tuple[str, bool, str]]) -> None:
    text = "\n".join(f"a={name}:{value}" if colon else f"a={name}" for name, colon, value in lines)
    tries(VIDEO + text)
    tries(HEAD + text)


@given(st.sampled_from(NAMES), st.integers(0, 30000))
def test_offers_cut_anywhere(name: str, size: int) -> None:
    tries(offer(name)[:size])


@given(st.sampled_from(NAMES), st.integers(0, 30000), st.characters())
def test_offers_with_one_wrong_letter(name: str, at: int, letter: str) -> None:
    text = offer(name)
    at %= len(text)
    tries(text[:at] + letter + text[at + 1 :])
