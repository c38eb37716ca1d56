"""What arrives from one publisher: datagrams become packets of a layer of a track.

Opened RTP comes in. The first packet of an SSRC says by its MID and RID which section and layer it
belongs to (RFC 8843, RFC 8852), retransmissions by the repaired RID; from then on the SSRC alone
tells. Packets go through the layer's intake and leave as `Run`s: those of one frame that came
together, as they are forwarded. `Ingress` is a publisher's, `UpTrack` a section's, `Layer` an encoding's.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from media.arrivals import FeedbackWriter
from media.errors import Malformed
from media.flow.cache import PacketCache
from media.flow.keyframes import KeyframeRequests
from media.flow.layers import LayerOffer
from media.flow.nack import Gaps
from media.flow.need import Need
from media.flow.packet import Intake, UpPacket
from media.messages import Codec, Section, Source
from media.mmsg import MAX_SEGMENTS
from media.step import Run
from media.wire import rtp

if TYPE_CHECKING:
    from media.down import DownSlot

MAX_SSRCS: Final = 64
"""Sources one peer may have latched: three layers of two pictures with their retransmissions and sound
are 13; the rest is for browsers that make new ones."""
HOLD: Final = 0.002
"""Seconds that the packets of an unfinished frame wait for the rest of it."""
ALIVE: Final = 2.5
"""Seconds without a packet after which a layer has stopped. A screen on which nothing moves, or a camera
that is covered by its owner, still sends a frame a second."""
BEHIND: Final = 0.6
"""Seconds that a simulcast layer may be silent while another of the track goes on: browsers stop layers
without a word when their link gets thin."""
FRAMES_BEHIND: Final = 3.0
"""Of its own frames that a layer may be silent for, where that is longer: an examinee's small layer sends two
a second, and one of them may be late or left out."""


class LayerTap(Protocol):
    """Who takes runs of a layer as they are, within this machine. `largest`: in the largest layer."""

    largest: bool

    def take(self, layer: "Layer", run: Run) -> None: ...


class Rate:
    """Bits per second over about the last second, from a counter read now and then."""

    __slots__ = ("_at", "_bytes", "bps", "smooth")

    def __init__(self) -> None:
        self.smooth = 0.0
        self._at = 0.0
        self._bytes = 0
        self.bps = 0.0

    def read(self, total: int, now: float) -> float:
        passed = now - self._at
        if passed >= 0.5:
            self.bps = (total - self._bytes) * 8 / passed if self._at else 0.0
            # A keyframe must not look like a larger layer, so this one follows over some seconds.
            self.smooth = self.smooth * 0.8 + self.bps * 0.2 if self.smooth else self.bps
            self._at, self._bytes = now, total
        return self.bps


class Layer:
    """One encoding that arrives: a simulcast layer, or all of a track without layers."""

    __slots__ = (
        "_pending",
        "bytes",
        "cache",
        "clock",
        "codec",
        "every",
        "frame_at",
        "frames",
        "gaps",
        "height",
        "intake",
        "keyframes",
        "last_at",
        "rate",
        "ready",
        "rid",
        "rtx_ssrc",
        "slots",
        "sr_ntp",
        "sr_rtp",
        "ssrc",
        "taps",
        "tids",
        "track",
        "width",
    )  # fmt: skip

    def __init__(self, track: "UpTrack", rid: str, ssrc: int, codec: Codec) -> None:
        self.track = track
        self.rid = rid
        self.ssrc = ssrc
        self.codec = codec
        self.clock = codec.clock
        self.rtx_ssrc = 0
        self.intake = Intake(codec.name, codec.clock)
        self.cache = PacketCache(f"{track.peer}/{track.source}/{rid}")
        self.slots: list[DownSlot] = []
        """Subscribers that show this layer or wait for its keyframe."""
        self.taps: list[LayerTap] = []
        """Local followers: recorder, vision."""
        self.ready: list[Run] = []
        """Runs to be forwarded at the end of the burst."""
        self._pending: list[UpPacket] = []
        self.gaps = None if codec.name == "opus" else Gaps()
        """What is missing; sound repairs itself (in-band FEC) faster than a round trip does."""
        self.keyframes = KeyframeRequests()
        self.bytes = 0
        self.frames = 0
        self.frame_at = 0.0
        self.every = 0.0
        """Seconds between two frames, over the last ten or so; 0 before the second."""
        self.last_at = 0.0
        self.tids = 1
        """Temporal layers seen."""
        self.width = 0
        self.height = 0
        self.rate = Rate()
        self.sr_ntp = 0.0
        """Publisher's time (seconds since 1900) and RTP time of its last sender report; 0 for none."""
        self.sr_rtp = 0

    def take(self, packet: rtp.Packet, now: float, level: int = -1, voice: bool = False) -> UpPacket | None:
        """Take one packet in: cached, and put into a run. None for a double or one too late.

        Raises:
            Malformed: the payload is not its codec's.
        """
        found = self.intake.take(packet, now, level, voice)
        if found is None:
            return None
        late = found.seq < self.cache.highest
        if self.gaps is not None:
            self.gaps.received(found.seq, now)
            if found.keyframe:
                self.gaps.keyframe(found.seq)
                self.keyframes.came(now)
        self.cache.add(found)
        self.bytes += len(packet.data)
        self.last_at = now
        if found.tid >= self.tids:
            self.tids = found.tid + 1
        if found.width:
            self.width, self.height = found.width, found.height
        if late or not (found.tail or found.prefix):
            # Alone: a run keeps rising numbers, and padding must close its gap at once.
            self.finish()
            self.ready.append(Run([found]))
            return found
        pending = self._pending
        if pending and (pending[0].time != found.time or len(pending) >= MAX_SEGMENTS):
            self.finish()
            pending = self._pending
        pending.append(found)
        if found.marker or self.codec.name == "opus":
            self._ended(now)
            self.finish()
        return found

    def _ended(self, now: float) -> None:
        """A frame is complete."""
        if self.frames:
            apart = min(now - self.frame_at, ALIVE)
            self.every = self.every * 0.9 + apart * 0.1 if self.every else apart
        self.frames += 1
        self.frame_at = now

    def finish(self) -> None:
        """What is pending is a run, whether its frame is complete or not."""
        if self._pending:
            self.ready.append(Run(self._pending))
            self._pending = []

    @property
    def waiting_since(self) -> float | None:
        """Arrival of the oldest packet held back for the rest of its frame."""
        return self._pending[0].arrived if self._pending else None

    def take_ready(self) -> list[Run]:
        out, self.ready = self.ready, []
        return out

    def forward(self, run: Run, now: float) -> None:
        """Give a run to everybody who follows this layer."""
        for slot in tuple(self.slots):
            slot.take(self, run, now)
        for tap in self.taps:
            tap.take(self, run)

    def alive(self, now: float) -> bool:
        return now - self.last_at < ALIVE

    @property
    def patience(self) -> float:
        """Seconds that it may lie behind the other layers of its track."""
        return max(BEHIND, FRAMES_BEHIND * self.every) if self.every else ALIVE


