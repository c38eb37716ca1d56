"""What the server and a media worker say to each other over the control channel.

The server tells what **should be** (rooms and their peers' rights), the worker tells what **is**
(peers, tracks, who is in which slot, who speaks). The vocabulary is the engine's own: rooms, peers,
labels; that a room is a lesson and a label a breakout group is known to the server alone.

Who may receive whom: each peer carries `labels` (what it may see) and an `audience` (the labels that
may see it). A track reaches a slot only if publisher.audience and subscriber.labels meet. The worker
enforces it on every assignment; an empty audience is seen by nobody.
"""

from typing import Literal

import msgspec

Source = Literal["mic", "cam", "screen"]
Kind = Literal["audio", "video"]
Direction = Literal["up", "down"]

# --- the shape of a peer, from its offer -----------------------------------------------------------


class Codec(msgspec.Struct, frozen=True):
    """One payload type of a section. `rtx` is the retransmission payload type or 0."""

    pt: int
    name: Literal["opus", "VP8", "H264"]
    clock: int
    fmtp: str = ""
    rtx: int = 0


class Section(msgspec.Struct, frozen=True):
    """One m-line, as agreed.

    up:   `purpose` is a Source; `rids` the simulcast layers from small to large, empty for one.
    down: `purpose` is the slot's name (``audio0``, ``stage``, ``speaker``, ``tile3``); `ssrc` and
          `rtx_ssrc` are the ones the worker sends with, written into the answer.
    `extensions`: the names of `media.wire.rtp` (``mid``, ``audio-level`` ...) to the agreed ids.
    """

    mid: str
    kind: Kind
    direction: Direction
    purpose: str
    codecs: tuple[Codec, ...]
    extensions: dict[str, int]
    rids: tuple[str, ...] = ()
    ssrc: int = 0
    rtx_ssrc: int = 0


class Rights(msgspec.Struct, frozen=True):
    """What a peer may do in its room; changed at any time by `SetRights`."""

    publish: tuple[Source, ...] = ()
    audience: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    presenter: bool = False
    """May take the stage: its screen, else its camera, is what everybody sees large."""


class View(msgspec.Struct, frozen=True):
    """What a subscriber wants to see. Slots not named in `hidden` are open.

    `pinned` puts one peer on the stage for this subscriber alone; `page` turns the tiles;
    `heights` caps the layer of a slot by the pixels it is drawn at.
    """

    page: int = 0
    pinned: str = ""
    hidden: tuple[str, ...] = ()
    heights: dict[str, int] = {}


# --- server -> worker ------------------------------------------------------------------------------


class RoomSpec(msgspec.Struct, frozen=True):
    room: str
    """Rooms unknown to the worker are made; rooms missing from a snapshot are closed."""
    stage: str = ""
    """Peer put on the stage for everybody, or empty: the presenter who shares, else who speaks."""


class Desired(msgspec.Struct, tag="desired"):
    """The server's snapshot: every room of this worker and the rights of every peer it knows.

    Peers of the worker that are missing here stay for 30 s (their clients may be coming back through
    a restarted server) and are closed then.
    """

    rooms: list[RoomSpec]
    rights: dict[str, Rights]


class SetRoom(msgspec.Struct, tag="set_room"):
    spec: RoomSpec


class CloseRoom(msgspec.Struct, tag="close_room"):
    room: str


class SetRights(msgspec.Struct, tag="set_rights"):
    peer: str
    rights: Rights


class SetView(msgspec.Struct, tag="set_view"):
    peer: str
    view: View


class ClosePeer(msgspec.Struct, tag="close_peer"):
    peer: str
    reason: str


class OpenPeer(msgspec.Struct, tag="open_peer"):
    """Call. Answered with `Done` once the worker listens for this ufrag. Refused: ``peer.exists``,
    ``room.unknown``, ``room.full``."""

    peer: str
    room: str
    ufrag: str
    password: str
    remote_ufrag: str
    remote_password: str
    fingerprints: list[str]
    """Of the remote certificate, as ``sha-256 AA:BB:...``; any one that matches will do."""
    sections: list[Section]
    rights: Rights
    cname: str = ""


class RestartIce(msgspec.Struct, tag="restart_ice"):
    """Call. The old ufrag stays valid until a binding nominates the new one."""

    peer: str
    ufrag: str
    password: str
    remote_ufrag: str
    remote_password: str


# --- worker -> server ------------------------------------------------------------------------------


class Done(msgspec.Struct, tag="done"):
    """The empty answer."""


class TrackInfo(msgspec.Struct, frozen=True):
    """A track that is arriving now. `layers` are the rids seen in the last second ("" for one)."""

    source: Source
    layers: tuple[str, ...] = ()


class PeerInfo(msgspec.Struct):
    peer: str
    room: str
    state: Literal["new", "connected", "silent"]
    tracks: list[TrackInfo]
    slots: dict[str, "Assigned"]


class WorkerState(msgspec.Struct, tag="worker_state"):
    """The worker's snapshot. `epoch` is new with each process: other epoch, other DTLS keys."""

    index: int
    epoch: str
    port: int
    addresses: list[str]
    fingerprint: str
    """As ``sha-256 AA:BB:...``."""
    peers: list[PeerInfo]
    tcp: bool = False
    """Whether `port` takes ICE-TCP too; the answer then names passive TCP candidates."""


class PeerState(msgspec.Struct, tag="peer_state"):
    """`silent` after 3 s without an authenticated packet; `gone` after 30 s or a DTLS close."""

    peer: str
    state: Literal["connected", "silent", "gone"]
    reason: str = ""


class TrackUp(msgspec.Struct, tag="track_up"):
    peer: str
    track: TrackInfo


class TrackEnded(msgspec.Struct, tag="track_ended"):
    peer: str
    source: Source


class Assigned(msgspec.Struct, tag="assigned"):
    """`slot` of `peer` shows `publisher`/`source` from `first_rtp_time` (the slot's own RTP time) on.

    An empty publisher means that the slot is empty. `generation` counts per slot from 1.
    """

    peer: str
    slot: str
    publisher: str
    source: Source
    generation: int
    first_rtp_time: int


class Needed(msgspec.Struct, tag="needed"):
    """How large a picture of `peer` is needed: drawn at most so many pixels high, 0 for as large as there
    is. Said of tracks in several layers, when it changes and every 10 s."""

    peer: str
    source: Source
    height: int


class Speaking(msgspec.Struct, tag="speaking"):
    """Who speaks in a room now, loudest first. Sent when the list changes."""

    room: str
    peers: list[str]


class PeerStats(msgspec.Struct, frozen=True):
    """Once every 5 s for each peer. Loss is a share in 0..1, times in ms, rates in kbit/s."""

    peer: str
    rtt: float
    loss_up: float
    loss_down: float
    kbps_up: float
    kbps_down: float
    path: Literal["udp", "tcp"] = "udp"


class Stats(msgspec.Struct, tag="stats"):
    peers: list[PeerStats]
    counters: dict[str, float]
    """The worker's own, by Prometheus name, such as ``sabak_media_packets_forwarded_total``."""


ToWorker = Desired | SetRoom | CloseRoom | SetRights | SetView | ClosePeer | OpenPeer | RestartIce
ToServer = WorkerState | PeerState | TrackUp | TrackEnded | Assigned | Needed | Speaking | Stats | Done
