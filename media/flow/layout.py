"""What all copies of a packet have in common for the subscribers that negotiated alike.

A `Layout` is one arrangement of payload type, header extensions and lengths, shared by every slot
that agreed on the same (`layout` keeps one of each). `Layout.prepare` turns an `UpPacket` into a
`Form` once; `media.flow.rewrite` then writes each subscriber's copy by a single `pack_into`.

Bytes of a copy, in order:
    0x80|0x90, marker and payload type      2  `Form.first`
    sequence number, RTP time, SSRC             10  of the slot
    extension head: profile, length, MID         n  `Layout.head(mid)`, of the slot
      and the id byte of the transport-wide number
    transport-wide sequence number               2  of the transport, if negotiated
    the other extensions, start of the VP8       n  `Form.middle`
      descriptor
    picture id, TL0PICIDX                        3  of the slot, for VP8
    the rest of the payload                      n  `Form.tail`
"""

import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from media.flow.packet import ODD, PICTURE, PLAIN, UpPacket
from media.wire import rtp

WITH_TRANSPORT: Final = 4
"""Added to a packet's patch kind in `Form.kind`."""


class Form:
    """One packet prepared for one layout."""

    __slots__ = ("first", "kind", "middle", "pack", "size", "tail")

    def __init__(
        self, pack: Callable[..., None], first: int, middle: bytes, tail: bytes, size: int, kind: int
    ) -> None:
        self.pack = pack
        self.first = first
        self.middle = middle
        self.tail = tail
        self.size = size
        """Bytes of the whole copy, before encryption."""
        self.kind = kind


class Layout:
    """Make with `layout`. Extensions that do not fit the one-byte form (ids 1..14) are left out."""

    __slots__ = (
        "_abs_send_time",
        "_head_size",
        "_level",
        "_mid",
        "_mid_size",
        "_rest_pad",
        "_structs",
        "_transport",
        "_words",
        "pt",
        "transport",
    )

    def __init__(self, pt: int, ids: Mapping[str, int], mid_size: int) -> None:
        self.pt = pt
        fits = {name: number for name, number in ids.items() if 1 <= number <= 14}
        self._transport = fits.get(rtp.TRANSPORT_CC, 0)
        self.transport = bool(self._transport)
        """Whether copies carry a transport-wide sequence number."""
        # One clock for the estimate is enough: receivers that know the transport-wide number use it.
        self._abs_send_time = 0 if self._transport else fits.get(rtp.ABS_SEND_TIME, 0)
        self._level = fits.get(rtp.AUDIO_LEVEL, 0)
        self._mid = fits.get(rtp.MID, 0) if 1 <= mid_size <= 16 else 0
        self._mid_size = mid_size if self._mid else 0
        body = (
            (1 + mid_size if self._mid else 0)
            + (3 if self._transport else 0)
            + (4 if self._abs_send_time else 0)
            + (2 if self._level else 0)
        )
        self._rest_pad = bytes(-body % 4)
        self._words = (body + 3) // 4
        self._head_size = len(self.head("x" * mid_size))
        self._structs: dict[tuple[int, int, int], Callable[..., None]] = {}

    def head(self, mid: str) -> bytes:
        """The extension's first bytes for a slot with this MID, as long as the layout was made for."""
        if not self._words:
            return b""
        out = struct.pack("!HH", rtp.ONE_BYTE, self._words)
        if self._mid:
            name = mid.encode("ascii")
            assert len(name) == self._mid_size
            out += bytes([self._mid << 4 | len(name) - 1]) + name
        if self._transport:
            out += bytes([self._transport << 4 | 1])
        return out

    def prepare(self, packet: UpPacket) -> Form:
        """The packet's form for this layout, made on the first call and kept with the packet."""
        form = packet.forms.get(self)
        if form is None:
            form = packet.forms[self] = self._make(packet)
        return form

    def _make(self, packet: UpPacket) -> Form:
        rest = b""
        if self._abs_send_time:
            sent = rtp.abs_send_time(packet.arrived)
            rest = bytes([self._abs_send_time << 4 | 2]) + sent.to_bytes(3, "big")
        if self._level:
            level = packet.level if packet.level >= 0 else 127
            rest += bytes([self._level << 4, (0x80 if packet.voice else 0) | level])
        rest += self._rest_pad
        first = 0x8000 | (0x1000 if self._words else 0) | (0x80 if packet.marker else 0) | self.pt
        tail = packet.tail
        middle = rest + packet.prefix
        between = packet.size - len(packet.prefix) - len(packet.tail)
        size = 12 + self._head_size + (2 if self.transport else 0) + len(middle) + between + len(tail)
        kind = packet.patch | (WITH_TRANSPORT if self.transport else 0)
        # An odd patch is made slice by slice and packed as part of the middle.
        width = len(middle) + (between if packet.patch == ODD else 0)
        return Form(self._pack(kind, width, len(tail)), first, middle, tail, size, kind)

    def _pack(self, kind: int, middle: int, tail: int) -> Callable[..., None]:
        key = (kind, middle, tail)
        found = self._structs.get(key)
        if found is None:
            transport = "H" if kind & WITH_TRANSPORT else ""
            patch = "HB" if kind & 3 == PICTURE else ""
            found = struct.Struct(f"!HHII{self._head_size}s{transport}{middle}s{patch}{tail}s").pack_into
            self._structs[key] = found
        return found


@lru_cache(maxsize=512)
def _layout(pt: int, ids: tuple[tuple[str, int], ...], mid_size: int) -> Layout:
    return Layout(pt, dict(ids), mid_size)


def layout(pt: int, ids: Mapping[str, int], mid: str = "") -> Layout:
    """The one layout for this payload type, these extension ids (short name to id, as in
    `Section.extensions`) and a MID of this length; an empty `mid` sends none."""
    known = rtp.ExtensionMap(ids).ids
    return _layout(pt, tuple(sorted(known.items())), len(mid))


def write(
    form: Form,
    packet: UpPacket,
    buffer: Any,
    at: int,
    head: bytes,
    ssrc: int,
    seq: int,
    time: int,
    transport_seq: int,
    picture_offset: int,
    tl0_offset: int,
) -> int:
    """The packet step in full generality: one copy into ``buffer[at:]``, its size returned.

    `Rewriter.write` does the same with its own state spelled out; late packets and retransmissions
    come here. Numbers are on-the-wire ones, offsets may be any integers.
    """
    kind = form.kind
    if kind & 3 == PICTURE:
        picture = 0x8000 | (packet.picture_id + picture_offset & 0x7FFF)
        tl0 = packet.tl0 + tl0_offset & 0xFF
        if kind & WITH_TRANSPORT:
            form.pack(
                buffer,
                at,
                form.first,
                seq,
                time,
                ssrc,
                head,
                transport_seq,
                form.middle,
                picture,
                tl0,
                form.tail,
            )
        else:
            form.pack(buffer, at, form.first, seq, time, ssrc, head, form.middle, picture, tl0, form.tail)
        return form.size
    middle = form.middle
    if kind & 3 != PLAIN:
        middle += packet.patched(picture_offset, tl0_offset)
    if kind & WITH_TRANSPORT:
        form.pack(buffer, at, form.first, seq, time, ssrc, head, transport_seq, middle, form.tail)
    else:
        form.pack(buffer, at, form.first, seq, time, ssrc, head, middle, form.tail)
    return form.size
