"""Encoded frames out of one layer's packets, for those who store or look at them.

Packets come in as they arrive, late ones included; whole frames go out in order, without RTP: VP8 as
the decoder takes it (RFC 7741), H.264 with start codes (RFC 6184), Opus packets as they are. What does
not come in time is a gap, told with the next frame. Pure and bounded; `now` is an argument.
"""

from typing import Final, NamedTuple

from media.errors import Malformed
from media.flow.packet import CodecName, UpPacket
from media.wire import h264, vp8
from media.wire.seq import time_delta

WAIT: Final = 0.5
"""Seconds that a missing packet holds up those behind it: some round trips of repair."""
MAX_WAITING: Final = 512
"""Packets held at most; beyond it the gap is given up at once."""
START_CODE: Final = b"\x00\x00\x00\x01"


class Frame(NamedTuple):
    """One encoded frame (or one packet of sound)."""

    time: int
    """RTP time, 32 bits."""
    arrived: float
    """Of its last packet, seconds of the worker's clock."""
    keyframe: bool
    width: int
    height: int
    """Of a keyframe; 0 otherwise."""
    gap: bool
    """Something before it is missing."""
    data: bytes


class Assembler:
    """One layer's frames. `lost` counts packets that never came in time."""

    def __init__(self, codec: CodecName) -> None:
        self._codec = codec
        self._waiting: dict[int, UpPacket] = {}
        self._next = -1
        self._frame: list[UpPacket] = []
        self._gap = False
        self._stuck_since = -1.0
        self.lost = 0
        self.malformed = 0

    def take(self, packet: UpPacket, now: float) -> list[Frame]:
        """One packet; the frames that became whole by it."""
        if self._next < 0:
            self._next = packet.seq
        if packet.seq == self._next and not self._waiting:  # nearly always
            out: list[Frame] = []
            self._next += 1
            self._take(packet, out)
            return out
        if packet.seq < self._next:
            return []  # its gap was given up
        self._waiting[packet.seq] = packet
        out = self._release()
        if not self._waiting:
            self._stuck_since = -1.0
            return out
        if self._stuck_since < 0 or out:
            self._stuck_since = now
        if now - self._stuck_since > WAIT or len(self._waiting) > MAX_WAITING:
            self._skip()
            out += self._release()
            self._stuck_since = now if self._waiting else -1.0
        return out

    def _skip(self) -> None:
        """Go on at the first packet there is; the frame that was being built cannot be whole."""
        first = min(self._waiting)
        self.lost += first - self._next
        self._next = first
        self._frame.clear()
        self._gap = True

    def _release(self) -> list[Frame]:
        out: list[Frame] = []
        while (packet := self._waiting.pop(self._next, None)) is not None:
            self._next += 1
            self._take(packet, out)
        return out

    def _take(self, packet: UpPacket, out: list[Frame]) -> None:
        """The next packet in order."""
        if not packet.tail and not packet.prefix:
            return  # padding
        if self._codec == "opus":
            gap, self._gap = self._gap, False
            out.append(Frame(packet.time, packet.arrived, packet.keyframe, 0, 0, gap, packet.tail))
            return
        frame = self._frame
        if frame and time_delta(packet.time, frame[0].time):
            self._gap = True  # its marker is missing although its packets are not: a broken sender
            frame.clear()
        frame.append(packet)
        if packet.marker:
            self._finish(out)

    def _finish(self, out: list[Frame]) -> None:
        frame, self._frame = self._frame, []
        try:
            data = _vp8(frame) if self._codec == "VP8" else _h264(frame)
        except Malformed:
            self.malformed += 1
            data = b""
        if data:
            out.append(self._made(frame, data))
        else:
            self._gap = True

    def _made(self, packets: list[UpPacket], data: bytes) -> Frame:
        first = packets[0]
        key = next((packet for packet in packets if packet.keyframe), None)
        gap, self._gap = self._gap, False
        return Frame(
            first.time,
            packets[-1].arrived,
            key is not None,
            key.width if key is not None else 0,
            key.height if key is not None else 0,
            gap,
            data,
        )


def _vp8(packets: list[UpPacket]) -> bytes:
    """The frame behind the descriptors; empty when its start is not among the packets."""
    if not packets[0].frame_start:
        return b""
    parts: list[bytes] = []
    for packet in packets:
        payload = packet.payload
        parts.append(payload[vp8.parse(payload, 0, len(payload)).size :])
    return b"".join(parts)


def _h264(packets: list[UpPacket]) -> bytes:
    """NAL units with start codes; empty when a fragmented one lacks its start.

    Raises:
        Malformed: a unit reaches past its packet.
    """
    out = bytearray()
    for packet in packets:
        payload = packet.payload
        if len(payload) < 2:
            continue
        kind = payload[0] & 0x1F
        if kind == h264.STAP_A:
            at = 1
            while at + 2 <= len(payload):
                size = payload[at] << 8 | payload[at + 1]
                if at + 2 + size > len(payload):
                    raise Malformed("a cut STAP-A")
                out += START_CODE + payload[at + 2 : at + 2 + size]
                at += 2 + size
        elif kind == h264.FU_A:
            if payload[1] & 0x80:
                out += START_CODE + bytes([payload[0] & 0xE0 | payload[1] & 0x1F])
            elif not out:
                return b""
            out += payload[2:]
        else:
            out += START_CODE + payload
    return bytes(out)
