"""media.wire.vp8: descriptors of every shape, real encodes by libvpx, hostile bytes."""

from fractions import Fraction

import av
import pytest
from aiortc.codecs.vpx import Vp8Encoder, VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import vp8

FRAME = b"\x00\x00\x00\x9d\x01\x2a\x80\x02\x68\x01"  # the start of a keyframe of 640x360
optional = st.none()


@given(
    st.booleans(),
    st.integers(0, 7),
    st.one_of(optional, st.integers(0, 0x7FFF)),
    st.one_of(optional, st.integers(0, 255)),
    st.one_of(optional, st.tuples(st.integers(0, 3), st.integers(0, 1))),
    st.one_of(optional, st.integers(0, 31)),
)
def test_agrees_with_aiortc(
    start: bool,
    partition: int,
    picture: int | None,
    tl0: int | None,
    tid: tuple[int, int] | None,
    key: int | None,
) -> None:
    raw = bytes(
        VpxPayloadDescriptor(
            partition_start=int(start),
            partition_id=partition,
            picture_id=picture,
            tl0picidx=tl0,
            tid=tid,
            keyidx=key,
        )
    )
    data = b"header" + raw + FRAME
    found = vp8.parse(data, 6, len(data))
    assert found.size == len(raw)
    assert found.frame_start == (start and partition == 0)
    assert found.keyframe == found.frame_start
    assert (found.width, found.height) == ((640, 360) if found.keyframe else (0, 0))
    assert found.picture_id == (-1 if picture is None else picture)
    assert found.tl0_index == (-1 if tl0 is None else tl0)
    assert found.key_index == (-1 if key is None else key)
    if tid is None:
        assert found.temporal_id == -1
    else:
        assert (found.temporal_id, found.layer_sync) == (tid[0], bool(tid[1]))
    if picture is not None:
        width = 1 if found.picture_bits == 7 else 2
        there = int.from_bytes(data[found.picture_at : found.picture_at + width], "big")
        assert there == picture | (0x8000 if found.picture_bits == 15 else 0)
    if tl0 is not None:
        assert data[found.tl0_at] == tl0
    for size in range(len(raw)):
        with pytest.raises(Malformed):
            vp8.parse(data, 6, 6 + size)


def test_real_encode() -> None:
    encoder = Vp8Encoder()
    for index in range(4):
        frame = av.VideoFrame(320, 240, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([index * 40 % 256]) * plane.buffer_size)
        frame.pts = index * 3000
        frame.time_base = Fraction(1, 90000)
        payloads, _ = encoder.encode(frame, force_keyframe=index in (0, 2))
        first = vp8.parse(payloads[0], 0, len(payloads[0]))
        assert first.frame_start
        assert first.keyframe == (index in (0, 2))
        assert (first.width, first.height) == ((320, 240) if first.keyframe else (0, 0))
        for payload in payloads[1:]:
            assert not vp8.parse(payload, 0, len(payload)).keyframe


@given(st.binary(max_size=20))
def test_arbitrary_bytes(data: bytes) -> None:
    try:
        found = vp8.parse(data, 0, len(data))
    except Malformed:
        return
    assert 1 <= found.size <= min(6, len(data))
    assert 0 <= found.picture_at < found.size
    assert 0 <= found.tl0_at < found.size
