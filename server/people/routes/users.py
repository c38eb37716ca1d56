"""Accounts, for those who keep them: search, make, change, reset, roles (R26).

Besides the judge of each route, nobody touches an account that holds a role they could not give
themselves (`may_grant`): resetting the password of somebody above is no way up.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from sqlalchemy import select

from server.errors import ApiError
from server.people.accounts import Accounts, OneTime
from server.people.person import roles_of
from server.people.search import MAX_PAGE, UserPage, UserView, search, view
from server.people.tables import RoleRow
from server.permissions import Grant, Role, Scope, ScopeKind, enclosing, may_grant
from server.permissions.relations import scope_exists
from server.web.registry import route
from server.web.request import FORBIDDEN, UNKNOWN, Request

TEXT = Annotated[str, Meta(max_length=254)]


class UserQuery(Struct):
    query: Annotated[str, Meta(max_length=200)] = ""
    role: Annotated[str, Meta(max_length=32)] = ""
    group: Annotated[str, Meta(max_length=64)] = ""
    after: Annotated[str, Meta(max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 50


class NewRole(Struct):
    role: Role
    scope_kind: ScopeKind = "university"
    scope: Annotated[str, Meta(max_length=16)] = ""


class NewUser(Struct):
    login: TEXT
    name: TEXT
    roles: Annotated[list[NewRole], Meta(min_length=1, max_length=10)]
    email: TEXT = ""
    language: Literal["", "ky", "ru", "en"] = ""


class UserChange(Struct):
    login: TEXT | None = None
    name: TEXT | None = None
    email: TEXT | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    disabled: bool | None = None


class MadeRole(Struct):
    id: str


async def grant_of(request: Request, role: NewRole) -> Grant:
    """A role as asked for, after judging whether the actor may give it there.

    Raises:
        ApiError: 422 `role.scope` for a scope that does not exist or does not fit; 403.
    """
    scope = Scope(role.scope_kind, role.scope)
    if scope.kind == "lesson" or role.role == "guest":
        raise ApiError("role.scope", 422)
    if (scope.kind == "university") != (scope.id == ""):
        raise ApiError("role.scope", 422)
    if scope.id and not await scope_exists(request.house, scope):
        raise ApiError("role.scope", 422)
    if not may_grant(request.actor, role.role, await enclosing(request.house, scope)):
        raise ApiError(FORBIDDEN, 403)
    return Grant(role.role, scope)


async def check_above(request: Request, user: str) -> None:
    """Raises:
    ApiError: 403 when the account holds a role that the actor could not have given.
    """
    async with request.house.store.read() as db:
        roles = await roles_of(db, user)
    for held in roles:
        scopes = await enclosing(request.house, held.grant.scope)
        if not may_grant(request.actor, held.grant.role, scopes):
            raise ApiError(FORBIDDEN, 403)


async def shown(request: Request, user: str) -> UserView:
    found = await view(request.house, user)
    if found is None:
        raise ApiError(UNKNOWN, 404, kind="user")
    return found


@route("GET", "/api/v1/users", action="user.search", narrows=True)
async def list_users(request: Request, query: UserQuery) -> UserPage:
    """Search accounts within what the caller may see."""
    return await search(
        request.house,
        request.reach(),
        query.query,
        query.role,
        query.group,
        query.after,
        query.limit,
    )


@route("POST", "/api/v1/users", action="user.create", narrows=True, status=201)
async def create_user(request: Request, body: NewUser) -> OneTime:
    """Make an account; answers a one-time password for the slip, once."""
    roles = [await grant_of(request, role) for role in body.roles]
    return await request.house.part(Accounts).add(
        request.actor.id, body.login, body.name, roles, email=body.email, language=body.language
    )


@route("GET", "/api/v1/users/{id}", action="user.search", target="user")
async def read_user(request: Request) -> UserView:
    """One account."""
    return await shown(request, request.object_id)


@route("PATCH", "/api/v1/users/{id}", action="user.edit", target="user")
async def change_user(request: Request, body: UserChange) -> UserView:
    """Change or disable an account."""
    user, accounts = request.object_id, request.house.part(Accounts)
    await check_above(request, user)
    if body.disabled is not None:
        await request.require("user.disable", "user", user)
        if user == request.actor.id:
            raise ApiError("user.self", 409)
        await accounts.disable(request.actor.id, user, body.disabled)
    fields = {"login": body.login, "name": body.name, "email": body.email, "phone": body.phone}
    if any(value is not None for value in fields.values()):
        await accounts.change(request.actor.id, user, **fields)
    return await shown(request, user)


@route("POST", "/api/v1/users/{id}/reset", action="user.reset", target="user")
async def reset_user(request: Request) -> OneTime:
    """Give a one-time password for the slip; ends every login of the account."""
    if request.object_id == request.actor.id:
        raise ApiError("user.self", 409)
    await check_above(request, request.object_id)
    return await request.house.part(Accounts).reset(request.actor.id, request.object_id)


@route("POST", "/api/v1/users/{id}/roles", action="user.role", target="user", status=201)
async def give_role(request: Request, body: NewRole) -> MadeRole:
    """Give a role that the caller may give, in a scope within theirs."""
    grant = await grant_of(request, body)
    return MadeRole(await request.house.part(Accounts).grant(request.actor.id, request.object_id, grant))


@route("DELETE", "/api/v1/users/{id}/roles/{role_id}", action="user.role", target="user")
async def take_role(request: Request) -> None:
    """Take a role away; nobody takes their own admin role."""
    user, role = request.object_id, request.path["role_id"]
    async with request.house.store.read() as db:
        row = await db.scalar(select(RoleRow).where(RoleRow.id == role, RoleRow.user == user))
    if row is None:
        raise ApiError("role.unknown", 404)
    if user == request.actor.id:
        raise ApiError("user.self", 409)
    scope = Scope(row.scope_kind, row.scope)  # type: ignore[arg-type]
    if not may_grant(request.actor, row.role, await enclosing(request.house, scope)):  # type: ignore[arg-type]
        raise ApiError(FORBIDDEN, 403)
    await request.house.part(Accounts).revoke(request.actor.id, user, role)
