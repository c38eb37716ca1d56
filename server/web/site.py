"""The aiohttp application: every declared route behind dispatch, and the check that nothing else is served.

Flows in: the house, the gate of people, the declared routes. Flows out: a `web.Application` ready for a
runner. It refuses to start when a route was added past the registry or needs a resolver that no room
registered.
"""

from collections.abc import Iterable

from aiohttp import web

from server.house import House
from server.permissions import Undeclared
from server.permissions.registry import declared
from server.permissions.relations import known
from server.web import client
from server.web import routes as own_routes
from server.web.dispatch import Dispatch
from server.web.identity import Gate
from server.web.metrics import Metrics
from server.web.origin import networks
from server.web.registry import BODY_LIMIT, RouteSpec, routes

__all__ = ["check_declarations", "make_site"]

OWN = (client, own_routes)
"""Imported for their routes."""


def make_site(house: House, gate: Gate, specs: Iterable[RouteSpec] | None = None) -> web.Application:
    """The application. `specs` replaces the declared routes, for tests.

    Raises:
        Undeclared: see `check_declarations`.
    """
    served = list(routes() if specs is None else specs)
    dispatch = Dispatch(house, gate, house.part(Metrics), networks(house.settings.trusted_proxies))
    site = web.Application(
        middlewares=[dispatch.middleware()],
        client_max_size=BODY_LIMIT,
        handler_args={"max_line_size": 8190, "max_field_size": 8190, "access_log": None},
    )
    for spec in served:
        handler = dispatch.handler(spec)
        site.router.add_route(spec.method, spec.path, handler)
        if spec.method == "GET" and not spec.is_socket:
            site.router.add_route("HEAD", spec.path, handler)
    site.on_response_prepare.append(dispatch.prepare)
    check_declarations(site, served)
    return site


def check_declarations(site: web.Application, served: Iterable[RouteSpec]) -> None:
    """Raises:
    Undeclared: a served path is not in the registry, or an object has no resolver.
    """
    paths = {(spec.method, spec.path.replace(":.*}", "}")) for spec in served}
    for entry in site.router.routes():
        path = entry.resource.canonical if entry.resource else ""
        method = "GET" if entry.method == "HEAD" else entry.method
        if (method, path) not in paths:
            raise Undeclared(f"{entry.method} {path} is served without an action")
    for thing in declared():
        if thing.target and not known(thing.target):
            raise Undeclared(f"{thing.kind} {thing.name}: no room says how people stand to a {thing.target}")