class UpTrack:
    """One section that a peer sends, with the layers that have arrived."""

    def __init__(self, peer: str, section: Section, source: Source) -> None:
        self.peer = peer
        self.section = section
        self.source: Source = source
        self.kind = section.kind
        self.codecs = {codec.pt: codec for codec in section.codecs}
        self.rtx_of = {codec.rtx: codec for codec in section.codecs if codec.rtx}
        self.layers: dict[str, Layer] = {}
        self.announced: tuple[str, ...] | None = None
        """The layers last told to the server, None while the track is not up."""
        self.offers: tuple[LayerOffer, ...] = ()
        """What can be had of this track now, from small to large."""
        self.need = Need()

    def ordered(self) -> list[Layer]:
        """From small to large, as the offer names them."""
        if not self.section.rids:
            return list(self.layers.values())
        return [self.layers[rid] for rid in self.section.rids if rid in self.layers]

    def survey(self, now: float) -> tuple[str, ...]:
        """Reckon rates and `offers`; the layers that are alive."""
        alive = [layer for layer in self.ordered() if layer.alive(now)]
        if len(alive) > 1:
            newest = max(layer.last_at for layer in alive)
            alive = [layer for layer in alive if newest - layer.last_at < layer.patience]
        for layer in alive:
            layer.rate.read(layer.bytes, now)
        self.offers = tuple(
            LayerOffer(layer.rid, layer.height, layer.rate.smooth, layer.tids) for layer in alive
        )
        return tuple(layer.rid for layer in alive)


class _Route:
    """Where an SSRC's packets go. `rtx`: they are retransmissions of the layer's."""

    __slots__ = ("layer", "rid", "rtx", "track")

    def __init__(self, track: UpTrack, rid: str, layer: Layer | None, rtx: bool) -> None:
        self.track = track
        self.rid = rid
        self.layer = layer
        self.rtx = rtx


