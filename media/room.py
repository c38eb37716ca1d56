"""A room: who is in it, what arrives, and who is shown to whom.

Peers join and leave, their layers come and go, the server changes rights, views and the stage: all
that only marks the room as changed. `tick` then reckons anew who speaks, which tracks are up and what
each slot shall show, and tells the server what became of it. A track reaches a slot only if the
publisher's audience and the subscriber's labels meet; that is enforced here, on every assignment.
"""

from collections import deque
from typing import Final, Protocol

import msgspec

from media.down import DownSlot
from media.flow import need
from media.flow import slots as policy
from media.flow.speaker import Speakers
from media.messages import (
    Assigned,
    Needed,
    PeerState,
    Rights,
    RoomSpec,
    Source,
    Speaking,
    TrackEnded,
    TrackInfo,
    TrackUp,
)
from media.peer import Peer, PeerPhase
from media.up import Layer, UpTrack
from media.wire.seq import time_delta

LOOK_EVERY: Final = 0.2
"""Seconds between two looks at who speaks and what arrives; what changed is acted upon as often."""
SEATED_AT_ONCE: Final = 20
"""Subscribers whose slots are reckoned in one turn: about 1 ms, so that a change in a room of 300 does
not hold up packets."""


class Engine(Protocol):
    frozen: bool
    peers: dict[str, Peer]

    def tell(self, body: msgspec.Struct) -> None: ...


def may_see(subscriber: Rights, publisher: Rights, source: Source) -> bool:
    """Whether a track may reach a slot."""
    return source in publisher.publish and not set(publisher.audience).isdisjoint(subscriber.labels)


