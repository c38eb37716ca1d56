"""The recorder's desk: orders and frames in, pieces and what is told of them out.

Frames are written to memory as they come and to the disk twice a second, in a thread, so that a slow
disk never makes media wait; what then does not fit into memory is left out and noted as a gap. When
the disk refuses, what was written stays whole, the alarm is told, and recording goes on by itself once
there is room again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Any, Final

from media.boot import boot_id
from media.messages import Source
from media.recording.messages import Disk, Order, PieceState
from media.recording.piece import Piece
from media.recording.shelf import Shelf, Unwritable
from media.taps import TapEnded, TapFrame, TapLost, TapNews, TapTrack, Wish
from media.tapsocket import TapClient

log = logging.getLogger(__name__)

MOST_PENDING: Final = 64 * 1024 * 1024
"""Bytes waiting for the disk."""
TELL_EVERY: Final = 4
"""Turns between two words on a growing piece."""
LOOK_EVERY: Final = 20
"""Turns between two looks at the disk, while nothing is wrong with it."""
HELD: Final = 20
"""Turns for which a room is still recorded that a new server does not name yet: it has just begun, and
its classes come back one by one."""
NOTHING: Final = Wish(sources=())


class Track:
    """One tapped track, and the piece it goes into: none before a picture's first keyframe."""

    def __init__(self, info: TapTrack) -> None:
        self.info = info
        self.piece: Piece | None = None
        self.gap = False


