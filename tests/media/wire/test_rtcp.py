"""media.wire.rtcp: round trips, agreement with aiortc's reader, and compounds cut anywhere."""

import pytest
from aiortc import rtp as aiortc_rtp
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import rtcp

u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
blocks = st.builds(
    rtcp.ReportBlock,
    u32,
    st.integers(0, 255).map(lambda n: n / 256),
    st.integers(-0x800000, 0x7FFFFF),
    u32,
    u32,
    u32,
    u32.map(lambda n: n / 65536),
)
many_blocks = st.lists(blocks, max_size=4).map(tuple)


def only(data: bytes) -> rtcp.Report:
    reports, malformed = rtcp.parse(data)
    assert malformed == 0
    assert len(reports) == 1
    return reports[0]


@given(st.builds(rtcp.SenderReport, u32, st.integers(0, 2**64 - 1), u32, u32, u32, many_blocks))
def test_sender_report(report: rtcp.SenderReport) -> None:
    data = rtcp.build_sender_report(report)
    assert only(data) == report
    (theirs,) = aiortc_rtp.RtcpPacket.parse(data)
    assert isinstance(theirs, aiortc_rtp.RtcpSrPacket)
    assert theirs.sender_info.ntp_timestamp == report.ntp
    assert theirs.sender_info.rtp_timestamp == report.rtp
    assert [r.packets_lost for r in theirs.reports] == [b.lost for b in report.blocks]


@given(u32, many_blocks)
def test_receiver_report(ssrc: int, given_blocks: tuple[rtcp.ReportBlock, ...]) -> None:
    data = rtcp.build_receiver_report(ssrc, given_blocks)
    assert only(data) == rtcp.ReceiverReport(ssrc, given_blocks)


@given(u32, st.text(max_size=60))
def test_source_description(ssrc: int, cname: str) -> None:
    assert only(rtcp.build_sdes(ssrc, cname)) == rtcp.SourceDescription({ssrc: cname})


@given(st.lists(u32, max_size=31))
def test_bye(sources: list[int]) -> None:
    assert only(rtcp.build_bye(sources)) == rtcp.Bye(tuple(sources))


@given(u32, u32, u16, st.lists(st.integers(1, 40), max_size=40))
def test_nack(sender: int, media: int, start: int, steps: list[int]) -> None:
    lost = [start]
    for step in steps:
        lost.append((lost[-1] + step) & 0xFFFF)
    data = rtcp.build_nack(sender, media, lost)
    assert only(data) == rtcp.Nack(sender, media, lost)
    (theirs,) = aiortc_rtp.RtcpPacket.parse(data)
    assert isinstance(theirs, aiortc_rtp.RtcpRtpfbPacket)
    assert [seq & 0xFFFF for seq in theirs.lost] == lost  # aiortc does not wrap them


def test_nack_of_everything_is_bounded() -> None:
    data = b"\x81\xcd" + (2 + 400).to_bytes(2, "big") + bytes(8) + b"\x00\x00\xff\xff" * 400
    report = only(data)
    assert isinstance(report, rtcp.Nack)
    assert len(report.lost) == rtcp.MAX_NACKED


@given(u32, u32, st.integers(0, 255))
def test_picture_requests(sender: int, media: int, command: int) -> None:
    assert only(rtcp.build_pli(sender, media)) == rtcp.PictureLoss(sender, media)
    fir = only(rtcp.build_fir(sender, media, command))
    assert fir == rtcp.FullIntraRequest(sender, ((media, command),))


@given(u32, st.integers(0, 1 << 38), st.lists(u32, max_size=5))
def test_remb(sender: int, bitrate: int, sources: list[int]) -> None:
    report = only(rtcp.build_remb(sender, bitrate, sources))
    assert isinstance(report, rtcp.Remb)
    assert report.sources == tuple(sources)
    assert bitrate * (1 - 2**-17) <= report.bitrate <= bitrate
    theirs = aiortc_rtp.unpack_remb_fci(aiortc_rtp.pack_remb_fci(report.bitrate, sources))
    assert theirs == (report.bitrate, sources)


def test_a_bad_packet_does_not_hide_the_next() -> None:
    bad = b"\x81\xc9\x00\x01" + bytes(4)  # one report block that is not there
    unknown = b"\x80\xcf\x00\x01" + bytes(4)  # an extended report
    reports, malformed = rtcp.parse(rtcp.build_bye([1]) + bad + unknown + rtcp.build_pli(1, 2))
    assert reports == [rtcp.Bye((1,)), rtcp.PictureLoss(1, 2)]
    assert malformed == 1


def test_compounds_cut_anywhere() -> None:
    data = (
        rtcp.build_receiver_report(1, [rtcp.ReportBlock(1, 0.5, 2, 3, 4, 5, 6.0)])
        + rtcp.build_sdes(1, "name")
        + rtcp.build_nack(1, 2, [3, 5, 9])
        + rtcp.build_remb(1, 10**6, [2])
    )
    whole = rtcp.parse(data).reports
    for size in range(len(data)):
        try:
            reports, malformed = rtcp.parse(data[:size])
        except Malformed:
            assert size < 32
            continue
        assert reports == whole[: len(reports)]
        assert malformed == (size not in (32, 32 + 16, 32 + 16 + 16))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80\xc8\x00", b"\x00\xc8\x00\x00", b"\x80\xc8\x00\x01", b"\x80\xc8\xff\xff" + bytes(1000)],
)
def test_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        rtcp.parse(data)


kinds = st.sampled_from([200, 201, 202, 203, 204, 205, 206, 207])


@given(st.lists(st.tuples(st.integers(0, 63), kinds, st.binary(max_size=60)), min_size=1, max_size=4))
def test_arbitrary_bodies(parts: list[tuple[int, int, bytes]]) -> None:
    data = b""
    for first, kind, body in parts:
        padded = body + bytes(-len(body) % 4)
        data += bytes([0x80 | first, kind]) + (len(padded) // 4).to_bytes(2, "big") + padded
    reports, malformed = rtcp.parse(data)
    assert len(reports) + malformed <= len(parts)


@given(st.binary(max_size=100))
def test_arbitrary_bytes(data: bytes) -> None:
    try:
        rtcp.parse(data)
    except Malformed:
        pass


def test_ntp_time() -> None:
    assert rtcp.ntp_time(0.5) == (2208988800 << 32) | 1 << 31
    assert rtcp.middle(0x0123456789ABCDEF) == 0x456789AB
