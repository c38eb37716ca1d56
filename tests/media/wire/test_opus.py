"""media.wire.opus: durations by the table of RFC 6716, silence, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import opus


@pytest.mark.parametrize(
    ("payload", "ms"),
    [
        (b"\x00", 10),  # SILK, narrow band
        (b"\x18x", 60),
        (b"\x60x", 10),  # hybrid
        (b"\x68x", 20),
        (b"\x80x", 2.5),  # CELT
        (b"\xf8\xff\xfe", 20),  # what Chromium sends
        (b"\xf9xx", 40),  # two frames of equal size
        (b"\xfa\x01xx", 40),  # two of different size
        (b"\xfb\x06", 120),
    ],
)
def test_durations(payload: bytes, ms: float) -> None:
    assert opus.duration(payload) == ms * 48


@pytest.mark.parametrize("payload", [b"", b"\xfb", b"\xfb\x00", b"\xfb\x07", b"\x1b\x03"])
def test_malformed(payload: bytes) -> None:
    with pytest.raises(Malformed):
        opus.duration(payload)


@given(st.binary(max_size=10))
def test_arbitrary_bytes(payload: bytes) -> None:
    try:
        samples = opus.duration(payload)
    except Malformed:
        return
    assert samples % 120 == 0
    assert 120 <= samples <= opus.MAX_SAMPLES


def test_silence() -> None:
    assert opus.is_dtx(b"\xf8")
    assert opus.is_dtx(b"\xf8\x00")
    assert not opus.is_dtx(b"")
    assert not opus.is_dtx(b"\xf8\xff\xfe")
