"""One seat: one connected tab of one person, and all that is on its way to it.

Flows in: answers, the class's events (by its own cursor in the class's history), passing news by key,
a goodbye. Flows out: frames on its socket, written by one task in a fixed order: answers, events,
news, goodbye. News of one key replace each other while they wait, so a slow reader costs no memory;
one that takes nothing for `SLOW` seconds is closed and may resume where it was.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import msgspec
from aiohttp import WSMsgType, web

from server.live.folds import RUNS
from server.live.frames import text_frames
from server.live.limits import Paces
from server.live.metrics import LiveMetrics
from server.live.presence import SeatKey
from server.live.rights import seat_rights
from server.live.words import Bye, MediaLost, MediaSilent, SeatRights, Word, encode
from server.permissions import Actor, Standing

if TYPE_CHECKING:
    from server.live.classroom import Classroom
    from server.live.desk import LiveDesk
    from server.people.sessions import Sessions

log = logging.getLogger(__name__)

SLOW = 10.0
"""Seconds without taking a byte. The socket's buffers hold about 200 kB before that counts."""

MOST_ANSWERS = 256
"""Answers waiting; a client that asks on without reading is closed as slow."""

AGAIN = 1013
"""Close code: try again later (RFC 6455 registry). The client comes back with its `after`."""
RESTART = 1012
NORMAL = 1000


class Connection(msgspec.Struct):
    """The media connection of a seat: at which worker, of which epoch."""

    worker: int
    epoch: str


