"""One media packet on its way through the engine, taken apart once for all its subscribers.

A parsed RTP packet of one up layer goes into the layer's `Intake`; an `UpPacket` comes out, its
counters extended, its payload split where subscribers' copies differ. The packet is then shared:
cache, subscribers, taps and recorder hold the same object, and nobody changes it.
"""

from typing import TYPE_CHECKING, Literal

from media.errors import Malformed
from media.flow.reception import Reception
from media.wire import h264, opus, rtp, vp8
from media.wire.seq import ExtendedSeq, Unwrapper

if TYPE_CHECKING:
    from media.flow.layout import Form, Layout

CodecName = Literal["opus", "VP8", "H264"]

PLAIN, PICTURE, ODD = 0, 1, 2
"""How the payload is patched: not at all; VP8 with picture id and TL0PICIDX, as browsers send it; VP8
with one of the two."""


class UpPacket:
    """One packet of an up layer. `seq` and `picture_id` are extended and never wrap."""

    __slots__ = (
        "arrived",
        "forms",
        "frame_start",
        "height",
        "key",
        "keyframe",
        "layer_sync",
        "level",
        "marker",
        "patch",
        "picture_id",
        "prefix",
        "seq",
        "tail",
        "tid",
        "time",
        "tl0",
        "voice",
        "width",
    )

    def __init__(self, seq: ExtendedSeq, time: int, marker: bool, arrived: float) -> None:
        self.seq = seq
        self.time = time
        """RTP time as on the wire, 32 bits."""
        self.marker = marker
        self.arrived = arrived
        """Seconds on the caller's clock."""
        self.prefix = b""
        """VP8: the first bytes of the descriptor; empty for other codecs."""
        self.tail = b""
        """The payload behind what is patched. Empty with an empty prefix: padding only, not media."""
        self.patch = PLAIN
        self.picture_id = -1
        self.tl0 = -1
        self.tid = 0
        """Temporal layer, 0 where there are none."""
        self.layer_sync = False
        self.frame_start = False
        self.keyframe = False
        """A decoder can begin at this packet; always so for audio."""
        self.width = 0
        self.height = 0
        self.level = -1
        """RFC 6464 level, 0 (loudest) to 127, -1 when unknown."""
        self.voice = False
        self.forms: dict[Layout, Form] = {}
        """What is common to all subscribers of one layout; made by `Layout.prepare`."""

    @property
    def payload(self) -> bytes:
        """The payload as received (a 7-bit VP8 picture id written with 15 bits)."""
        return self.prefix + self.patched(0, 0) + self.tail

    def patched(self, picture_offset: int, tl0_offset: int) -> bytes:
        """The bytes between prefix and tail with these offsets added, wrapped to their width."""
        if self.patch == PLAIN:
            return b""
        out = b""
        if self.picture_id >= 0:
            out = (0x8000 | (self.picture_id + picture_offset & 0x7FFF)).to_bytes(2, "big")
        if self.tl0 >= 0:
            out += bytes([self.tl0 + tl0_offset & 0xFF])
        return out

    @property
    def size(self) -> int:
        """Bytes of payload."""
        between = (2 if self.picture_id >= 0 else 0) + (1 if self.tl0 >= 0 else 0) if self.patch else 0
        return len(self.prefix) + between + len(self.tail)


class Intake:
    """Takes the packets of one up layer (one SSRC) apart. Its `reception` keeps the counters for
    receiver reports and says what is new, late or double."""

    __slots__ = ("_picture_bits", "_pictures", "codec", "reception")

    def __init__(self, codec: CodecName, clock: int) -> None:
        self.codec = codec
        self.reception = Reception(clock)
        self._pictures = Unwrapper(15)
        self._picture_bits = 15

    def take(self, packet: rtp.Packet, now: float, level: int = -1, voice: bool = False) -> UpPacket | None:
        """The packet, or None for one seen before or too old to matter.

        Raises:
            Malformed: the payload does not parse as the codec's.
        """
        seq = self.reception.receive(packet.seq, packet.time, now)
        if seq is None:
            return None
        out = UpPacket(seq, packet.time, packet.marker, now)
        data, at, end = packet.data, packet.payload_at, packet.payload_end
        if at == end:
            return out
        if self.codec == "VP8":
            self._vp8(out, data, at, end)
        elif self.codec == "H264":
            unit = h264.parse(data, at, end)
            out.keyframe, out.width, out.height = unit.keyframe, unit.width, unit.height
            out.frame_start = unit.keyframe
            out.tail = bytes(data[at:end])
        else:
            opus.duration(data[at:end])
            out.keyframe = out.frame_start = True
            out.level, out.voice = level, voice
            out.tail = bytes(data[at:end])
        return out

    def _vp8(self, out: UpPacket, data: bytes, at: int, end: int) -> None:
        found = vp8.parse(data, at, end)
        out.keyframe, out.frame_start = found.keyframe, found.frame_start
        out.width, out.height = found.width, found.height
        out.tid = max(found.temporal_id, 0)
        out.layer_sync = found.layer_sync
        if found.picture_id >= 0:
            if found.picture_bits != self._picture_bits:
                self._pictures, self._picture_bits = Unwrapper(found.picture_bits), found.picture_bits
            # Counts from 2^15 on, so that a frame from before the first one is not "no picture id".
            out.picture_id = self._pictures.unwrap(found.picture_id) + 0x8000
            if out.picture_id < 0:
                raise Malformed("a VP8 picture id out of nowhere")
        out.tl0 = found.tl0_index
        if out.picture_id < 0 and out.tl0 < 0:
            out.tail = bytes(data[at:end])
            return
        out.patch = PICTURE if out.picture_id >= 0 and out.tl0 >= 0 else ODD
        out.prefix = bytes(data[at : at + 2])
        patched_end = found.tl0_at + 1 if found.tl0_at else found.picture_at + found.picture_bits // 7
        out.tail = bytes(data[patched_end:end])
