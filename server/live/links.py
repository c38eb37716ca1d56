"""The server's links to the media workers: what should be goes out, what is comes in.

Flows in: the run folder with the workers' sockets, rooms and rights that should hold, calls for one
peer. Flows out: a mirror of each worker (its peers, who is in which slot) and its news, handed to
`Listener`. A link may break at any time on either side: the next one opens with both snapshots, and
what was missed shows as a difference. Knows rooms and peers, nothing of seats.
"""

import asyncio
import logging
from pathlib import Path
from typing import Any, Protocol

import msgspec

from media import control
from media.errors import ControlError, LinkClosed, Refused
from media.messages import (
    Assigned,
    ClosePeer,
    CloseRoom,
    Desired,
    Done,
    Needed,
    OpenPeer,
    PeerInfo,
    PeerState,
    RestartIce,
    Rights,
    RoomSpec,
    SetRights,
    SetRoom,
    SetView,
    Speaking,
    Stats,
    ToServer,
    TrackEnded,
    TrackUp,
    View,
    WorkerState,
)

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what workers say. Every method returns at once."""

    def worker_back(self, worker: "Worker", restarted: bool) -> None:
        """A link is up and the mirror is new. `restarted`: another epoch, its peers are gone."""

    def worker_away(self, worker: "Worker") -> None:
        """The link is down. The worker may well go on forwarding."""

    def peer_state(self, worker: "Worker", state: PeerState) -> None: ...

    def assigned(self, worker: "Worker", news: Assigned) -> None: ...

    def needed(self, worker: "Worker", news: Needed) -> None: ...

    def speaking(self, worker: "Worker", news: Speaking) -> None: ...

    def stats(self, worker: "Worker", news: Stats) -> None: ...


class Worker(control.Endpoint):
    """One media worker as the server sees it: what it should do, and a mirror of what it does."""

    def __init__(self, index: int, path: Path, listener: Listener) -> None:
        self.index = index
        self.path = path
        self._listener = listener
        self._link: control.Link | None = None
        self.state: WorkerState | None = None
        """Its last snapshot; None before the first. `peers` of it is not kept up to date: see below."""
        self.up = False
        self.peers: dict[str, PeerInfo] = {}
        self.rooms: dict[str, RoomSpec] = {}
        self.rights: dict[str, Rights] = {}
        self.counters: dict[str, float] = {}
        self._opening: set[str] = set()

    @property
    def epoch(self) -> str:
        return self.state.epoch if self.state is not None else ""

    # --- what should be -----------------------------------------------------------------------------

    def set_room(self, spec: RoomSpec) -> None:
        if self.rooms.get(spec.room) != spec:
            self.rooms[spec.room] = spec
            self._say(SetRoom(spec))

    def close_room(self, room: str) -> None:
        if self.rooms.pop(room, None) is not None:
            self._say(CloseRoom(room))
        for peer in [peer for peer, info in self.peers.items() if info.room == room]:
            del self.peers[peer]
            self.rights.pop(peer, None)

    def set_rights(self, peer: str, rights: Rights) -> None:
        if self.rights.get(peer) != rights:
            self.rights[peer] = rights
            self._say(SetRights(peer, rights))

    def set_view(self, peer: str, view: View) -> None:
        self._say(SetView(peer, view))

    def close_peer(self, peer: str, reason: str) -> None:
        self.rights.pop(peer, None)
        if self.peers.pop(peer, None) is not None:
            self._say(ClosePeer(peer, reason))

    async def open_peer(self, call: OpenPeer) -> None:
        """Open a peer, replacing one of the same name.

        Raises:
            LinkClosed, Refused: as `Link.call`.
        """
        link = self._linked()
        self.close_peer(call.peer, "replaced")
        # What the worker says of the new peer may overtake its answer, so the mirror has it already;
        # a "gone" until then is the old one's.
        info = self.peers[call.peer] = PeerInfo(call.peer, call.room, "new", [], {})
        self.rights[call.peer] = call.rights
        self._opening.add(call.peer)
        try:
            try:
                await link.call(call)
            except Refused as refused:
                if refused.reason != "peer.exists":
                    raise
                link.change(ClosePeer(call.peer, "replaced"))
                await link.call(call)
        except BaseException:
            if self.peers.get(call.peer) is info:
                self.close_peer(call.peer, "offer failed")
            raise
        finally:
            self._opening.discard(call.peer)

    async def restart_ice(self, call: RestartIce) -> None:
        """Raises LinkClosed, Refused as `Link.call`."""
        await self._linked().call(call)

    def _linked(self) -> control.Link:
        if self._link is None or not self.up:
            raise LinkClosed("no link to the media worker")
        return self._link

    def _say(self, body: msgspec.Struct) -> None:
        if self._link is not None:
            self._link.change(body)

    # --- control.Endpoint ---------------------------------------------------------------------------

    def snapshot(self) -> msgspec.Struct:
        return Desired(list(self.rooms.values()), dict(self.rights))

    def on_open(self, link: control.Link) -> None:
        self._link = link

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        if not isinstance(body, WorkerState):
            raise ControlError(f"media worker {self.index} opened with {type(body).__name__}")
        restarted = self.state is not None and self.state.epoch != body.epoch
        self.state = body
        self.up = True
        self.peers = {peer.peer: peer for peer in body.peers}
        if restarted:
            self.rights.clear()
        self._listener.worker_back(self, restarted)

    def on_change(self, link: control.Link, body: Any) -> None:
        try:
            self._take(body)
        except ControlError:
            raise
        except Exception:  # a defect here must not cost the link to a worker that forwards
            log.exception("media worker %d: cannot take a %s", self.index, type(body).__name__)

    def _take(self, body: Any) -> None:
        match body:
            case PeerState():
                self._peer_state(body)
            case TrackUp():
                if (info := self.peers.get(body.peer)) is not None:
                    others = [each for each in info.tracks if each.source != body.track.source]
                    info.tracks = [*others, body.track]
            case TrackEnded():
                if (info := self.peers.get(body.peer)) is not None:
                    info.tracks = [each for each in info.tracks if each.source != body.source]
            case Assigned():
                if (info := self.peers.get(body.peer)) is not None:
                    info.slots[body.slot] = body
                    self._listener.assigned(self, body)
            case Needed():
                self._listener.needed(self, body)
            case Speaking():
                self._listener.speaking(self, body)
            case Stats():
                self.counters = body.counters
                self._listener.stats(self, body)
            case _:
                raise ControlError(f"media worker {self.index} said {type(body).__name__}")

    def _peer_state(self, body: PeerState) -> None:
        info = self.peers.get(body.peer)
        if info is None or (body.state == "gone" and body.peer in self._opening):
            return  # closed by us, or an echo of the peer that was replaced
        if body.state == "gone":
            del self.peers[body.peer]
            self.rights.pop(body.peer, None)
        else:
            info.state = body.state
        self._listener.peer_state(self, body)

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        raise Refused("call.unknown", type(body).__name__)

    def on_close(self, link: control.Link) -> None:
        if self._link is link:
            self._link = None
            self.up = False
            self._listener.worker_away(self)


class Child(control.Endpoint):
    """A link to the recorder or a vision worker: that it stands is all that is asked of it here."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.up = False

    def snapshot(self) -> msgspec.Struct:
        return Done()

    def on_open(self, link: control.Link) -> None:
        pass

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        self.up = True

    def on_change(self, link: control.Link, body: Any) -> None:
        pass

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        raise Refused("call.unknown")

    def on_close(self, link: control.Link) -> None:
        self.up = False


