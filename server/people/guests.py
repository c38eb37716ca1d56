"""Guest links (R30): a name, a limited role, one lesson, an end.

Flows in: a lesson and who invites; later the link's secret and the name the guest gives. Flows out: the
link's secret, once; a session that is good for this lesson until the link's end. A link may be used by
several people (a partner university's small group), each under their own name, up to a bound.
"""

from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.people import consents
from server.people.accounts import clean_name
from server.people.limits import GUEST, Buckets
from server.people.logins import Opened
from server.people.sessions import GUEST_PREFIX, Sessions, new_token, token_hash
from server.people.tables import GuestLinkRow, GuestRow, SessionRow
from server.web.metrics import Metrics
from server.web.origin import network_of

GuestRole = Literal["guest", "observer"]
"""guest: sees, hears, speaks, writes. observer: sees and hears."""

MAX_DAYS = 366
MAX_LINKS = 200
MAX_ENTRIES = 100
"""People who may enter by one link."""


class GuestLink(msgspec.Struct):
    """A link as its makers see it; the address is shown only when it is made."""

    id: str
    name: str
    role: GuestRole
    expires: str
    entered: int


class Guests:
    def __init__(self, house: House, sessions: Sessions, metrics: Metrics) -> None:
        self._house = house
        self._sessions = sessions
        self._metrics = metrics
        self._places = Buckets(GUEST)

    async def invite(
        self, actor: str, lesson: str, name: str, role: GuestRole, expires: datetime
    ) -> tuple[str, str]:
        """Make a link; answers its id and its secret.

        Raises:
            ApiError: 422 `guest.expires` (past, without zone, or over a year); 422 `user.name`;
                409 `guest.too_many`.
        """
        now = self._house.clock.now()
        if expires.tzinfo is None:
            raise ApiError("guest.expires", 422)
        end = int(expires.timestamp() * 1_000_000)
        if not now < end <= now + MAX_DAYS * 86_400_000_000:
            raise ApiError("guest.expires", 422)
        name, secret, link = clean_name(name), new_token(GUEST_PREFIX), new_id()

        async def work(db: AsyncSession) -> None:
            ids = await db.scalars(
                select(GuestLinkRow.id).where(
                    GuestLinkRow.lesson == lesson, GuestLinkRow.withdrawn.is_(False)
                )
            )
            if len(list(ids)) >= MAX_LINKS:
                raise ApiError("guest.too_many", 409, most=MAX_LINKS)
            db.add(
                GuestLinkRow(
                    id=link,
                    hash=token_hash(secret),
                    lesson=lesson,
                    name=name,
                    role=role,
                    made_by=actor,
                    created=now,
                    expires=end,
                )
            )

        data = {"link": link, "lesson": lesson, "name": name, "role": role, "expires": end}
        await self._house.trace.record("guest.invited", data, actor=actor, work=work)
        return link, secret

    async def links(self, lesson: str) -> list[GuestLink]:
        """The lesson's links that still hold."""
        async with self._house.store.read() as db:
            rows = await db.scalars(
                select(GuestLinkRow)
                .where(
                    GuestLinkRow.lesson == lesson,
                    GuestLinkRow.withdrawn.is_(False),
                    GuestLinkRow.expires > self._house.clock.now(),
                )
                .order_by(GuestLinkRow.id)
            )
            return [
                GuestLink(
                    row.id,
                    row.name,
                    "observer" if row.role == "observer" else "guest",
                    as_datetime(row.expires).isoformat(),
                    row.entered,
                )
                for row in rows
            ]

    async def lesson_of(self, link: str) -> str | None:
        async with self._house.store.read() as db:
            return await db.scalar(select(GuestLinkRow.lesson).where(GuestLinkRow.id == link))

    async def withdraw(self, actor: str, link: str) -> None:
        """The link no longer opens, and whoever came by it is out."""
        async with self._house.store.read() as db:
            guests = list(await db.scalars(select(GuestRow.id).where(GuestRow.link == link)))
            ended = list(await db.scalars(select(SessionRow.id).where(SessionRow.user.in_(guests))))

        async def work(db: AsyncSession) -> list[str]:
            row = await db.get(GuestLinkRow, link)
            if row is None:
                raise ApiError("object.unknown", 404, kind="guest")
            row.withdrawn = True
            here = select(GuestRow.id).where(GuestRow.link == link)
            ids = list(await db.scalars(select(SessionRow.id).where(SessionRow.user.in_(here))))
            await db.execute(delete(SessionRow).where(SessionRow.id.in_(ids)))
            return ids

        recorded = await self._house.trace.record(
            "guest.withdrawn", {"link": link, "ended": ended}, actor=actor, work=work
        )
        for guest in guests:
            self._sessions.forget(guest)
        self._sessions.ended(recorded.result)

    async def enter(
        self, secret: str, name: str, agreed: dict[str, str], language: str, address: str, agent: str
    ) -> tuple[Opened, str]:
        """Enter by a link under a name; answers the session and the lesson.

        `agreed` are the versions of the texts the guest agreed to (R17); the trace keeps them.

        Raises:
            ApiError: 422 `guest.consent` (a text is missing or has a newer version);
                401 `guest.link` (unknown, withdrawn or past its end, alike); 422 `user.name`;
                409 `guest.full`; 429 `login.limited`.
        """
        place, mono = network_of(address), self._house.clock.mono() / 1e6
        wait = self._places.wait(place, mono)
        if wait:
            raise ApiError("login.limited", 429, retry_after=wait)
        self._places.charge(place, mono)
        name, guest, now = clean_name(name), new_id(), self._house.clock.now()
        async with self._house.store.read() as db:
            link = await db.scalar(select(GuestLinkRow).where(GuestLinkRow.hash == token_hash(secret)))
        if link is None or link.withdrawn or link.expires <= now:
            raise ApiError("guest.link", 401)
        needed = {text.text: text.version for text in consents.for_guests(language)}
        if agreed != needed:
            raise ApiError("guest.consent", 422, texts=needed)
        seconds = max(1, (link.expires - now) // 1_000_000)
        token, session = self._sessions.make(guest, address, agent, guest=True, seconds=seconds)
        identifier, lesson, role = link.id, link.lesson, link.role

        async def work(db: AsyncSession) -> None:
            row = await db.get(GuestLinkRow, identifier)
            if row is None or row.withdrawn:
                raise ApiError("guest.link", 401)
            if row.entered >= MAX_ENTRIES:
                raise ApiError("guest.full", 409, most=MAX_ENTRIES)
            row.entered += 1
            db.add(GuestRow(id=guest, link=identifier, name=name, language=language, created=now))
            await db.flush()
            db.add(session)

        data = {
            "user": guest,
            "link": identifier,
            "lesson": lesson,
            "name": name,
            "role": role,
            "agreed": agreed,
        }
        await self._house.trace.record("guest.entered", data, actor=guest, work=work)
        opened = Opened(token, session.id, session.expires - session.created, "ready")
        return opened, lesson
