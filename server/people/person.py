"""One person as the rest of the house needs them: name, roles, and what they must settle first.

Flows in: rows of `tables`. Flows out: `Person`, from which the actor for the judge is made. Reading
only; changes are in `accounts`.
"""

from collections.abc import Iterable
from typing import Literal, cast, get_args

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.consents import REQUIRED, texts
from server.people.tables import ConsentRow, GuestLinkRow, GuestRow, RoleRow, UserRow
from server.permissions import Actor, Grant, Scope
from server.permissions.model import ROLES, SCOPE_KINDS, STAFF, Role, State

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)


class HeldRole(msgspec.Struct, frozen=True):
    id: str
    grant: Grant


class Person(msgspec.Struct, frozen=True):
    """`lesson` is the one a guest is limited to; empty for accounts."""

    id: str
    kind: Literal["account", "guest"]
    login: str
    name: str
    language: str
    theme: Theme
    roles: tuple[HeldRole, ...]
    state: State
    two_factor: bool
    lesson: str = ""

    def actor(self, program: bool = False) -> Actor:
        return Actor(
            id=self.id,
            kind=self.kind,
            grants=tuple(role.grant for role in self.roles),
            state=self.state,
            program=program,
        )


def state_of(must_change: bool, second_factor_due: bool, consents_due: bool) -> State:
    """What comes first at a login: password, second factor, texts."""
    if must_change:
        return "change_password"
    if second_factor_due:
        return "enrol_otp"
    return "consent" if consents_due else "ready"


def is_staff(roles: Iterable[Role]) -> bool:
    return any(role in STAFF for role in roles)


async def roles_of(db: AsyncSession, user: str) -> tuple[HeldRole, ...]:
    rows = await db.scalars(select(RoleRow).where(RoleRow.user == user).order_by(RoleRow.id))
    return tuple(held(row) for row in rows)


def held(row: RoleRow) -> HeldRole:
    assert row.role in ROLES and row.scope_kind in SCOPE_KINDS
    return HeldRole(row.id, Grant(row.role, Scope(row.scope_kind, row.scope)))


async def load_person(db: AsyncSession, user: str, require_two_factor: bool) -> Person | None:
    """An account that is not disabled."""
    row = await db.get(UserRow, user)
    if row is None or row.disabled:
        return None
    roles = await roles_of(db, user)
    accepted = await db.execute(select(ConsentRow.text, ConsentRow.version).where(ConsentRow.user == user))
    have = {(text, version) for text, version in accepted}
    second_factor_due = (
        require_two_factor and not row.otp_secret and is_staff(held.grant.role for held in roles)
    )
    return Person(
        id=row.id,
        kind="account",
        login=row.login,
        name=row.name,
        language=row.language,
        theme=cast(Theme, row.theme),
        roles=roles,
        state=state_of(
            row.must_change,
            second_factor_due,
            any((name, texts()[name].version) not in have for name in REQUIRED),
        ),
        two_factor=bool(row.otp_secret),
    )


async def load_guest(db: AsyncSession, guest: str, now: int) -> Person | None:
    """A guest whose link still holds at session time `now` (microseconds)."""
    row = await db.get(GuestRow, guest)
    link = await db.get(GuestLinkRow, row.link) if row else None
    if row is None or link is None or link.withdrawn or link.expires <= now:
        return None
    assert link.role in ROLES
    grant = Grant(link.role, Scope("lesson", link.lesson))
    return Person(
        id=row.id,
        kind="guest",
        login="",
        name=row.name,
        language=row.language,
        theme="system",
        roles=(HeldRole(link.id, grant),),
        state="ready",
        two_factor=False,
        lesson=link.lesson,
    )
