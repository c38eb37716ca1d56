"""The post: notices that want mail become letters, letters go to the mail server, one after another.

Both wait in the database, so that a restart loses none. A letter is removed once the mail server has taken
it: a crash between the two sends it again (under the same Message-ID). What is refused for now, and
everything while the server cannot be reached, is tried again after growing waits, and given up after
`GIVE_UP`. Nobody waits for the post.
"""

import asyncio
import functools
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from prometheus_client import Counter
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import TraceError
from server.house import House
from server.ids import new_id
from server.notices import letter, words
from server.notices.kinds import path_of
from server.notices.reading import zone_of
from server.notices.smtp import Line, Refusal, connected
from server.notices.tables import LetterRow, NoticeRow
from server.people.tables import UserRow
from server.web.catalogue import DEFAULT
from server.web.metrics import Metrics

log = logging.getLogger(__name__)

TICK = 2.0
SETTLES = 30_000_000
"""µs that a notice waits for others of the same person: ten lessons moved at once are one mail."""

WAITS = (60, 300, 900, 1800, 3600)
"""Seconds until the next try; the last one again and again."""

GIVE_UP = 12 * 3600
KEPT = 30 * 86400
"""Seconds for which it is known that a letter was given up."""

AT_ONCE = 50
"""Letters of one connection."""

IN_ONE = 20
"""Notices in one mail; the rest is in the page."""

PERSON_HOUR = 6
"""Mails to one person in an hour; what comes more often is gathered."""

MOST_KNOWN = 20_000


class PostState(msgspec.Struct):
    """`on`: a mail server is set. `problem`: what it said last, empty while all is well."""

    on: bool
    waiting: int
    given_up: int
    problem: str


