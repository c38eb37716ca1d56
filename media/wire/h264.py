"""H.264 over RTP (RFC 6184): a payload goes in; whether a keyframe starts in it, and how large its
pictures are, comes out. Understands single NAL units, STAP-A and FU-A, which is all that browsers
send (packetization-mode 0 and 1).
"""

from dataclasses import dataclass
from typing import Final

from media.errors import Malformed

IDR: Final = 5
SPS: Final = 7
STAP_A: Final = 24
FU_A: Final = 28

_HIGH_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
"""Profiles whose SPS describes chroma and scaling (ITU-T H.264 section 7.3.2.1.1)."""


@dataclass(slots=True)
class H264Payload:
    keyframe: bool = False
    """A keyframe starts here, that is with a sequence parameter set: where a decoder can begin.
    Browsers put one in front of every IDR picture."""
    idr: bool = False
    """An IDR slice starts here."""
    width: int = 0
    """Pixels after cropping, from the parameter set; 0 without one."""
    height: int = 0


def parse(data: bytes, at: int, end: int) -> H264Payload:
    """Read the payload ``data[at:end]``.

    Raises:
        Malformed: empty, or an aggregate or fragment cut short.
    """
    if at >= end:
        raise Malformed("an empty H.264 payload")
    out = H264Payload()
    kind = data[at] & 0x1F
    if kind == STAP_A:
        at += 1
        if at >= end:
            raise Malformed("an empty STAP-A")
        while at < end:
            if at + 2 > end:
                raise Malformed("a cut STAP-A")
            size = data[at] << 8 | data[at + 1]
            at += 2
            if not size or at + size > end:
                raise Malformed("a cut STAP-A")
            _unit(out, data, at, at + size, data[at] & 0x1F)
            at += size
    elif kind == FU_A:
        if at + 2 > end:
            raise Malformed("a cut FU-A")
        if data[at + 1] & 0x80:
            _unit(out, data, at + 1, end, data[at + 1] & 0x1F)
    else:
        _unit(out, data, at, end, kind)
    return out


def _unit(out: H264Payload, data: bytes, at: int, end: int, kind: int) -> None:
    if kind == IDR:
        out.idr = True
    elif kind == SPS:
        out.keyframe = True
        try:
            out.width, out.height = frame_size(data[at + 1 : end])
        except Malformed:
            out.width = out.height = 0  # the size is a hint; the decoder judges the set itself


class _Bits:
    """Reads an RBSP: bits, Exp-Golomb numbers, emulation prevention bytes left out."""

    __slots__ = ("_at", "_length", "_value")

    def __init__(self, data: bytes) -> None:
        plain = data.replace(b"\x00\x00\x03", b"\x00\x00")
        self._value = int.from_bytes(plain, "big")
        self._length = len(plain) * 8
        self._at = 0

    def take(self, count: int) -> int:
        self._at += count
        if self._at > self._length:
            raise Malformed("a cut parameter set")
        return self._value >> (self._length - self._at) & ((1 << count) - 1)

    def unsigned(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise Malformed("a wrong number in a parameter set")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def frame_size(sps: bytes) -> tuple[int, int]:
    """Width and height in pixels from a sequence parameter set without its NAL header byte (ITU-T
    H.264 section 7.3.2.1.1), at most 256 bytes of it being read.

    Raises:
        Malformed: cut short, or a size that nobody sends (past 16,384).
    """
    bits = _Bits(sps[:256])
    profile = bits.take(8)
    bits.take(16)  # constraints, level
    bits.unsigned()  # id
    chroma, separate = 1, 0
    if profile in _HIGH_PROFILES:
        chroma = bits.unsigned()
        if chroma == 3:
            separate = bits.take(1)
        bits.unsigned()  # luma depth
        bits.unsigned()  # chroma depth
        bits.take(1)
        if bits.take(1):
            for index in range(12 if chroma == 3 else 8):
                if bits.take(1):
                    _skip_scaling(bits, 16 if index < 6 else 64)
    bits.unsigned()  # frame number width
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()
    bits.unsigned()  # reference frames
    bits.take(1)
    width = (bits.unsigned() + 1) * 16
    units = bits.unsigned() + 1
    frames_only = bits.take(1)
    height = units * 16 * (2 - frames_only)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        step_x = 2 if chroma in (1, 2) and not separate else 1
        step_y = (2 if chroma == 1 and not separate else 1) * (2 - frames_only)
        width -= step_x * (bits.unsigned() + bits.unsigned())
        height -= step_y * (bits.unsigned() + bits.unsigned())
    if not (0 < width <= 16384 and 0 < height <= 16384):
        raise Malformed("a wrong size in a parameter set")
    return width, height


def _skip_scaling(bits: _Bits, count: int) -> None:
    last = following = 8
    for _ in range(count):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last
