"""The check of a chain, pure: rows in one after the other, the first bad place out.

Knows nothing of databases or files, and trusts no value to be of the type it should be: what it gets
may have been changed by anybody. docs/trace.md lists the findings and what each means. `feed` is quick
for rows that are good, and looks again, slowly, at the first one that is not, to say what is wrong.
"""

import hashlib
import hmac
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from server.trace.chain import (
    BODY,
    GENESIS,
    LINK,
    Entry,
    body_of_entry,
    commitment,
    first_form,
    joined,
    key_digest,
)

ERASED = "trace.erased"
"""Kind of the entries that say which others were erased."""

Range = tuple[int, int]


class Row(NamedTuple):
    """One entry as stored, with data, idempotency key and commitment key, or None for all three.

    `digest` is the entry of the key table, b"" for none; None when the source has no such table.
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
    data: bytes | None
    idem: str | None
    key: bytes | None
    digest: bytes | None = None

    @property
    def entry(self) -> Entry:
        return Entry(*self[:10])


class Mark(NamedTuple):
    """What somebody else knows of entry `seq`, and what is wrong if it is not so.

    `digest` is the entry's hash, or of `receipt.entry` its commitment, made by `actor`; None: wrong in
    any case. `words` name the source.
    """

    seq: int
    code: str
    digest: bytes | None
    words: str
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the chain is bad: the entry's number, a stable code, words, and which fields."""

    seq: int
    code: str
    words: str
    field: str = ""


@dataclass(slots=True)
class Report:
    """`entries` were checked from `first` on, up to `head` (the last one's hash); `erased` of them have
    no data any more, of `hidden` only the hash is known. `signed`: a checkpoint covers up to here.
    `notes` are what could not be checked."""

    entries: int = 0
    erased: int = 0
    head: bytes = GENESIS
    finding: Finding | None = None
    first: int = 1
    hidden: int = 0
    signed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.finding is None

    @property
    def last(self) -> int:
        """Number of the last entry that was checked."""
        return self.first - 1 + self.entries


FIELDS = {
    "seq.gap": "seq",
    "chain.broken": "prev",
    "hash.wrong": "seq, session, session_seq, time, mono, actor, kind, commit or hash",
    "session.gap": "session_seq",
    "head.differs": "hash",
    "checkpoint.differs": "hash",
    "receipt.differs": "hash",
    "receipt.entry": "commit",
    "data.changed": "data, idem or key",
    "key.changed": "digest",
}
"""What may have been changed where a code is found."""


class _Erased(msgspec.Struct):
    ranges: list[tuple[int, int]]


