"""Identifiers: short, sortable by time, made anywhere without asking anybody.

80 bits as 16 lower-case characters of Crockford's base 32 (no i, l, o, u, so that they survive
being read aloud): 48 bits of milliseconds since 1970, then 32 random bits. Ids of different
milliseconds sort by time, as text and in an index. They are names, not secrets: 32 bits can be
guessed, so nothing may be allowed because somebody knows an id.
"""

import secrets
import time
from typing import NewType

UserId = NewType("UserId", str)
LessonId = NewType("LessonId", str)
SessionId = NewType("SessionId", str)
"""One live class: what the trace calls `session`. A lesson opened twice has two."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16
_TIME_BITS = 48
_RANDOM_BITS = 32
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


def new_id() -> str:
    """A new identifier, such as ``06q3z6r1ah2k9vfe``."""
    return encode(time.time_ns() // 1_000_000, secrets.randbits(_RANDOM_BITS))


def encode(milliseconds: int, random: int) -> str:
    """The pure part of `new_id`: 48 bits of time and 32 random bits as 16 characters."""
    value = (milliseconds & ((1 << _TIME_BITS) - 1)) << _RANDOM_BITS | random
    return "".join(ALPHABET[value >> shift & 31] for shift in range(75, -1, -5))


def milliseconds(identifier: str) -> int:
    """When `identifier` was made, in ms since 1970.

    Raises:
        ValueError: it is not an identifier of this form.
    """
    if not is_id(identifier):
        raise ValueError("not an identifier")
    value = 0
    for letter in identifier:
        value = value << 5 | _VALUES[letter]
    return value >> _RANDOM_BITS


def is_id(text: str) -> bool:
    return len(text) == LENGTH and all(letter in _VALUES for letter in text)
