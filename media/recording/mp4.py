"""Fragmented MP4 for H.264, which no browser plays in WebM: frames in, bytes out.

The container is libav's, through PyAV, with fragments of a second so that a file may be cut off
anywhere behind its first. Frames come with start codes, parameter sets before each keyframe.
"""

import io
from fractions import Fraction
from typing import Any, Final, cast

import av

TICKS: Final = 90_000
FRAGMENT_US: Final = 1_000_000


class Sink(io.RawIOBase):
    """Where libav writes: bytes are taken out by `take`. Nothing is ever written twice."""

    def __init__(self) -> None:
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._data += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data


class Mp4:
    """One H.264 track."""

    def __init__(self, width: int, height: int, parameters: bytes) -> None:
        """`parameters`: the sequence and picture parameter sets, with start codes."""
        self._sink = Sink()
        flags = "empty_moov+default_base_moof+negative_cts_offsets"
        options = {"movflags": flags, "frag_duration": str(FRAGMENT_US), "flush_packets": "1"}
        self._container: Any = av.open(cast(Any, self._sink), "w", format="mp4", options=options)
        self._stream: Any = self._container.add_stream("h264", rate=30)
        self._stream.width, self._stream.height = width, height
        self._stream.codec_context.extradata = parameters
        self._stream.time_base = Fraction(1, TICKS)

    def frame(self, ms: int, key: bool, data: bytes) -> bytes:
        packet: Any = av.Packet(data)
        packet.pts = packet.dts = ms * TICKS // 1000
        packet.time_base = Fraction(1, TICKS)
        packet.is_keyframe = key
        packet.stream = self._stream
        self._container.mux(packet)
        return self._sink.take()

    def close(self) -> bytes:
        self._container.close()
        return self._sink.take()


def parameter_sets(data: bytes) -> bytes:
    """The parameter sets of a keyframe, with start codes; empty when they are not there."""
    out = b""
    for unit in data.split(b"\x00\x00\x00\x01"):
        if unit and unit[0] & 0x1F in (7, 8):
            out += b"\x00\x00\x00\x01" + unit
    return out
