"""media.flow.packet: payloads split without loss, counters extended, bursts made equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.flow.packet import Intake
from media.wire import rtp
from tests.media.flow.streams import Camera


def test_camera_packets() -> None:
    camera = Camera()
    first = camera.taken(1.0, keyframe=True)
    rest = [packet for _ in range(4) for packet in camera.taken(2.0)]
    assert [packet.keyframe for packet in first] == [True, False]
    assert (first[0].width, first[0].height) == (640, 360)
    assert [packet.seq for packet in first + rest] == list(range(first[0].seq, first[0].seq + 10))
    pictures = [packet.picture_id for packet in first + rest][::2]
    assert pictures == list(range(pictures[0], pictures[0] + 5))  # on through the wrap at 15 bits
    assert [packet.tid for packet in rest][::2] == [2, 1, 2, 0]


@given(st.binary(min_size=1, max_size=60))
def test_any_vp8_payload_comes_out_as_it_went_in(payload: bytes) -> None:
    parsed = rtp.parse(rtp.build(pt=96, seq=1, time=2, ssrc=3, payload=payload))
    try:
        packet = Intake("VP8", 90000).take(parsed, 0.0)
    except Malformed:
        return
    assert packet is not None
    assert packet.size == len(packet.payload)
    if packet.picture_id >= 0 and not payload[2] & 0x80:
        assert packet.payload == payload[:2] + b"\x80" + payload[2:]  # 7 bits become 15
    else:
        assert packet.payload == payload


@pytest.mark.parametrize("codec", ["VP8", "H264", "opus"])
def test_padding_has_no_payload(codec: str) -> None:
    parsed = rtp.parse(rtp.build(pt=96, seq=1, time=2, ssrc=3, payload=b"", padding=100))
    packet = Intake(codec, 90000).take(parsed, 0.0)  # type: ignore[arg-type]
    assert packet is not None
    assert packet.size == 0
    assert not packet.keyframe
