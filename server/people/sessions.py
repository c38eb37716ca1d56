"""Logins that are open: tokens, who they belong to, expiry, revocation. The gate that web asks.

Flows in: a token with each request; entries of the trace that change people. Flows out: an `Identity`;
calls of `on_revoked` (with the session's id) and `on_changed` (with the person's), by which WebSockets
are closed or given new rights. Tokens are random, 256 bits, and stored as SHA-256.

What was found is remembered for five seconds, so that a class of 300 does not ask the store for each
request; every change made in this process forgets at once, and what a `sabak` command changes beside
it arrives through the trace with the next look.
"""

import asyncio
import contextlib
import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.ids import new_id
from server.people.person import Person, load_guest, load_person
from server.people.tables import SessionRow, TokenRow
from server.trace import Recorded
from server.web.identity import Identity

log = logging.getLogger(__name__)

SESSION_PREFIX = "s_"
PROGRAM_PREFIX = "p_"
GUEST_PREFIX = "g_"

REMEMBER = 5.0
"""Seconds that an answer of the store is believed without asking again."""

MAX_REMEMBERED = 20_000

IDLE = 4 * 3600
"""Seconds without any request or open WebSocket after which a login ends, or `session_hours` if less."""

TICK = 10.0
"""Seconds between looks at the trace for what other processes wrote."""

PAGE = 5000
"""Entries read at one look."""

SEEN_TICKS = 18
"""Ticks between writing down who was seen: a crash costs three minutes of idle time."""

Now = Callable[[], float]


class Known(msgspec.Struct, frozen=True):
    """What a token stands for. `until` is real time in seconds."""

    person: Person
    session: str
    program: bool
    until: float
    loaded: float

    def identity(self) -> Identity:
        return Identity(self.person.actor(self.program), self.session, self.person.name, self.person.language)


def new_token(prefix: str) -> str:
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


