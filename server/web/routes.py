"""The house's own routes: alive, ready, counters, description of the API, the authority's certificate."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from server.errors import ApiError
from server.web.metrics import Metrics
from server.web.openapi import describe
from server.web.registry import route, routes
from server.web.request import Request

log = logging.getLogger(__name__)

API_VERSION = "1"
CHECK_SECONDS = 2.0


class Health(msgspec.Struct):
    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct):
    """`checks` says by name what works."""

    status: Literal["ready", "starting"]
    checks: dict[str, bool]


@route("GET", "/healthz", action="house.health")
async def health(request: Request) -> Health:
    """Answers as long as the process runs."""
    return Health()


@route("GET", "/readyz", action="house.health")
async def ready(request: Request) -> web.Response:
    """200 when every check passes, else 503; the body says which one does not."""
    checks = {name: await _passes(name, check) for name, check in request.house.checks.items()}
    good = all(checks.values())
    body = Readiness("ready" if good else "starting", checks)
    return web.Response(
        body=msgspec.json.encode(body), status=200 if good else 503, content_type="application/json"
    )


async def _passes(name: str, check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return bool(await check())
    except Exception as error:
        log.warning("not ready: %s: %s", name, error)
        return False


@route("GET", "/metrics", action="house.metrics")
async def metrics(request: Request) -> web.Response:
    """Counters for Prometheus."""
    response = web.Response(body=request.house.part(Metrics).text())
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    return response


@route("GET", "/api/openapi.json", action="house.describe")
async def openapi(request: Request) -> web.Response:
    """This description."""
    return web.Response(
        body=msgspec.json.encode(describe(routes(), API_VERSION)), content_type="application/json"
    )


@route("GET", "/ca.crt", action="house.client")
async def authority(request: Request) -> web.Response:
    """The certificate of the local authority, for devices that are to trust this server."""
    path = request.house.settings.data / "tls" / "ca.crt"
    try:
        body = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise ApiError("route.unknown", 404) from None
    response = web.Response(body=body, content_type="application/x-x509-ca-cert")
    response.headers["Content-Disposition"] = 'attachment; filename="sabak-ca.crt"'
    return response