class Room:
    """See the module. It is the `Host` of its peers."""

    def __init__(self, spec: RoomSpec, engine: Engine) -> None:
        self.spec = spec
        self.name = spec.room
        self.peers: dict[str, Peer] = {}
        self.dirty = False
        self._engine = engine
        self._voices: dict[tuple[str, ...], Speakers] = {}
        """Who speaks, by audience: groups that do not hear one another do not take each other's floor."""
        self._spoke: list[str] = []
        self._next_look = 0.0
        self._told: dict[str, dict[str, Assigned]] = {}
        """What the server knows of each peer's slots."""
        self._policies: dict[str, policy.SlotPolicy] = {}
        self._scene = policy.Room(())
        self._unseated: deque[str] = deque()
        """Subscribers whose slots are to be reckoned anew."""
        self._voice_bit: set[str] = set()

    # --- who is here --------------------------------------------------------------------------------

    def set_spec(self, spec: RoomSpec) -> None:
        if spec != self.spec:
            self.spec = spec
            self.dirty = True

    def join(self, peer: Peer) -> None:
        self.peers[peer.name] = peer
        self._told[peer.name] = {}
        self._policies[peer.name] = policy.SlotPolicy(peer.slots)

    def leave(self, peer: Peer) -> None:
        del self.peers[peer.name]
        del self._told[peer.name], self._policies[peer.name]
        for track in peer.ingress.tracks.values():
            self._end(track)
        self._silence(peer.name)
        self._voice_bit.discard(peer.name)
        self.dirty = True

    def _silence(self, name: str) -> None:
        used = {peer.rights.audience for peer in self.peers.values()}
        self._voices = {audience: voices for audience, voices in self._voices.items() if audience in used}
        for voices in self._voices.values():
            voices.gone(name)

    def _end(self, track: UpTrack) -> None:
        for layer in track.layers.values():
            for slot in list(layer.slots):
                slot.want(None, layer.last_at)
            layer.taps.clear()
        for viewer in self.peers.values():
            viewer.seats = {slot: seat for slot, seat in viewer.seats.items() if seat is not track}

    def rights_changed(self, peer: Peer) -> None:
        """What may no longer be seen stops now, not at the next tick."""
        self._silence(peer.name)  # whoever goes on speaking is heard again at once, where they may be
        for slot in peer.slots.values():
            self._enforce(peer, slot)
        for layer in peer.ingress.layers():
            for slot in list(layer.slots):
                viewer = next((p for p in self.peers.values() if p.slots.get(slot.name) is slot), None)
                if viewer is not None:
                    self._enforce(viewer, slot)
        self.dirty = True

    def _enforce(self, viewer: Peer, slot: DownSlot) -> None:
        for layer in (slot.layer, slot.target):
            if layer is None:
                continue
            publisher = self.peers.get(layer.track.peer)
            if publisher is None or not may_see(viewer.rights, publisher.rights, layer.track.source):
                viewer.seats.pop(slot.name, None)
                slot.want(None, layer.last_at)
                self._emptied(viewer, slot)

    # --- Host ---------------------------------------------------------------------------------------

    def layer_up(self, peer: Peer, layer: Layer) -> None:
        self.dirty = True

    def layer_ended(self, peer: Peer, layer: Layer) -> None:
        for slot in list(layer.slots):
            slot.want(None, layer.last_at)
        self.dirty = True

    def shown(self, peer: Peer, slot: DownSlot, layer: Layer, time: int) -> None:
        """A slot shows another layer from its RTP time `time` on."""
        track = layer.track
        before = self._told.get(peer.name, {}).get(slot.name)
        if before is None or (before.publisher, before.source) != (track.peer, track.source):
            self._tell_assigned(peer, slot, track.peer, track.source, time)

    def sound(self, peer: Peer, level: int, voice: bool, now: float) -> None:
        if voice:
            self._voice_bit.add(peer.name)
        if "mic" not in peer.rights.publish:
            return
        voices = self._voices.get(peer.rights.audience)
        if voices is None:
            voices = self._voices[peer.rights.audience] = Speakers()
        voices.heard(peer.name, level, voice, now, peer.name in self._voice_bit)

    def lag_of(self, layer: Layer) -> float | None:
        publisher = self.peers.get(layer.track.peer)
        return publisher.lag.value if publisher is not None else None

    def captured(self, layer: Layer, time: int, arrived: float) -> float:
        """When the frame with this RTP time was captured, on our clock: by the publisher's sender reports
        and its least delay, which all its tracks share; its arrival before the first report."""
        lag = self.lag_of(layer)
        if lag is None or not layer.sr_ntp:
            return arrived
        return layer.sr_ntp + time_delta(time, layer.sr_rtp) / layer.clock + lag

    def phase(self, peer: Peer, phase: PeerPhase, reason: str) -> None:
        if phase == "connected" or phase == "silent":
            self._engine.tell(PeerState(peer.name, phase, reason))
        if phase == "connected":
            self.seat_now(peer)

    # --- what the server hears ----------------------------------------------------------------------

    def tracks_of(self, peer: Peer) -> list[TrackInfo]:
        return [
            TrackInfo(track.source, track.announced)
            for track in peer.ingress.tracks.values()
            if track.announced is not None
        ]

    def assigned_to(self, peer: Peer) -> dict[str, Assigned]:
        return dict(self._told.get(peer.name, {}))

    def _tell_assigned(self, peer: Peer, slot: DownSlot, publisher: str, source: Source, time: int) -> None:
        before = self._told[peer.name].get(slot.name)
        # The policy counts decisions; what came true is counted on where one came true twice.
        least = before.generation + 1 if before is not None else 1
        generation = max(self._policies[peer.name].generations[slot.name], least)
        news = Assigned(peer.name, slot.name, publisher, source, generation, time)
        self._told[peer.name][slot.name] = news
        self._engine.tell(news)

    def _emptied(self, peer: Peer, slot: DownSlot) -> None:
        before = self._told[peer.name].get(slot.name)
        if before is not None and before.publisher:
            self._tell_assigned(peer, slot, "", before.source, slot.edge_time())

    # --- time ---------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY
            for voices in self._voices.values():
                self.dirty |= voices.tick(now)
            speaking = self._speaking()
            if speaking != self._spoke:
                self._spoke = speaking
                self._engine.tell(Speaking(self.name, self._spoke))
            for peer in self.peers.values():
                self._look(peer, now)
            self._tell_needs(now)
            if self.dirty:
                self.dirty = False
                self._scene = self._survey()
                self._unseated = deque(self.peers)
        for _ in range(min(SEATED_AT_ONCE, len(self._unseated))):
            viewer = self.peers.get(self._unseated.popleft())
            if viewer is not None and viewer.downlink.outbound is not None:
                self._seat(viewer, now)

    def _speaking(self) -> list[str]:
        """Who speaks, in every audience; of an audience the loudest first."""
        return [name for voices in self._voices.values() for name in voices.speaking]

    def seat_now(self, peer: Peer) -> None:
        """One subscriber came or looks elsewhere: no need to wait for the next look at the room."""
        if peer.name not in self._unseated:
            self._unseated.appendleft(peer.name)

    def _survey(self) -> policy.Room:
        """The room as the policy sees it."""
        publishers = [
            policy.Publisher(
                peer.name,
                frozenset(
                    track.source
                    for track in peer.ingress.tracks.values()
                    if track.announced is not None and track.source in peer.rights.publish
                ),
                frozenset(peer.rights.audience),
                peer.rights.presenter,
            )
            for peer in self.peers.values()
            if peer.ingress.tracks
        ]
        return policy.Room(
            publishers,
            stage=self.spec.stage,
            speaking=self._speaking(),
            floors=[voices.dominant for voices in self._voices.values() if voices.dominant],
        )

    def _look(self, peer: Peer, now: float) -> None:
        """Tell the server of tracks and layers that came or went."""
        for track in peer.ingress.tracks.values():
            alive = track.survey(now)
            if alive == track.announced or (not alive and track.announced is None):
                continue
            self.dirty = True
            if alive:
                track.announced = alive
                self._engine.tell(TrackUp(peer.name, TrackInfo(track.source, alive)))
            else:
                track.announced = None
                self._engine.tell(TrackEnded(peer.name, track.source))

    def _tell_needs(self, now: float) -> None:
        """Tell publishers of several layers how large their pictures are needed."""
        layered = [
            track
            for peer in self.peers.values()
            for track in peer.ingress.tracks.values()
            if track.announced and len(track.section.rids) > 1
        ]
        if not layered:
            return
        drawn: dict[int, int] = {}
        for viewer in self.peers.values():
            for slot, track in viewer.seats.items():
                height = viewer.drawn(slot)
                drawn[id(track)] = need.larger(drawn.get(id(track), need.NOBODY), height)
        for track in layered:
            height = drawn.get(id(track), need.NOBODY)
            if any(tap.largest for layer in track.layers.values() for tap in layer.taps):
                height = need.WHOLE
            if track.need.look(height, now):
                self._engine.tell(Needed(track.peer, track.source, track.need.told))

    # --- who is shown to whom -----------------------------------------------------------------------

    def _seat(self, viewer: Peer, now: float) -> None:
        chosen = self._policies[viewer.name]
        chosen.assign(viewer.name, frozenset(viewer.rights.labels), viewer.view, self._scene)
        seats: dict[str, UpTrack] = {}
        for slot in viewer.slots.values():
            if slot.kind == "video" and self._engine.frozen:
                # Nobody could be told whose picture it would become.
                if slot.name in viewer.seats:
                    seats[slot.name] = viewer.seats[slot.name]
                continue
            shown = chosen.shown[slot.name]
            publisher = self.peers.get(shown.peer) if shown is not None else None
            track = publisher.ingress.by_source(shown.source) if publisher and shown else None
            # Asked again here: the scene may be older than the rights.
            if (
                track is None
                or publisher is None
                or not may_see(viewer.rights, publisher.rights, track.source)
            ):
                slot.want(None, now)
                self._emptied(viewer, slot)
                continue
            seats[slot.name] = track
        viewer.seats = seats
        viewer.choose_layers(now)
