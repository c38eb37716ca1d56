"""What a handler gets: the request with who asks, for which object, in which language.

Flows in: aiohttp's request, judged already. Flows out: the path's parameters, the actor's reach, and
further questions to the judge for objects named in a body (`require`), each answered by passage or by
an ApiError.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from server.errors import ApiError
from server.house import House
from server.permissions import Actor, Scope, Standing, decide, reach, standing_to
from server.permissions.decide import Verdict
from server.web.registry import RouteSpec

FORBIDDEN = "permission.denied"
UNKNOWN = "object.unknown"


@dataclass(frozen=True)
class Request:
    """One judged request. `session` is the id of the login behind it, empty for programs and anyone."""

    http: web.Request
    house: House
    spec: RouteSpec
    actor: Actor
    session: str
    language: str
    address: str
    standing: Standing

    @property
    def path(self) -> Mapping[str, str]:
        """The parameters of the path by name."""
        return self.http.match_info

    @property
    def object_id(self) -> str:
        """The id of the route's object."""
        return self.http.match_info[self.spec.key]

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
            raise ApiError(f"login.{actor.state}", 403)
        case "denied":
            raise ApiError(FORBIDDEN, 403)
