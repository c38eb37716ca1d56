"""The entry and its chain, pure: which bytes are hashed and how. docs/trace.md is its contract.

In flow the fields of an entry and the bytes of its data, out flow the commitment (HMAC-SHA256 of the
data under a random key of its own) and the entry's hash, which covers every field and the hash of the
entry before. Erasing data and key leaves the commitment, and so the chain, as they were.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import Any

MAGIC = b"sabak.trace.1\0"
GENESIS = bytes(32)
"""`prev` of the first entry."""

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trace.

    `seq` counts from 1 without gaps, `session_seq` likewise within `session` ("" for the house's own
    entries). `time` is session time in microseconds since 1970 UTC, `mono` the machine's monotonic
    clock in microseconds. `commit`, `prev` and `hash` are 32 bytes.
    """

    seq: int
    session: str
    session_seq: int
    time: int
    mono: int
    actor: str
    kind: str
    commit: bytes
    prev: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry with what it says.

    `data` is what JSON gives back (dicts, lists, strings, numbers), or None once erased. `result` is
    what `work` returned; None when read back or repeated. `repeat`: the idempotency key was known, and
    this is the entry of the first time.
    """

    entry: Entry
    data: Any
    result: Any = None
    repeat: bool = False


def commitment(key: bytes, idem: str, data: bytes) -> bytes:
    """HMAC-SHA256 under `key` of the idempotency key, with its length, and the data."""
    name = idem.encode()
    return hmac.digest(key, struct.pack(">H", len(name)) + name + data, "sha256")


def canonical(
    seq: int,
    session: str,
    session_seq: int,
    time: int,
    mono: int,
    actor: str,
    kind: str,
    commit: bytes,
    prev: bytes,
) -> bytes:
    """The bytes that `hash` is the SHA-256 of: fixed numbers, then the texts with their lengths."""
    texts = (session.encode(), actor.encode(), kind.encode())
    return b"".join(
        (
            MAGIC,
            struct.pack(">QQqq", seq, session_seq, time, mono),
            *(struct.pack(">H", len(text)) + text for text in texts),
            commit,
            prev,
        )
    )


def link(
    seq: int,
    session: str,
    session_seq: int,
    time: int,
    mono: int,
    actor: str,
    kind: str,
    commit: bytes,
    prev: bytes,
) -> Entry:
    """The entry of these fields, with its hash."""
    fields = canonical(seq, session, session_seq, time, mono, actor, kind, commit, prev)
    digest = hashlib.sha256(fields).digest()
    return Entry(seq, session, session_seq, time, mono, actor, kind, commit, prev, digest)


def expected_hash(entry: Entry) -> bytes:
    """The hash that `entry` must have by its other fields."""
    return hashlib.sha256(
        canonical(
            entry.seq,
            entry.session,
            entry.session_seq,
            entry.time,
            entry.mono,
            entry.actor,
            entry.kind,
            entry.commit,
            entry.prev,
        )
    ).digest()


def key_digest(session: str, actor: str, key: str) -> bytes:
    """What `trace_keys` stores for an idempotency key: unique per session and actor."""
    texts = (session.encode(), actor.encode(), key.encode())
    return hashlib.sha256(b"".join(struct.pack(">H", len(text)) + text for text in texts)).digest()
