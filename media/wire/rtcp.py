"""RTCP (RFC 3550, 4585, 5104, REMB, transport-wide feedback): compounds in, reports out, and back.

A compound is read tolerantly: a packet whose inside is wrong is counted and the next one is read, as
its length still says where that begins. Types that the engine has no use for are skipped.
`media.wire.feedback` holds the transport-wide feedback message, the one with a format of its own.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from media.errors import Malformed
from media.wire.feedback import TransportFeedback, build_transport_feedback, parse_transport_feedback

__all__ = [
    "Bye",
    "Compound",
    "FullIntraRequest",
    "Nack",
    "PictureLoss",
    "ReceiverReport",
    "Remb",
    "Report",
    "ReportBlock",
    "SenderReport",
    "SourceDescription",
    "TransportFeedback",
    "build_bye",
    "build_fir",
    "build_nack",
    "build_pli",
    "build_receiver_report",
    "build_remb",
    "build_sdes",
    "build_sender_report",
    "build_transport_feedback",
    "middle",
    "ntp_time",
    "parse",
]

MAX_COMPOUND: Final = 2048
"""Bytes, as of an RTP packet."""
MAX_NACKED: Final = 1024
"""Sequence numbers taken from one NACK; what asks for more at once wants a keyframe."""

SR: Final = 200
RR: Final = 201
SDES: Final = 202
BYE: Final = 203
RTPFB: Final = 205
PSFB: Final = 206
TRANSPORT_CC: Final = 15
"""Format of RTPFB."""
MAX_SEAL: Final = 20
"""Bytes that sealing adds at most: index and tag. A packet more would be another eight."""

_SENDER = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IIIIII")
NTP_EPOCH: Final = 2208988800
"""Seconds from 1900 to 1970."""


class ReportBlock(NamedTuple):
    """What a receiver says of one source (RFC 3550 section 6.4.1)."""

    ssrc: int
    fraction_lost: float
    """Of the packets since the last report, 0..1 in steps of 1/256."""
    lost: int
    """Since the start, signed 24 bits: duplicates make it negative."""
    highest: int
    """Extended highest sequence number, 32 bits."""
    jitter: int
    """In units of RTP time."""
    last_sr: int
    """Middle 32 bits of the NTP time of the last sender report, 0 for none."""
    delay: float
    """Seconds since that report came."""


@dataclass(slots=True)
class SenderReport:
    ssrc: int
    ntp: int
    """64-bit NTP time: seconds since 1900 in 32.32 fixed point."""
    rtp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()


@dataclass(slots=True)
class ReceiverReport:
    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


@dataclass(slots=True)
class SourceDescription:
    """CNAMEs by source; other items are skipped."""

    cnames: dict[int, str]


@dataclass(slots=True)
class Bye:
    sources: tuple[int, ...]


@dataclass(slots=True)
class Nack:
    """RFC 4585 section 6.2.1, the bit masks spelled out, in the order asked for."""

    sender: int
    media: int
    lost: list[int]


@dataclass(slots=True)
class PictureLoss:
    sender: int
    media: int


@dataclass(slots=True)
class FullIntraRequest:
    """RFC 5104 section 4.3.1: `media` source and its command's sequence number, each."""

    sender: int
    entries: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Remb:
    """draft-alvestrand-rmcat-remb: bit/s that the receiver thinks it can take, for these sources."""

    sender: int
    bitrate: int
    sources: tuple[int, ...]


Report = (
    SenderReport
    | ReceiverReport
    | SourceDescription
    | Bye
    | Nack
    | PictureLoss
    | FullIntraRequest
    | Remb
    | TransportFeedback
)


class Compound(NamedTuple):
    reports: list[Report]
    malformed: int
    """Packets within that did not parse."""


def parse(data: bytes) -> Compound:
    """Parse a decrypted compound (reduced size is fine, RFC 5506).

    Raises:
        Malformed: not even the first packet has a header that fits.
    """
    size = len(data)
    if size < 4 or size > MAX_COMPOUND or data[0] >> 6 != 2:
        raise Malformed("not an RTCP packet")
    if data[1] == RTPFB and data[0] & 0xDF == 0x8F and 4 + 4 * (data[2] << 8 | data[3]) == size:
        # Transport-wide feedback alone: what a busy link says most often, by far.
        padding = data[-1] if data[0] & 0x20 else 0
        try:
            if padding > size - 4 or (data[0] & 0x20 and not padding):
                raise Malformed("wrong RTCP padding")
            return Compound([parse_transport_feedback(data[4 : size - padding])], 0)
        except Malformed:
            return Compound([], 1)
    reports: list[Report] = []
    malformed = 0
    at = 0
    while at < size:
        end = at + 4 + 4 * (data[at + 2] << 8 | data[at + 3]) if at + 4 <= size else size + 1
        if end > size or data[at] >> 6 != 2:
            if not at:
                raise Malformed("an RTCP packet past the end")
            malformed += 1
            break
        try:
            report = _one(data, at, end)
            if report is not None:
                reports.append(report)
        except Malformed:
            malformed += 1
        at = end
    return Compound(reports, malformed)


