"""One slot of one subscriber: an RTP stream that goes on whoever is shown in it.

Runs of the layer that is shown come in; the subscriber's copies go out through its `Downlink`. The
slot follows `want`: it keeps showing the old layer until a decoder can begin on the new one, so a
switch is one frame, and `on_shown` is told the slot's RTP time of exactly that frame. Frames that
cannot be sent are left out up to the next keyframe; sequence numbers stay without a gap.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from media.downlink import Downlink
from media.flow.keyframes import AskLimit
from media.flow.layout import Layout, layout
from media.flow.nack import ResendLimit
from media.flow.packet import UpPacket
from media.flow.reception import MAX_FORWARD
from media.flow.rewrite import Rewriter
from media.messages import Codec, Section
from media.mmsg import MAX_SEGMENTS
from media.step import Dialect, Run, dialect
from media.up import Layer, Rate
from media.wire import rtcp, rtp
from media.wire.seq import SEQ_MASK

JOIN_AGE: Final = 1.5
"""Seconds. A keyframe older than this is not worth replaying: asking for a new one is as fast."""
JOIN_PACKETS: Final = 160
"""About 180 kB: what a weak link swallows in a second."""

MAX_REPEAT: Final = 64
"""Packets looked at for one part of a probe."""


class RunRewriter(Rewriter):
    """The rewriter with its bookkeeping for a whole run at once."""

    __slots__ = ()

    def advance(self, run: Run, octets: int) -> tuple[int, int, int, int] | None:
        """Note that the run goes out with the present offsets, and return its first sequence number, time,
        picture id and TL0PICIDX. None when it needs the packet-wise way: late, behind a jump, or in a
        temporal layer that is left out."""
        first = run.first
        packets = run.packets
        if not 0 < first - self.highest <= MAX_FORWARD or (self._selecting and self._leaves_out(packets[0])):
            return None
        seq, last = self._seq, run.last
        self.highest = last
        self.out_highest = last + seq
        self._last = packets[-1]
        self.packets += len(packets)
        self.octets += octets
        return first + seq, run.time + self._time, run.picture + self._picture, run.tl0 + self._tl0

    @property
    def edge(self) -> int:
        """RTP time of the newest packet sent; 0 before the first."""
        return self.out_time(self._last.time) if self._last is not None else 0


class DownSlot:
    """A slot. `layer` is what is shown now, `target` what shall be; both None for an empty one."""

    __slots__ = (
        "_asks",
        "_dialect",
        "_joined",
        "_layouts",
        "_limit",
        "_numbered",
        "_on_shown",
        "_rtx_of",
        "blocks",
        "broken",
        "cname",
        "codecs",
        "downlink",
        "dropped",
        "kind",
        "layer",
        "name",
        "rate",
        "rewriter",
        "section",
        "sr_count",
        "sr_sent_at",
        "target",
        "video",
    )

    def __init__(
        self,
        section: Section,
        downlink: Downlink,
        cname: str,
        on_shown: "Callable[[DownSlot, Layer, int], None]",
    ) -> None:
        self.section = section
        self.name = section.purpose
        self.kind = section.kind
        self.video = section.kind == "video"
        self.downlink = downlink
        self.cname = cname
        self.codecs: dict[str, Codec] = {codec.name: codec for codec in section.codecs}
        self.rewriter = RunRewriter(
            section.ssrc,
            section.rtx_ssrc,
            first_seq=secrets.randbelow(1 << 15),
            first_time=secrets.randbits(32),
            first_picture=secrets.randbits(15),
        )
        self.layer: Layer | None = None
        self.target: Layer | None = None
        self.broken = False
        """Frames were left out: nothing goes until the next keyframe."""
        self.dropped = 0
        """Packets left out because the way was full."""
        self.blocks: rtcp.ReportBlock | None = None
        """What the subscriber last said of this slot."""
        self.sr_sent_at = 0.0
        self.sr_count = 0
        self.rate = Rate()
        self._asks = AskLimit()
        self._limit = ResendLimit()
        self._joined = -1
        self._on_shown = on_shown
        self._numbered = bool(self._transport_id())
        self._rtx_of = {codec.pt: codec.rtx for codec in section.codecs}
        self._dialect = dialect(0, 0, 0)
        """Of what is shown."""
        self._layouts: dict[str, Layout] = {}

    # --- what is shown ------------------------------------------------------------------------------

    def can_show(self, layer: Layer) -> bool:
        return layer.codec.name in self.codecs

    def want(self, target: Layer | None, now: float) -> None:
        """Show `target` as soon as a decoder can begin on it; None: show nothing from now on."""
        if target is self.target:
            return
        if self.target is not None and self.target is not self.layer:
            self._leave(self.target)
        self.target = target
        if target is None:
            if self.layer is not None:
                self._leave(self.layer)
                self.layer = None
            self.rewriter.stop()
            return
        if target is self.layer:
            return
        target.slots.append(self)
        if self.kind == "video" and not self._join(target, now):
            target.keyframes.want()

    def refresh(self) -> None:
        """Called now and then: ask again for the keyframe that is waited for."""
        if self.kind == "video" and self.waiting and self.target is not None and not self.downlink.congested:
            self.target.keyframes.want()

    @property
    def waiting(self) -> bool:
        """A keyframe of `target` is needed before anything (new) is seen."""
        return self.target is not None and (self.broken or self.target is not self.layer)

    def _leave(self, layer: Layer) -> None:
        if self in layer.slots:
            layer.slots.remove(self)

    def _join(self, target: Layer, now: float) -> bool:
        """Begin at once at the last keyframe, if all since then is there."""
        if self.downlink.congested or self.downlink.outbound is None:
            return False
        target.finish()
        packets = target.cache.since_keyframe(now, JOIN_AGE, JOIN_PACKETS)
        if not packets:
            return False
        self._show(target, packets[0], now, packets[-1].time)
        for run in runs_of(packets):
            self._forward(target, run, now)
        # What is ready but not yet forwarded has gone out with these.
        self._joined = target.cache.highest
        return True

    def _show(self, target: Layer, first: UpPacket, now: float, edge: int | None) -> None:
        before = self.layer
        if before is not None and before is not target:
            self._leave(before)
        if before is None or before.track is not target.track:
            self.sr_sent_at, self.sr_count = 0.0, 0  # sound and picture must find each other again
        self.layer = target
        self.broken = False
        self._joined = -1
        name = target.codec.name
        self._dialect = self._dialect_of(name)
        time = self.rewriter.switch(
            target.cache, first, self._layout(name), now, target.clock, edge_time=edge
        )
        self._on_shown(self, target, time)

    def _layout(self, name: str) -> Layout:
        found = self._layouts.get(name)
        if found is None:
            found = layout(self.codecs[name].pt, self._transport_id())
            self._layouts[name] = found
        return found

    def _transport_id(self) -> dict[str, int]:
        """Transport-wide numbers are the only extension a subscriber needs: sources are told by SSRC."""
        ids = rtp.ExtensionMap(self.section.extensions).ids
        return {rtp.TRANSPORT_CC: ids[rtp.TRANSPORT_CC]} if rtp.TRANSPORT_CC in ids else {}

    def _dialect_of(self, name: str) -> Dialect:
        outbound = self.downlink.outbound
        assert outbound is not None
        number = self._transport_id().get(rtp.TRANSPORT_CC, 0)
        return dialect(self.codecs[name].pt, number if number <= 14 else 0, outbound.tag)

    # --- packets ------------------------------------------------------------------------------------

    def take(self, layer: Layer, run: Run, now: float) -> None:
        """A run of a layer this slot follows."""
        if layer is not self.layer:
            if not run.keyframe or self.downlink.outbound is None:
                return
            self._show(layer, run.packets[0], now, None)
        elif self.broken:
            if not run.keyframe or self.downlink.congested:
                self.dropped += len(run.packets)
                return
            self.broken = False
            self.rewriter.switch(
                layer.cache, run.packets[0], self._layout(layer.codec.name), now, layer.clock
            )
        if run.last <= self._joined:
            return
        self._forward(layer, run, now)

    def _forward(self, layer: Layer, run: Run, now: float) -> None:
        downlink, rewriter = self.downlink, self.rewriter
        if downlink.outbound is None:
            return
        if self.video and downlink.congested:
            self.dropped += len(run.packets)
            self.broken = True
            return
        if run.size:
            template = run.templates.get(self._dialect) or run.template(self._dialect)
            numbers = rewriter.advance(run, template.octets)
            if numbers is not None:
                seq, time, picture, tl0 = numbers
                downlink.send_run(template, seq, time, rewriter.ssrc, picture, tl0, now)
                return
        self._packetwise(run, now)

    def _packetwise(self, run: Run, now: float) -> None:
        """Late packets, padding, and streams with temporal layers left out."""
        downlink, rewriter = self.downlink, self.rewriter
        for packet in run.packets:
            buffer = bytearray(packet.size + 64)
            size = rewriter.write(packet, downlink.next_transport_seq(), buffer, 0)
            if size:
                downlink.send_packet(bytes(buffer[:size]), now, numbered=self._numbered)

    def answer_nack(self, lost: list[int], rtt: float, now: float) -> int:
        """Resend what is still there and may be resent; how many packets that were."""
        return sum(self._resend(seq, rtt, now) for seq in lost)

    def _resend(self, out_seq: int, rtt: float, now: float) -> bool:
        rewriter = self.rewriter
        found = rewriter.find(out_seq)
        if found is None:
            return False
        segment, packet = found
        rtx = self._rtx_of.get(segment.layout.pt, 0)
        # Without RTX there is no second chance: the same index must not be sealed twice.
        if not rtx or not rewriter.rtx_ssrc:
            return False
        if not self._limit.allow(out_seq, packet.size + 40, now, rtt, self.rate.bps / 8):
            return False
        plain = rewriter.resend(segment, packet, self.downlink.next_transport_seq(), rtx)
        return self.downlink.send_packet(plain, now, numbered=segment.layout.transport)

    def repeat(self, size: int, now: float) -> int:
        """Send the newest packets again by RTX, `size` bytes of them, as a probe; the bytes sent."""
        rewriter = self.rewriter
        sent, back = 0, 0
        while sent < size and back < MAX_REPEAT:
            found = rewriter.find(rewriter.out_highest - back & SEQ_MASK)
            back += 1
            if found is None:
                continue
            segment, packet = found
            rtx = self._rtx_of.get(segment.layout.pt, 0)
            if not rtx or not rewriter.rtx_ssrc:
                return 0
            plain = rewriter.resend(segment, packet, self.downlink.next_transport_seq(), rtx)
            if not self.downlink.send_packet(plain, now, numbered=segment.layout.transport):
                return sent
            sent += len(plain)
        return sent

    def ask_keyframe(self, now: float) -> None:
        """The subscriber's decoder wants one (PLI, FIR)."""
        layer = self.layer or self.target
        if layer is not None and self._asks.allow(now):
            layer.keyframes.want()

    # --- reports ------------------------------------------------------------------------------------

    def sender_report(self, now: float, wall: float, lag: float | None) -> bytes:
        """SR and SDES of this slot; empty when nothing is shown.

        Args:
            wall: Unix seconds of `now`.
            lag: our clock less the publisher's NTP clock (seconds since 1900), None when unknown.
        """
        layer, rewriter = self.layer, self.rewriter
        newest = layer.cache.newest() if layer is not None else None
        if layer is None or newest is None or not rewriter.packets:
            return b""
        if layer.sr_ntp and lag is not None:
            source = layer.sr_rtp + int((now - lag - layer.sr_ntp) * layer.clock)
        else:
            source = newest.time + int((now - newest.arrived) * layer.clock)
        report = rtcp.SenderReport(
            rewriter.ssrc,
            rtcp.ntp_time(wall),
            rewriter.out_time(source),
            rewriter.packets,
            rewriter.octets,
        )
        self.sr_sent_at = now
        self.sr_count += 1
        return rtcp.build_sender_report(report) + rtcp.build_sdes(rewriter.ssrc, self.cname)

    def edge_time(self) -> int:
        """The slot's RTP time of the newest packet sent, for the news that it is empty from here on."""
        return self.rewriter.edge


def runs_of(packets: Sequence[UpPacket]) -> list[Run]:
    """Packets of a cache as runs, one for each frame (in parts, where it is long)."""
    out: list[Run] = []
    frame: list[UpPacket] = []
    for packet in packets:
        media = bool(packet.tail or packet.prefix)
        if frame and (packet.time != frame[0].time or len(frame) >= MAX_SEGMENTS or not media):
            out.append(Run(frame))
            frame = []
        if media:
            frame.append(packet)
        else:
            out.append(Run([packet]))
    if frame:
        out.append(Run(frame))
    return out
