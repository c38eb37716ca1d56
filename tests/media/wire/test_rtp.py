"""media.wire.rtp: round trips, agreement with aiortc's parser, and packets that mean harm."""

import pytest
from aiortc.rtp import RtpPacket, unwrap_rtx, wrap_rtx
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import rtp

u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
one_byte = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=5)
two_byte = st.dictionaries(st.integers(1, 255), st.binary(max_size=40), max_size=5)
ALL = rtp.ExtensionMap({name: number for number, name in enumerate(rtp.EXTENSION_URIS, 1)})


@given(
    st.integers(0, 127),
    u16,
    u32,
    u32,
    st.booleans(),
    st.binary(max_size=1200),
    st.one_of(one_byte, two_byte),
    st.lists(u32, max_size=15),
    st.integers(0, 255),
)
def test_round_trip(
    pt: int,
    seq: int,
    time: int,
    ssrc: int,
    marker: bool,
    payload: bytes,
    extensions: dict[int, bytes],
    csrc: list[int],
    padding: int,
) -> None:
    data = rtp.build(
        pt=pt,
        seq=seq,
        time=time,
        ssrc=ssrc,
        marker=marker,
        payload=payload,
        extensions=list(extensions.items()),
        csrc=csrc,
        padding=padding,
    )
    packet = rtp.parse(data)
    assert (packet.pt, packet.seq, packet.time, packet.ssrc) == (pt, seq, time, ssrc)
    assert packet.marker == marker
    assert packet.payload == payload
    assert rtp.elements(packet) == extensions

    other = RtpPacket.parse(data)  # an independent reader agrees
    assert (other.payload_type, other.sequence_number, other.timestamp, other.ssrc) == (pt, seq, time, ssrc)
    assert other.marker == int(marker)
    assert other.payload == payload
    assert other.csrc == csrc


def test_known_extensions() -> None:
    packet = rtp.parse(
        rtp.build(
            pt=111,
            seq=1,
            time=2,
            ssrc=3,
            payload=b"x",
            extensions=[
                (1, b"0"),
                (2, b"h"),
                (3, b"q"),
                (4, b"\x9e"),
                (5, b"\x01\x02\x03"),
                (6, b"\xff\xfe"),
                (9, b"?"),
            ],
        )
    )
    assert ALL.read(packet) == rtp.Extensions("0", "h", "q", 30, True, 0x010203, 0xFFFE)
    by_uri = rtp.ExtensionMap({uri: ALL.ids[name] for name, uri in rtp.EXTENSION_URIS.items()})
    assert by_uri.read(packet) == ALL.read(packet)
    assert rtp.ExtensionMap({"mid": 0, "rid": 256, "other": 3}).ids == {}


def test_one_byte_form_stops_at_fifteen_and_skips_padding() -> None:
    body = b"\x00\x10A\x00" + b"\xf0\x00\x20B"
    data = b"\x90\x60" + bytes(10) + b"\xbe\xde\x00\x02" + body
    assert rtp.elements(rtp.parse(data)) == {1: b"A"}


@pytest.mark.parametrize(
    "values", [[(4, b"")], [(5, b"\x01")], [(6, b"\x01")], [(1, b"\xff\xfe")], [(5, bytes(4))]]
)
def test_extensions_of_a_wrong_size(values: list[tuple[int, bytes]]) -> None:
    packet = rtp.parse(rtp.build(pt=1, seq=1, time=1, ssrc=1, payload=b"", extensions=values))
    with pytest.raises(Malformed):
        ALL.read(packet)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(12),  # version 0
        b"\x80\x60" + bytes(9),
        b"\x8f\x60" + bytes(10),  # 15 CSRCs that are not there
        b"\x90\x60" + bytes(10),  # an extension that is not there
        b"\x90\x60" + bytes(10) + b"\xbe\xde\xff\xff",
        b"\xa0\x60" + bytes(10) + b"\x00",  # padding of 0
        b"\xa0\x60" + bytes(10) + b"\x02",  # padding into the header
        b"\x80\x60" + bytes(65000),
    ],
)
def test_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        rtp.parse(data)


@given(st.binary(max_size=100), st.booleans())
def test_arbitrary_bytes(data: bytes, dressed: bool) -> None:
    if dressed and data:
        data = bytes([0x80 | data[0] & 0x3F]) + data[1:]
    try:
        packet = rtp.parse(data)
        ALL.read(packet)
    except Malformed:
        return
    assert packet.payload_at <= packet.payload_end <= len(data)
    assert packet.extension_end <= packet.payload_at
    rtp.unwrap_rtx(packet, pt=96, ssrc=1)


@given(st.binary(max_size=60), st.sampled_from([0xBEDE, 0x1000, 0x100F, 0x1234]))
def test_arbitrary_extensions(body: bytes, profile: int) -> None:
    body += bytes(-len(body) % 4)
    data = b"\x90\x60" + bytes(10) + profile.to_bytes(2, "big") + (len(body) // 4).to_bytes(2, "big") + body
    packet = rtp.parse(data)
    try:
        found = rtp.elements(packet)
    except Malformed:
        return
    assert sum(len(value) + 1 for value in found.values()) <= len(body)


def test_truncations() -> None:
    data = rtp.build(
        pt=96, seq=1, time=2, ssrc=3, payload=b"", extensions=[(1, b"ab"), (2, bytes(9))], csrc=[7, 8]
    )
    for size in range(len(data)):
        with pytest.raises(Malformed):
            rtp.parse(data[:size])


@given(st.binary(max_size=50), st.integers(0, 100), st.integers(1, 100))
def test_padding_keeps_the_payload(payload: bytes, there: int, more: int) -> None:
    data = rtp.build(pt=96, seq=1, time=2, ssrc=3, payload=payload, padding=there)
    padded = rtp.pad(data, more)
    assert len(padded) == len(data) + more
    assert rtp.parse(padded).payload == payload
    assert rtp.pad(data, 0) == data


@given(one_byte, st.binary(max_size=100), u16, u16, st.booleans())
def test_rtx(extensions: dict[int, bytes], payload: bytes, seq: int, rtx_seq: int, marker: bool) -> None:
    original = rtp.build(
        pt=96,
        seq=seq,
        time=5,
        ssrc=77,
        marker=marker,
        payload=payload,
        extensions=list(extensions.items()),
    )
    wrapped = rtp.wrap_rtx(original, rtp.parse(original).payload_at, pt=97, seq=rtx_seq, ssrc=88)
    there = rtp.parse(wrapped)
    assert (there.pt, there.seq, there.ssrc, there.marker) == (97, rtx_seq, 88, marker)
    assert rtp.unwrap_rtx(there, pt=96, ssrc=77) == original
    theirs = wrap_rtx(RtpPacket.parse(original), payload_type=97, sequence_number=rtx_seq, ssrc=88)
    assert theirs.payload == there.payload
    assert unwrap_rtx(RtpPacket.parse(wrapped), payload_type=96, ssrc=77).payload == payload


def test_rtx_without_payload_is_a_probe() -> None:
    probe = rtp.parse(rtp.build(pt=97, seq=1, time=1, ssrc=1, payload=b"", padding=200))
    assert rtp.unwrap_rtx(probe, pt=96, ssrc=2) is None


def test_abs_send_time_wraps_every_64_seconds() -> None:
    assert rtp.abs_send_time(1.0) == 1 << 18
    assert rtp.abs_send_time(65.0) == 1 << 18
