"""The own sessions and the own tokens for programs: list, make, end."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from server.people.logins import Logins
from server.people.profiles import MAX_TOKEN_DAYS, Profiles
from server.web.registry import route
from server.web.request import Request


class SessionView(Struct):
    """Times are ISO 8601 in UTC. `current`: the one asking."""

    id: str
    created: str
    seen: str
    expires: str
    address: str
    agent: str
    current: bool


class SessionViews(Struct):
    items: list[SessionView]


class NewToken(Struct):
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    days: Annotated[int, Meta(ge=1, le=MAX_TOKEN_DAYS)]


class TokenView(Struct):
    id: str
    name: str
    created: str
    expires: str


class TokenViews(Struct):
    items: list[TokenView]


class MadeToken(Struct):
    """`token` is shown once."""

    id: str
    token: str
    expires: str


def at(seconds: int) -> str:
    """Real time in seconds as ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@route("GET", "/api/v1/me/sessions", action="me.sessions")
async def list_sessions(request: Request) -> SessionViews:
    """Where the account is logged in."""
    rows = await request.house.part(Profiles).sessions(request.actor.id)
    return SessionViews(
        [
            SessionView(
                row.id,
                at(row.created),
                at(row.seen),
                at(row.expires),
                row.address,
                row.agent,
                row.id == request.session,
            )
            for row in rows
        ]
    )


@route("DELETE", "/api/v1/me/sessions/{id}", action="me.sessions")
async def end_session(request: Request) -> None:
    """End one login, and the WebSockets that stand on it."""
    await request.house.part(Logins).end(request.actor.id, request.actor.id, request.object_id)


@route("GET", "/api/v1/me/tokens", action="me.tokens")
async def list_tokens(request: Request) -> TokenViews:
    """The account's tokens for programs, without their secrets."""
    rows = await request.house.part(Profiles).tokens(request.actor.id)
    return TokenViews([TokenView(row.id, row.name, at(row.created), at(row.expires)) for row in rows])


@route("POST", "/api/v1/me/tokens", action="me.tokens", status=201)
async def make_token(request: Request, body: NewToken) -> MadeToken:
    """Make a token for a program; it has the account's rights but cannot touch its logins."""
    row, secret = await request.house.part(Profiles).make_token(request.actor.id, body.name, body.days)
    return MadeToken(row.id, secret, at(row.expires))


@route("DELETE", "/api/v1/me/tokens/{id}", action="me.tokens")
async def revoke_token(request: Request) -> None:
    """Revoke a token."""
    await request.house.part(Profiles).revoke_token(request.actor.id, request.object_id)
