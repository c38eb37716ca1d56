"""Finding accounts: by name or login, role and group, page by page, within what the searcher may see.

Flows in: the query and the scopes the actor reaches. Flows out: views, and the id to go on after. An
actor of a faculty sees accounts that hold a role somewhere inside it.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.people.person import held
from server.people.tables import RoleRow, UserRow
from server.permissions import UNIVERSITY, Scope, enclosing
from server.permissions.model import SCOPE_KINDS
from server.permissions.relations import members, scope_name

MAX_PAGE = 200


class UserRole(msgspec.Struct):
    id: str
    role: str
    scope_kind: str
    scope: str
    scope_name: str


class UserView(msgspec.Struct):
    id: str
    login: str
    name: str
    email: str
    phone: str
    disabled: bool
    two_factor: bool
    must_change: bool
    roles: list[UserRole]


class UserPage(msgspec.Struct):
    """`next` goes into `after` of the next call; empty at the end."""

    items: list[UserView]
    next: str


async def search(
    house: House,
    reach: frozenset[Scope],
    query: str = "",
    role: str = "",
    group: str = "",
    after: str = "",
    limit: int = 50,
) -> UserPage:
    """One page in the order of ids, which is the order of making."""
    statement = select(UserRow).where(UserRow.id > after).order_by(UserRow.id)
    for word in query.casefold().split()[:8]:
        statement = statement.where(UserRow.searched.contains(word, autoescape=True))
    if role:
        statement = statement.where(UserRow.id.in_(select(RoleRow.user).where(RoleRow.role == role)))
    if group:
        statement = statement.where(UserRow.id.in_(await members(house, Scope("group", group))))
    async with house.store.read() as db:
        if UNIVERSITY not in reach:
            inside = await _inside(house, db, reach)
            statement = statement.where(UserRow.id.in_(select(RoleRow.user).where(inside)))
        rows = list(await db.scalars(statement.limit(min(limit, MAX_PAGE) + 1)))
        shown = rows[: min(limit, MAX_PAGE)]
        views = await _views(house, db, shown)
    return UserPage(views, shown[-1].id if len(rows) > len(shown) else "")


async def view(house: House, user: str) -> UserView | None:
    async with house.store.read() as db:
        row = await db.get(UserRow, user)
        return (await _views(house, db, [row]))[0] if row else None


async def scopes_of_user(house: House, db: AsyncSession, user: str) -> frozenset[Scope]:
    """Every scope in which the account holds a role, and those around them."""
    found: frozenset[Scope] = frozenset()
    for row in await db.scalars(select(RoleRow).where(RoleRow.user == user)):
        found |= await enclosing(house, held(row).grant.scope)
    return found


async def _inside(house: House, db: AsyncSession, reach: frozenset[Scope]) -> ColumnElement[bool]:
    """Which rows of roles lie within `reach`: each scope in use is asked what holds it."""
    parts: list[ColumnElement[bool]] = []
    used = select(RoleRow.scope_kind, RoleRow.scope).distinct()
    for kind, identifier in await db.execute(used):
        if kind in SCOPE_KINDS and reach & await enclosing(house, Scope(kind, identifier)):
            parts.append((RoleRow.scope_kind == kind) & (RoleRow.scope == identifier))
    return or_(*parts) if parts else false()


async def _views(house: House, db: AsyncSession, rows: Sequence[UserRow]) -> list[UserView]:
    ids = [row.id for row in rows]
    roles: dict[str, list[UserRole]] = {user: [] for user in ids}
    names: dict[Scope, str] = {}
    for row in await db.scalars(select(RoleRow).where(RoleRow.user.in_(ids)).order_by(RoleRow.id)):
        scope = held(row).grant.scope
        if scope not in names:
            names[scope] = await scope_name(house, scope)
        roles[row.user].append(UserRole(row.id, row.role, row.scope_kind, row.scope, names[scope]))
    return [
        UserView(
            id=row.id,
            login=row.login,
            name=row.name,
            email=row.email,
            phone=row.phone,
            disabled=row.disabled,
            two_factor=bool(row.otp_secret),
            must_change=row.must_change,
            roles=roles[row.id],
        )
        for row in rows
    ]
