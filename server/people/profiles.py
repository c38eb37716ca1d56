"""What people change about themselves without proving anew who they are: language, theme, consents, tokens.

Flows in: an actor and the choice. Flows out: an entry of the trace with its work, or a quiet change
where nothing is worth an entry.
"""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.people.person import Theme
from server.people.sessions import PROGRAM_PREFIX, Sessions, new_token, token_hash
from server.people.tables import ConsentRow, GuestRow, SessionRow, TokenRow, UserRow
from server.permissions import Actor

MAX_TOKENS = 20
MAX_TOKEN_DAYS = 366


class Profiles:
    def __init__(self, house: House, sessions: Sessions) -> None:
        self._house = house
        self._sessions = sessions

    async def choose(self, actor: Actor, language: str | None, theme: Theme | None) -> None:
        """Language and theme; a guest keeps the language only."""

        async def work(db: AsyncSession) -> None:
            if actor.kind == "guest":
                guest = await db.get(GuestRow, actor.id)
                if guest is not None and language is not None:
                    guest.language = language
                return
            row = await db.get(UserRow, actor.id)
            assert row is not None
            if language is not None:
                row.language = language
            if theme is not None:
                row.theme = theme

        await self._house.trace.unrecorded(work)

    async def accept(self, user: str, text: str, version: str, language: str) -> None:
        """Record that the account accepted a text; a second time changes nothing."""

        async def work(db: AsyncSession) -> None:
            if await db.get(ConsentRow, (user, text, version)) is None:
                db.add(
                    ConsentRow(
                        user=user,
                        text=text,
                        version=version,
                        language=language,
                        accepted=int(self._sessions.now()),
                    )
                )

        data = {"user": user, "text": text, "version": version, "language": language}
        key = f"consent {text} {version}"
        await self._house.trace.record("consent.accepted", data, actor=user, key=key, work=work)
        self._sessions.forget(user)

    async def sessions(self, user: str) -> list[SessionRow]:
        async with self._house.store.read() as db:
            rows = await db.scalars(
                select(SessionRow).where(SessionRow.user == user).order_by(SessionRow.created.desc())
            )
            return list(rows)

    async def tokens(self, user: str) -> list[TokenRow]:
        async with self._house.store.read() as db:
            rows = await db.scalars(select(TokenRow).where(TokenRow.user == user).order_by(TokenRow.id))
            return list(rows)

    async def make_token(self, user: str, name: str, days: int) -> tuple[TokenRow, str]:
        """A token for a program; answered once, stored hashed.

        Raises:
            ApiError: 409 `token.too_many`.
        """
        secret, now = new_token(PROGRAM_PREFIX), int(self._sessions.now())
        row = TokenRow(
            id=new_id(),
            hash=token_hash(secret),
            user=user,
            name=name,
            created=now,
            expires=now + days * 86400,
        )

        async def work(db: AsyncSession) -> None:
            if len(list(await db.scalars(select(TokenRow.id).where(TokenRow.user == user)))) >= MAX_TOKENS:
                raise ApiError("token.too_many", 409, most=MAX_TOKENS)
            db.add(row)

        data = {"user": user, "id": row.id, "name": name, "days": days}
        await self._house.trace.record("token.created", data, actor=user, work=work)
        return row, secret

    async def revoke_token(self, user: str, token: str) -> None:
        """Raises:
        ApiError: 404 `token.unknown`.
        """

        async def work(db: AsyncSession) -> None:
            row = await db.get(TokenRow, token)
            if row is None or row.user != user:
                raise ApiError("token.unknown", 404)
            await db.execute(delete(TokenRow).where(TokenRow.id == token))

        await self._house.trace.record("token.revoked", {"user": user, "id": token}, actor=user, work=work)
        self._sessions.forget(user)
