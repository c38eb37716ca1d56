"""Passwords: what is accepted (pure), one-time ones, and argon2id hashing off the event loop (R25).

Flows in: a new password with the account's login and name, or one to check. Flows out: an ApiError that
says what is wrong, or a hash. Hashing takes tens of milliseconds and 64 MiB, so it runs in threads, few
at a time, with a bounded queue: a storm of logins slows logins down and nothing else.
"""

import asyncio
import functools
import itertools
import secrets
from collections.abc import Callable
from importlib import resources
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.errors import ApiError

R = TypeVar("R")

LONGEST = 128
"""Characters; argon2 would take more, a browser's password manager does not."""

MAX_WAITING = 256
"""Checks that may wait for their turn: about 20 s of work on two cores."""

ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No i, l, o, 0, 1: the slip is printed and typed in by hand."""


def check(password: str, login: str, name: str, least: int) -> None:
    """Judge a new password.

    Raises:
        ApiError: 422 `password.short` (details: least), `password.long`, `password.personal` (it holds
            the login or a part of the name), `password.common` (on the list, one letter repeated, a row
            of neighbours), `password.characters`.
    """
    if len(password) < least:
        raise ApiError("password.short", 422, least=least)
    if len(password) > LONGEST:
        raise ApiError("password.long", 422, most=LONGEST)
    if not password.isprintable():
        raise ApiError("password.characters", 422)
    folded = password.casefold()
    own = [login.casefold(), *(part for part in name.casefold().split() if len(part) >= 4)]
    for part in own:
        rest = folded.replace(part, "", 1)
        if len(part) >= 3 and part in folded and (len(rest) < 6 or sum(map(str.isalpha, rest)) < 3):
            raise ApiError("password.personal", 422)
    stripped = folded.strip("0123456789!?.,-_ @#$*")
    if folded in common() or (stripped in common() and len(folded) - len(stripped) < 6):
        raise ApiError("password.common", 422)
    if len(set(folded)) < 4 or _is_row(folded):
        raise ApiError("password.common", 422)


@functools.cache
def common() -> frozenset[str]:
    """Passwords people choose first, ours among them; a short list of our own."""
    text = resources.files("server.people").joinpath("texts", "common_passwords.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def one_time() -> str:
    """A password for a slip: 12 letters and digits in threes, about 59 bits."""
    letters = [secrets.choice(ONE_TIME_ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[at : at + 3]) for at in range(0, 12, 3))


class Passwords:
    """Hashes and verifies. Parameters are RFC 9106's second choice (64 MiB, 3 passes) by default."""

    def __init__(self, memory_kib: int = 65536, passes: int = 3, at_once: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._turn = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, password)

    async def verify(self, stored: str, password: str) -> bool:
        """Whether the password is right; an empty `stored` costs the same time and is never right."""
        right = await self._run(self._verify, stored or self._nobody, password[: LONGEST + 1])
        return right and bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters and wants making anew."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., R], *arguments: str) -> R:
        """Run in a thread, in turn.

        Raises:
            ApiError: 503 `server.busy` when too many wait already.
        """
        if self._waiting >= MAX_WAITING:
            raise ApiError("server.busy", 503, retry_after=10)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1


_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзх",
    "фывапролдж",
    "ячсмитьбю",
)


def _is_row(text: str) -> bool:
    """A run along the keyboard or the alphabet, forth or back, perhaps repeated."""
    steps = 0
    for first, second in itertools.pairwise(text):
        steps += any(first + second in row or second + first in row for row in _ROWS) or first == second
    return steps >= len(text) - 2
