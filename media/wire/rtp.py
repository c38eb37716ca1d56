"""RTP packets (RFC 3550) with header extensions (RFC 8285) and retransmission (RFC 4588).

A decrypted datagram goes in and comes out once as a small `Packet` of numbers and offsets; the bytes
themselves are never copied. The other way round, `build`, `pad`, `wrap_rtx` and `unwrap_rtx` make
datagrams. What a subscriber's copy looks like is decided in `media.flow.rewrite`.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from media.errors import Malformed

MAX_PACKET: Final = 2048
"""Bytes. Browsers stay under 1,200, and a UDP path under 1,500; past this it is not media."""

MID: Final = "mid"
RID: Final = "rid"
REPAIRED_RID: Final = "repaired-rid"
AUDIO_LEVEL: Final = "audio-level"
ABS_SEND_TIME: Final = "abs-send-time"
TRANSPORT_CC: Final = "transport-cc"

EXTENSION_URIS: Final[dict[str, str]] = {
    MID: "urn:ietf:params:rtp-hdrext:sdes:mid",
    RID: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    REPAIRED_RID: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    AUDIO_LEVEL: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    ABS_SEND_TIME: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    TRANSPORT_CC: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
}
"""Short name, as used all over `media`, to the URI of `a=extmap`."""
EXTENSION_NAMES: Final[dict[str, str]] = {uri: name for name, uri in EXTENSION_URIS.items()}

ONE_BYTE: Final = 0xBEDE
TWO_BYTE: Final = 0x1000
"""Profiles of RFC 8285; the low four bits of the second are free for use."""

_FIXED = struct.Struct("!BBHII")
_PROFILE = struct.Struct("!HH")


@dataclass(slots=True)
class Packet:
    """One RTP packet: its header's numbers, and offsets into `data`."""

    data: bytes
    marker: bool
    pt: int
    seq: int
    time: int
    ssrc: int
    profile: int
    """Of the header extension, 0 without one."""
    extension_at: int
    extension_end: int
    payload_at: int
    payload_end: int
    """Where the payload ends: padding is behind it."""

    @property
    def payload(self) -> bytes:
        return self.data[self.payload_at : self.payload_end]


def parse(data: bytes) -> Packet:
    """Parse one decrypted packet.

    Raises:
        Malformed: version, CSRC count, extension length or padding do not fit the bytes there are.
    """
    size = len(data)
    if size < 12 or size > MAX_PACKET:
        raise Malformed("an RTP packet of a wrong size")
    first, second, seq, time, ssrc = _FIXED.unpack_from(data)
    if first >> 6 != 2:
        raise Malformed("not RTP version 2")
    at = 12 + 4 * (first & 0x0F)
    profile = extension_at = extension_end = 0
    if first & 0x10:
        if at + 4 > size:
            raise Malformed("an RTP header past the end")
        profile, words = _PROFILE.unpack_from(data, at)
        extension_at = at + 4
        at = extension_end = extension_at + 4 * words
    if at > size:
        raise Malformed("an RTP header past the end")
    end = size
    if first & 0x20:
        padding = data[-1]
        if not padding or at + padding > size:
            raise Malformed("wrong RTP padding")
        end -= padding
    return Packet(
        data,
        second >= 128,
        second & 0x7F,
        seq,
        time,
        ssrc,
        profile,
        extension_at,
        extension_end,
        at,
        end,
    )


def elements(packet: Packet) -> dict[int, bytes]:
    """Header extension elements by id (RFC 8285 sections 4.2 and 4.3); of a repeated id the last.

    Raises:
        Malformed: an element reaches past the extension.
    """
    found: dict[int, bytes] = {}
    data, at, end = packet.data, packet.extension_at, packet.extension_end
    if packet.profile == ONE_BYTE:
        while at < end:
            first = data[at]
            at += 1
            if not first:
                continue  # padding
            number = first >> 4
            if number == 15:
                break  # "stop", RFC 8285 section 4.2
            stop = at + (first & 0x0F) + 1
            if stop > end:
                raise Malformed("a header extension past the end")
            if number:
                found[number] = data[at:stop]
            at = stop
    elif packet.profile & 0xFFF0 == TWO_BYTE:
        while at < end:
            number = data[at]
            at += 1
            if not number:
                continue
            if at >= end:
                raise Malformed("a header extension past the end")
            stop = at + 1 + data[at]
            if stop > end:
                raise Malformed("a header extension past the end")
            found[number] = data[at + 1 : stop]
            at = stop
    return found


@dataclass(slots=True)
class Extensions:
    """What the known header extensions of one packet say. Absent: the defaults."""

    mid: str = ""
    rid: str = ""
    repaired_rid: str = ""
    level: int = -1
    """RFC 6464: 0 (loudest) to 127 (silence) -dBov, -1 when absent."""
    voice: bool = False
    abs_send_time: int = -1
    """6.18 fixed point seconds, 24 bits, -1 when absent."""
    transport_seq: int = -1
    """Transport-wide sequence number, -1 when absent."""