class Desk:
    """See the module. `tell` gets every change of a piece and of the disk."""

    def __init__(self, shelf: Shelf, tell: Callable[[PieceState | Disk], None]) -> None:
        self.disk = Disk(0, 0)
        self.wish = NOTHING
        self._shelf = shelf
        self._tell = tell
        self._orders: dict[str, Order] = {}
        self._held: dict[str, int] = {}
        """Rooms that the last server ordered and this one has not: the turn until which they stay."""
        self._tracks: dict[tuple[str, int], Track] = {}
        self._done: dict[str, PieceState] = {}
        """Finished, and not yet in the trace."""
        self._ending: list[Piece] = []
        self._broken = False
        """Some files could not be closed."""
        self._clients: set[TapClient] = set()
        self._thread = ThreadPoolExecutor(1, "disk")
        self._boot = boot_id()
        self._turns = 0

    # --- what the server says -------------------------------------------------------------------------

    def ordered(self, orders: Iterable[Order]) -> None:
        """Everything a server that has just connected wants; what it leaves out ends after `HELD` turns."""
        named = {order.room: order for order in orders}
        self._held = dict.fromkeys(self._orders.keys() - named.keys(), self._turns + HELD)
        self._orders |= named
        self._wish_again()

    def order(self, order: Order) -> None:
        self._held.pop(order.room, None)
        self._orders[order.room] = order
        self._wish_again()

    def forget(self, room: str) -> None:
        self._held.pop(room, None)
        if self._orders.pop(room, None) is not None:
            self._wish_again()

    def kept(self, piece: str) -> None:
        state = self._done.pop(piece, None)
        if state is not None:
            self._thread.submit(self._shelf.forget, state.file)

    def known(self) -> list[PieceState]:
        """Every piece the server may not know the end of."""
        return [*self._done.values(), *(piece.state for piece in self._open())]

    def _wish_again(self) -> None:
        people: dict[Source, tuple[str, ...]] = {}
        for order in self._orders.values():
            for source, prefixes in order.people.items():
                people[source] = (*people.get(source, ()), *prefixes)
        keyframes = min((order.keyframes for order in self._orders.values()), default=0.0)
        wish = Wish(tuple(sorted(self._orders)), tuple(people), "largest", keyframes, people)
        self.wish = wish if self._orders else NOTHING
        for client in self._clients:
            client.wish(self.wish)

    # --- what media workers say -----------------------------------------------------------------------

    def connected(self, client: TapClient) -> None:
        self._clients.add(client)
        client.wish(self.wish)

    def hung_up(self, source: str, client: TapClient) -> None:
        """A worker is gone: so are its tracks."""
        self._clients.discard(client)
        for key in [key for key in self._tracks if key[0] == source]:
            self._finish(self._tracks.pop(key))

    def take(self, source: str, news: TapNews) -> None:
        key = (source, news.track)
        match news:
            case TapTrack():
                self._tracks[key] = Track(news)
            case TapFrame():
                if (track := self._tracks.get(key)) is not None:
                    self._frame(track, news)
            case TapLost():
                if (track := self._tracks.get(key)) is not None:
                    track.gap = True
            case TapEnded():
                if (track := self._tracks.pop(key, None)) is not None:
                    self._finish(track)

    def _frame(self, track: Track, frame: TapFrame) -> None:
        frame.gap = frame.gap or track.gap
        if self.disk.problem or self._pending() > MOST_PENDING:
            track.gap = True
            return
        track.gap = False
        if track.piece is not None and not track.piece.fits(frame):
            self._finish(track)
        if track.piece is None:
            if track.info.codec != "opus" and not (frame.keyframe and frame.width):
                return
            track.piece = Piece(self._state(track.info, frame), frame)
            frame.gap = False
            self._tell(track.piece.state)
        track.piece.take(frame)

    def _state(self, info: TapTrack, frame: TapFrame) -> PieceState:
        name = token_hex(8)
        ending = "mp4" if info.codec == "H264" else "webm"
        starts = round(frame.at * 1e6)
        return PieceState(
            name, info.room, info.peer, info.source, info.codec, f"{info.room}/{name}.{ending}",
            self._boot, starts, round(frame.wall * 1e6), ends=starts, width=frame.width, height=frame.height,
        )  # fmt: skip

    def _finish(self, track: Track) -> None:
        if track.piece is not None:
            self._ending.append(track.piece)
        track.piece = None

    # --- the disk -------------------------------------------------------------------------------------

    async def recover(self) -> None:
        """Mend what a recorder before us left, and look at the disk."""
        self.disk = await self._blocking(self._shelf.disk)
        for state in await self._blocking(self._shelf.recover):
            self._done[state.piece] = state

    async def turn(self) -> None:
        """Write what waits, end what is over, tell what changed; twice a second."""
        self._turns += 1
        for room in [room for room, until in self._held.items() if until <= self._turns]:
            self.forget(room)
        problem = ""
        for track in list(self._tracks.values()):
            if track.piece is not None and track.piece.pending:
                problem = await self._write(track) or problem
        endings, self._ending = self._ending, []
        for piece in endings:
            problem = await self._end(piece) or problem
        await self._look(problem)
        if self._turns % TELL_EVERY == 0:
            for piece in self._open():
                self._tell(piece.state)

    async def close(self) -> None:
        """End everything that grows; the server hears of it when we are back."""
        for track in self._tracks.values():
            self._finish(track)
        self._tracks.clear()
        await self.turn()
        self._thread.shutdown()

    async def _write(self, track: Track) -> str:
        """Put what waits into the file. Returns a problem's code; the piece is given up then."""
        piece = track.piece
        assert piece is not None
        try:
            await self._append(piece)
        except Unwritable as error:
            await self._give_up(piece, error)
            if track.piece is piece:
                track.piece = None
            self._ending = [each for each in self._ending if each is not piece]
            return error.code
        return ""

    async def _append(self, piece: Piece) -> None:
        data = bytes(piece.pending)
        piece.pending.clear()
        if piece.fd < 0:
            piece.fd = await self._blocking(self._shelf.begin, piece.state)
        await self._blocking(self._shelf.append, piece.fd, data)

    async def _end(self, piece: Piece) -> str:
        patches = piece.end()
        try:
            await self._append(piece)
            await self._blocking(self._shelf.finish, piece.fd, piece.state, patches)
        except Unwritable as error:
            await self._give_up(piece, error)
            return error.code
        self._done[piece.state.piece] = piece.state
        self._tell(piece.state)
        return ""

    async def _give_up(self, piece: Piece, error: Unwritable) -> None:
        """Leave a file as it is; it is mended once the disk takes something again."""
        log.error("%s: %s", piece.state.file, error)
        self._broken = True
        piece.state.problem = error.code
        if piece.fd >= 0:
            await self._blocking(self._shelf.let_go, piece.fd)
        self._tell(piece.state)

    async def _look(self, problem: str) -> None:
        """How the disk is, when something is wrong with it or it is time."""
        if not problem and not self.disk.problem and self._turns % LOOK_EVERY:
            return
        disk = await self._blocking(self._shelf.disk)
        if problem and not disk.problem:
            disk.problem = problem
        if self.disk.problem and not disk.problem and self._broken:
            self._broken = False
            growing = {piece.state.piece for piece in self._open()}
            for state in await self._blocking(self._shelf.recover, growing):
                if state.piece not in self._done:
                    self._done[state.piece] = state
                    self._tell(state)
        self.disk = disk
        self._tell(disk)

    def _open(self) -> list[Piece]:
        return [each.piece for each in self._tracks.values() if each.piece is not None] + self._ending

    def _pending(self) -> int:
        return sum(len(piece.pending) for piece in self._open())

    async def _blocking(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
