"""Logging in, changing the own password, and the second factor: every step that proves who somebody is.

Flows in: login, password, code, where from. Flows out: an opened session, or one of few errors that
tell a stranger nothing: an unknown login, a disabled account and a wrong password answer alike and
after the same work. Wrong attempts are counted and not recorded: a storm must not fill the trace.
"""

from typing import Literal

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.people import otp, passwords
from server.people.accounts import Accounts, Work, fold
from server.people.limits import LoginLimits
from server.people.passwords import Passwords
from server.people.person import Person, load_person
from server.people.sessions import Sessions
from server.people.tables import RecoveryRow, UserRow
from server.web.metrics import Metrics
from server.web.origin import network_of

Next = Literal["ready", "change_password", "enrol_otp", "consent"]


class Opened(msgspec.Struct):
    """A login that has begun. `seconds` until its end."""

    token: str
    session: str
    seconds: int
    next: Next


class Logins:
    def __init__(
        self, house: House, hasher: Passwords, sessions: Sessions, accounts: Accounts, metrics: Metrics
    ) -> None:
        self._house = house
        self._hasher = hasher
        self._sessions = sessions
        self._accounts = accounts
        self._metrics = metrics
        self._limits = LoginLimits()

    async def log_in(self, login: str, password: str, code: str, address: str, agent: str) -> Opened:
        """Prove and open.

        Raises:
            ApiError: 401 `login.wrong`; 401 `login.otp_required` once the password was right;
                429 `login.limited` with retry_after; 503 `server.busy`.
        """
        login = login.strip()
        place, mono = network_of(address), self._house.clock.mono() / 1e6
        self._within_limits(fold(login), place, mono)
        async with self._house.store.read() as db:
            row = await db.scalar(select(UserRow).where(UserRow.folded == fold(login)))
        right = await self._hasher.verify(row.password if row else "", password)
        if row is None or not right or row.disabled:
            self._metrics.logins.labels("wrong").inc()
            raise ApiError("login.wrong", 401)
        if row.otp_secret and not code:
            self._limits.refund(fold(login), place, mono)
            self._metrics.logins.labels("otp_required").inc()
            raise ApiError("login.otp_required", 401)
        opened = await self._open(row.id, row.otp_secret, code, address, agent)
        self._limits.succeeded(fold(login), place, mono)
        self._metrics.logins.labels("opened").inc()
        if self._hasher.is_outdated(row.password):
            await self._accounts.rehash(row.id, password)
        return opened

    def _within_limits(self, login: str, place: str, mono: float) -> None:
        wait = self._limits.attempt(login, place, mono)
        if wait:
            self._metrics.logins.labels("limited").inc()
            raise ApiError("login.limited", 429, retry_after=wait)

    async def _open(self, user: str, secret: str, code: str, address: str, agent: str) -> Opened:
        token, session = self._sessions.make(user, address, agent)

        async def work(db: AsyncSession) -> Next:
            person = await load_person(db, user, self._house.settings.require_two_factor)
            if person is None:
                raise ApiError("login.wrong", 401)
            if secret:
                await self._prove(db, user, code)
            db.add(session)
            return person.state

        data = {"user": user, "session": session.id, "address": address, "second_factor": bool(secret)}
        recorded = await self._house.trace.record("login.opened", data, actor=user, work=work)
        return Opened(token, session.id, session.expires - session.created, recorded.result)

    async def _prove(self, db: AsyncSession, user: str, code: str) -> None:
        """The second factor, inside the writer's transaction: two logins at once cannot use one code.

        Raises:
            ApiError: 401 `login.otp_wrong`.
        """
        row = await db.get(UserRow, user)
        assert row is not None
        step = otp.matching_step(row.otp_secret, code, self._sessions.now(), row.otp_step)
        if step is not None:
            row.otp_step = step
            return
        if otp.looks_like_recovery(code):
            used = await db.get(RecoveryRow, otp.recovery_hash(user, code))
            if used is not None and used.user == user:
                await db.delete(used)
                return
        self._metrics.logins.labels("otp_wrong").inc()
        raise ApiError("login.otp_wrong", 401)

    async def log_out(self, user: str, session: str) -> None:
        await self.end(user, user, session, "login.closed")

    async def end(self, actor: str, user: str, session: str, kind: str = "login.revoked") -> None:
        """End one session of `user`.

        Raises:
            ApiError: 404 `session.unknown`.
        """

        async def work(db: AsyncSession) -> None:
            if not await self._sessions.end_one(db, user, session):
                raise ApiError("session.unknown", 404)

        await self._house.trace.record(kind, {"user": user, "ended": [session]}, actor=actor, work=work)
        self._sessions.forget(user)
        self._sessions.ended([session])

    # --- what proves the own account anew --------------------------------------------------------------

    async def confirm_password(self, user: str, password: str, address: str) -> UserRow:
        """Ask for the own password before something that matters.

        Raises:
            ApiError: 403 `password.wrong`; 429 `login.limited`.
        """
        async with self._house.store.read() as db:
            row = await db.get(UserRow, user)
        assert row is not None, "a session belongs to an account"
        place, mono = network_of(address), self._house.clock.mono() / 1e6
        self._within_limits(row.folded, place, mono)
        if not await self._hasher.verify(row.password, password):
            raise ApiError("password.wrong", 403)
        self._limits.succeeded(row.folded, place, mono)
        return row

    async def change_password(self, user: str, old: str, new: str, address: str, agent: str) -> Opened:
        """Change the own password; every login ends and a new one begins.

        Raises:
            ApiError: `confirm_password`'s; 422 `password.*`; 422 `password.same`.
        """
        row = await self.confirm_password(user, old, address)
        passwords.check(new, row.login, row.name, self._house.settings.password_minimum)
        if new == old:
            raise ApiError("password.same", 422)
        stored = await self._hasher.hash(new)

        async def work(db: AsyncSession) -> None:
            found = await db.get(UserRow, user)
            assert found is not None
            if found.password != row.password:
                raise ApiError("password.wrong", 403)  # somebody was faster: a reset, another tab
            found.password, found.must_change = stored, False

        return await self._rotate("password.changed", user, address, agent, work)

    async def offer_otp(self, user: str) -> str:
        """A new secret, kept aside until a code proves that the app has it.

        Raises:
            ApiError: 409 `otp.enrolled`.
        """
        secret = otp.new_secret()

        async def work(db: AsyncSession) -> None:
            row = await db.get(UserRow, user)
            assert row is not None
            if row.otp_secret:
                raise ApiError("otp.enrolled", 409)
            row.otp_offered = secret

        await self._house.trace.unrecorded(work)
        return secret

    async def confirm_otp(self, user: str, code: str, address: str, agent: str) -> tuple[Opened, list[str]]:
        """Switch the second factor on; answers a new login and the recovery codes.

        Raises:
            ApiError: 409 `otp.not_offered`; 422 `otp.wrong`; 429 `login.limited`.
        """
        self._within_limits(f"otp {user}", network_of(address), self._house.clock.mono() / 1e6)
        recovery = otp.new_recovery_codes()

        async def work(db: AsyncSession) -> None:
            row = await db.get(UserRow, user)
            assert row is not None
            if not row.otp_offered:
                raise ApiError("otp.not_offered", 409)
            step = otp.matching_step(row.otp_offered, code, self._sessions.now(), 0)
            if step is None:
                raise ApiError("otp.wrong", 422)
            row.otp_secret, row.otp_offered, row.otp_step = row.otp_offered, "", step
            await db.execute(delete(RecoveryRow).where(RecoveryRow.user == user))
            for each in recovery:
                db.add(RecoveryRow(hash=otp.recovery_hash(user, each), user=user))

        return await self._rotate("otp.enrolled", user, address, agent, work), recovery

    async def remove_otp(self, user: str, password: str, address: str, agent: str) -> Opened:
        """Switch the second factor off by the password.

        Raises:
            ApiError: `confirm_password`'s; 409 `otp.required` where the house wants it.
        """
        await self.confirm_password(user, password, address)

        async def work(db: AsyncSession) -> None:
            row = await db.get(UserRow, user)
            assert row is not None
            row.otp_secret = row.otp_offered = ""
            await db.execute(delete(RecoveryRow).where(RecoveryRow.user == user))
            await db.flush()
            person = await load_person(db, user, self._house.settings.require_two_factor)
            if person is None or person.state == "enrol_otp":
                raise ApiError("otp.required", 409)

        return await self._rotate("otp.removed", user, address, agent, work)

    async def _rotate(self, kind: str, user: str, address: str, agent: str, change: Work) -> Opened:
        """What the account may do changed: every login ends, a new one begins, in one transaction."""
        token, session = self._sessions.make(user, address, agent)

        async def work(db: AsyncSession) -> tuple[Person, list[str]]:
            await change(db)
            await db.flush()
            ended = await self._sessions.end_all(db, user)
            db.add(session)
            person = await load_person(db, user, self._house.settings.require_two_factor)
            if person is None:
                raise ApiError("login.expired", 401)
            return person, ended

        ended = await self._accounts.open_sessions(user)
        recorded = await self._house.trace.record(
            kind, {"user": user, "session": session.id, "ended": ended}, actor=user, work=work
        )
        person, ended = recorded.result
        self._sessions.forget(user)
        self._sessions.ended(ended)
        return Opened(token, session.id, session.expires - session.created, person.state)