def is_transport_feedback(sealed: memoryview, at: int, size: int) -> bool:
    """Whether a sealed datagram of `size` bytes at offset `at` is one transport feedback and nothing
    besides. The first eight bytes of SRTCP are in the clear (RFC 3711 section 3.4)."""
    if size < 8 or sealed[at + 1] != RTPFB or sealed[at] & 0x1F != TRANSPORT_CC:
        return False
    return 0 < size - 4 * (1 + (sealed[at + 2] << 8 | sealed[at + 3])) <= MAX_SEAL


def _one(data: bytes, at: int, end: int) -> Report | None:
    first, kind = data[at], data[at + 1]
    count = first & 0x1F
    if not SR <= kind <= PSFB or kind == 204:
        return None
    if first & 0x20:
        padding = data[end - 1]
        if not padding or at + 4 + padding > end:
            raise Malformed("wrong RTCP padding")
        end -= padding
    body = data[at + 4 : end]
    match kind:
        case 200:
            if len(body) < 24:
                raise Malformed("a cut sender report")
            ssrc, ntp, rtp, packets, octets = _SENDER.unpack_from(body)
            return SenderReport(ssrc, ntp, rtp, packets, octets, _blocks(body, 24, count))
        case 201:
            if len(body) < 4:
                raise Malformed("a cut receiver report")
            return ReceiverReport(int.from_bytes(body[:4], "big"), _blocks(body, 4, count))
        case 202:
            return SourceDescription(_cnames(body, count))
        case 203:
            if len(body) < 4 * count:
                raise Malformed("a cut BYE")
            return Bye(struct.unpack_from(f"!{count}I", body))
        case 205:
            return _transport_feedback(body, count)
        case _:
            return _payload_feedback(body, count)


def _blocks(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    if len(body) < at + 24 * count:
        raise Malformed("cut report blocks")
    blocks: list[ReportBlock] = []
    for _ in range(count):
        ssrc, lost, highest, jitter, last_sr, delay = _BLOCK.unpack_from(body, at)
        total = lost & 0xFFFFFF
        if total & 0x800000:
            total -= 0x1000000
        blocks.append(ReportBlock(ssrc, (lost >> 24) / 256, total, highest, jitter, last_sr, delay / 65536))
        at += 24
    return tuple(blocks)


def _cnames(body: bytes, count: int) -> dict[int, str]:
    found: dict[int, str] = {}
    at, end = 0, len(body)
    for _ in range(count):
        if at + 4 > end:
            raise Malformed("a cut SDES chunk")
        ssrc = int.from_bytes(body[at : at + 4], "big")
        at += 4
        while True:
            if at >= end:
                raise Malformed("an SDES chunk without an end")
            item = body[at]
            if not item:
                at += 4 - at % 4  # the null and the padding to the next chunk
                break
            if at + 2 > end or at + 2 + body[at + 1] > end:
                raise Malformed("a cut SDES item")
            stop = at + 2 + body[at + 1]
            if item == 1:
                found[ssrc] = body[at + 2 : stop].decode("utf-8", "replace")
            at = stop
    return found


def _transport_feedback(body: bytes, form: int) -> Report | None:
    if form not in (1, 15):
        return None
    if len(body) < 8:
        raise Malformed("cut feedback")
    sender, media = struct.unpack_from("!II", body)
    if form == TRANSPORT_CC:
        return parse_transport_feedback(body)
    if len(body) < 12:
        raise Malformed("an empty NACK")
    lost: list[int] = []
    for at in range(8, len(body) - 3, 4):
        base, mask = struct.unpack_from("!HH", body, at)
        lost.append(base)
        while mask:
            bit = mask & -mask
            lost.append((base + bit.bit_length()) & 0xFFFF)
            mask ^= bit
        if len(lost) >= MAX_NACKED:
            del lost[MAX_NACKED:]
            break
    return Nack(sender, media, lost)


def _payload_feedback(body: bytes, form: int) -> Report | None:
    if form not in (1, 4, 15):
        return None
    if len(body) < 8:
        raise Malformed("cut feedback")
    sender, media = struct.unpack_from("!II", body)
    if form == 1:
        return PictureLoss(sender, media)
    if form == 4:
        if not body[8:] or len(body) % 8:
            raise Malformed("a wrong FIR")
        entries = tuple((ssrc, word >> 24) for ssrc, word in struct.iter_unpack("!II", body[8:]))
        return FullIntraRequest(sender, entries)
    if len(body) < 16 or body[8:12] != b"REMB":
        return None  # another application's feedback
    count = body[12]
    if len(body) < 16 + 4 * count:
        raise Malformed("a cut REMB")
    word = int.from_bytes(body[13:16], "big")
    bitrate = min((word & 0x3FFFF) << (word >> 18), 1 << 40)
    return Remb(sender, bitrate, struct.unpack_from(f"!{count}I", body, 16))


# --- building --------------------------------------------------------------------------------------


def _packet(kind: int, count: int, body: bytes) -> bytes:
    assert len(body) % 4 == 0
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def _pack_blocks(blocks: Sequence[ReportBlock]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            min(255, int(block.fraction_lost * 256)) << 24
            | (max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF),
            block.highest & 0xFFFFFFFF,
            min(block.jitter, 0xFFFFFFFF),
            block.last_sr,
            min(int(block.delay * 65536), 0xFFFFFFFF),
        )
        for block in blocks
    )


