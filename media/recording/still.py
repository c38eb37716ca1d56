"""A still out of a recorded file: the picture as it was at a moment, as a JPEG. Bytes in, bytes out.

Decoded is what a player would decode: from the last keyframe at or before the moment up to it. The recording
is outside data by then, and may be damaged: what cannot be decoded gives no picture, and what would cost much
is not begun.
"""

import io
from typing import Any, NamedTuple

import av
from av.error import FFmpegError

from media.recording.cut import frames

MOST_FRAMES = 1800
"""Between a keyframe and the moment: a minute at 30 a second. The recorder asks for a keyframe each 10 s."""
MOST_POINTS = 4096 * 2304
"""Larger pictures are not decoded."""
QUALITY = 85
"""Of the JPEG: small print of a shared screen stays as readable as the recording has it."""


class Still(NamedTuple):
    """`ms`: of the file, at which this picture came."""

    jpeg: bytes
    ms: int
    width: int
    height: int


def still(data: bytes | memoryview, ms: int) -> Still | None:
    """The newest picture at or before `ms` (milliseconds) of a VP8 file. Blocks.

    Returns:
        None where the file has none, or where something on the way to it is damaged.
    """
    decoder = av.CodecContext.create("vp8", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    seen: tuple[int, Any] | None = None
    try:
        for n, frame in enumerate(frames(data, ms, ms)):
            if n >= MOST_FRAMES or (n == 0 and not frame.key) or _points(frame.data) > MOST_POINTS:
                return None
            for picture in decoder.decode(av.Packet(frame.data)):
                seen = frame.ms, picture
        if seen is None:
            return None
        at, picture = seen
        out = io.BytesIO()
        picture.to_image().save(out, "JPEG", quality=QUALITY)
        return Still(out.getvalue(), at, picture.width, picture.height)
    except (FFmpegError, ValueError, OSError):
        return None


def _points(data: bytes) -> int:
    """How large a keyframe says that it is (RFC 6386 section 9.1); 0 of other frames."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
        return 0
    width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return width * height
