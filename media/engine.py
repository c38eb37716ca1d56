"""The worker's heart: the port, the rooms and peers on it, and the turning of the wheel.

What should be comes in from the server (`media.worker` hands it on), datagrams from the port; what is
goes out to whoever follows (`tell`). At the end of each burst of datagrams the runs that came in are
forwarded; a frame whose rest is missing waits 2 ms for it. Every 10 ms a tenth of the peers get their
tick: reports, keyframe requests, silence.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Final

import msgspec

from media.dtls import Budget, make_identity
from media.errors import Refused
from media.ice import Credentials
from media.messages import (
    Desired,
    OpenPeer,
    PeerInfo,
    PeerState,
    RestartIce,
    Rights,
    RoomSpec,
    View,
    WorkerState,
)
from media.peer import Peer
from media.port import Port, announced
from media.room import Room
from media.taps import Taps
from media.up import HOLD, Layer

log = logging.getLogger(__name__)

SHARES: Final = 10
TICK: Final = 0.1
"""Seconds between two ticks of one peer; the peers are spread over `SHARES` parts of it."""
MAX_PEERS: Final = 2000
MAX_ROOM: Final = 1000
MAX_HANDSHAKES: Final = 256
UNWANTED: Final = 30.0
"""Seconds that a peer stays which the server's snapshot does not name."""