class Ingress:
    """Sorts the packets of one publisher. `on_layer` hears of each new layer, `on_ended` of each that
    gave way; layers that have something to forward are put into `dirty`."""

    def __init__(
        self,
        peer: str,
        sections: list[Section],
        counters: Counter[str],
        dirty: set[Layer],
        on_layer: Callable[[Layer], None],
        on_ended: Callable[[Layer], None],
    ) -> None:
        self.tracks: dict[str, UpTrack] = {}
        """By MID."""
        for section in sections:
            if section.direction == "up" and section.purpose in ("mic", "cam", "screen"):
                source: Source = section.purpose  # type: ignore[assignment]
                self.tracks[section.mid] = UpTrack(peer, section, source)
        ids: dict[str, int] = {}
        for track in self.tracks.values():
            ids.update(track.section.extensions)
        self._extensions = rtp.ExtensionMap(ids)
        self._routes: dict[int, _Route] = {}
        self._counters = counters
        self._on_layer = on_layer
        self._on_ended = on_ended
        self.feedback = FeedbackWriter() if rtp.TRANSPORT_CC in self._extensions.ids else None
        self.dirty = dirty
        self.bytes = 0
        self.packets = 0

    def by_source(self, source: str) -> UpTrack | None:
        return next((track for track in self.tracks.values() if track.source == source), None)

    def layers(self) -> list[Layer]:
        return [layer for track in self.tracks.values() for layer in track.layers.values()]

    def layer_of(self, ssrc: int) -> Layer | None:
        """The layer whose primary SSRC this is."""
        route = self._routes.get(ssrc)
        return route.layer if route is not None and not route.rtx else None

    def receive(self, data: bytes, now: float) -> UpPacket | None:
        """One opened packet. Counted and dropped when it is malformed or belongs nowhere."""
        try:
            packet = rtp.parse(data)
            extensions = self._extensions.read(packet)
            self.packets += 1
            self.bytes += len(data)
            if self.feedback is not None and extensions.transport_seq >= 0:
                self.feedback.take(extensions.transport_seq, now)
            route = self._routes.get(packet.ssrc)
            if route is None:
                route = self._latch(packet, extensions)
                if route is None:
                    return None
            if route.rtx:
                return self._repaired(packet, route, now)
            layer = route.layer
            if layer is None or layer.codec.pt != packet.pt:
                layer = self._layer(route, packet)
                if layer is None:
                    return None
            taken = layer.take(packet, now, extensions.level, extensions.voice)
        except Malformed:
            self._counters["rtp_malformed"] += 1
            return None
        self.dirty.add(layer)
        return taken

    def _latch(self, packet: rtp.Packet, extensions: rtp.Extensions) -> _Route | None:
        track = self.tracks.get(extensions.mid) if extensions.mid else self._only(packet.pt)
        if track is None:
            self._counters["rtp_unrouted"] += 1
            return None
        rtx = packet.pt in track.rtx_of
        rid = extensions.repaired_rid if rtx else extensions.rid
        known_rids = track.section.rids
        if (known_rids and rid not in known_rids) or (not known_rids and rid):
            # A layer's first packets may come without their RID: wait for one that has it.
            self._counters["rtp_unrouted"] += 1
            return None
        if packet.pt not in track.codecs and not rtx:
            self._counters["rtp_unrouted"] += 1
            return None
        if len(self._routes) >= MAX_SSRCS:
            self._counters["ssrc_overflow"] += 1
            return None
        layer = track.layers.get(rid) if rtx else None
        route = self._routes[packet.ssrc] = _Route(track, rid, layer, rtx)
        if layer is not None:
            layer.rtx_ssrc = packet.ssrc
        return route

    def _only(self, pt: int) -> UpTrack | None:
        """The track of a payload type that one section alone has: for senders without MID."""
        found = [track for track in self.tracks.values() if pt in track.codecs or pt in track.rtx_of]
        return found[0] if len(found) == 1 else None

    def _layer(self, route: _Route, packet: rtp.Packet) -> Layer | None:
        """A new layer: the first packet of its SSRC, or of another codec on it."""
        codec = route.track.codecs.get(packet.pt)
        if codec is None:
            self._counters["rtp_unrouted"] += 1
            return None
        before = route.track.layers.get(route.rid)
        if before is not None:
            self._forget(before, packet.ssrc)
        layer = Layer(route.track, route.rid, packet.ssrc, codec)
        route.layer = route.track.layers[route.rid] = layer
        for ssrc, other in self._routes.items():
            if other.rtx and other.track is route.track and other.rid == route.rid:
                other.layer = layer
                layer.rtx_ssrc = ssrc
        self._on_layer(layer)
        return layer

    def _forget(self, layer: Layer, ssrc: int) -> None:
        """A layer gives way to another on the same RID."""
        if layer.ssrc != ssrc:
            self._routes.pop(layer.ssrc, None)
        self.dirty.discard(layer)
        self._on_ended(layer)

    def _repaired(self, packet: rtp.Packet, route: _Route, now: float) -> UpPacket | None:
        layer = route.layer
        if layer is None:
            layer = route.layer = route.track.layers.get(route.rid)
            if layer is None:
                return None
        original = rtp.unwrap_rtx(packet, pt=layer.codec.pt, ssrc=layer.ssrc)
        if original is None:
            return None  # a probe
        self._counters["repaired"] += 1
        taken = layer.take(rtp.parse(original), now)
        self.dirty.add(layer)
        return taken
