"""One participant's connection: ICE, DTLS, what it sends, the slots it receives, its reports.

Datagrams of the peer come in from the port; packets go to the layers of its tracks, RTCP to the slots
and estimates they concern. Datagrams go out through the `Downlink`. The room decides what the slots
show; the peer only tells it what happens (`Host`).
"""

import logging
from typing import Final, Literal, Protocol

from media.bandwidth import Bandwidth
from media.down import DownSlot
from media.downlink import Downlink
from media.dtls import Budget, Dtls, Identity
from media.errors import Malformed
from media.flow.layers import Ask, LayerPolicy, importance
from media.ice import Agent, Credentials
from media.messages import OpenPeer, Rights, View
from media.port import Path, Port, UdpPath
from media.srtp import REPLAY_FAIL, REPLAY_OLD, Arena, Inbound, Outbound
from media.up import Ingress, Layer, Rate, UpTrack
from media.upward import Upward
from media.wire import rtcp

log = logging.getLogger(__name__)

SILENT: Final = 3.0
GONE: Final = 30.0
"""Seconds without an authenticated packet (media/messages.py)."""
UNOPENED: Final = 30.0
"""Seconds for a new peer to finish ICE and DTLS."""
LOOK_EVERY: Final = 0.2
SR_EVERY: Final = 1.0
FIRST_SRS: Final = 0.2
"""Seconds between the first sender reports of a slot: a receiver needs one before sound and picture
can be in step."""

CHOOSE_EVERY: Final = 0.4
"""Seconds between two choices of layers; a change of seats, tracks or layers chooses at once."""
CHOOSE_AT_EASE: Final = 1.0
"""The same while the link takes a quarter more than everything wanted."""
TILE_HEIGHT: Final = 180
"""Pixels assumed for a tile before the client says how large it draws it."""

PeerPhase = Literal["new", "connected", "silent", "gone"]


class Host(Protocol):
    """The room, as a peer sees it."""

    def layer_up(self, peer: "Peer", layer: Layer) -> None: ...

    def layer_ended(self, peer: "Peer", layer: Layer) -> None: ...

    def shown(self, peer: "Peer", slot: DownSlot, layer: Layer, time: int) -> None: ...

    def sound(self, peer: "Peer", level: int, voice: bool, now: float) -> None: ...

    def lag_of(self, layer: Layer) -> float | None:
        """Our clock less the NTP clock of the layer's publisher, None when unknown."""

    def phase(self, peer: "Peer", phase: PeerPhase, reason: str) -> None: ...


class Lag:
    """Our clock less a publisher's NTP clock, by the smallest delay of the last minute: what its sender
    reports say is late by the path's delay, never early."""

    __slots__ = ("_now_min", "_since", "_was_min")

    def __init__(self) -> None:
        self._was_min: float | None = None
        self._now_min: float | None = None
        self._since = 0.0

    def take(self, ntp: float, now: float) -> None:
        lag = now - ntp
        if self._now_min is None or now - self._since > 30.0:
            self._was_min, self._now_min, self._since = self._now_min, lag, now
        else:
            self._now_min = min(self._now_min, lag)

    @property
    def value(self) -> float | None:
        if self._now_min is None or self._was_min is None:
            return self._now_min
        return min(self._now_min, self._was_min)


class Marks:
    """Counts at the last statistics."""

    __slots__ = ("expected", "lost")

    def __init__(self) -> None:
        self.expected = 0
        self.lost = 0