class Engine:
    """All of a worker but its process and its links."""

    def __init__(self, index: int, tell: Callable[[msgspec.Struct], None]) -> None:
        self.index = index
        self.epoch = secrets.token_hex(8)
        self.identity = make_identity()
        self.port = Port(self.after_burst)
        self.counters = self.port.counters
        self.rooms: dict[str, Room] = {}
        self.peers: dict[str, Peer] = {}
        self.announce: list[str] = []
        self.frozen = True
        """No server link is open: video assignments stay as they are."""
        self.wall = time.time() - time.monotonic()
        """To be added to our clock for Unix time: read once, so that it never jumps."""
        self.taps = Taps(self.wall)
        self.late = 0.0
        """Seconds the wheel was late, at most since last asked."""
        self._tell = tell
        self._budget = Budget(MAX_HANDSHAKES)
        self._dirty: set[Layer] = set()
        self._waiting: set[Layer] = set()
        """Layers with an unfinished frame that is held back."""
        self._held: asyncio.TimerHandle | None = None
        self._share = 0

    async def open(self, listen: list[tuple[str, int]], announce: list[str]) -> None:
        """Raises PortTaken."""
        await self.port.open(listen)
        self.announce = announce or announced(self.port.addresses)

    def close(self) -> None:
        """Say goodbye to every peer and close the port."""
        for peer in list(self.peers.values()):
            self.close_peer(peer, "worker.stopped", tell=False)
        self.port.flush()
        if self._held is not None:
            self._held.cancel()
        self.port.close()

    # --- what the server wants ----------------------------------------------------------------------

    def state(self) -> WorkerState:
        """The snapshot for a new link."""
        infos = [
            PeerInfo(
                peer.name,
                peer.room,
                "silent" if peer.phase == "silent" else "new" if peer.phase == "new" else "connected",
                self.rooms[peer.room].tracks_of(peer),
                self.rooms[peer.room].assigned_to(peer),
            )
            for peer in self.peers.values()
        ]
        return WorkerState(
            index=self.index,
            epoch=self.epoch,
            port=self.port.number,
            addresses=self.announce,
            fingerprint=self.identity.fingerprint,
            peers=infos,
            tcp=True,
        )

    def desired(self, body: Desired) -> None:
        """A server came (back): rooms are as it says, unknown peers get some time."""
        now = time.monotonic()
        wanted = {spec.room for spec in body.rooms}
        for spec in body.rooms:
            self.set_room(spec)
        for room in [room for room in self.rooms if room not in wanted]:
            self.close_room(room)
        for peer in self.peers.values():
            rights = body.rights.get(peer.name)
            if rights is not None:
                peer.unwanted_since = None
                self.set_rights(peer.name, rights)
            elif peer.unwanted_since is None:
                peer.unwanted_since = now

    def set_room(self, spec: RoomSpec) -> None:
        room = self.rooms.get(spec.room)
        if room is None:
            self.rooms[spec.room] = Room(spec, self)
        else:
            room.set_spec(spec)

    def close_room(self, name: str) -> None:
        room = self.rooms.get(name)
        if room is not None:
            for peer in list(room.peers.values()):
                self.close_peer(peer, "room.closed")
            del self.rooms[name]

    def set_rights(self, name: str, rights: Rights) -> None:
        peer = self.peers.get(name)
        if peer is not None:
            peer.unwanted_since = None
            if peer.rights != rights:
                peer.rights = rights
                self.rooms[peer.room].rights_changed(peer)

    def set_view(self, name: str, view: View) -> None:
        peer = self.peers.get(name)
        if peer is not None and peer.view != view:
            peer.view = view
            self.rooms[peer.room].seat_now(peer)

    def open_peer(self, call: OpenPeer) -> None:
        """Raises Refused: ``peer.exists``, ``room.unknown``, ``room.full``, ``peer.ufrag``."""
        if call.peer in self.peers:
            raise Refused("peer.exists", call.peer)
        room = self.rooms.get(call.room)
        if room is None:
            raise Refused("room.unknown", call.room)
        if len(room.peers) >= MAX_ROOM or len(self.peers) >= MAX_PEERS:
            raise Refused("room.full", call.room)
        if self.port.knows(call.ufrag) or not call.ufrag:
            raise Refused("peer.ufrag", "the ufrag is in use")
        now = time.monotonic()
        peer = Peer(call, self.port, self.identity, self._budget, room, self._dirty, self.wall, now)
        self.peers[call.peer] = peer
        room.join(peer)

    def restart_ice(self, call: RestartIce) -> None:
        """Raises Refused: ``peer.unknown``, ``peer.ufrag``."""
        peer = self.peers.get(call.peer)
        if peer is None:
            raise Refused("peer.unknown", call.peer)
        if self.port.knows(call.ufrag) or not call.ufrag:
            raise Refused("peer.ufrag", "the ufrag is in use")
        peer.agent.restart(Credentials(call.ufrag, call.password.encode(), call.remote_ufrag))
        self.port.register(call.ufrag, peer)

    def close_peer(self, peer: Peer, reason: str, *, tell: bool = True) -> None:
        if self.peers.get(peer.name) is not peer:
            return
        del self.peers[peer.name]
        room = self.rooms[peer.room]
        room.leave(peer)
        peer.close()
        self.port.flush()
        if tell:
            self.tell(PeerState(peer.name, "gone", reason))

    def tell(self, body: msgspec.Struct) -> None:
        self._tell(body)

    # --- the wheel ----------------------------------------------------------------------------------

    def after_burst(self, now: float) -> None:
        """Forward what came in."""
        dirty = self._dirty
        if not dirty:
            return
        for layer in dirty:
            for run in layer.take_ready():
                layer.forward(run, now)
            if layer.waiting_since is not None:
                self._waiting.add(layer)
        dirty.clear()
        if self._waiting and self._held is None:
            self._held = asyncio.get_running_loop().call_later(HOLD, self._release)

    def _release(self) -> None:
        """The rest of a frame did not come in time: forward what there is."""
        self._held = None
        now = time.monotonic()
        for layer in list(self._waiting):
            since = layer.waiting_since
            if since is None or now - since >= HOLD * 0.75:
                self._waiting.discard(layer)
                layer.finish()
                for run in layer.take_ready():
                    layer.forward(run, now)
        self.port.flush()
        if self._waiting:
            self._held = asyncio.get_running_loop().call_later(HOLD, self._release)

    async def run(self) -> None:
        """Turn until cancelled."""
        step = TICK / SHARES
        following = time.monotonic() + step
        while True:
            await asyncio.sleep(max(0.0, following - time.monotonic()))
            now = time.monotonic()
            self.late = max(self.late, now - following)
            following = max(following + step, now)
            self.tick(now)

    def tick(self, now: float) -> None:
        """One share of the peers, all rooms that changed."""
        self._share = (self._share + 1) % SHARES
        peers = list(self.peers.values())
        for peer in [peer for peer in peers if peer.busy]:
            peer.requests(now)
        for peer in peers[self._share :: SHARES]:
            reason = peer.tick(now)
            if not reason and peer.unwanted_since is not None and now - peer.unwanted_since > UNWANTED:
                reason = "peer.unwanted"
            if reason:
                self.close_peer(peer, reason)
        for room in self.rooms.values():
            room.tick(now)
        if self._share == 0:
            self.taps.review(self.rooms.values(), now)
        self.port.flush()