class Post:
    """A part of the house; `run` owns what goes on. `now` is the real clock in seconds, for tests."""

    def __init__(self, house: House, now: Callable[[], float] = time.time) -> None:
        self._house = house
        self._settings = house.settings
        self.now = now
        self._problem = ""
        self._fails = 0
        self._pause = 0.0
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()
        self._wake = asyncio.Event()
        self.letters = Counter(
            "sabak_mails_total", "Mails by outcome", ["outcome"], registry=house.part(Metrics).registry
        )

    @property
    def on(self) -> bool:
        return bool(self._settings.smtp_host)

    async def state(self) -> PostState:
        async with self._house.store.read() as db:
            counted = select(LetterRow.state, func.count()).group_by(LetterRow.state)
            counts = {state: int(count) for state, count in await db.execute(counted)}
        return PostState(self.on, counts.get("waiting", 0), counts.get("given_up", 0), self._problem)

    async def write(
        self, db: AsyncSession, address: str, subject: str, text: str, language: str, *,
        person: str = "", reply_to: str = "",
    ) -> None:  # fmt: skip
        """Put a letter into the queue, in the caller's transaction. Without a mail server, or for what is no
        address, nothing is written."""
        if not self.on or not letter.is_address(address):
            return
        now = int(self.now())
        db.add(
            LetterRow(
                id=new_id(), person=person, address=address,
                reply_to=reply_to if letter.is_address(reply_to) else "", language=language,
                subject=letter.one_line(subject, 300), text=text, state="waiting", tries=0, due=now,
                created=now, problem="",
            )
        )  # fmt: skip

    # --- going on by itself ---------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever. The owner cancels."""
        if not self.on:
            return
        tidied = 0.0
        while True:
            try:
                await self.gather()
                await self.send()
                if self.now() - tidied > 3600:
                    tidied = self.now()
                    await self._house.trace.unrecorded(self._tidy)
            except (TraceError, SQLAlchemyError) as error:
                log.warning("the post waits: %s", error)
            except Exception:
                log.exception("the post failed, trying again")
            await asyncio.sleep(TICK)

    async def gather(self, settles: int = SETTLES) -> int:
        """Make letters of the notices that want mail, one a person. Returns how many."""
        before = self._house.clock.now() - settles
        async with self._house.store.read() as db:
            asked = (
                select(NoticeRow.person)
                .where(NoticeRow.mail == "due")
                .group_by(NoticeRow.person)
                .having(func.min(NoticeRow.created) <= before)
                .limit(500)
            )
            people = list(await db.scalars(asked))
        made = 0
        for person in people:
            if self._may_write_to(person):
                made += bool(await self._house.trace.unrecorded(functools.partial(self._letter, person)))
        return made

    async def _letter(self, person: str, db: AsyncSession) -> bool:
        asked = select(NoticeRow).where(NoticeRow.person == person, NoticeRow.mail == "due")
        rows = list(await db.scalars(asked.order_by(NoticeRow.created, NoticeRow.id)))
        await db.execute(
            update(NoticeRow).where(NoticeRow.id.in_([row.id for row in rows])).values(mail="taken")
        )
        user = await db.get(UserRow, person)
        if not rows or user is None or user.disabled or not letter.is_address(user.email):
            return False
        language, url = user.language or DEFAULT, self._settings.url
        zone = await zone_of(db, person, self._settings.time_zone)
        said = []
        for row in rows[-IN_ONE:]:
            title, text = words.told(row.kind, language, row.facts, zone)
            path = path_of(row.kind, row.subject) or "/notices"
            said.append(letter.Said(title, text, url + path))
        subject = said[0].title if len(rows) == 1 else words.say(
            "mail.many", language, {"count": len(rows)}, zone
        )  # fmt: skip
        foot = " ".join(
            (
                words.say("mail.zone", language, {"zone": zone}, zone),
                words.say("mail.foot", language, {"url": f"{url}/profile"}, zone),
            )
        )
        await self.write(db, user.email, subject, letter.body_of(said, foot), language, person=person)
        self._wrote_to(person)
        return True

    def _may_write_to(self, person: str) -> bool:
        times = self._sent.get(person)
        while times and times[0] <= self.now() - 3600:
            times.popleft()
        return times is None or len(times) < PERSON_HOUR

    def _wrote_to(self, person: str) -> None:
        self._sent.setdefault(person, deque()).append(self.now())
        self._sent.move_to_end(person)
        if len(self._sent) > MOST_KNOWN:
            self._sent.popitem(last=False)

    async def send(self) -> int:
        """Hand over what is due, at most `AT_ONCE`. Returns how many the mail server has taken."""
        if self.now() < self._pause:
            return 0
        async with self._house.store.read() as db:
            asked = select(LetterRow).where(LetterRow.state == "waiting", LetterRow.due <= self.now())
            rows = list(await db.scalars(asked.order_by(LetterRow.due, LetterRow.id).limit(AT_ONCE)))
        if not rows:
            return 0
        taken = 0
        try:
            async with connected(self._settings) as line:
                for row in rows:
                    began = time.monotonic()
                    taken += await self._hand_over(line, row)
                    pause = 60.0 / self._settings.mail_per_minute - (time.monotonic() - began)
                    if row is not rows[-1] and pause > 0:
                        await asyncio.sleep(pause)
        except Refusal as refusal:
            await self._cannot(refusal, rows)
        return taken

    async def _hand_over(self, line: Line, row: LetterRow) -> bool:
        """Raises:
        Refusal: the server cannot be used; the letter waits.
        """
        try:
            message = letter.build(
                sender=self._settings.smtp_from, recipient=row.address, subject=row.subject, text=row.text,
                language=row.language, key=row.id, at=datetime.fromtimestamp(row.created, UTC),
                reply_to=row.reply_to,
            )  # fmt: skip
            await line.hand_over(message, row.address)
        except (ValueError, Refusal) as error:
            refusal = error if isinstance(error, Refusal) else Refusal("letter", str(error))
            if refusal.fault == "server":
                raise refusal from None
            self._fails, self._problem = 0, ""
            await self._put_off(row, refusal)
            return False
        self._fails, self._problem = 0, ""
        self.letters.labels("sent").inc()
        await self._house.trace.unrecorded(
            lambda db: db.execute(delete(LetterRow).where(LetterRow.id == row.id))
        )
        return True

    async def _put_off(self, row: LetterRow, refusal: Refusal) -> None:
        now = int(self.now())
        over = refusal.fault == "letter" or now - row.created >= GIVE_UP
        wait = WAITS[min(row.tries, len(WAITS) - 1)]
        values = {"tries": row.tries + 1, "problem": refusal.message, "due": now + wait}
        if over:
            values |= {"state": "given_up", "text": "", "subject": "", "address": "", "reply_to": ""}
        self.letters.labels("given_up" if over else "put_off").inc()
        log.info("letter %s %s: %s", row.id, "given up" if over else "waits", refusal.message)
        await self._house.trace.unrecorded(
            lambda db: db.execute(update(LetterRow).where(LetterRow.id == row.id).values(values))
        )

    async def _cannot(self, refusal: Refusal, rows: list[LetterRow]) -> None:
        """The server cannot be used: all wait, those that have waited too long are given up."""
        self._problem = refusal.message
        wait = WAITS[min(self._fails, len(WAITS) - 1)]
        self._fails += 1
        self._pause = self.now() + wait
        log.warning("the mail server cannot be used, next try in %d s: %s", wait, refusal.message)
        for row in rows:
            if self.now() - row.created >= GIVE_UP:
                await self._put_off(row, refusal)

    async def _tidy(self, db: AsyncSession) -> None:
        before = int(self.now()) - KEPT
        await db.execute(delete(LetterRow).where(LetterRow.state == "given_up", LetterRow.created < before))
