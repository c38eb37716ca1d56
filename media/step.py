"""The packet step: one frame's packets made into one subscriber's, sealed, ready to send.

A `Run` is what came in: the packets of one frame of one layer (or one packet of sound) that arrived
together. A `Template` is the same run laid out for every subscriber of one `Dialect` (payload type,
extension id, tag size): headers in place, payloads copied, room for tags, sizes made equal by a few
bytes of padding so that the kernel can cut one message into datagrams. What then differs between
subscribers is six numbers, and `step` puts them in: one copy of the whole run, one `pack_into` and one
seal per packet. It is the only code that runs per packet *and* subscriber, so it has a twin in C
(media/native/step.c), which installing builds where there is a compiler; without it `python_step` does
the same at twice the price. Vectors in the tests hold both.

Layout of each packet: 12 bytes of header; with transport-wide numbers 8 more (``BEDE 0001``, one byte
of padding, id, number); the payload; RTP padding; room for the tag.
"""

import contextlib
import importlib
import struct
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from media.flow.packet import UpPacket
from media.mmsg import MAX_MESSAGE, MAX_SEGMENTS
from media.srtp import Arena, Outbound, length_cell, protect, protect_address
from media.wire.seq import PICTURE15_MASK, SEQ_MASK, TIME_MASK, TL0_MASK

MAX_PADDING: Final = 12
"""Bytes of padding spent on making a packet as long as its neighbours: 1 % of a full one. Browsers
cut a frame into sizes that differ by one."""

PLAIN: Final = 0
PICTURE: Final = 1
PICTURE_TL0: Final = 2
SCATTERED: Final = 3
"""What of a VP8 descriptor is rewritten: nothing, the picture id, TL0PICIDX behind it as well; the
last is both, where they do not lie right behind the header that one write can reach."""

_BARE = struct.Struct("!HII")
_WIDE = struct.Struct("!HIIIHH")
_WIDE_VP8 = struct.Struct("!HIIIHHHHB")
_PROFILE_WORD: Final = 0xBEDE0001
_PICTURE = struct.Struct("!H")
_PICTURE_TL0 = struct.Struct("!HB")


class Dialect:
    """How one subscriber wants one codec's packets. Made by `dialect`, which keeps one of each, so that
    templates are found by identity.

    pt: payload type. transport_cc: id (1..14) of the transport-wide sequence number extension, 0 for
    none. tag: bytes that sealing adds.
    """

    __slots__ = ("pt", "tag", "transport_cc")

    def __init__(self, pt: int, transport_cc: int, tag: int) -> None:
        self.pt = pt
        self.transport_cc = transport_cc
        self.tag = tag


@lru_cache(maxsize=256)
def dialect(pt: int, transport_cc: int, tag: int) -> Dialect:
    return Dialect(pt, transport_cc, tag)


@dataclass(slots=True)
class Template:
    """A run in one dialect. `packets`: offset, distance from the run's first sequence number, plain
    length, first two payload bytes, offset of the picture id; `messages`: offset, size and segment
    (0: one datagram) of what goes to the kernel."""

    data: bytes
    form: int
    ids: int
    packets: list[tuple[int, int, int, int, int]]
    messages: list[tuple[int, int, int]]
    singles: list[tuple[int, int, int]]
    """The same with one datagram each, for destinations that refuse segmentation."""
    octets: int
    """Payload bytes in all, for sender reports."""
    table: bytes
    """`packets` as the native step reads them: five int32 each."""


class Run:
    """Packets of one frame that arrived together, in rising order. Numbers are the source's."""

    __slots__ = (
        "arrived",
        "first",
        "keyframe",
        "last",
        "packets",
        "picture",
        "size",
        "templates",
        "tid",
        "time",
        "tl0",
    )

    def __init__(self, packets: list[UpPacket]) -> None:
        head = packets[0]
        self.packets = packets
        self.first = head.seq
        self.last = packets[-1].seq
        self.time = head.time
        self.picture = head.picture_id
        self.tl0 = head.tl0
        self.tid = head.tid
        self.keyframe = head.keyframe
        """A decoder can begin at the first packet; always so for sound."""
        self.arrived = head.arrived
        self.size = sum(packet.size for packet in packets)
        """Payload bytes."""
        self.templates: dict[Dialect, Template] = {}

    @property
    def ends(self) -> bool:
        """The last packet ends its frame."""
        return self.packets[-1].marker

    def template(self, dialect: Dialect) -> Template:
        found = self.templates.get(dialect)
        if found is None:
            found = self.templates[dialect] = lay_out(self.packets, dialect)
        return found


