"""The registry of HTTP routes and WebSocket messages: what is served, with which action and which shapes.

Flows in: `@route` and `@message` on the handlers of every room, at import. Flows out: specs, from which
the application is built, bodies are decoded, the API description and the permission test are made::

    @route("PATCH", "/api/v1/lessons/{id}", action="lesson.edit", target="lesson")
    async def edit_lesson(request: Request, body: LessonChange) -> LessonView: ...

The shapes are read from the annotations: a parameter `body` is the JSON body, `query` the query string
(both msgspec Structs), the return annotation is the answer: a msgspec type, None for 204, or an
aiohttp response for what is not JSON. `target` names the kind of object whose id is `{id}` in the path
(another name: `key`); the judge is asked about exactly that object before the body is read.
"""

import inspect
import re
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec
from aiohttp import web

from server.permissions.registry import Undeclared, declare

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

BODY_LIMIT = 1024 * 1024
"""Bytes of a request body unless its route says otherwise."""

MESSAGE_LIMIT = 256 * 1024
"""Bytes of one WebSocket message; an offer with every slot is about 40 kB."""

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True)
class RouteSpec:
    """One HTTP route. `body`, `query` and `answer` are None where there is none.

    raw: the handler reads the body itself (WHIP's SDP, uploads); `limit` still holds.
    csrf: false only where the caller proves itself otherwise than by the cookie.
    cors: pages of other sites may call it with a token of their own (RFC 9725 section 4.2).
    """

    method: Method
    path: str
    action: str
    target: str
    key: str
    narrows: bool
    handler: Callable[..., Awaitable[Any]]
    body: type[msgspec.Struct] | None
    query: type[msgspec.Struct] | None
    answer: Any
    limit: int
    status: int
    raw: bool
    csrf: bool
    cors: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_socket(self) -> bool:
        """Whether the route opens a WebSocket, so that its Origin is checked though it is a GET."""
        return inspect.isclass(self.answer) and issubclass(self.answer, web.WebSocketResponse)


@dataclass(frozen=True)
class MessageSpec:
    """One request of the class WebSocket. `body` holds the fields beside ``type`` and ``id``."""

    name: str
    action: str
    target: str
    handler: Callable[..., Awaitable[Any]]
    body: type[msgspec.Struct]
    answer: Any


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a message that has no fields of its own."""


_routes: dict[tuple[str, str], RouteSpec] = {}
_messages: dict[str, MessageSpec] = {}


def route(
    method: Method,
    path: str,
    *,
    action: str,
    target: str = "",
    key: str = "id",
    narrows: bool = False,
    limit: int = BODY_LIMIT,
    status: int = 200,
    raw: bool = False,
    csrf: bool = True,
    cors: bool = False,
) -> Callable[[F], F]:
    """Declare an HTTP route.

    Without `target` the caller needs the action for the whole university, unless `narrows` says that
    the handler itself narrows by `request.reach()` and the caller's relations.

    Raises:
        Undeclared: unknown action, route declared twice, or `{key}` missing from the path.
    """

    def register(handler: F) -> F:
        if target and f"{{{key}}}" not in path:
            raise Undeclared(f"{method} {path}: no {{{key}}} to find the {target} by")
        declare("route", f"{method} {path}", action, target, narrows)
        hints = typing.get_type_hints(handler)
        answer = hints.get("return")
        _routes[method, path] = RouteSpec(
            method=method,
            path=path,
            action=action,
            target=target,
            key=key,
            narrows=narrows,
            handler=handler,
            body=_struct(handler, hints, "body"),
            query=_struct(handler, hints, "query"),
            answer=None if answer is NoneType else answer,
            limit=limit,
            status=status,
            raw=raw,
            csrf=csrf,
            cors=cors,
        )
        return handler

    return register


def message(type: str, *, action: str, target: str = "lesson") -> Callable[[F], F]:  # noqa: A002
    """Declare a WebSocket message; the handler is ``async (seat, body) -> Struct | None``.

    Raises:
        Undeclared: unknown action, or the type is declared twice.
    """

    def register(handler: F) -> F:
        declare("message", type, action, target)
        hints = typing.get_type_hints(handler)
        answer = hints.get("return")
        _messages[type] = MessageSpec(
            name=type,
            action=action,
            target=target,
            handler=handler,
            body=_struct(handler, hints, "body") or Nothing,
            answer=None if answer is NoneType else answer,
        )
        return handler

    return register


def routes() -> list[RouteSpec]:
    """Every route declared so far, fixed paths before those with parameters."""
    return sorted(_routes.values(), key=lambda spec: (spec.path.count("{"), spec.path, spec.method))


def messages() -> Mapping[str, MessageSpec]:
    return _messages


def is_plain(answer: Any) -> bool:
    """Whether the answer is no JSON but a response of aiohttp."""
    return inspect.isclass(answer) and issubclass(answer, web.StreamResponse)


def parameters(path: str) -> list[str]:
    """The names in braces, in order."""
    return re.findall(r"\{([a-z_]+)(?::[^}]*)?\}", path)


NoneType = type(None)


def _struct(handler: Callable[..., Any], hints: Mapping[str, Any], name: str) -> type[msgspec.Struct] | None:
    kind = hints.get(name)
    if kind is None:
        return None
    assert inspect.isclass(kind) and issubclass(kind, msgspec.Struct), (
        f"{handler.__qualname__}: {name} must be a msgspec Struct"
    )
    return kind
