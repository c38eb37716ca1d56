"""What travels is RTP and RTCP, say tools that are not ours: tshark's dissectors and ffmpeg's decoder.

A film is published and played on another host. Captured on the wire (encrypted: STUN, DTLS and the headers
of SRTP stand in the clear) and at the client's border of SRTP (decrypted: everything).
"""

import asyncio
import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.fakes import HEIGHT, WIDTH, read_number
from tests.e2e.film import film
from tests.e2e.house import House, free_port
from tests.e2e.lesson import lesson_now
from tests.net.hosts import ROOT, Host, Wire
from tests.wire.pcap import CLIENT, SERVER
from tests.wire.tools import Row, capture, decode_as, heuristics, play, rows

pytestmark = [pytest.mark.engine, pytest.mark.net, pytest.mark.slow]

FRAMES = 120
UNIX = 2_208_988_800
"""Seconds from 1900, where NTP begins, to 1970."""
DOWN = "ip.src == " + ".".join(map(str, SERVER))
UP = "ip.src == " + ".".join(map(str, CLIENT))
KINDS = {"pt96": "opus", "pt97": "vp8"}


@dataclass
class Travelled:
    """What one class left behind. `wire` is encrypted, `up` and `down` are in the clear."""

    server: str
    wire: Path
    up: Path
    down: Path
    seen: list[int]


@pytest.fixture(scope="module")
def travelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Travelled]:
    folder = tmp_path_factory.mktemp("wire")
    with Host("pupil") as there, Wire(None, there) as wire:
        yield asyncio.run(a_class(folder, there, wire))


async def a_class(folder: Path, there: Host, wire: Wire) -> Travelled:
    path = await asyncio.to_thread(film, folder, FRAMES)
    async with House(folder / "data", host=wire.a_address) as house:
        teacher, student = await house.token("teacher"), await house.token("student1")
        lesson = (await lesson_now(house))["id"]
        await house.api("POST", f"/api/v1/lessons/{lesson}/open", teacher)
        command = [
            sys.executable, "-m", "tests.wire.pupil", house.url, lesson, teacher, student,
            str(path), str(folder),
        ]  # fmt: skip
        with capture(wire.a_name, (house.media_port, house.media_port + 1), folder / "wire.pcapng"):
            done = await asyncio.to_thread(there.run, command, cwd=ROOT, capture_output=True, timeout=90)
        assert done.returncode == 0, done.stderr[-3000:]
    return Travelled(
        wire.a_address,
        folder / "wire.pcapng",
        folder / "up.pcap",
        folder / "down.pcap",
        json.loads(done.stdout),
    )


def by_source(packets: list[Row]) -> dict[str, list[Row]]:
    found = defaultdict(list)
    for row in packets:
        found[row["rtp.ssrc"]].append(row)
    return found


def check_stream(packets: list[Row], video: bool) -> None:
    """One source of RTP on a clean link: nothing missing, nothing twice, frames whole."""
    numbers = [int(row["rtp.seq"]) for row in packets]
    assert all(b == (a + 1) % 65536 for a, b in itertools.pairwise(numbers)), (
        "sequence numbers are continuous"
    )
    steps = [
        (int(b["rtp.timestamp"]) - int(a["rtp.timestamp"])) % 2**32 for a, b in itertools.pairwise(packets)
    ]
    assert all(step < 2**31 for step in steps), "RTP time does not run backwards"
    if video:
        ends = [row["rtp.marker"] == "1" for row in packets]
        begins = [step > 0 for step in steps]
        assert ends[:-1] == begins, "the marker stands on the last packet of each frame and nowhere else"


# --- on the wire: encrypted ---------------------------------------------------------------------------


def test_the_wire_carries_stun_dtls_and_srtp_and_nothing_malformed(travelled: Travelled) -> None:
    on = heuristics()
    assert rows(travelled.wire, "_ws.malformed and !srtcp", options=on) == []  # SRTCP's body is encrypted
    strangers = rows(travelled.wire, "!(stun or dtls or rtp or srtcp)", "_ws.col.Protocol", options=on)
    assert strangers == [], "every datagram is one of the four"
    assert len(rows(travelled.wire, "srtcp", options=on)) > 20
    stun = rows(travelled.wire, "stun", "stun.type", "stun.att.crc32.status", options=on)
    kinds = {row["stun.type"] for row in stun}
    assert {"0x0001", "0x0101"} <= kinds, "binding requests and successes"
    assert all(row["stun.att.crc32.status"] in ("1", "Good", "True") for row in stun), (
        "every fingerprint is right"
    )


def test_the_handshake_chooses_gcm(travelled: Travelled) -> None:
    hello = "dtls.handshake.type == 2"
    chosen = rows(travelled.wire, hello, "ip.src", "dtls.use_srtp.protection_profile", options=heuristics())
    assert len({row["frame.number"] for row in chosen}) >= 2, "a player and an encoder"
    assert {row["ip.src"] for row in chosen} == {travelled.server}, "setup:passive: the server answers"
    assert {int(row["dtls.use_srtp.protection_profile"], 16) for row in chosen} == {0x0007}


def test_srtp_headers_are_those_of_whole_streams(travelled: Travelled) -> None:
    fields = ("rtp.ssrc", "rtp.seq", "rtp.timestamp", "rtp.marker", "rtp.p_type", "rtp.version")
    # RTCP that shares the port looks like RTP of payload types 64 to 95 (RFC 5761 section 4)
    display = f"rtp and ip.src == {travelled.server} and rtp.p_type >= 96"
    packets = rows(travelled.wire, display, *fields, options=heuristics())
    streams = by_source(packets)
    plain = by_source(rows(travelled.down, f"{DOWN} and rtp", *fields, options=decode_as()))
    assert set(streams) == set(plain), "the sources on the wire are those that the client decrypted"
    for ssrc, found in streams.items():
        assert {row["rtp.version"] for row in found} == {"2"}
        assert len(found) == len(plain[ssrc]), "all of it arrived"
        check_stream(found, video=found[0]["rtp.p_type"] == "97")


