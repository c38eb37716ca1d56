"""Who a token belongs to: the seam between web and people, the cookies, and the CSRF proof.

Flows in: the Authorization header or the cookie. Flows out: a `Credential`, which the gate of people
turns into an `Identity`. The CSRF value is a hash of the session token, so it proves knowledge of the
readable cookie of this very login and needs no store.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import msgspec

from server.permissions import Actor

SESSION_COOKIE = "sabak_session"
CSRF_COOKIE = "sabak_csrf"
CSRF_HEADER = "X-Sabak-CSRF"

MAX_TOKEN = 200
"""Characters; ours have 50. Longer ones are not even hashed."""


class Credential(NamedTuple):
    """A token as it came. `cookie`: it came by itself, so CSRF must be proven."""

    token: str
    cookie: bool


class Identity(msgspec.Struct, frozen=True):
    """Somebody who is logged in. `session` is empty for a program's token."""

    actor: Actor
    session: str
    name: str
    language: str


class Gate(Protocol):
    """What people offers to web."""

    async def identify(self, token: str) -> Identity | None:
        """Whose token this is; None when it is unknown, expired or revoked."""


def credential(headers: Mapping[str, str], cookies: Mapping[str, str]) -> Credential | None:
    """The token of a request; a program's header goes before a browser's cookie."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() == "bearer" and 0 < len(token) <= MAX_TOKEN:
        return Credential(token, cookie=False)
    token = cookies.get(SESSION_COOKIE, "")
    if 0 < len(token) <= MAX_TOKEN:
        return Credential(token, cookie=True)
    return None


def csrf_of(token: str) -> str:
    """The value of the readable cookie that goes with a session token."""
    return hashlib.sha256(b"sabak csrf\0" + token.encode()).hexdigest()[:32]


def csrf_proven(token: str, header: str) -> bool:
    return hmac.compare_digest(csrf_of(token).encode(), header.encode(errors="replace"))