class Sessions:
    """The open logins of one house. `now` is the real clock in seconds, so tests can move it."""

    def __init__(self, house: House, now: Now = time.time) -> None:
        self._house = house
        self.now = now
        self.on_revoked: list[Callable[[str], None]] = []
        self.on_changed: list[Callable[[str], None]] = []
        self.others: dict[str, Callable[[str], Awaitable[Identity | None]]] = {}
        """Who knows tokens of other kinds, by their prefix."""
        self._known: OrderedDict[bytes, Known] = OrderedDict()
        self._seen: dict[str, int] = {}
        self._told = house.trace.writer.head

    @property
    def lifetime(self) -> int:
        """Seconds from login to its end."""
        return self._house.settings.session_hours * 3600

    # --- asking ---------------------------------------------------------------------------------

    async def identify(self, token: str) -> Identity | None:
        other = self.others.get(token[:2])
        if other is not None:
            return await other(token)
        known = await self.find(token)
        return known.identity() if known else None

    async def find(self, token: str) -> Known | None:
        """Whose token this is, or None when unknown, expired, idle for too long, or disabled."""
        if not token.startswith((SESSION_PREFIX, PROGRAM_PREFIX)):
            return None
        digest = token_hash(token)
        now = self.now()
        known = self._known.get(digest)
        if known is None or not 0 <= now - known.loaded < REMEMBER:
            known = await self._load(digest, token.startswith(PROGRAM_PREFIX), now)
            if known is None:
                self._known.pop(digest, None)
                return None
            self._known[digest] = known
            self._known.move_to_end(digest)
            if len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        if known.until <= now:
            self._known.pop(digest, None)
            return None
        if known.session:
            self._seen[known.session] = int(now)
        return known

    def touch(self, session: str) -> None:
        """An open WebSocket keeps its login from going idle."""
        if session:
            self._seen[session] = int(self.now())

    async def _load(self, digest: bytes, program: bool, now: float) -> Known | None:
        async with self._house.store.read() as db:
            if program:
                return await self._load_program(db, digest, now)
            row = await db.scalar(select(SessionRow).where(SessionRow.hash == digest))
            if row is None or row.expires <= now:
                return None
            idle = min(IDLE, self.lifetime)
            if max(row.seen, self._seen.get(row.id, 0)) + idle <= now:
                return None
            person = await self._person(db, row.user, row.guest)
        return Known(person, row.id, False, row.expires, now) if person else None

    async def _load_program(self, db: AsyncSession, digest: bytes, now: float) -> Known | None:
        row = await db.scalar(select(TokenRow).where(TokenRow.hash == digest))
        if row is None or row.expires <= now:
            return None
        person = await self._person(db, row.user, guest=False)
        return Known(person, "", True, row.expires, now) if person else None

    async def _person(self, db: AsyncSession, user: str, guest: bool) -> Person | None:
        if guest:
            return await load_guest(db, user, self._house.clock.now())
        return await load_person(db, user, self._house.settings.require_two_factor)

    # --- opening and ending, inside the writer's transaction -----------------------------------------

    def make(
        self, user: str, address: str, agent: str, *, guest: bool = False, seconds: int = 0
    ) -> tuple[str, SessionRow]:
        """A new token and its row, to be added in the `work` of the entry that says so."""
        token, now = new_token(SESSION_PREFIX), int(self.now())
        row = SessionRow(
            id=new_id(),
            hash=token_hash(token),
            user=user,
            guest=guest,
            created=now,
            seen=now,
            expires=now + min(seconds or self.lifetime, self.lifetime),
            address=address[:45],
            agent=agent[:200],
        )
        return token, row

    @staticmethod
    async def end_all(db: AsyncSession, user: str, keep: str = "") -> list[str]:
        """Delete the person's sessions but `keep`; returns their ids for the entry's data."""
        ids = list(
            await db.scalars(select(SessionRow.id).where(SessionRow.user == user, SessionRow.id != keep))
        )
        await db.execute(delete(SessionRow).where(SessionRow.id.in_(ids)))
        return ids

    @staticmethod
    async def end_one(db: AsyncSession, user: str, session: str) -> bool:
        """Delete one session of the person; False when it is not theirs or gone."""
        row = await db.get(SessionRow, session)
        if row is None or row.user != user:
            return False
        await db.delete(row)
        return True

    def forget(self, user: str) -> None:
        """Ask the store again at the person's next request."""
        for digest in [d for d, known in self._known.items() if known.person.id == user]:
            del self._known[digest]

    def told(self, recorded: Recorded) -> None:
        """An entry of the trace, of this process or another: forget whom it concerns and tell."""
        if recorded.entry.seq <= self._told:
            return
        self._told = recorded.entry.seq
        data = recorded.data
        if not isinstance(data, dict) or not recorded.entry.kind.startswith(KINDS):
            return
        user = data.get("user")
        if isinstance(user, str):
            self.forget(user)
            for changed in self.on_changed:
                changed(user)
        self.ended(data.get("ended", ()))

    def ended(self, sessions: Iterable[str]) -> None:
        """These logins are over; may be said twice of one."""
        for session in sessions:
            self._seen.pop(session, None)
            for revoked in self.on_revoked:
                revoked(session)

    # --- upkeep ---------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Run for ever: follow other processes' entries, write down who was seen, drop what expired."""
        for tick in _count():
            await asyncio.sleep(TICK)
            with contextlib.suppress(Exception):  # a busy store: the next tick does it
                await self.look()
                if tick % SEEN_TICKS == 0:
                    await self.flush()

    async def look(self) -> None:
        """Read what other processes wrote; subscribers hear of it only with our own next entry."""
        for recorded in await self._house.trace.read(after=self._told, limit=PAGE):
            self.told(recorded)

    async def _write_seen(self, db: AsyncSession) -> list[str]:
        """Write down who was seen; delete and return the sessions that are over."""
        now = int(self.now())
        seen, self._seen = self._seen, {}
        try:
            for session, at in seen.items():
                await db.execute(update(SessionRow).where(SessionRow.id == session).values(seen=at))
            idle = now - min(IDLE, self.lifetime)
            over = or_(SessionRow.expires <= now, SessionRow.seen <= idle)
            ids = list(await db.scalars(select(SessionRow.id).where(over)))
            await db.execute(delete(SessionRow).where(over))
            await db.execute(delete(TokenRow).where(TokenRow.expires <= now - 30 * 86400))
            return ids
        except BaseException:
            self._seen = {**seen, **self._seen}
            raise

    async def flush(self) -> None:
        """Write down who was seen, and end what is over: WebSockets on it are told like any other end."""
        self.ended(await self._house.trace.unrecorded(self._write_seen))


KINDS = ("user.", "login.", "password.", "otp.", "role.", "consent.", "token.", "guest.")
"""Beginnings of the kinds of entries after which a person is looked up anew."""


def _count() -> Iterable[int]:
    number = 0
    while True:
        number += 1
        yield number
