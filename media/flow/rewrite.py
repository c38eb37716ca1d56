"""One continuous stream per down slot, whatever comes into it.

A slot shows a layer of one publisher, then another layer, then another publisher; its subscriber sees
one RTP stream with one SSRC whose sequence numbers, times, VP8 picture ids and TL0PICIDX go on
without a jump. Up packets go in, finished plain copies are written into the caller's buffer. Losses
of the source stay visible as gaps; packets that we leave out ourselves (upper temporal layers,
padding) leave none. Each stretch of constant offsets is remembered as a `Segment`, the way back from
a NACK to the packet it asks for.

A switch happens at a packet where a decoder can begin: the caller calls `switch` with it and then
writes it and its followers as usual.
"""

from typing import Any, Final

from media.flow.cache import PacketCache
from media.flow.layout import WITH_TRANSPORT, Layout, write
from media.flow.packet import PICTURE, UpPacket
from media.flow.reception import MAX_FORWARD, START
from media.wire import rtp
from media.wire.seq import SEQ_MASK, RtpTime, seq_add, seq_delta, time_add, time_delta

MAX_SEGMENTS: Final = 128
"""Some 8 s of a 30 fps stream without its top temporal layer; NACKs ask for the last second."""
MIN_STEP: Final = 100
"""A first frame after a switch is at least 1/100 s behind the last one before."""
ALL_LAYERS: Final = 7
"""A temporal layer limit that holds nothing back."""


class Segment:
    """A stretch of the source that was sent with constant offsets."""

    __slots__ = ("first", "last", "layout", "out_first", "picture", "seq", "source", "time", "tl0")

    def __init__(
        self,
        source: PacketCache,
        layout: Layout,
        first: int,
        out_first: int,
        time: int,
        picture: int,
        tl0: int,
    ) -> None:
        self.source = source
        self.layout = layout
        self.first = first
        self.last: int | None = None
        """Of the source, inclusive; None while it goes on."""
        self.out_first = out_first
        """Extended output number of `first`."""
        self.seq = out_first - first
        self.time = time
        self.picture = picture
        self.tl0 = tl0


