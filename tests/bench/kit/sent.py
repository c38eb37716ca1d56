"""Pictures as they arrive: encoded in VP8 as Chromium does it, and decoded as the worker does it."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av

from proctoring.faces import Picture


def encoded(pictures: Iterable[Picture], size: tuple[int, int], bits: int, rate: int = 2) -> Iterator[bytes]:
    """VP8 in real time, no frames held back, a keyframe every ten seconds (what the worker asks for)."""
    coder = av.CodecContext.create("libvpx", "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.width, coder.height = size
    coder.pix_fmt, coder.bit_rate = "yuv420p", bits
    coder.time_base, coder.framerate = Fraction(1, rate), Fraction(rate)
    coder.thread_count = 1
    coder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "g": str(10 * rate)}
    for n, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, "bgr24")
        frame.pts = n
        for packet in coder.encode(frame):
            yield bytes(packet)


def decoded(frames: Iterable[bytes]) -> Iterator[av.VideoFrame]:
    """Every frame in, every picture out, as proctoring/decode.py does it."""
    decoder = av.CodecContext.create("vp8", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    for data in frames:
        yield from decoder.decode(av.Packet(data))
