"""The vocabulary of server and recorder (`media.control`): what to record goes in, what is on disk comes out.

The server's snapshot is `Orders`, then `Order` and `Forget` as classes open, pause and close. The
recorder's snapshot is `Shelf`: every piece that grows and every one whose end the server has not yet
written into the trace; then a `PieceState` for each change and a `Disk` now and then. `Kept` says that
the trace has a piece's end: until then the recorder remembers it, over restarts of both.
"""

from typing import Literal

import msgspec

from media.messages import Source

Growth = Literal["growing", "finished"]


class Order(msgspec.Struct, tag="order", frozen=True):
    """What to record of a room. A second one replaces the first.

    people: for a source, prefixes of the names of the peers to record; a source not named is not
    recorded. keyframes: seconds after which a picture is asked for that can be started from.
    """

    room: str
    people: dict[Source, tuple[str, ...]]
    keyframes: float = 10.0


class Forget(msgspec.Struct, tag="forget", frozen=True):
    """Record nothing more of a room: its class is over, or its recording is paused."""

    room: str


class Orders(msgspec.Struct, tag="orders"):
    orders: list[Order]


class Kept(msgspec.Struct, tag="kept", frozen=True):
    """The end of this piece is in the trace."""

    piece: str


class PieceState(msgspec.Struct, tag="piece"):
    """One file: one layer of one track in one codec. Times in microseconds of the machine's monotonic
    clock (`boot` says of which boot) and, as `wall`, since 1970; sizes in bytes."""

    piece: str
    room: str
    peer: str
    source: Source
    codec: Literal["opus", "VP8", "H264"]
    file: str
    """Under the recordings folder."""
    boot: str
    starts: int
    wall: int
    state: Growth = "growing"
    ends: int = 0
    bytes: int = 0
    payload: int = 0
    """Of `bytes`, what was received; the rest is the container's."""
    frames: int = 0
    width: int = 0
    height: int = 0
    sha256: str = ""
    gaps: list[tuple[int, int]] = []
    """Stretches of which something is missing, in milliseconds of the piece."""
    mended: bool = False
    """The recorder died while it grew."""
    problem: str = ""
    """Why nothing more can be written: ``recording.full``, ``recording.unwritable``."""


class Disk(msgspec.Struct, tag="disk"):
    """Bytes of the file system that holds the recordings. `problem` as above, or empty."""

    free: int
    total: int
    problem: str = ""


class Shelf(msgspec.Struct, tag="shelf"):
    epoch: str
    pieces: list[PieceState]
    disk: Disk


ToRecorder = Orders | Order | Forget | Kept
FromRecorder = Shelf | PieceState | Disk