class Peer:
    """See the module. Made by the engine for an `OpenPeer`; `close` ends it."""

    def __init__(
        self,
        call: OpenPeer,
        port: Port,
        identity: Identity,
        budget: Budget,
        host: Host,
        dirty: set[Layer],
        wall: float,
        now: float,
    ) -> None:
        self.name = call.peer
        self.room = call.room
        self.rights: Rights = call.rights
        self.view = View()
        self.cname = call.cname or call.peer
        self.phase: PeerPhase = "new"
        self.born = self.last_heard = now
        self.unwanted_since: float | None = None
        """Since when the server's snapshots lack this peer."""
        self.rtt = 0.0
        """Seconds, of the last report that told it."""
        self.lag = Lag()
        self.downlink = Downlink()
        self.bandwidth = Bandwidth(self.downlink)
        self._port = port
        self._wall = wall
        self._host = host
        self._counters = counters = port.counters
        self._dtls = Dtls(identity, call.fingerprints, budget, now)
        self._inbound: Inbound | None = None
        credentials = Credentials(call.ufrag, call.password.encode(), call.remote_ufrag)
        self.agent: Agent[Path] = Agent([credentials], released=port.release)
        port.register(call.ufrag, self)
        self.ingress = Ingress(
            call.peer,
            call.sections,
            counters,
            dirty,
            self._layer_up,
            lambda layer: host.layer_ended(self, layer),
        )
        self.slots: dict[str, DownSlot] = {}
        self._by_ssrc: dict[int, DownSlot] = {}
        for section in call.sections:
            if section.direction == "down":
                slot = DownSlot(section, self.downlink, self.cname, self._shown)
                self.slots[slot.name] = slot
                self._by_ssrc[section.ssrc] = slot
                if section.rtx_ssrc:
                    self._by_ssrc[section.rtx_ssrc] = slot
        own = next(iter(self.slots.values())).section.ssrc if self.slots else 1
        self.upward = Upward(self.ingress, self.downlink, own)
        self.seats: dict[str, UpTrack] = {}
        """Slot name -> what the room wants shown in it."""
        self._layers = LayerPolicy()
        self._chosen_at = -1e9
        self._next_look = 0.0
        self.sending = False
        """Something of it has arrived."""
        self.busy = False
        """Wants `requests` each 10 ms."""
        self._wanted = 0.0
        self.marks = Marks()
        self.rate_up = Rate()
        self.rate_down = Rate()

    # --- the port's Owner ---------------------------------------------------------------------------

    def on_path(self, path: Path, verdict: str, now: float) -> None:
        self._heard(now)
        if self.agent.nominated is not self.downlink.path:
            self.downlink.path = self.agent.nominated

    def on_dtls(self, data: bytes, path: Path, now: float) -> None:
        before = self._dtls.state
        for datagram in self._dtls.receive(data, now):
            path.send(datagram)
        after = self._dtls.state
        if after == before:
            return
        if after == "open":
            keys = self._dtls.keys
            assert keys is not None
            self._inbound = Inbound(keys)
            self.downlink.open(Outbound(keys))
            self._counters[f"profile_{keys.profile.name}"] += 1
            self._heard(now)
            self._enter("connected", "")
        elif after in ("closed", "failed"):
            self._counters[self._dtls.reason.replace(".", "_")] += 1
            self._enter("gone", self._dtls.reason)

    def on_media(self, arena: Arena, at: int, size: int, now: float) -> None:
        inbound = self._inbound
        if inbound is None:
            self._counters["early_media"] += 1
            return
        if 192 <= arena.buffer[at + 1] <= 223:
            if rtcp.is_transport_feedback(arena.view, at, size) and self.bandwidth.skims(now):
                return  # read or not, one that is forged has no other effect
            plain = inbound.open_rtcp(arena, at, size) if size >= 12 else -1
            if plain < 0:
                self._unopened(-plain)
                return
            self._heard(now)
            self._rtcp(bytes(arena.view[at : at + plain]), now)
            return
        plain = inbound.open_rtp(arena, at, size) if size >= 12 else -1
        if plain < 0:
            self._unopened(-plain)
            return
        self.last_heard = now
        taken = self.ingress.receive(bytes(arena.view[at : at + plain]), now)
        if taken is not None and taken.level >= 0:
            self._host.sound(self, taken.level, taken.voice, now)

    def _unopened(self, error: int) -> None:
        replay = error in (REPLAY_FAIL, REPLAY_OLD)
        self._counters["srtp_replayed" if replay else "srtp_refused"] += 1

    def _heard(self, now: float) -> None:
        self.last_heard = now
        if self.phase == "silent":
            self._enter("connected", "")

    # --- reports ------------------------------------------------------------------------------------

    def _rtcp(self, data: bytes, now: float) -> None:
        try:
            compound = rtcp.parse(data)
        except Malformed:
            self._counters["rtcp_malformed"] += 1
            return
        if compound.malformed:
            self._counters["rtcp_malformed"] += compound.malformed
        for report in compound.reports:
            match report:
                case rtcp.TransportFeedback():
                    self.bandwidth.feedback(report, now, self.rtt or 0.1)
                case rtcp.ReceiverReport():
                    self._blocks(report.blocks, now)
                case rtcp.SenderReport():
                    self._sender_report(report, now)
                    self._blocks(report.blocks, now)
                case rtcp.Nack():
                    self._nack(report, now)
                case rtcp.PictureLoss():
                    self._keyframe(report.media, now)
                case rtcp.FullIntraRequest():
                    for media, _ in report.entries:
                        self._keyframe(media, now)
                case rtcp.Remb():
                    self.bandwidth.remb(report.bitrate, now)
                case _:
                    pass

    def _sender_report(self, report: rtcp.SenderReport, now: float) -> None:
        layer = self.ingress.layer_of(report.ssrc)
        if layer is not None:
            ntp = report.ntp / 4294967296
            layer.sr_ntp, layer.sr_rtp = ntp, report.rtp
            layer.intake.reception.sender_report(report.ntp, now)
            self.lag.take(ntp, now)

    def _blocks(self, blocks: tuple[rtcp.ReportBlock, ...], now: float) -> None:
        for block in blocks:
            slot = self._by_ssrc.get(block.ssrc)
            if slot is None:
                continue
            if block.ssrc == slot.section.ssrc:
                slot.blocks = block
                self.bandwidth.report(block.fraction_lost, now)
            if block.last_sr:
                back = (rtcp.middle(rtcp.ntp_time(self._wall + now)) - block.last_sr) & 0xFFFFFFFF
                rtt = back / 65536 - block.delay
                if 0.0 <= rtt < 10.0:
                    self.rtt = rtt

    def _nack(self, report: rtcp.Nack, now: float) -> None:
        slot = self._by_ssrc.get(report.media)
        if slot is None:
            self._counters["rtcp_unrouted"] += 1
            return
        self._counters["nacks_in"] += 1
        self._counters["resent"] += slot.answer_nack(report.lost, self.rtt, now)

    def _keyframe(self, media: int, now: float) -> None:
        slot = self._by_ssrc.get(media)
        if slot is None or slot.kind != "video":
            self._counters["rtcp_unrouted"] += 1
            return
        self._counters["keyframe_requests_in"] += 1
        slot.ask_keyframe(now)

    # --- layers -------------------------------------------------------------------------------------

    def drawn(self, slot: str) -> int:
        """Pixels of height at which a slot is drawn, 0 for as large as there is."""
        return self.view.heights.get(slot, TILE_HEIGHT if slot.startswith("tile") else 0)

    def choose_layers(self, now: float) -> None:
        """Which layer each seated slot gets, within what the link takes."""
        self._chosen_at = now
        asks: list[Ask] = []
        sounds = 0
        for name, track in self.seats.items():
            slot = self.slots[name]
            if slot.kind == "audio":
                sounds += 1
                self._show(slot, next(iter(track.layers.values()), None), now)
                continue
            offers = tuple(offer for offer in track.offers if slot.can_show(track.layers[offer.rid]))
            height = self.drawn(name)
            asks.append(Ask(name, f"{track.peer}/{track.source}", importance(name), height, offers))
        plan = self._layers.choose(asks, self.bandwidth.bps, sounds, now)
        self._wanted = plan.wanted
        untried = self.bandwidth.untried(now)
        if plan.choices and all(choice.rid is None for choice in plan.choices.values()):
            self.bandwidth.without_picture(now)
        first = min(asks, key=lambda ask: ask.importance, default=None)
        tried = first.slot if first is not None and self.bandwidth.trying(now) else ""
        for ask in asks:
            choice = plan.choices.get(ask.slot)
            slot, track = self.slots[ask.slot], self.seats[ask.slot]
            if choice is None:
                continue  # no layer is alive: keep what is there until the track ends
            rid = choice.rid
            if rid is None and (untried or ask.slot == tried):
                rid = ask.layers[0].rid
            if rid is None:
                slot.want(None, now)
                continue
            slot.rewriter.limit_tid(choice.tid)
            self._show(slot, track.layers.get(rid), now)

    @staticmethod
    def _show(slot: DownSlot, layer: Layer | None, now: float) -> None:
        if layer is not None and slot.can_show(layer):
            slot.want(layer, now)

    # --- time ---------------------------------------------------------------------------------------
    def tick(self, now: float) -> str:
        """Reports, timers, silence; a reason when the peer is to be closed. About every 100 ms."""
        if self.phase == "gone":
            return self._dtls.reason or "peer.gone"
        if self.phase == "new" and now - self.born > UNOPENED:
            return "peer.unopened"
        if self.phase in ("connected", "silent") and now - self.last_heard > GONE:
            return "peer.silent"
        if self.phase == "connected" and now - self.last_heard > SILENT:
            self._enter("silent", "")
        if self.downlink.path is not self.agent.nominated:
            self.downlink.path = self.agent.nominated
        if self.downlink.outbound is None:
            self._dtls_timer(now)
            return ""
        if self.sending:
            self.upward.reports(now)
        if self.seats:
            self.bandwidth.plan_probe(now, self._wanted)
            self.busy = self.sending or self.bandwidth.probing
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY
            self._look(now)
        return ""

    def _look(self, now: float) -> None:
        """What is due less often."""
        self._sender_reports(now)
        for slot in self.slots.values():
            slot.refresh()
            slot.rate.read(slot.rewriter.octets, now)
        every = CHOOSE_AT_EASE if self.bandwidth.roomy else CHOOSE_EVERY
        if self.seats and now - self._chosen_at >= every:
            self.choose_layers(now)
        self.rate_up.read(self.ingress.bytes, now)
        self.rate_down.read(self.downlink.bytes_sent, now)

    def _dtls_timer(self, now: float) -> None:
        due = self._dtls.deadline(now)
        path = self.downlink.path
        if due is not None and now >= due and path is not None:
            for datagram in self._dtls.timeout(now):
                path.send(datagram)

    def requests(self, now: float) -> None:
        """What cannot wait for the tick: lost packets and keyframes to ask for, probes. Each 10 ms while
        the peer is `busy`."""
        if self.downlink.outbound is not None:
            if self.sending:
                self.upward.requests(now, self.rtt or 0.05)
            if self.bandwidth.probing:
                self.bandwidth.send_probe(self.slots.values(), now)

    def _sender_reports(self, now: float) -> None:
        out: list[bytes] = []
        for slot in self.slots.values():
            layer = slot.layer
            if layer is None:
                continue
            every = SR_EVERY if slot.sr_count > 3 else FIRST_SRS
            if now - slot.sr_sent_at >= every:
                lag = self._host.lag_of(layer)
                report = slot.sender_report(now, self._wall + now, lag)
                if report:
                    out.append(report)
                if len(out) >= 12:  # keep the compound in one datagram
                    self.downlink.send_rtcp(b"".join(out))
                    out.clear()
        if out:
            self.downlink.send_rtcp(b"".join(out))

    # --- ends ---------------------------------------------------------------------------------------

    def close(self) -> None:
        """Say goodbye and let go of everything on the port."""
        path = self.downlink.path
        for datagram in self._dtls.close():
            if path is not None:
                path.send(datagram)
        self.phase = "gone"
        for credentials in self.agent.valid:
            self._port.release(credentials.ufrag)
        for slot in self.slots.values():
            slot.want(None, self.last_heard)
        if path is not None and isinstance(path, UdpPath):
            path.outlet.flush()
        for known in list(self.agent.paths):
            known.forget()
        self.downlink.path = None

    def _enter(self, phase: PeerPhase, reason: str) -> None:
        if self.phase not in (phase, "gone"):
            self.phase = phase
            self._host.phase(self, phase, reason)

    def _layer_up(self, layer: Layer) -> None:
        self.sending = self.busy = True
        self._host.layer_up(self, layer)

    def _shown(self, slot: DownSlot, layer: Layer, time: int) -> None:
        self._host.shown(self, slot, layer, time)