class ExtensionMap:
    """Which id carries which extension in one section, from `Section.extensions` (short names; the
    full URIs are understood too). Ids outside 1..255 and unknown names are left out."""

    __slots__ = ("by_id", "ids")

    def __init__(self, ids: Mapping[str, int]) -> None:
        self.ids: dict[str, int] = {}
        for name, number in ids.items():
            short = EXTENSION_NAMES.get(name, name)
            if short in EXTENSION_URIS and 1 <= number <= 255:
                self.ids[short] = number
        self.by_id: dict[int, str] = {number: name for name, number in self.ids.items()}

    def read(self, packet: Packet) -> Extensions:
        """Raises `Malformed` for an element of a wrong size or a name that is not ASCII."""
        out = Extensions()
        if not packet.profile:
            return out
        by_id = self.by_id
        for number, value in elements(packet).items():
            match by_id.get(number):
                case None:
                    pass
                case "transport-cc":
                    if len(value) < 2:
                        raise Malformed("a header extension of a wrong size")
                    out.transport_seq = value[0] << 8 | value[1]
                case "abs-send-time":
                    if len(value) != 3:
                        raise Malformed("a header extension of a wrong size")
                    out.abs_send_time = int.from_bytes(value, "big")
                case "audio-level":
                    if not value:
                        raise Malformed("a header extension of a wrong size")
                    out.level, out.voice = value[0] & 0x7F, value[0] >= 128
                case "mid":
                    out.mid = _token(value)
                case "rid":
                    out.rid = _token(value)
                case "repaired-rid":
                    out.repaired_rid = _token(value)
        return out


def _token(value: bytes) -> str:
    try:
        return value.decode("ascii")
    except UnicodeDecodeError:
        raise Malformed("a header extension that is not ASCII") from None


def abs_send_time(now: float) -> int:
    """Seconds of any clock as the 24-bit 6.18 fixed point of abs-send-time."""
    return int(now * 262144) & 0xFFFFFF


def encode_extensions(values: Sequence[tuple[int, bytes]]) -> bytes:
    """The whole extension block, profile and length included; empty for no values.

    The one-byte form where ids (1..14) and lengths (1..16) allow, else the two-byte form.
    """
    if not values:
        return b""
    if all(1 <= number <= 14 and 1 <= len(value) <= 16 for number, value in values):
        profile = ONE_BYTE
        body = b"".join(bytes([number << 4 | len(value) - 1]) + value for number, value in values)
    else:
        profile = TWO_BYTE
        body = b"".join(bytes([number, len(value)]) + value for number, value in values)
    body += bytes(-len(body) % 4)
    return _PROFILE.pack(profile, len(body) // 4) + body


def build(
    *,
    pt: int,
    seq: int,
    time: int,
    ssrc: int,
    payload: bytes,
    marker: bool = False,
    extensions: Sequence[tuple[int, bytes]] = (),
    csrc: Iterable[int] = (),
    padding: int = 0,
) -> bytes:
    """One packet. `padding` is the count of padding bytes behind the payload, 0..255."""
    sources = b"".join(struct.pack("!I", source) for source in csrc)
    block = encode_extensions(extensions)
    first = 0x80 | (0x20 if padding else 0) | (0x10 if block else 0) | len(sources) // 4
    header = _FIXED.pack(first, (0x80 if marker else 0) | pt, seq, time, ssrc)
    tail = bytes(padding - 1) + bytes([padding]) if padding else b""
    return header + sources + block + payload + tail


def pad(data: bytes, count: int) -> bytes:
    """The same packet, `count` bytes longer by RTP padding (RFC 3550 section 5.1).

    Makes the packets of a frame equal in size for segmentation offload. Padding that is there already
    grows; `count` and what is there must not exceed 255.
    """
    if count <= 0:
        return data
    there = data[-1] if data[0] & 0x20 else 0
    total = there + count
    assert total <= 255
    return bytes([data[0] | 0x20]) + data[1:] + bytes(count - 1) + bytes([total])


def wrap_rtx(data: bytes, payload_at: int, *, pt: int, seq: int, ssrc: int) -> bytes:
    """Retransmission packet of an RTP packet (RFC 4588 section 4): its own `pt`, `seq` and `ssrc`,
    the original sequence number in front of the payload; time, marker and extensions as they were."""
    header = struct.pack("!BBH", data[0], (data[1] & 0x80) | pt, seq)
    return header + data[4:8] + struct.pack("!I", ssrc) + data[12:payload_at] + data[2:4] + data[payload_at:]


def unwrap_rtx(packet: Packet, *, pt: int, ssrc: int) -> bytes | None:
    """The original packet out of a retransmission, with the original's `pt` and `ssrc`.

    None for one without payload: browsers send such as padding when they probe.
    """
    at = packet.payload_at
    if packet.payload_end - at < 2:
        return None
    data = packet.data
    header = bytes([data[0] & 0xDF, (data[1] & 0x80) | pt]) + data[at : at + 2] + data[4:8]
    return header + struct.pack("!I", ssrc) + data[12:at] + data[at + 2 : packet.payload_end]
