"""VP8 over RTP (RFC 7741): a payload goes in; where its frame starts, whether it is a keyframe, its
temporal layer, and where picture id and TL0PICIDX stand for patching come out. No pixel is touched.
"""

from dataclasses import dataclass

from media.errors import Malformed


@dataclass(slots=True)
class Vp8Payload:
    """The payload descriptor of one packet (RFC 7741 section 4.2). Absent numbers are -1."""

    size: int
    """Bytes of the descriptor, 1..6."""
    frame_start: bool
    """First packet of its frame: S set and partition 0."""
    keyframe: bool
    """First packet of a keyframe."""
    picture_id: int = -1
    picture_bits: int = 0
    """7 or 15, 0 without a picture id."""
    picture_at: int = 0
    """Offset of the picture id in the packet, 0 without one."""
    tl0_index: int = -1
    tl0_at: int = 0
    """Offset of TL0PICIDX in the packet, 0 without one."""
    temporal_id: int = -1
    layer_sync: bool = False
    """Y: depends on the base layer alone, so a receiver may go up to this temporal layer here."""
    key_index: int = -1
    width: int = 0
    """Pixels, of a keyframe; 0 otherwise."""
    height: int = 0


def parse(data: bytes, at: int, end: int) -> Vp8Payload:
    """Read the descriptor of the payload ``data[at:end]``; offsets in the result count from 0 of `data`.

    Raises:
        Malformed: empty, or a descriptor longer than the payload.
    """
    if at >= end:
        raise Malformed("an empty VP8 payload")
    start = at
    first = data[at]
    at += 1
    begins = first & 0x17 == 0x10
    out = Vp8Payload(1, begins, False)
    if first & 0x80:
        if at >= end:
            raise Malformed("a cut VP8 descriptor")
        flags = data[at]
        at += 1
        if flags & 0x80:
            if at >= end:
                raise Malformed("a cut VP8 descriptor")
            out.picture_at = at
            if data[at] & 0x80:
                if at + 1 >= end:
                    raise Malformed("a cut VP8 descriptor")
                out.picture_id = (data[at] & 0x7F) << 8 | data[at + 1]
                out.picture_bits = 15
                at += 2
            else:
                out.picture_id = data[at]
                out.picture_bits = 7
                at += 1
        if flags & 0x40:
            if at >= end:
                raise Malformed("a cut VP8 descriptor")
            out.tl0_index = data[at]
            out.tl0_at = at
            at += 1
        if flags & 0x30:
            if at >= end:
                raise Malformed("a cut VP8 descriptor")
            if flags & 0x20:
                out.temporal_id = data[at] >> 6
                out.layer_sync = bool(data[at] & 0x20)
            if flags & 0x10:
                out.key_index = data[at] & 0x1F
            at += 1
        if at > end:
            raise Malformed("a cut VP8 descriptor")
    out.size = at - start
    # The first bit of the frame's own header is 0 for a keyframe (RFC 6386 section 9.1).
    if begins and at < end and not data[at] & 1:
        out.keyframe = True
        if at + 10 <= end and data[at + 3 : at + 6] == b"\x9d\x01\x2a":
            out.width = (data[at + 6] | data[at + 7] << 8) & 0x3FFF
            out.height = (data[at + 8] | data[at + 9] << 8) & 0x3FFF
    return out
