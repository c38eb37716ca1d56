"""media.wire.h264: NAL units alone, in STAP-A and FU-A, sizes of real parameter sets, hostile bytes."""

from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import h264


def encode(width: int, height: int, profile: str) -> list[bytes]:
    """NAL units of the first frame that libx264 makes of this size."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height = width, height
    context.pix_fmt = "yuv444p" if profile == "high444" else "yuv420p"
    context.time_base = Fraction(1, 30)
    context.options = {"profile": profile, "tune": "zerolatency"}
    frame = av.VideoFrame(width, height, context.pix_fmt)
    frame.pts = 0
    stream = b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
    return [
        unit.rstrip(b"\x00")
        for unit in stream.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01")[1:]
    ]


@pytest.mark.parametrize(
    ("width", "height", "profile"),
    [(640, 360, "baseline"), (1280, 720, "main"), (1922, 1082, "high"), (322, 182, "high444")],
)
def test_size_of_real_parameter_sets(width: int, height: int, profile: str) -> None:
    units = encode(width, height, profile)
    (sps,) = [unit for unit in units if unit[0] & 0x1F == h264.SPS]
    found = h264.parse(sps, 0, len(sps))
    assert found == h264.H264Payload(True, False, width, height)


def test_aggregates_and_fragments() -> None:
    units = encode(640, 360, "baseline")
    (sps,) = [unit for unit in units if unit[0] & 0x1F == h264.SPS]
    idr = next(unit for unit in units if unit[0] & 0x1F == h264.IDR)[:900]
    stap = b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in (b"\x09\x10", sps, idr))
    data = b"head" + stap
    assert h264.parse(data, 4, len(data)) == h264.H264Payload(True, True, 640, 360)
    for size in range(1, len(stap) - len(idr)):
        try:
            cut = h264.parse(stap, 0, size)
        except Malformed:
            continue
        assert not cut.idr  # cut between two units: what is there still reads
    assert h264.parse(b"\x7c\x85" + idr[1:], 0, 50).idr
    assert h264.parse(b"\x7c\x05" + idr[1:], 0, 50) == h264.H264Payload()  # a later fragment
    assert h264.parse(b"\x41\x9a\x00", 0, 3) == h264.H264Payload()  # a plain P slice


@pytest.mark.parametrize(
    "payload", [b"", b"\x78", b"\x78\x00", b"\x78\x00\x00", b"\x78\x00\x05\x67", b"\x7c"]
)
def test_malformed(payload: bytes) -> None:
    with pytest.raises(Malformed):
        h264.parse(payload, 0, len(payload))


def test_a_bad_parameter_set_is_still_a_keyframe() -> None:
    assert h264.parse(b"\x67\x42", 0, 2) == h264.H264Payload(True)


@given(st.sampled_from([b"", b"\x78", b"\x7c\x87", b"\x67"]), st.binary(max_size=300))
def test_arbitrary_bytes(head: bytes, rest: bytes) -> None:
    try:
        found = h264.parse(head + rest, 0, len(head + rest))
    except Malformed:
        return
    assert 0 <= found.width <= 16384
    assert 0 <= found.height <= 16384
