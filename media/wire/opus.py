"""Opus packets (RFC 6716 section 3): how much sound one carries, and whether it carries silence."""

from typing import Final

from media.errors import Malformed

CLOCK: Final = 48000
"""RTP clock rate, whatever the coder's own rate (RFC 7587 section 4.1)."""
MAX_SAMPLES: Final = 5760
"""120 ms, the longest packet there is (RFC 6716 section 3.4, R5)."""

_FRAMES = (
    [480, 960, 1920, 2880] * 3  # SILK: 10, 20, 40, 60 ms
    + [480, 960] * 2  # hybrid: 10, 20 ms
    + [120, 240, 480, 960] * 4  # CELT: 2.5, 5, 10, 20 ms
)


def duration(payload: bytes) -> int:
    """Samples at 48 kHz in one packet, 120..5760.

    Raises:
        Malformed: no TOC byte, no frame count, no frame, or past 120 ms.
    """
    if not payload:
        raise Malformed("an empty Opus packet")
    toc = payload[0]
    code = toc & 3
    if code == 0:
        count = 1
    elif code == 3:
        if len(payload) < 2:
            raise Malformed("an Opus packet without its frame count")
        count = payload[1] & 0x3F
    else:
        count = 2
    samples = _FRAMES[toc >> 3] * count
    if not 0 < samples <= MAX_SAMPLES:
        raise Malformed("an Opus packet of a wrong length")
    return samples


def is_dtx(payload: bytes) -> bool:
    """True for a packet that only says "silence goes on": a TOC and at most one more byte (RFC 6716
    section 2.1.9; libopus sends a single byte)."""
    return 1 <= len(payload) <= 2
