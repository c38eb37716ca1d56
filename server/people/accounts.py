"""Changing accounts and roles: each change is one entry of the trace with its work (R19, R26).

Flows in: who does it, and what. Flows out: ids and one-time passwords, the latter once and never
written anywhere but hashed. Used by the routes, by the command line, by import and by the demo; who may
do it has been decided before.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.people import passwords
from server.people.passwords import Passwords
from server.people.sessions import Sessions
from server.people.tables import RecoveryRow, RoleRow, SessionRow, TokenRow, UserRow
from server.permissions import Grant

Work = Callable[[AsyncSession], Awaitable[Any]]

MAX_ROLES = 30


class OneTime(msgspec.Struct):
    """For the slip: shown once."""

    id: str
    login: str
    name: str
    password: str


def fold(login: str) -> str:
    return login.casefold()


def searched(login: str, name: str) -> str:
    return f"{name.casefold()} {login.casefold()}"[:300]


def check_login(login: str) -> None:
    """Raises:
    ApiError: 422 `user.login`: 2 to 64 letters, digits and ``. _ - @``, beginning with a letter or digit.
    """
    good = 2 <= len(login) <= 64 and login[0].isalnum() and all(c.isalnum() or c in "._-@" for c in login)
    if not good:
        raise ApiError("user.login", 422)


def clean_name(name: str) -> str:
    """The name with single spaces.

    Raises:
        ApiError: 422 `user.name`: 1 to 200 printable characters.
    """
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= 200 or not plain.isprintable():
        raise ApiError("user.name", 422)
    return plain


class Accounts:
    def __init__(self, house: House, hasher: Passwords, sessions: Sessions) -> None:
        self._house = house
        self._hasher = hasher
        self._sessions = sessions

    async def add(
        self,
        actor: str,
        login: str,
        name: str,
        roles: Sequence[Grant] = (),
        *,
        email: str = "",
        language: str = "",
        password: str = "",
        must_change: bool = True,
        user: str = "",
        key: str = "",
    ) -> OneTime:
        """Make an account. Without `password` it gets a one-time one.

        Raises:
            ApiError: 409 `user.login_taken`; 422 `user.login`, `user.name`, `user.email`.
        """
        check_login(login)
        name = clean_name(name)
        check_email(email)
        given = password or passwords.one_time()
        stored = await self._hasher.hash(given)
        user = user or new_id()

        async def work(db: AsyncSession) -> None:
            taken = await db.scalar(select(UserRow.id).where(UserRow.folded == fold(login)))
            if taken is not None:
                raise ApiError("user.login_taken", 409)
            db.add(
                UserRow(
                    id=user,
                    login=login,
                    folded=fold(login),
                    name=name,
                    searched=searched(login, name),
                    email=email,
                    language=language,
                    password=stored,
                    must_change=must_change,
                    created=int(self._sessions.now()),
                )
            )
            await db.flush()
            for grant in roles:
                db.add(_role(user, grant))

        data = {"user": user, "login": login, "name": name, "roles": [_plain(grant) for grant in roles]}
        await self._record("user.created", data, actor, work, key=key)
        return OneTime(user, login, name, given)

    async def change(
        self,
        actor: str,
        user: str,
        *,
        login: str | None = None,
        name: str | None = None,
        email: str | None = None,
        phone: str | None = None,
    ) -> None:
        """Change what is given.

        Raises:
            ApiError: as `add`; 422 `user.phone`; 404 `object.unknown`.
        """
        values: dict[str, str] = {}
        if login is not None:
            check_login(login)
            values |= {"login": login, "folded": fold(login)}
        if name is not None:
            values["name"] = clean_name(name)
        if email is not None:
            check_email(email)
            values["email"] = email
        if phone is not None:
            values["phone"] = clean_phone(phone)

        async def work(db: AsyncSession) -> None:
            row = await _get(db, user)
            for field, value in values.items():
                setattr(row, field, value)
            row.searched = searched(row.login, row.name)
            try:
                await db.flush()
            except IntegrityError:
                raise ApiError("user.login_taken", 409) from None

        shown = {field: value for field, value in values.items() if field != "folded"}
        await self._record("user.changed", {"user": user, **shown}, actor, work)

    async def disable(self, actor: str, user: str, disabled: bool) -> None:
        """Disable (ends every login and token) or enable again."""
        data: dict[str, object] = {"user": user}

        async def work(db: AsyncSession) -> list[str]:
            row = await _get(db, user)
            row.disabled = disabled
            if not disabled:
                return []
            await db.execute(delete(TokenRow).where(TokenRow.user == user))
            return await self._sessions.end_all(db, user)

        if disabled:
            data["ended"] = await self.open_sessions(user)
        kind = "user.disabled" if disabled else "user.enabled"
        self._sessions.ended(await self._record(kind, data, actor, work))

    async def reset(self, actor: str, user: str, *, keep_second_factor: bool = False) -> OneTime:
        """Give a one-time password; ends every login, and takes the second factor away (a lost phone
        is why people come)."""
        given = passwords.one_time()
        stored = await self._hasher.hash(given)

        async def work(db: AsyncSession) -> tuple[OneTime, list[str]]:
            row = await _get(db, user)
            row.password, row.must_change = stored, True
            if not keep_second_factor:
                row.otp_secret = row.otp_offered = ""
                await db.execute(delete(RecoveryRow).where(RecoveryRow.user == user))
            await db.execute(delete(TokenRow).where(TokenRow.user == user))
            return OneTime(user, row.login, row.name, given), await self._sessions.end_all(db, user)

        ended = await self.open_sessions(user)
        slip: OneTime
        slip, ended = await self._record("password.reset", {"user": user, "ended": ended}, actor, work)
        self._sessions.ended(ended)
        return slip

    async def grant(self, actor: str, user: str, grant: Grant) -> str:
        """Give a role; answers its id.

        Raises:
            ApiError: 404 `object.unknown`; 409 `role.held`; 422 `role.too_many`.
        """
        row = _role(user, grant)
        identifier = row.id

        async def work(db: AsyncSession) -> None:
            await _get(db, user)
            held = list(await db.scalars(select(RoleRow).where(RoleRow.user == user)))
            if any((h.role, h.scope_kind, h.scope) == (row.role, row.scope_kind, row.scope) for h in held):
                raise ApiError("role.held", 409)
            if len(held) >= MAX_ROLES:
                raise ApiError("role.too_many", 422, most=MAX_ROLES)
            db.add(row)

        await self._record("role.granted", {"user": user, "id": identifier, **_plain(grant)}, actor, work)
        return identifier

    async def revoke(self, actor: str, user: str, role: str) -> None:
        """Take a role by its id.

        Raises:
            ApiError: 404 `role.unknown`.
        """

        async def work(db: AsyncSession) -> None:
            row = await db.get(RoleRow, role)
            if row is None or row.user != user:
                raise ApiError("role.unknown", 404)
            await db.delete(row)

        await self._record("role.revoked", {"user": user, "id": role}, actor, work)

    async def open_sessions(self, user: str) -> list[str]:
        """Ids of the person's logins, for the entry that ends them: other processes read them there."""
        async with self._house.store.read() as db:
            return list(await db.scalars(select(SessionRow.id).where(SessionRow.user == user)))

    async def rehash(self, user: str, password: str) -> None:
        """Make the hash anew with today's parameters; no entry, nothing changed for anybody."""
        stored = await self._hasher.hash(password)

        async def work(db: AsyncSession) -> None:
            await db.execute(update(UserRow).where(UserRow.id == user).values(password=stored))

        await self._house.trace.unrecorded(work)

    async def _record(
        self, kind: str, data: Mapping[str, object], actor: str, work: Work, key: str = ""
    ) -> Any:
        recorded = await self._house.trace.record(kind, data, actor=actor, work=work, key=key)
        self._sessions.forget(str(data["user"]))
        return recorded.result


def clean_phone(phone: str) -> str:
    """Raises:
    ApiError: 422 `user.phone`: digits, spaces and + ( ) - , at most 40; empty is allowed.
    """
    plain = " ".join(phone.split())
    if len(plain) > 40 or not all(each.isdigit() or each in "+()-, " for each in plain):
        raise ApiError("user.phone", 422)
    return plain


def check_email(email: str) -> None:
    """Raises:
    ApiError: 422 `user.email`; empty is allowed.
    """
    name, at, host = email.rpartition("@")
    if email and not (
        len(email) <= 254 and name and at and "." in host and email.isprintable() and " " not in email
    ):
        raise ApiError("user.email", 422)


async def _get(db: AsyncSession, user: str) -> UserRow:
    row = await db.get(UserRow, user)
    if row is None:
        raise ApiError("object.unknown", 404, kind="user")
    return row


def _role(user: str, grant: Grant) -> RoleRow:
    return RoleRow(id=new_id(), user=user, role=grant.role, scope_kind=grant.scope.kind, scope=grant.scope.id)


def _plain(grant: Grant) -> dict[str, str]:
    return {"role": grant.role, "scope_kind": grant.scope.kind, "scope": grant.scope.id}