def lay_out(sources: list[UpPacket], dialect: Dialect) -> Template:
    """Build the template of a run: at most `MAX_SEGMENTS` packets, `MAX_MESSAGE` bytes a message."""
    wide = 1 <= dialect.transport_cc <= 14
    head = 20 if wide else 12
    first = sources[0]
    form = PLAIN
    if first.picture_id >= 0 and first.patch:
        form = PICTURE_TL0 if first.tl0 >= 0 else PICTURE
    bodies = [source.payload for source in sources]
    padding, groups = _level([head + len(body) for body in bodies])
    data = bytearray()
    packets: list[tuple[int, int, int, int, int]] = []
    for source, body, extra in zip(sources, bodies, padding, strict=True):
        at = len(data)
        data.append(0x80 | (0x20 if extra else 0) | (0x10 if wide else 0))
        data.append((0x80 if source.marker else 0) | dialect.pt)
        data += bytes(head - 2)
        data += body
        if extra:
            data += bytes(extra - 1)
            data.append(extra)
        size = len(data) - at
        lead = int.from_bytes(body[:2], "big")
        packets.append((at, source.seq - first.seq, size, lead, head + len(source.prefix)))
        data += bytes(dialect.tag)
    messages: list[tuple[int, int, int]] = []
    for start, end in groups:
        offset, _, size, _, _ = packets[start]
        stop = packets[end - 1][0] + packets[end - 1][2] + dialect.tag
        messages.append((offset, stop - offset, size + dialect.tag if end - start > 1 else 0))
    if form == PICTURE_TL0 and (not wide or any(len(source.prefix) != 2 for source in sources)):
        form = SCATTERED
    ids = dialect.transport_cc << 4 | 1 if wide else 0
    singles = [(offset, size + dialect.tag, 0) for offset, _, size, _, _ in packets]
    table = array("i", chain.from_iterable(packets)).tobytes()
    return Template(bytes(data), form, ids, packets, messages, singles, sum(map(len, bodies)), table)


def _level(sizes: list[int]) -> tuple[list[int], list[tuple[int, int]]]:
    """Padding for each packet, and the groups (start, end) that one message can carry: equal sizes, the
    last may be shorter."""
    padding = [0] * len(sizes)
    groups: list[tuple[int, int]] = []
    start = 0
    while start < len(sizes):
        size, end = sizes[start], start + 1
        lowest = size
        while end < len(sizes) and end - start < MAX_SEGMENTS and size * (end - start + 1) < MAX_MESSAGE:
            following = sizes[end]
            if following > size:
                if following - lowest > MAX_PADDING:
                    break
                size = following
            elif size - following > MAX_PADDING:
                end += 1  # shorter by much: it may only be the last
                break
            lowest = min(lowest, following)
            end += 1
        for i in range(start, end):
            if size - sizes[i] <= MAX_PADDING:
                padding[i] = size - sizes[i]
        groups.append((start, end))
        start = end
    return padding, groups


_cell: Any = length_cell()


def python_step(
    arena: Arena,
    at: int,
    template: Template,
    outbound: Outbound,
    seq: int,
    time: int,
    ssrc: int,
    transport_seq: int,
    picture: int,
    tl0: int,
) -> bool:
    """Write the run at `at` of the arena as one subscriber's packets and seal them.

    `seq` is the first packet's sequence number, `transport_seq` its transport-wide one (rising by one
    a packet); all numbers may be unmasked. Behind the run `TRAILER_ROOM` bytes of the arena are left
    free. False when libsrtp refused a packet: then the message must not be sent.
    """
    handle = outbound.handle
    buffer, pointer, cell, form, ids = arena.buffer, arena.pointer, _cell, template.form, template.ids
    data = template.data
    arena.view[at : at + len(data)] = data
    time &= TIME_MASK
    tl0 &= TL0_MASK
    picture = picture & PICTURE15_MASK | 0x8000
    if form == PICTURE_TL0:
        pack = _WIDE_VP8.pack_into
        for offset, distance, size, lead, _ in template.packets:
            here = at + offset
            pack(
                buffer, here + 2, seq + distance & SEQ_MASK, time, ssrc,
                _PROFILE_WORD, ids, transport_seq & SEQ_MASK, lead, picture, tl0,
            )  # fmt: skip
            transport_seq += 1
            cell[0] = size
            if protect(handle, pointer + here, cell):
                return False
        return True
    for offset, distance, size, _, picture_at in template.packets:
        here = at + offset
        if ids:
            _WIDE.pack_into(
                buffer,
                here + 2,
                seq + distance & SEQ_MASK,
                time,
                ssrc,
                _PROFILE_WORD,
                ids,
                transport_seq & SEQ_MASK,
            )
            transport_seq += 1
        else:
            _BARE.pack_into(buffer, here + 2, seq + distance & SEQ_MASK, time, ssrc)
        if form == PICTURE:
            _PICTURE.pack_into(buffer, here + picture_at, picture)
        elif form:
            _PICTURE_TL0.pack_into(buffer, here + picture_at, picture, tl0)
        cell[0] = size
        if protect(handle, pointer + here, cell):
            return False
    return True


_twin: Any = None
with contextlib.suppress(ImportError):
    _twin = importlib.import_module("media._step")
_protect: Final = protect_address()


def native_step(
    arena: Arena,
    at: int,
    template: Template,
    outbound: Outbound,
    seq: int,
    time: int,
    ssrc: int,
    transport_seq: int,
    picture: int,
    tl0: int,
) -> bool:
    """`python_step` in C."""
    done: bool = _twin.run(
        _protect, outbound.address, arena.buffer, at, template.data, template.table, template.form,
        template.ids, seq, time, ssrc, transport_seq, picture, tl0,
    )  # fmt: skip
    return done


NATIVE: Final = _twin is not None
"""Whether the twin was built."""
step = native_step if NATIVE else python_step
