"""What waits for the writer: one request for each `record`, checked before it waits.

In flow the arguments of `record`, out flows a `Request` with the data already encoded, so that a
caller's mistake is the caller's exception and never the writer's.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.trace.chain import Recorded, key_digest

Work = Callable[[AsyncSession], Awaitable[Any]]

MAX_DATA = 256 * 1024
"""Bytes of JSON. An entry says what happened; files and texts of that size live elsewhere."""

MAX_NAME = 128
"""Characters of session, actor and idempotency key."""

_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_encoder = msgspec.json.Encoder(order="deterministic")


class WorkSession(AsyncSession):
    """The session handed to `work`: the transaction belongs to the writer."""

    async def commit(self) -> None:
        raise AssertionError("the writer commits; work only changes")

    async def rollback(self) -> None:
        raise AssertionError("raise an exception and the writer rolls back")

    async def keep(self) -> None:
        """Flush, and release the savepoint into the batch. For the writer."""
        await super().commit()

    async def undo(self) -> None:
        """Roll back to the savepoint. For the writer."""
        await super().rollback()


@dataclass(slots=True, eq=False)
class Request:
    """One waiting call. `kind` is empty for work without an entry. `digest` is empty without a key."""

    kind: str
    session: str
    actor: str
    key: str
    digest: bytes
    encoded: bytes
    data: Any
    time: int
    mono: int
    work: Work | None
    done: "asyncio.Future[Any]"

    def finish(self, outcome: Recorded | BaseException | Any) -> None:
        if self.done.done():
            return  # the caller was cancelled while waiting
        if isinstance(outcome, BaseException):
            self.done.set_exception(outcome)
        else:
            self.done.set_result(outcome)


def check_name(what: str, text: str) -> None:
    if len(text) > MAX_NAME or any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in text):
        raise ValueError(f"{what} is longer than {MAX_NAME} characters or holds control characters")


def request(
    kind: str,
    data: Any,
    *,
    session: str,
    actor: str,
    key: str,
    time: int,
    mono: int,
    work: Work | None,
    done: "asyncio.Future[Any]",
) -> Request:
    """A checked request.

    Raises:
        ValueError: a malformed kind, name or key, or data past `MAX_DATA`.
        TypeError: data that is not JSON.
    """
    if not _KIND.fullmatch(kind) or len(kind) > 64:
        raise ValueError(f"kind {kind!r} is not a dotted lower-case name of up to 64 characters")
    check_name("session", session)
    check_name("actor", actor)
    check_name("key", key)
    encoded = _encoder.encode(data)
    if len(encoded) > MAX_DATA:
        raise ValueError(f"{kind}: {len(encoded)} bytes of data, {MAX_DATA} are allowed")
    return Request(
        kind=kind,
        session=session,
        actor=actor,
        key=key,
        digest=key_digest(session, actor, key) if key else b"",
        encoded=encoded,
        data=msgspec.json.decode(encoded),
        time=time,
        mono=mono,
        work=work,
        done=done,
    )
