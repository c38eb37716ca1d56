"""Reading what clients send: bounded, checked for type and shape, each refusal with a code.

Flows in: an aiohttp request and the Struct its route wants. Flows out: the Struct, or an ApiError:
`body.type` 415, `body.too_large` 413, `body.slow` 408, `body.malformed` 400 (no JSON), `body.invalid`
422 (JSON of another shape; details name the place), `query.invalid` 422.
"""

import asyncio
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from aiohttp import web

from server.errors import ApiError

S = TypeVar("S", bound=msgspec.Struct)

SLOW = 30.0
"""Seconds in which a body must have come."""

MAX_QUERY = 4096
"""Characters of a query string."""


async def read_body(http: web.Request, limit: int) -> bytes:
    """The body, never more than `limit` bytes of it in memory.

    Raises:
        ApiError: `body.too_large`, `body.slow`, `body.type` for compressed bodies.
    """
    if http.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ApiError("body.type", 415, expected="identity")
    if http.content_length is not None and http.content_length > limit:
        raise ApiError("body.too_large", 413, limit=limit)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(SLOW):
            async for part in http.content.iter_any():
                size += len(part)
                if size > limit:
                    raise ApiError("body.too_large", 413, limit=limit)
                parts.append(part)
    except TimeoutError:
        raise ApiError("body.slow", 408) from None
    except (web.PayloadAccessError, ValueError):
        raise ApiError("body.malformed", 400) from None
    return b"".join(parts)


def check_json(content_type: str) -> None:
    """Raises:
    ApiError: `body.type`; also the reason why a foreign form cannot post to us without a preflight.
    """
    if content_type != "application/json":
        raise ApiError("body.type", 415, expected="application/json")


def decode_json(data: bytes | str, kind: type[S]) -> S:
    """JSON bytes to a Struct, strictly: no unknown fields, no guessing of types.

    Raises:
        ApiError: `body.malformed` or `body.invalid`.
    """
    try:
        found = msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise ApiError("body.invalid", 422, problem=str(error)[:300]) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ApiError("body.malformed", 400) from None
    _refuse_unknown(data, kind)
    return found


def decode_query(pairs: Iterable[tuple[str, str]], kind: type[S]) -> S:
    """The query string to a Struct; numbers and booleans are read from their text, `a=1&a=2` is refused.

    Raises:
        ApiError: `query.invalid`.
    """
    given: dict[str, str] = {}
    fields = set(kind.__struct_encode_fields__)
    for name, value in pairs:
        if name in given or name not in fields:
            raise ApiError("query.invalid", 422, problem=name[:100])
        given[name] = value
    try:
        return msgspec.convert(given, type=kind, strict=False)
    except msgspec.ValidationError as error:
        raise ApiError("query.invalid", 422, problem=str(error)[:300]) from None


def _refuse_unknown(data: bytes | str, kind: type[msgspec.Struct]) -> None:
    """Top-level fields the Struct does not know, whether or not it says `forbid_unknown_fields`."""
    if kind.__struct_config__.array_like or kind.__struct_config__.forbid_unknown_fields:
        return
    given = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    known = set(kind.__struct_encode_fields__)
    if kind.__struct_config__.tag_field:
        known.add(kind.__struct_config__.tag_field)
    for name in given:
        if name not in known:
            raise ApiError("body.invalid", 422, problem=f"unknown field {name[:100]}")