# --- in the clear -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["up", "down"])
def test_nothing_in_the_clear_is_malformed(travelled: Travelled, side: str) -> None:
    path: Path = getattr(travelled, side)
    on = decode_as(**KINDS)
    assert rows(path, "_ws.malformed or _ws.expert.severity == error", "_ws.expert.message", options=on) == []
    assert len(rows(path, "vp8", options=on)) > FRAMES and len(rows(path, "opus", options=on)) > 100
    assert rows(path, "udp.port == 5005 and !rtcp", options=on) == []
    checks = rows(path, "rtcp", "rtcp.length_check", "rtcp.version", options=on)
    assert checks and all(row["rtcp.length_check"] in ("1", "True") for row in checks)
    assert {value for row in checks for value in row["rtcp.version"].split(",")} == {"2"}


def test_streams_down_are_whole_and_known(travelled: Travelled) -> None:
    fields = ("rtp.ssrc", "rtp.seq", "rtp.timestamp", "rtp.marker", "rtp.p_type")
    streams = by_source(rows(travelled.down, f"{DOWN} and rtp", *fields, options=decode_as()))
    assert sorted(found[0]["rtp.p_type"] for found in streams.values()) == ["96", "97"], (
        "a voice and a picture"
    )
    for found in streams.values():
        check_stream(found, video=found[0]["rtp.p_type"] == "97")
    times = {row["rtp.timestamp"] for row in next(f for f in streams.values() if f[0]["rtp.p_type"] == "97")}
    assert len(times) >= len(travelled.seen), "every picture that was decoded is a frame of the stream"
    assert len(travelled.seen) > FRAMES - 20


def test_sender_reports_tell_the_time(travelled: Travelled) -> None:
    """NTP times near the wall clock, and RTP times that go on at the stream's rate (RFC 3550 section 6.4)."""
    of_report = (
        "rtcp.senderssrc", "rtcp.timestamp.ntp.msw", "rtcp.timestamp.ntp.lsw", "rtcp.timestamp.rtp",
        "rtcp.sender.packetcount",
    )  # fmt: skip
    reports = defaultdict(list)
    told = rows(
        travelled.down, f"{DOWN} and rtcp.pt == 200", "frame.time_epoch", *of_report, options=decode_as()
    )
    for row in told:
        values = zip(*(row[field].split(",") for field in of_report), strict=False)
        for ssrc, high, low, rtp, packets in values:
            ntp = int(high) + int(low) / 2**32 - UNIX
            reports[ssrc].append((float(row["frame.time_epoch"]), ntp, int(rtp), int(packets)))
    media = by_source(rows(travelled.down, f"{DOWN} and rtp", "rtp.ssrc", "rtp.p_type", options=decode_as()))
    assert set(reports) == set(media), "every stream has its reports"
    for ssrc, found in reports.items():
        rate = 48_000 if media[ssrc][0]["rtp.p_type"] == "96" else 90_000
        assert len(found) >= 4
        assert all(abs(at - ntp) < 2 for at, ntp, _, _ in found), "the wall clock of this machine"
        for (_, a_ntp, a_rtp, a_sent), (_, b_ntp, b_rtp, b_sent) in itertools.pairwise(found):
            gone = (b_rtp - a_rtp) % 2**32 / rate
            assert abs(gone - (b_ntp - a_ntp)) < 0.05, "both clocks of a report run alike"
            assert b_sent >= a_sent
        assert found[-1][3] <= len(media[ssrc]), "no more is reported than was sent"


def test_both_sides_report_what_they_hear(travelled: Travelled) -> None:
    on = decode_as()
    sent = {row["rtp.ssrc"] for row in rows(travelled.up, f"{UP} and rtp", "rtp.ssrc", options=on)}
    blocks = rows(
        travelled.up, f"{DOWN} and rtcp.pt == 201", "rtcp.ssrc.identifier", "rtcp.ssrc.fraction", options=on
    )
    told = {ssrc for row in blocks for ssrc in row["rtcp.ssrc.identifier"].split(",") if ssrc}
    assert told == sent, "the server reports on everything that the encoder sends"
    losses = [int(value) for row in blocks for value in row["rtcp.ssrc.fraction"].split(",") if value]
    assert losses and set(losses) == {0}, "a clean link loses nothing"
    names = rows(travelled.down, f"{DOWN} and rtcp.pt == 202", "rtcp.sdes.text", options=on)
    assert names and all(row["rtcp.sdes.text"] for row in names), "reports come with a CNAME"


# --- ffmpeg -------------------------------------------------------------------------------------------------


def test_ffmpeg_decodes_the_picture_as_it_travelled(travelled: Travelled, tmp_path: Path) -> None:
    fields = ("frame.time_epoch", "udp.payload", "rtp.p_type")
    packets = [
        (float(row["frame.time_epoch"]), bytes.fromhex(row["udp.payload"]))
        for row in rows(travelled.down, f"{DOWN} and rtp.p_type == 97", *fields, options=decode_as())
    ]
    port = free_port(4) & ~1
    sdp = (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=stage\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video {port} RTP/AVP 97\na=rtpmap:97 VP8/90000\n"
    )
    data, complaints = play(packets, sdp, tmp_path, port)
    assert complaints == "", complaints
    pictures = np.frombuffer(data, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
    numbers = [read_number(image, 1) for image in pictures]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "every frame, in order"
    assert len(numbers) > FRAMES - 20
