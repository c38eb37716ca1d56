"""Answers: JSON, errors with a code and a sentence, and what every response carries for safety.

Flows in: a value or an error. Flows out: an aiohttp response. An exception that nobody foresaw becomes
500 `server.failed` with an incident number; the traceback goes to the log under the same number and
never to the client.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from server.errors import ApiError, ServerError, TraceError
from server.ids import new_id
from server.web.catalogue import sentence

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "worker-src 'self' blob:",
        "connect-src {connect}",
        "frame-src {frames}",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

FIXED_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
        "screen-wake-lock=(self), geolocation=(), payment=(), usb=()"
    ),
}

HSTS = "max-age=31536000"
"""Only under TLS; without includeSubDomains, since the university's other hosts are not ours."""


class ErrorBody(msgspec.Struct):
    code: str
    message: str
    details: dict[str, Any]


class ErrorAnswer(msgspec.Struct):
    """What every refusal looks like."""

    error: ErrorBody


def as_json(value: Any, status: int = 200) -> web.Response:
    response = web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json", charset="utf-8"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def as_error(error: ApiError, language: str) -> web.Response:
    """The response to an ApiError; 429 and 503 carry Retry-After when the details name the seconds."""
    body = ErrorBody(error.code, sentence(error.code, language), error.details)
    response = as_json(ErrorAnswer(body), error.status)
    response.headers["Content-Language"] = language
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in error.details:
        response.headers["Retry-After"] = str(error.details["retry_after"])
    return response


def as_api_error(error: Exception, where: str) -> ApiError:
    """What a client is told about an exception from below a route or a message."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, TraceError):
        if error.code == "trace.key_reused":
            return ApiError(error.code, 409)
        log.error("%s: %s: %s", where, error.code, error.message)
        return ApiError("server.busy", 503, retry_after=2)
    incident = new_id()
    code = error.code if isinstance(error, ServerError) else type(error).__name__
    log.error("incident %s in %s: %s", incident, where, code, exc_info=error)
    return ApiError("server.failed", 500, incident=incident)


def as_http_error(error: web.HTTPException, path: str, is_known: Callable[[str], bool]) -> ApiError:
    """What aiohttp itself refuses: no such path, wrong method, too large. `is_known`: whether a route
    other than the client's catch-all serves the path, else a POST to nowhere would seem half right."""
    match error:
        case web.HTTPMethodNotAllowed() if error.allowed_methods <= {"GET", "HEAD"} and not is_known(path):
            return ApiError("route.unknown", 404)
        case web.HTTPMethodNotAllowed():
            return ApiError("route.method", 405, allowed=sorted(error.allowed_methods))
        case web.HTTPRequestEntityTooLarge():
            return ApiError("body.too_large", 413)
        case web.HTTPNotFound():
            return ApiError("route.unknown", 404)
        case _:
            return ApiError("request.bad", error.status if error.status >= 400 else 400)


def protect(response: web.StreamResponse, secure: bool, host: str, frames: Sequence[str] = ()) -> None:
    """Put the safety headers on any response, files and WebSocket handshakes included.

    `frames`: origins whose pages may stand inside of ours.
    """
    headers = response.headers
    for name, value in FIXED_HEADERS.items():
        headers.setdefault(name, value)
    headers["Server"] = "Sabak"
    connect = f"'self' {'wss' if secure else 'ws'}://{host}" if _plain_host(host) else "'self'"
    policy = CONTENT_SECURITY_POLICY.format(connect=connect, frames=" ".join(frames) or "'none'")
    headers.setdefault("Content-Security-Policy", policy)
    if secure:
        headers.setdefault("Strict-Transport-Security", HSTS)


def open_to_pages(response: web.StreamResponse) -> None:
    """Let pages of other sites read this answer (Fetch, CORS). They must bring a token: cookies do not
    count, since no Access-Control-Allow-Credentials is given."""
    response.headers.setdefault("Access-Control-Allow-Origin", "*")
    response.headers.setdefault(
        "Access-Control-Expose-Headers", "Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch"
    )


def _plain_host(host: str) -> bool:
    """Whether a Host header may be repeated in a policy: letters, digits, dots, colons, brackets."""
    return 0 < len(host) <= 260 and all(c.isascii() and (c.isalnum() or c in ".-:[]") for c in host)
