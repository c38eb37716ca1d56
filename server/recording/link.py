"""The server's link to the recorder: orders go out, what is on disk comes in.

A mirror of the recorder's pieces and disk; news go to `Listener`. The link may break at any time: both
sides open the next one with all they have.
"""

import logging
import time
from pathlib import Path
from typing import Any, Protocol

import msgspec

from media import control
from media.errors import ControlError, Refused
from media.messages import Source
from media.recording.messages import Disk, Forget, Kept, Order, Orders, PieceState, Shelf

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Returns at once."""

    def piece(self, state: PieceState) -> None: ...

    def resumed(self, growing: list[PieceState]) -> None:
        """The link stands (again), and these are being recorded."""


class Growing(msgspec.Struct):
    """A piece under way, and when it last grew (monotonic seconds)."""

    state: PieceState
    grew: float


class RecorderLink(control.Endpoint):
    """See the module. `down_since` is 0.0 while the link stands."""

    def __init__(self, path: Path, listener: Listener) -> None:
        self.path = path
        self.orders: dict[str, Order] = {}
        self.growing: dict[str, Growing] = {}
        self.disk = Disk(0, 0)
        self.down_since = time.monotonic()
        self._listener = listener
        self._link: control.Link | None = None

    @property
    def up(self) -> bool:
        return not self.down_since

    def order(self, room: str, people: dict[Source, tuple[str, ...]], keyframes: float) -> None:
        """Have a room recorded; nothing is said twice."""
        order = Order(room, people, keyframes)
        if self.orders.get(room) != order:
            self.orders[room] = order
            self._say(order)

    def forget(self, room: str) -> None:
        if self.orders.pop(room, None) is not None:
            self._say(Forget(room))

    def kept(self, piece: str) -> None:
        self._say(Kept(piece))

    def of(self, room: str) -> list[Growing]:
        """The room's pieces under way."""
        return [each for each in self.growing.values() if each.state.room == room]

    def _say(self, body: msgspec.Struct) -> None:
        if self._link is not None:
            self._link.change(body)

    # --- control.Endpoint -----------------------------------------------------------------------------

    def snapshot(self) -> msgspec.Struct:
        return Orders(list(self.orders.values()))

    def on_open(self, link: control.Link) -> None:
        self._link = link

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        if not isinstance(body, Shelf):
            raise ControlError(f"the recorder opened with {type(body).__name__}")
        self.down_since = 0.0
        self.disk = body.disk
        self.growing.clear()
        for state in body.pieces:
            self._take(state)
        self._listener.resumed([each.state for each in self.growing.values()])

    def on_change(self, link: control.Link, body: Any) -> None:
        match body:
            case PieceState():
                self._take(body)
            case Disk():
                self.disk = body
            case _:
                raise ControlError(f"the recorder said {type(body).__name__}")

    def _take(self, state: PieceState) -> None:
        before = self.growing.get(state.piece)
        if state.state == "growing" and not state.problem:
            now = time.monotonic()
            grew = now if before is None or state.bytes > before.state.bytes else before.grew
            self.growing[state.piece] = Growing(state, grew)
        else:
            self.growing.pop(state.piece, None)
        self._listener.piece(state)

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        raise Refused("call.unknown", type(body).__name__)

    def on_close(self, link: control.Link) -> None:
        if self._link is link:
            self._link = None
            self.down_since = time.monotonic()
            self.growing.clear()
            log.warning("the link to the recorder is down")
