"""The check of a chain, pure: rows in one after the other, the first bad place out.

Knows nothing of databases or files, and trusts no value to be of the type it should be: what it gets
may have been changed by anybody. docs/trace.md lists the findings and what each means.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from server.trace.chain import GENESIS, Entry, commitment, expected_hash, key_digest

ERASED = "trace.erased"
"""Kind of the entries that say which others were erased."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as stored, with data, idempotency key and commitment key, or None for all three.

    `digest` is the entry of the key table, b"" for none; None when the source has no such table.
    """

    entry: Entry
    data: bytes | None
    idem: str | None
    key: bytes | None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the chain is bad: the entry's number, a stable code and words."""

    seq: int
    code: str
    words: str


@dataclass(slots=True)
class Report:
    """`entries` were checked up to `head` (its hash); `erased` of them have no data any more."""

    entries: int = 0
    erased: int = 0
    head: bytes = GENESIS
    finding: Finding | None = None

    @property
    def good(self) -> bool:
        return self.finding is None


class _Erased(msgspec.Struct):
    ranges: list[tuple[int, int]]


@dataclass(slots=True)
class Verifier:
    """Feed every row in order, then `finish`. `known` is a head that somebody noted earlier."""

    known: tuple[int, bytes] | None = None
    report: Report = field(default_factory=Report)
    _sessions: dict[str, int] = field(default_factory=dict)
    _missing: list[Range] = field(default_factory=list)
    _declared: list[Range] = field(default_factory=list)

    def feed(self, row: Row) -> bool:
        """Check the next row. Returns False at the first bad one; feed no more then."""
        entry, seq = row.entry, self.report.entries + 1
        code, words = self._check(row, seq)
        if code:
            return self.bad(seq, code, words)
        self._sessions[entry.session] = entry.session_seq
        self.report.entries = seq
        self.report.head = entry.hash
        if row.data is None:
            self.report.erased += 1
            _extend(self._missing, seq)
        return True

    def bad(self, seq: int, code: str, words: str) -> bool:
        self.report.finding = Finding(seq, code, words)
        return False

    def finish(self) -> Report:
        """The report, after the last row."""
        if self.report.finding is not None:
            return self.report
        if self.known is not None and self.known[0] > self.report.entries:
            self.bad(
                self.report.entries + 1, "truncated", f"the known head {self.known[0]} is behind the end"
            )
            return self.report
        missing, declared = _merge(self._missing), _merge(self._declared)
        if missing != declared:
            first = _first_difference(missing, declared)
            if any(low <= first <= high for low, high in missing):
                self.bad(first, "data.missing", "its data is gone and no entry says that it was erased")
            else:
                self.bad(first, "data.back", "its data was erased and is there again")
        return self.report

    def _check(self, row: Row, seq: int) -> tuple[str, str]:
        entry = row.entry
        if not _is_typed(row):
            return "malformed", "a column holds a value of the wrong type or length"
        if entry.seq != seq:
            return "seq.gap", f"entry {entry.seq} stands where {seq} is expected"
        if entry.prev != self.report.head:
            return "chain.broken", "it does not name the hash of the entry before"
        try:
            if expected_hash(entry) != entry.hash:
                return "hash.wrong", "one of its columns was changed"
        except (struct.error, UnicodeEncodeError):
            return "hash.wrong", "one of its columns cannot be hashed"
        if entry.session_seq != self._sessions.get(entry.session, 0) + 1:
            return "session.gap", f"entry {entry.session_seq} of its session comes out of order"
        if self.known is not None and self.known[0] == seq and self.known[1] != entry.hash:
            return "head.differs", "its hash is not the one noted earlier"
        return self._check_data(row)

    def _check_data(self, row: Row) -> tuple[str, str]:
        entry, data, idem, key = row.entry, row.data, row.idem, row.key
        if data is None or idem is None or key is None:
            if row.digest:
                return "key.changed", "its data is gone and its idempotency key is not"
            return "", ""
        try:
            if commitment(key, idem, data) != entry.commit:
                return "data.changed", "its data, its idempotency key or its commitment key was changed"
        except (struct.error, UnicodeEncodeError):
            return "data.changed", "its idempotency key cannot be hashed"
        if row.digest is not None:
            wanted = key_digest(entry.session, entry.actor, idem) if idem else b""
            if row.digest != wanted:
                return "key.changed", "the table of idempotency keys does not agree with it"
        if entry.kind == ERASED:
            try:
                self._declared.extend(msgspec.json.decode(data, type=_Erased).ranges)
            except msgspec.MsgspecError:
                return "malformed", "it does not say which entries were erased"
        return "", ""


def _is_typed(row: Row) -> bool:
    entry = row.entry
    numbers = (entry.seq, entry.session_seq, entry.time, entry.mono)
    texts = (entry.session, entry.actor, entry.kind)
    hashes = (entry.commit, entry.prev, entry.hash)
    data = (row.data, row.idem, row.key)
    return (
        all(type(each) is int for each in numbers)
        and all(type(each) is str for each in texts)
        and all(type(each) is bytes and len(each) == 32 for each in hashes)
        and (
            data == (None, None, None)
            or (type(row.data) is bytes and type(row.idem) is str and type(row.key) is bytes)
        )
        and (row.digest is None or type(row.digest) is bytes)
    )


def _extend(ranges: list[Range], seq: int) -> None:
    if ranges and ranges[-1][1] == seq - 1:
        ranges[-1] = (ranges[-1][0], seq)
    else:
        ranges.append((seq, seq))


def to_ranges(seqs: Sequence[int]) -> list[Range]:
    """Sorted numbers as inclusive ranges."""
    ranges: list[Range] = []
    for seq in seqs:
        _extend(ranges, seq)
    return ranges


def _merge(ranges: Sequence[Any]) -> list[Range]:
    merged: list[Range] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _first_difference(one: list[Range], other: list[Range]) -> int:
    """The lowest number that is in one of two merged lists only."""
    for (low, high), (other_low, other_high) in zip(one, other, strict=False):
        if low != other_low:
            return min(low, other_low)
        if high != other_high:
            return min(high, other_high) + 1
    longer = max(one, other, key=len)
    return longer[min(len(one), len(other))][0]