def build_sender_report(report: SenderReport) -> bytes:
    """At most 31 blocks."""
    head = _SENDER.pack(
        report.ssrc, report.ntp, report.rtp, report.packets & 0xFFFFFFFF, report.octets & 0xFFFFFFFF
    )
    return _packet(SR, len(report.blocks), head + _pack_blocks(report.blocks))


def build_receiver_report(ssrc: int, blocks: Sequence[ReportBlock] = ()) -> bytes:
    """At most 31 blocks."""
    return _packet(RR, len(blocks), struct.pack("!I", ssrc) + _pack_blocks(blocks))


def build_sdes(ssrc: int, cname: str) -> bytes:
    """One chunk with a CNAME of at most 255 bytes."""
    name = cname.encode()
    chunk = struct.pack("!IBB", ssrc, 1, len(name)) + name
    return _packet(SDES, 1, chunk + bytes(4 - len(chunk) % 4))


def build_bye(sources: Sequence[int]) -> bytes:
    return _packet(BYE, len(sources), struct.pack(f"!{len(sources)}I", *sources))


def build_nack(sender: int, media: int, lost: Sequence[int]) -> bytes:
    """`lost`: sequence numbers in rising (wrapping) order, at least one."""
    pairs: list[list[int]] = []
    for seq in lost:
        if pairs and 1 <= (step := (seq - pairs[-1][0]) & 0xFFFF) <= 16:
            pairs[-1][1] |= 1 << (step - 1)
        elif not pairs or seq != pairs[-1][0]:
            pairs.append([seq, 0])
    body = b"".join(struct.pack("!HH", base, mask) for base, mask in pairs)
    return _packet(RTPFB, 1, struct.pack("!II", sender, media) + body)


def build_pli(sender: int, media: int) -> bytes:
    return _packet(PSFB, 1, struct.pack("!II", sender, media))


def build_fir(sender: int, media: int, command: int) -> bytes:
    """`command` grows by one with each new request, 8 bits."""
    return _packet(PSFB, 4, struct.pack("!IIII", sender, 0, media, (command & 0xFF) << 24))


def build_remb(sender: int, bitrate: int, sources: Sequence[int]) -> bytes:
    """`bitrate` in bit/s, rounded down to 18 significant bits."""
    exponent = max(0, bitrate.bit_length() - 18)
    word = len(sources) << 24 | exponent << 18 | bitrate >> exponent
    head = struct.pack("!II4sI", sender, 0, b"REMB", word)
    return _packet(PSFB, 15, head + struct.pack(f"!{len(sources)}I", *sources))


def ntp_time(wall: float) -> int:
    """Unix seconds as a 64-bit NTP time."""
    return int((wall + NTP_EPOCH) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def middle(ntp: int) -> int:
    """The middle 32 bits of an NTP time, as `last_sr` carries them."""
    return ntp >> 16 & 0xFFFFFFFF
