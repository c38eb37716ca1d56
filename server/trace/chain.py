"""The entry and its chain, pure: which bytes are hashed and how. docs/trace.md is its contract.

In flow the fields of an entry and the bytes of its data, out flow the commitment (HMAC-SHA256 of the
data under a random key of its own), the body (SHA-256 of every field) and the entry's hash, which
covers body and the hash of the entry before. Erasing data and key leaves the commitment, and so the
chain, as they were; a slice for somebody gives the entries that are not theirs as bodies only.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import Any

BODY = b"sabak.entry.2\0"
LINK = b"sabak.link.2\0"
FIRST = b"sabak.trace.1\0"
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


def body_of(
    seq: int, session: str, session_seq: int, time: int, mono: int, actor: str, kind: str, commit: bytes
) -> bytes:
    """SHA-256 of everything an entry is but its place in the chain: fixed numbers, then the texts with
    their lengths. Who knows it can follow the chain and learns nothing of the entry, since `commit`
    cannot be guessed."""
    texts = (session.encode(), actor.encode(), kind.encode())
    return hashlib.sha256(
        b"".join(
            (
                BODY,
                struct.pack(">QQqq", seq, session_seq, time, mono),
                *(struct.pack(">H", len(text)) + text for text in texts),
                commit,
            )
        )
    ).digest()


def joined(body: bytes, prev: bytes) -> bytes:
    """The hash of the entry with this body behind the entry with the hash `prev`."""
    return hashlib.sha256(LINK + body + prev).digest()


def first_form(entry: Entry) -> bytes:
    """The hash by the first form of the chain, which trial data folders of 2026 hold: one SHA-256 over
    everything, so that an entry could not be left out of a slice without its columns."""
    texts = (entry.session.encode(), entry.actor.encode(), entry.kind.encode())
    numbers = struct.pack(">QQqq", entry.seq, entry.session_seq, entry.time, entry.mono)
    lengths = (struct.pack(">H", len(text)) + text for text in texts)
    return hashlib.sha256(b"".join((FIRST, numbers, *lengths, entry.commit, entry.prev))).digest()


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
    body = body_of(seq, session, session_seq, time, mono, actor, kind, commit)
    return Entry(seq, session, session_seq, time, mono, actor, kind, commit, prev, joined(body, prev))


def body_of_entry(entry: Entry) -> bytes:
    """`body_of` the fields of `entry`."""
    return body_of(
        entry.seq,
        entry.session,
        entry.session_seq,
        entry.time,
        entry.mono,
        entry.actor,
        entry.kind,
        entry.commit,
    )


def key_digest(session: str, actor: str, key: str) -> bytes:
    """What `trace_keys` stores for an idempotency key: unique per session and actor."""
    texts = (session.encode(), actor.encode(), key.encode())
    return hashlib.sha256(b"".join(struct.pack(">H", len(text)) + text for text in texts)).digest()