class Links:
    """Every link of the server, and which worker has which room."""

    def __init__(self, run_dir: Path, workers: int, listener: Listener, children: tuple[str, ...]) -> None:
        self.workers = [Worker(index, run_dir / f"media{index}.sock", listener) for index in range(workers)]
        self.children = [Child(name, run_dir / f"{name}.sock") for name in children]
        self._home: dict[str, int] = {}

    async def run(self) -> None:
        """Keep every link open; the owner cancels."""
        async with asyncio.TaskGroup() as group:
            for worker in self.workers:
                group.create_task(control.dial(worker.path, worker, ToServer), name=worker.path.name)
            for child in self.children:
                group.create_task(control.dial(child.path, child, Any), name=child.path.name)

    def home(self, room: str) -> Worker | None:
        """The worker that has the room, up or not; None before `place`."""
        index = self._home.get(room)
        return None if index is None else self.workers[index]

    def restore(self, room: str) -> None:
        """After a restart of the server: any worker may have this room, so each is asked to keep it
        until its snapshot has shown where its peers are."""
        for worker in self.workers:
            worker.rooms[room] = RoomSpec(room)

    def settle(self, room: str) -> None:
        """Give a restored room its home where its peers are, and take it from the others; a room
        without peers waits for `place`."""
        if room in self._home:
            return
        best = max(self.workers, key=lambda each: self._load(each, room), default=None)
        if best is not None and self._load(best, room):
            self._home[room] = best.index
        for worker in self.workers:
            if worker.index != self._home.get(room):
                worker.close_room(room)

    def place(self, room: str) -> Worker | None:
        """The room's worker, chosen now if need be: sticky while it is up, else the least loaded.

        None: no worker is up.
        """
        home = self.home(room)
        if home is not None and home.up:
            home.set_room(RoomSpec(room))
            return home
        up = [worker for worker in self.workers if worker.up]
        if not up:
            return None
        chosen = min(up, key=lambda each: (len(each.peers), len(each.rooms), each.index))
        if home is not None:
            home.rooms.pop(room, None)
            log.warning("room %s moves from media worker %d to %d", room, home.index, chosen.index)
        self._home[room] = chosen.index
        chosen.set_room(RoomSpec(room))
        return chosen

    def close_room(self, room: str) -> None:
        for worker in self.workers:
            worker.close_room(room)
        self._home.pop(room, None)

    @property
    def all_up(self) -> bool:
        return all(worker.up for worker in self.workers)

    def _load(self, worker: Worker, room: str) -> int:
        return sum(1 for info in worker.peers.values() if info.room == room)
