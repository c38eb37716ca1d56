"""What a handler gets: the request with who asks, for which object, in which language.

Flows in: aiohttp's request, judged already. Flows out: the path's parameters, the actor's reach, and
further questions to the judge for objects named in a body (`require`), each answered by passage or by
an ApiError; and the cookies of a login that begins or ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from server.errors import ApiError
from server.house import House
from server.permissions import Actor, Scope, Standing, decide, reach, standing_to
from server.permissions.decide import Verdict
from server.web.identity import CSRF_COOKIE, SESSION_COOKIE, csrf_of
from server.web.origin import Source
from server.web.registry import RouteSpec

FORBIDDEN = "permission.denied"
UNKNOWN = "object.unknown"


class Cookies:
    """The two cookies of a browser's login, kept until the response is there."""

    def __init__(self, secure: bool) -> None:
        self._secure = secure
        self._token: str | None = None
        self._seconds = 0

    def log_in(self, token: str, seconds: int) -> None:
        """Set both cookies for `seconds`."""
        self._token, self._seconds = token, seconds

    def log_out(self) -> None:
        self._token = ""

    def apply(self, response: web.StreamResponse) -> None:
        if self._token is None:
            return
        for name, value, hidden in (
            (SESSION_COOKIE, self._token, True),
            (CSRF_COOKIE, csrf_of(self._token) if self._token else "", False),
        ):
            response.set_cookie(
                name,
                value,
                max_age=self._seconds if self._token else 0,
                path="/",
                secure=self._secure,
                httponly=hidden,
                samesite="Lax",
            )


@dataclass(frozen=True)
class Request:
    """One judged request.

    session:   id of the login behind it, empty for programs and anyone.
    token:     what the caller proved themselves with; for rotation and the CSRF value.
    by_cookie: a browser's login.
    """

    http: web.Request
    house: House
    spec: RouteSpec
    actor: Actor
    session: str
    name: str
    language: str
    source: Source
    standing: Standing
    token: str = field(default="", repr=False)
    by_cookie: bool = False
    cookies: Cookies = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cookies", Cookies(self.source.secure))

    @property
    def path(self) -> Mapping[str, str]:
        """The parameters of the path by name."""
        return self.http.match_info

    @property
    def object_id(self) -> str:
        """The id of the route's object."""
        return self.http.match_info[self.spec.key]

    @property
    def address(self) -> str:
        """The client's IP address, "" when unknown."""
        return self.source.address

    def reach(self, action: str = "") -> frozenset[Scope]:
        """The scopes in which the actor may do `action` (the route's own if empty) as a stranger."""
        return reach(self.actor, action or self.spec.action)

    def require_standing(self, action: str, standing: Standing) -> None:
        """Judge an action on an object whose standing the caller knows, such as one about to be made.

        Raises:
            ApiError: 401 `login.required`, 403 `permission.denied` or what the account must settle.
        """
        refuse(self.actor, decide(self.actor, action, standing))

    async def require(self, action: str, kind: str, key: str) -> Standing:
        """Judge an action on another object.

        Raises:
            ApiError: as `require_standing`; 404 `object.unknown` when there is no such object.
        """
        standing = await standing_to(self.house, self.actor, kind, key)
        if standing is None:
            raise ApiError(UNKNOWN, 404, kind=kind)
        self.require_standing(action, standing)
        return standing


def refuse(actor: Actor, verdict: Verdict) -> None:
    """Turn a verdict into passage or an error.

    Raises:
        ApiError: 401 `login.required`; 403 `login.change_password`, `login.enrol_otp`, `login.consent`
            for what is to be settled first; 403 `permission.denied`.
    """
    match verdict:
        case "allowed":
            return
        case "login":
            raise ApiError("login.required", 401)
        case "settle":
            raise ApiError(SETTLE[actor.state], 403)
        case "denied":
            raise ApiError(FORBIDDEN, 403)


SETTLE: Mapping[str, str] = {
    "change_password": "login.change_password",
    "enrol_otp": "login.enrol_otp",
    "consent": "login.consent",
}