class Verifier:
    """Feed every row in order, then `finish`.

    `part`: a slice, which may begin anywhere and leave entries out.
    """

    def __init__(
        self, marks: Iterable[Mark] = (), *, first: int = 1, prev: bytes = GENESIS, part: bool = False
    ) -> None:
        self.report = Report(first=first, head=prev)
        self._part = part
        self._marks: dict[int, list[Mark]] = {}
        for mark in marks:
            self._marks.setdefault(mark.seq, []).append(mark)
        self._sessions: dict[str, int] = {}
        self._missing: list[Range] = []
        self._declared: list[Range] = []

    def feed(self, rows: Iterable[Sequence[Any]]) -> bool:
        """Check the next rows. Returns False at the first bad one; feed no more then."""
        report, sessions, marks = self.report, self._sessions, self._marks
        sha256, digest_of, pack = hashlib.sha256, hmac.digest, struct.pack
        numbers, length, part = struct.Struct(">QQqq").pack, struct.Struct(">H").pack, self._part
        for row in rows:
            seq, session, session_seq, time, mono, actor, kind, commit, prev, own, data, idem, key, known = (
                row
            )
            try:
                one, two, three = session.encode(), actor.encode(), kind.encode()
                body = sha256(
                    BODY + numbers(seq, session_seq, time, mono) + length(len(one)) + one
                    + length(len(two)) + two + length(len(three)) + three + commit
                ).digest()  # fmt: skip
                before = sessions.get(session, 0)
                good = (
                    seq == report.first + report.entries
                    and prev == report.head
                    and sha256(LINK + body + prev).digest() == own
                    and (session_seq == before + 1 or (part and session_seq > before))
                    and data is not None
                    and kind != ERASED
                    and seq not in marks
                )
                if good:
                    name = idem.encode()
                    good = digest_of(key, pack(">H", len(name)) + name + data, "sha256") == commit
                    if known is not None and good:
                        good = (known == b"" and not idem) or known == key_digest(session, actor, idem)
            except (struct.error, UnicodeEncodeError, TypeError, AttributeError):
                good = False
            if good:
                sessions[session] = session_seq
                report.entries += 1
                report.head = own
            elif not self._slow(Row(*row)):
                return False
        return True

    def feed_hidden(self, seq: int, body: bytes, digest: bytes) -> bool:
        """Check an entry of which only body and hash are known. Returns as `feed`."""
        at = self.report.first + self.report.entries
        if seq != at:
            return self.bad(at, "seq.gap", f"entry {seq} stands where {at} is expected")
        if joined(body, self.report.head) != digest:
            return self.bad(at, "hash.wrong", "it does not follow from the entry before", "body or hash")
        if not self._compare(at, digest, None, ""):
            return False
        self.report.entries += 1
        self.report.hidden += 1
        self.report.head = digest
        return True

    def bad(self, seq: int, code: str, words: str, fields: str = "") -> bool:
        self.report.finding = Finding(seq, code, words, fields or FIELDS.get(code, ""))
        return False

    def finish(self) -> Report:
        """The report, after the last row."""
        if self.report.finding is None:
            self._beyond()
        if self.report.finding is None and not self._part:
            self._erasures()
        return self.report

    def _beyond(self) -> None:
        """Marks that no row came to."""
        report = self.report
        for seq in sorted(self._marks):
            if report.first <= seq <= report.last:
                continue
            for mark in self._marks[seq]:
                if mark.digest is None:
                    self.bad(seq, mark.code, mark.words)
                    return
                if self._part:
                    report.notes.append(f"{mark.words}: entry {seq} is not in this slice")
                else:
                    words = f"the trace ends at {report.last}, and {mark.words} knows entry {seq}"
                    self.bad(report.last + 1, "truncated", words)
                    return

    def _erasures(self) -> None:
        missing, declared = _merge(self._missing), _merge(self._declared)
        if missing != declared:
            first = _first_difference(missing, declared)
            if any(low <= first <= high for low, high in missing):
                words = "its data is gone and no entry says that it was erased"
                self.bad(first, "data.missing", words, "data, idem and key")
            else:
                words = "its data was erased and is there again"
                self.bad(first, "data.back", words, "data, idem and key")

    def _slow(self, row: Row) -> bool:
        seq = self.report.first + self.report.entries
        code, words = self._check(row, seq)
        if code:
            return self.bad(seq, code, words)
        if not self._compare(seq, row.hash, row.commit, row.actor):
            return False
        code, words = self._check_data(row)
        if code:
            return self.bad(seq, code, words)
        self._sessions[row.session] = row.session_seq
        self.report.entries += 1
        self.report.head = row.hash
        if row.data is None:
            self.report.erased += 1
            _extend(self._missing, seq)
        return True

    def _compare(self, seq: int, digest: bytes, commit: bytes | None, actor: str) -> bool:
        """Entry `seq` against what others know of it; `commit` is None where it is hidden."""
        for mark in self._marks.get(seq, ()):
            if mark.digest is None:
                return self.bad(seq, mark.code, mark.words)
            if mark.code == "receipt.entry":
                if commit is None:
                    self.report.notes.append(f"{mark.words}: entry {seq} is given as a hash only")
                elif (commit, actor) != (mark.digest, mark.actor):
                    return self.bad(seq, mark.code, f"it is not the one that {mark.words} names")
            elif digest != mark.digest:
                return self.bad(seq, mark.code, f"its hash is not the one that {mark.words} names")
        return True

    def _check(self, row: Row, seq: int) -> tuple[str, str]:
        if not _is_typed(row):
            return "malformed", "a column holds a value of the wrong type or length"
        entry = row.entry
        if entry.seq != seq:
            return "seq.gap", f"entry {entry.seq} stands where {seq} is expected"
        if entry.prev != self.report.head:
            return "chain.broken", "it does not name the hash of the entry before"
        try:
            if entry.hash not in (joined(body_of_entry(entry), entry.prev), first_form(entry)):
                return "hash.wrong", "one of its columns was changed"
        except (struct.error, UnicodeEncodeError):
            return "hash.wrong", "one of its columns cannot be hashed"
        before = self._sessions.get(entry.session, 0)
        if entry.session_seq != before + 1 and not (self._part and entry.session_seq > before):
            return "session.gap", f"entry {entry.session_seq} of its session comes out of order"
        return "", ""

    def _check_data(self, row: Row) -> tuple[str, str]:
        data, idem, key = row.data, row.idem, row.key
        if data is None or idem is None or key is None:
            if row.digest:
                return "key.changed", "its data is gone and its idempotency key is not"
            return "", ""
        try:
            if commitment(key, idem, data) != row.commit:
                return "data.changed", "its data, its idempotency key or its commitment key was changed"
        except (struct.error, UnicodeEncodeError):
            return "data.changed", "its idempotency key cannot be hashed"
        if row.digest is not None:
            wanted = key_digest(row.session, row.actor, idem) if idem else b""
            if row.digest != wanted:
                return "key.changed", "the table of idempotency keys does not agree with it"
        if row.kind == ERASED:
            try:
                self._declared.extend(msgspec.json.decode(data, type=_Erased).ranges)
            except msgspec.MsgspecError:
                return "malformed", "it does not say which entries were erased"
        return "", ""


def _is_typed(row: Row) -> bool:
    numbers = (row.seq, row.session_seq, row.time, row.mono)
    texts = (row.session, row.actor, row.kind)
    hashes = (row.commit, row.prev, row.hash)
    data = (row.data, row.idem, row.key)
    return (
        all(type(each) is int for each in numbers)
        and all(type(each) is str and _is_text(each) for each in texts)
        and all(type(each) is bytes and len(each) == 32 for each in hashes)
        and (
            data == (None, None, None)
            or (type(row.data) is bytes and type(row.idem) is str and type(row.key) is bytes)
        )
        and (row.digest is None or type(row.digest) is bytes)
    )


def _is_text(text: str) -> bool:
    """Whether it has a UTF-8 form; bytes that are none were read as surrogates."""
    return not any(0xD800 <= ord(letter) < 0xE000 for letter in text)


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