class Seat:
    """See the module. `sign` is the last sign of life, in µs of session time."""

    can_be_muted = True

    def __init__(
        self,
        socket: web.WebSocketResponse | None,
        transport: asyncio.Transport | None,
        metrics: LiveMetrics,
        desk: "LiveDesk",
        *,
        actor: Actor,
        standing: Standing,
        rights: SeatRights,
        name: str,
        role: str,
        language: str,
        token: str,
        login: str,
        tab: str,
        after: int,
        now: int,
    ) -> None:
        self.desk = desk
        self.key = SeatKey(actor.id, tab)
        self.actor = actor
        self.standing = standing
        self.own = (actor, standing)
        """Before anything the class lends them: a host has more in here than elsewhere."""
        self.rights = rights
        self.name = name
        self.role = role
        self.language = language
        self.token = token
        self.login = login
        self.cursor = after
        self.sign = now
        self.checked = now
        self.came = now
        self.paces = Paces(time.monotonic())
        self.classroom: Classroom | None = None
        self.connection: Connection | None = None
        self.media = (False, False, False)
        """Microphone, camera, screen as the page last said."""
        self.waiting = False
        """In the lobby: seated, and not let in yet."""
        self.hushed = False
        """Muted by who runs the class: the media worker takes no sound until the page has said that its
        microphone is off, and then that it is on again."""
        self.hush_seen = False
        self.media_lock = asyncio.Lock()
        self._socket = socket
        self._transport = transport
        self._metrics = metrics
        self._answers: deque[bytes] = deque()
        self._news: dict[str, bytes] = {}
        self._wake = asyncio.Event()
        self._following = False
        self._ending: tuple[int, str] | None = None
        self.ended = False

    @property
    def person(self) -> str:
        return self.key.person

    @property
    def needs(self) -> tuple[str, ...]:
        """The rights without which nobody stays in this seat."""
        return ("lesson.join",)

    @property
    def who(self) -> frozenset[str]:
        """As whom the seat hears events that are not for everybody."""
        return frozenset((self.person, RUNS)) if self.rights.open else frozenset((self.person,))

    # --- what others call; nothing here waits ---------------------------------------------------------

    def answer(self, frame: bytes) -> None:
        self._answers.append(frame)
        if len(self._answers) > MOST_ANSWERS:
            self.end(AGAIN, "slow")
        self._wake.set()

    def tell(self, key: str, frame: bytes) -> None:
        """Passing news; waiting news of the same key are replaced. Nobody in the lobby hears any."""
        if self.waiting:
            return
        self._news.pop(key, None)
        self._news[key] = frame
        self._wake.set()

    def follow(self) -> None:
        """From now on the class's events, from behind the cursor."""
        self._following = True
        self._wake.set()

    def push(self) -> None:
        """The class's history has something new."""
        if self._following:
            self._wake.set()

    def bye(self, code: str, close: int = NORMAL, reason: str = "") -> None:
        """Tell the page not to come back, once everything before is said."""
        if self._ending is None:
            self.answer(encode(Bye(code, reason)))
            self._metrics.byes.labels(code).inc()
            self.end(close, code)

    def end(self, close: int, reason: str) -> None:
        """Close the socket when what waits is written; the page comes back by itself."""
        if self._ending is None:
            self._ending = (close, reason)
            self._wake.set()

    def media_silent(self) -> None:
        """Nothing of its connection has arrived for 3 s."""
        self.tell("media.silent", encode(MediaSilent()))

    def media_lost(self, reason: str = "") -> None:
        """Its connection is gone; `reason` as in `PeerState`."""
        self.connection = None
        self._metrics.media_lost.inc()
        self.tell("media.lost", encode(MediaLost()))

    async def holder(self, sessions: "Sessions") -> Actor | None:
        """Who sits here by now, None when the login is over."""
        identity = await sessions.identify(self.token)
        return identity.actor if identity is not None else None

    def rights_for(self, actor: Actor, standing: Standing) -> SeatRights:
        return seat_rights(actor, standing)

    @property
    def ending(self) -> bool:
        return self._ending is not None

    # --- the writing task -----------------------------------------------------------------------------

    async def write(self) -> None:
        """Write until told to end or the socket is gone. Owned by the socket's handler."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                async with asyncio.timeout(SLOW) as patience:
                    while await self._some():
                        patience.reschedule(asyncio.get_running_loop().time() + SLOW)
                if self._ending is not None:
                    await self._close(*self._ending)
                    return
        except TimeoutError:
            self._metrics.slow.inc()
            await self._close(AGAIN, "slow", wait=0.1)
        except ConnectionError:
            pass  # the reader of this socket sees the same

    async def _some(self) -> bool:
        """Write what waits, events a page at a time. False when there was nothing."""
        if self._answers:
            frames = list(self._answers)
            self._answers.clear()
            await self._send(frames)
            return True
        room = self.classroom
        if self._following and room is not None:
            events, cursor = await room.page(self.cursor, self.who)
            if events:
                self._metrics.events.inc(len(events))
                await self._send(events)
            if cursor != self.cursor:
                self.cursor = cursor
                return True
        if self._news:
            frames = list(self._news.values())
            self._news.clear()
            self._metrics.news.inc(len(frames))
            await self._send(frames)
            return True
        return False

    async def _send(self, messages: list[bytes]) -> None:
        """Many in one write while the socket takes everything; else one by one, at the reader's pace."""
        assert self._socket is not None
        transport = self._transport
        if len(messages) > 1 and transport is not None and not transport.get_write_buffer_size():
            if transport.is_closing() or self._socket.closed:
                raise ConnectionResetError
            transport.write(text_frames(messages))
            return
        for message in messages:
            await self._socket.send_frame(message, WSMsgType.TEXT)

    async def _close(self, code: int, reason: str, wait: float = 3.0) -> None:
        self.ended = True
        assert self._socket is not None
        try:
            async with asyncio.timeout(wait):
                await self._socket.close(code=code, message=reason.encode()[:120])
        except (TimeoutError, ConnectionError):
            pass
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()  # after what is buffered, should the client read it yet
            asyncio.get_running_loop().call_later(30, self._transport.abort)


Handler = Callable[[Seat, msgspec.Struct], Awaitable[msgspec.Struct | None]]


def tell_all(seats: Iterable[Seat], key: str, word: Word) -> None:
    """Passing news to many, encoded once."""
    frame = encode(word)
    for seat in seats:
        seat.tell(key, frame)
