"""Tokens for encoders (R1): a teacher's OBS needs an address and a secret that opens this lesson alone.

Flows in: a teacher and a lesson; later the secret with an encoder's requests. Flows out: the secret,
once; an identity that may do nothing but send by WHIP, and captions, into that lesson. Whoever copies an
encoder's settings gets no account. One token per teacher and lesson: a new one ends the old.
"""

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.ids import new_id
from server.live.tables import LiveIngest
from server.people.person import load_person
from server.people.sessions import new_token, token_hash
from server.permissions import Actor, Grant, Scope
from server.web.identity import Identity

INGEST_PREFIX = "i_"

ALLOWED = ("media.whip", "class.caption")
"""What such a token may do, where its owner may."""

AFTER = 24 * 3600 * 1_000_000
"""µs behind the planned end for which a token holds: lessons run late and are moved by hours."""


class Ingests:
    """The tokens of one house. A part of it."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def make(self, user: str, lesson: str, ends: int) -> tuple[LiveIngest, str, list[str]]:
        """A new token of `user` for `lesson`, which ends at `ends` (µs).

        Returns its row, the secret, and the ids of the tokens it replaces.
        """
        now = self._house.clock.now()
        secret = new_token(INGEST_PREFIX)
        row = LiveIngest(
            id=new_id(),
            hash=token_hash(secret),
            lesson=lesson,
            user=user,
            created=now,
            expires=max(ends, now) + AFTER,
        )

        async def work(db: AsyncSession) -> list[str]:
            old = await _remove(db, user, lesson)
            await db.execute(delete(LiveIngest).where(LiveIngest.expires <= now))
            db.add(row)
            return old

        data = {"ingest": row.id, "lesson": lesson, "expires": row.expires}
        recorded = await self._house.trace.record("ingest.made", data, actor=user, work=work)
        return row, secret, recorded.result

    async def withdraw(self, user: str, lesson: str) -> list[str]:
        """End the token of `user` for `lesson`; the ids that ended, none when there was none."""
        if await self.of(user, lesson) is None:
            return []

        async def work(db: AsyncSession) -> list[str]:
            return await _remove(db, user, lesson)

        data = {"lesson": lesson}
        recorded = await self._house.trace.record("ingest.withdrawn", data, actor=user, work=work)
        return list(recorded.result)

    async def of(self, user: str, lesson: str) -> LiveIngest | None:
        """The token that holds now."""
        async with self._house.store.read() as db:
            return await db.scalar(
                select(LiveIngest).where(
                    LiveIngest.user == user,
                    LiveIngest.lesson == lesson,
                    LiveIngest.expires > self._house.clock.now(),
                )
            )

    async def find(self, token: str) -> LiveIngest | None:
        async with self._house.store.read() as db:
            row = await db.scalar(select(LiveIngest).where(LiveIngest.hash == token_hash(token)))
        return row if row is not None and row.expires > self._house.clock.now() else None

    async def identify(self, token: str) -> Identity | None:
        """For the gate of people: the owner, limited to sending into this lesson."""
        row = await self.find(token)
        if row is None:
            return None
        async with self._house.store.read() as db:
            person = await load_person(db, row.user, self._house.settings.require_two_factor)
        if person is None:
            return None
        limited = Scope("lesson", row.lesson)
        actor = msgspec.structs.replace(
            person.actor(program=True),
            grants=tuple(Grant(held.grant.role, limited) for held in person.roles),
            only=ALLOWED,
        )
        return Identity(actor, "", person.name, person.language)


def is_limited(actor: Actor) -> bool:
    """Whether this actor came by such a token."""
    return actor.only == ALLOWED


async def _remove(db: AsyncSession, user: str, lesson: str) -> list[str]:
    mine = (LiveIngest.user == user, LiveIngest.lesson == lesson)
    ids = list(await db.scalars(select(LiveIngest.id).where(*mine)))
    await db.execute(delete(LiveIngest).where(*mine))
    return ids