class Rewriter:
    """The stream of one slot. Not fed before the first `switch`.

    Attributes callers read:
        source: cache of the layer that is shown, None while the slot is empty.
        packets, octets: sent so far, payload only, for sender reports.
    """

    __slots__ = (
        "_clock",
        "_head",
        "_last",
        "_layout",
        "_max_tid",
        "_noted",
        "_out_picture",
        "_out_time",
        "_out_tl0",
        "_picture",
        "_picture_dropped",
        "_selecting",
        "_seq",
        "_time",
        "_tl0",
        "_wanted_tid",
        "highest",
        "mid",
        "octets",
        "out_highest",
        "packets",
        "rtx_seq",
        "rtx_ssrc",
        "segments",
        "source",
        "ssrc",
    )

    def __init__(
        self, ssrc: int, rtx_ssrc: int, *, first_seq: int, first_time: int, first_picture: int, mid: str = ""
    ) -> None:
        """`first_...`: random starts (16, 32 and 15 bits) from the caller; RFC 3550 section 5.1. `mid`:
        sent in every packet when not empty and the layout has the extension."""
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.mid = mid
        self.source: PacketCache | None = None
        self.highest = -1
        """Of the source, the newest seen."""
        self.out_highest = first_seq + START - 1
        """Extended output number of the newest packet."""
        self.rtx_seq = first_seq
        self.packets = 0
        self.octets = 0
        self.segments: list[Segment] = []
        self._layout: Layout | None = None
        self._head = b""
        self._clock = 90000
        self._wanted_tid = self._max_tid = ALL_LAYERS
        self._selecting = False
        self._last: UpPacket | None = None
        self._noted: UpPacket | None = None
        # What the packet `_noted` became; before the first one, so that the first gets `first_...`.
        self._out_time = first_time
        self._out_picture = first_picture - 1
        self._out_tl0 = first_picture - 1
        self._seq = self._time = self._picture = self._tl0 = 0
        self._picture_dropped = -1

    # --- switching ---------------------------------------------------------------------------------

    def switch(
        self,
        source: PacketCache,
        packet: UpPacket,
        layout: Layout,
        now: float,
        clock: int,
        *,
        edge_time: int | None = None,
        elapsed: float | None = None,
    ) -> RtpTime:
        """Show `source` from `packet` (a keyframe's first, or any audio) on; the slot's RTP time of it.

        Args:
            layout: for the source's codec, by `media.flow.layout.layout`.
            clock: rate of the codec, Hz.
            edge_time: RTP time of the newest packet of `source`, when `packet` comes from the cache:
                that packet, not this one, belongs to `now`.
            elapsed: seconds on the publisher's own clock from the last packet sent to `packet`, where
                sender reports tell (another layer of one camera); it spares the jitter of arrival.
        """
        self._end()
        last = self._noted
        if last is None:
            time = self._out_time - packet.time
        elif elapsed is not None:
            time = self._out_time + max(int(elapsed * clock), clock // MIN_STEP) - packet.time
        else:
            live = self._out_time + int(max(0.0, now - last.arrived) * clock)
            time = live - (packet.time if edge_time is None else edge_time)
            behind = time_delta(time_add(packet.time, time), time_add(self._out_time, 0))
            time += max(0, clock // MIN_STEP - behind)
        self.source = source
        self.highest = packet.seq - 1
        self._clock = clock
        self._layout = layout
        self._head = layout.head(self.mid)
        self._max_tid = self._wanted_tid
        self._picture_dropped = -1
        picture = self._out_picture + 1 - packet.picture_id
        tl0 = self._out_tl0 + 1 - packet.tl0
        self._begin(Segment(source, layout, packet.seq, self.out_highest + 1, time, picture, tl0))
        return time_add(packet.time, time)

    def stop(self) -> None:
        """The slot is empty until the next `switch`. NACKs for what was sent are still answered."""
        self._end()
        self.source = None

    def limit_tid(self, tid: int) -> None:
        """Send temporal layers up to `tid` (`ALL_LAYERS` for all) from the next frame that allows it."""
        self._wanted_tid = tid
        self._selecting = tid != ALL_LAYERS or self._max_tid != ALL_LAYERS

    def _end(self) -> None:
        if self.segments and self.segments[-1].last is None:
            self._close(self.highest)

    def _begin(self, segment: Segment) -> None:
        self.segments.append(segment)
        if len(self.segments) > MAX_SEGMENTS:
            del self.segments[0]
        self._seq, self._time = segment.seq, segment.time
        self._picture, self._tl0 = segment.picture, segment.tl0

    def _close(self, last: int) -> None:
        """End the open segment with the source's number `last`, and note what came out of it."""
        segment = self.segments[-1]
        newest = self._last
        if newest is not None and newest is not self._noted:
            # Sent since the segment began: late ones do not count as newest.
            self._noted = newest
            self._out_time = time_add(newest.time, segment.time)
            self._out_picture = newest.picture_id + segment.picture
            self._out_tl0 = newest.tl0 + segment.tl0
        if last < segment.first:
            self.segments.pop()  # nothing was sent in it
        else:
            segment.last = last

    # --- the packet step ---------------------------------------------------------------------------

    def write(self, packet: UpPacket, transport_seq: int, buffer: Any, at: int) -> int:
        """Write the subscriber's copy into ``buffer[at:]`` and return its size; 0 when it gets none.

        `packet` is of `source`; `transport_seq` (16 bits) is used up when the result is not 0 and the
        layout has it. `buffer`: writable bytes with at least `size of the packet + 64` free.
        """
        seq = packet.seq
        ahead = seq - self.highest
        if ahead <= 0 or ahead > MAX_FORWARD:
            if ahead <= 0:
                return self._late(packet, transport_seq, buffer, at)
            self._jump(packet)
        if self._selecting and self._leaves_out(packet):
            self._drop(packet)
            return 0
        if not packet.tail and not packet.prefix:
            self._drop(packet)
            return 0
        self.highest = seq
        self._last = packet
        layout = self._layout
        assert layout is not None
        form = packet.forms.get(layout)
        if form is None:
            form = layout.prepare(packet)
        out = seq + self._seq
        self.out_highest = out
        self.packets += 1
        self.octets += len(form.tail)
        # The same as `media.flow.layout.write`, for the two commonest kinds without its call.
        if form.kind == PICTURE | WITH_TRANSPORT:
            form.pack(
                buffer,
                at,
                form.first,
                out & 0xFFFF,
                packet.time + self._time & 0xFFFFFFFF,
                self.ssrc,
                self._head,
                transport_seq,
                form.middle,
                0x8000 | (packet.picture_id + self._picture & 0x7FFF),
                packet.tl0 + self._tl0 & 0xFF,
                form.tail,
            )
            return form.size
        if form.kind == WITH_TRANSPORT:
            form.pack(
                buffer,
                at,
                form.first,
                out & 0xFFFF,
                packet.time + self._time & 0xFFFFFFFF,
                self.ssrc,
                self._head,
                transport_seq,
                form.middle,
                form.tail,
            )
            return form.size
        return write(
            form,
            packet,
            buffer,
            at,
            self._head,
            self.ssrc,
            seq_add(out, 0),
            time_add(packet.time, self._time),
            transport_seq,
            self._picture,
            self._tl0,
        )

    def _leaves_out(self, packet: UpPacket) -> bool:
        """Whether this packet's temporal layer is above the limit, which moves at frame starts only:
        down at once, up where the frame depends on nothing that was left out."""
        wanted = self._wanted_tid
        if packet.frame_start and wanted != self._max_tid:
            if wanted < self._max_tid or packet.keyframe:
                self._max_tid = wanted
                self._selecting = wanted != ALL_LAYERS
            elif self._max_tid < packet.tid <= wanted and packet.layer_sync:
                self._max_tid = packet.tid
        return packet.tid > self._max_tid

    def _drop(self, packet: UpPacket) -> None:
        """Leave a packet out and close the gap: numbers behind it move down by one, picture ids by one
        for each frame. Missing ones before it keep their numbers, should they still come."""
        seq, before = packet.seq, self.segments[-1]
        picture = before.picture
        if packet.picture_id >= 0 and packet.picture_id != self._picture_dropped:
            self._picture_dropped = packet.picture_id
            picture -= 1
        self.highest = seq
        # Of missing ones that come late the highest may be the newest sent.
        self.out_highest = max(self.out_highest, seq - 1 + before.seq)
        self._close(seq - 1)
        assert self.source is not None
        self._begin(
            Segment(self.source, before.layout, seq + 1, seq + before.seq, before.time, picture, before.tl0)
        )

    def _jump(self, packet: UpPacket) -> None:
        """The publisher began its numbers anew: go on behind the newest, as one packet missing."""
        before = self.segments[-1]
        source, layout = before.source, before.layout
        self._close(self.highest)
        time, picture = before.time, before.picture
        last = self._noted
        if last is not None and abs(time_delta(packet.time, last.time)) > self._clock * 10:
            passed = int(max(0.0, packet.arrived - last.arrived) * self._clock)
            time = time_delta(time_add(self._out_time, passed), packet.time)
        if last is not None and packet.picture_id + picture <= self._out_picture:
            picture = self._out_picture + 1 - packet.picture_id
        out_first = self.out_highest + 2
        self._begin(Segment(source, layout, packet.seq, out_first, time, picture, before.tl0))

    def _late(self, packet: UpPacket, transport_seq: int, buffer: Any, at: int) -> int:
        """A packet from before the newest: sent with the offsets of its own stretch, or not at all."""
        segment = self._segment_of(packet.seq)
        if segment is None or (not packet.tail and not packet.prefix):
            return 0
        form = segment.layout.prepare(packet)
        self.packets += 1
        self.octets += len(form.tail)
        return write(
            form,
            packet,
            buffer,
            at,
            self._head,
            self.ssrc,
            seq_add(packet.seq, segment.seq),
            time_add(packet.time, segment.time),
            transport_seq,
            segment.picture,
            segment.tl0,
        )

    def _segment_of(self, seq: int) -> Segment | None:
        for segment in reversed(self.segments):
            if segment.source is not self.source:
                return None
            if seq >= segment.first:
                return segment if segment.last is None or seq <= segment.last else None
        return None

    # --- the way back ------------------------------------------------------------------------------

    def find(self, out_seq: int) -> tuple[Segment, UpPacket] | None:
        """What was sent as sequence number `out_seq` (16 bits), if it is still in its cache."""
        out = self.out_highest + seq_delta(out_seq, self.out_highest & SEQ_MASK)
        for segment in reversed(self.segments):
            if out >= segment.out_first:
                seq = out - segment.seq
                if segment.last is not None and seq > segment.last:
                    return None
                packet = segment.source.get(seq)
                return (segment, packet) if packet is not None else None
        return None

    def resend(self, segment: Segment, packet: UpPacket, transport_seq: int, rtx_pt: int) -> bytes:
        """A retransmission of what `find` found: by RTX (RFC 4588) on its own stream, or, where none was
        agreed (`rtx_pt` 0), the same packet again. `rtx_pt` is the one that repairs
        ``segment.layout.pt``; `transport_seq` is used up when the layout has it."""
        form = segment.layout.prepare(packet)
        buffer = bytearray(form.size)
        write(
            form,
            packet,
            buffer,
            0,
            segment.layout.head(self.mid),
            self.ssrc,
            seq_add(packet.seq, segment.seq),
            time_add(packet.time, segment.time),
            transport_seq,
            segment.picture,
            segment.tl0,
        )
        plain = bytes(buffer)
        if not rtx_pt:
            return plain
        self.rtx_seq = seq_add(self.rtx_seq, 1)
        payload_at = rtp.parse(plain).payload_at
        return rtp.wrap_rtx(plain, payload_at, pt=rtx_pt, seq=self.rtx_seq, ssrc=self.rtx_ssrc)

    def out_time(self, source_time: int) -> RtpTime:
        """The slot's RTP time of a time of the present source."""
        return time_add(source_time, self._time)
