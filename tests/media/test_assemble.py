"""Frames out of packets: whole, in order, gaps told."""

import random

from hypothesis import given
from hypothesis import strategies as st

from media.assemble import MAX_WAITING, START_CODE, Assembler, Frame
from media.flow.packet import CodecName, Intake, UpPacket
from media.wire import rtp

KEY = b"\x10\x00\x00\x9d\x01\x2a\x80\x02\x68\x01"


class Source:
    """Makes the packets of one codec."""

    def __init__(self, codec: CodecName) -> None:
        self.intake = Intake(codec, 48_000 if codec == "opus" else 90_000)
        self.seq = 65_500
        self.time = 0xFFFF_F000

    def packet(self, payload: bytes, *, marker: bool = False, now: float = 1.0) -> UpPacket:
        data = rtp.build(pt=96, seq=self.seq, time=self.time, ssrc=5, payload=payload, marker=marker)
        self.seq = (self.seq + 1) & 0xFFFF
        taken = self.intake.take(rtp.parse(data), now)
        assert taken is not None
        return taken

    def frame(self, parts: list[bytes], now: float = 1.0) -> list[UpPacket]:
        self.time = (self.time + 3000) & 0xFFFF_FFFF
        return [self.packet(p, marker=i == len(parts) - 1, now=now) for i, p in enumerate(parts)]

    def vp8(self, body: bytes, count: int, *, key: bool = False, now: float = 1.0) -> list[UpPacket]:
        whole = (KEY if key else b"\x11\x00\x00") + body
        size = max(len(whole) // count + 1, len(KEY))  # no encoder cuts the frame header
        parts = [whole[i : i + size] for i in range(0, len(whole), size)]
        return self.frame([(b"\x10" if i == 0 else b"\x00") + part for i, part in enumerate(parts)], now)


def feed(assembler: Assembler, packets: list[UpPacket], now: float = 1.0) -> list[Frame]:
    return [frame for packet in packets for frame in assembler.take(packet, now)]


@given(
    bodies=st.lists(st.tuples(st.binary(max_size=60), st.integers(1, 6)), min_size=1, max_size=12),
    seed=st.integers(0, 1000),
)
def test_frames_come_whole_and_in_order_whatever_the_order_of_arrival(
    bodies: list[tuple[bytes, int]], seed: int
) -> None:
    source, assembler = Source("VP8"), Assembler("VP8")
    packets = [p for i, (body, count) in enumerate(bodies) for p in source.vp8(body, count, key=i == 0)]
    first, rest = packets[0], packets[1:]
    shuffler = random.Random(seed)
    for at in range(0, len(rest), 8):  # the network mixes neighbours only
        part = rest[at : at + 8]
        shuffler.shuffle(part)
        rest[at : at + 8] = part
    frames = feed(assembler, [first, *rest])
    assert [frame.data for frame in frames] == [
        (KEY if i == 0 else b"\x11\x00\x00") + body for i, (body, _) in enumerate(bodies)
    ]
    assert (frames[0].keyframe, frames[0].width, frames[0].height) == (True, 640, 360)
    assert not any(frame.gap for frame in frames)
    assert assembler.lost == 0


def test_a_missing_packet_is_waited_for_and_then_told() -> None:
    source, assembler = Source("VP8"), Assembler("VP8")
    one, two, three = (source.vp8(bytes([n]) * 50, 3, key=n == 0) for n in range(3))
    assert len(feed(assembler, one)) == 1
    assert feed(assembler, [two[0], two[2], *three], 2.0) == []
    (late,) = source.vp8(b"x", 1)
    frames = assembler.take(late, 2.6)
    assert [frame.gap for frame in frames] == [True, False]
    assert frames[0].data.endswith(b"\x02" * 20)
    assert assembler.lost == 1
    assert assembler.take(two[1], 2.7) == []


def test_what_waits_is_bounded() -> None:
    source, assembler = Source("VP8"), Assembler("VP8")
    packets = [p for n in range(600) for p in source.vp8(b"x" * 10, 1)]
    assert len(feed(assembler, [packets[0]])) == 1
    frames = feed(assembler, packets[2:])
    assert len(assembler._waiting) <= MAX_WAITING
    assert frames[0].gap


def test_padding_takes_a_number_and_no_place() -> None:
    source, assembler = Source("VP8"), Assembler("VP8")
    first = source.vp8(b"a", 1, key=True)
    nothing = source.packet(b"")
    frames = feed(assembler, [*first, nothing, *source.vp8(b"b", 1)])
    assert len(frames) == 2
    assert not frames[1].gap


def test_a_stream_joined_in_the_middle_of_a_frame_begins_with_the_next() -> None:
    source, assembler = Source("VP8"), Assembler("VP8")
    half = source.vp8(b"a" * 100, 4)[2:]
    frames = feed(assembler, [*half, *source.vp8(b"b", 1, key=True)])
    assert [(frame.keyframe, frame.gap) for frame in frames] == [(True, True)]


def test_sound_comes_packet_by_packet() -> None:
    source, assembler = Source("opus"), Assembler("opus")
    frames = feed(assembler, source.frame([b"\x78one"]) + source.frame([b"\x78two"]))
    assert [frame.data for frame in frames] == [b"\x78one", b"\x78two"]
    assert all(frame.keyframe for frame in frames)


def test_h264_units_get_start_codes() -> None:
    source, assembler = Source("H264"), Assembler("H264")
    sps, pps, idr = b"\x67\x42\x00\x1f\xe9", b"\x68\xce\x06", b"\x65" + bytes(range(1, 200))
    stap = b"\x78" + len(sps).to_bytes(2, "big") + sps + len(pps).to_bytes(2, "big") + pps
    fragments = [
        bytes([0x7C, (0x80 if at == 1 else 0) | (0x40 if at + 80 >= len(idr) else 0) | 5]) + idr[at : at + 80]
        for at in range(1, len(idr), 80)
    ]
    frames = feed(assembler, source.frame([stap, *fragments]))
    assert frames[0].data == START_CODE + sps + START_CODE + pps + START_CODE + idr
    assert frames[0].keyframe
    (plain,) = feed(assembler, source.frame([b"\x41rest"]))
    assert plain.data == START_CODE + b"\x41rest"
    assert not plain.keyframe


@given(
    data=st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.booleans(), st.booleans()), max_size=60)
)
def test_nothing_that_an_intake_lets_through_breaks_it(data: list[tuple[bytes, bool, bool]]) -> None:
    for codec in ("VP8", "H264"):
        source, assembler = Source(codec), Assembler(codec)  # type: ignore[arg-type]
        now = 0.0
        for payload, marker, skip in data:
            now += 0.05
            source.seq = (source.seq + (3 if skip else 0)) & 0xFFFF
            try:
                packet = source.packet(payload, marker=marker, now=now)
            except Exception as error:
                assert type(error).__name__ == "Malformed"
                continue
            assembler.take(packet, now)
