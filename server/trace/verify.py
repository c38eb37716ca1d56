"""Verification of a store or of an export, streaming: a few pages in memory, however long the trace.

In flow a `Store` or a file of `export`, and what others know (`Known`: heads noted earlier, receipts,
checkpoints, trusted keys); out flows a `Report` with the first bad place, if any. Not only the chain is
looked at: the tables of data and of idempotency keys must hold a row for each entry that has one, and
none besides. SQLite is read without SQLAlchemy, which would take most of the time.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from server.store import Store
from server.trace.chain import GENESIS
from server.trace.checkpoints import Checkpoint
from server.trace.export import MAX_LINE, ExportHead, ExportSeal, decode_line, decode_strictly
from server.trace.receipts import Receipt
from server.trace.rows import entries_with_data
from server.trace.signing import export_bytes, is_signed
from server.trace.tables import CheckpointRow, EntryRow, KeyRow
from server.trace.verifier import Mark, Report, Row, Verifier

PAGE = 2000

_SQL = """
    SELECT e.seq, e.session, e.session_seq, e.time, e.mono, e.actor, e.kind, e.commitment, e.prev, e.hash,
           d.data, d.idem, d.key, CASE WHEN k.seq IS NULL THEN x'' ELSE k.digest END
    FROM trace_entries e LEFT JOIN trace_data d ON d.seq = e.seq LEFT JOIN trace_keys k ON k.seq = e.seq
    ORDER BY e.seq"""

_ORPHANS = (
    ("data", "SELECT min(seq) FROM trace_data WHERE seq NOT IN (SELECT seq FROM trace_entries)"),
    ("key", "SELECT min(seq) FROM trace_keys WHERE seq NOT IN (SELECT seq FROM trace_entries)"),
)
_ORPHAN_WORDS = {
    "data": "there is data that belongs to no entry",
    "key": "there are idempotency keys that belong to no entry",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known from elsewhere.

    heads:       number and hash of entries noted earlier.
    receipts:    students' receipts.
    checkpoints: the second copy of the checkpoints, from the file beside the key.
    keys:        public keys that are trusted. None: the signature of any key is good, which shows
                 damage and no forger.
    """

    heads: Sequence[tuple[int, bytes]] = ()
    receipts: Sequence[Receipt] = ()
    checkpoints: Sequence[Checkpoint] = ()
    keys: Collection[bytes] | None = None

    def marks(self) -> Iterator[Mark]:
        """Everything that can be compared with a chain."""
        for seq, digest in self.heads:
            yield Mark(seq, "head.differs", digest, f"the head {seq} that was noted")
        yield from checkpoint_marks(self.checkpoints, self.keys, "the file of checkpoints")
        for receipt in self.receipts:
            yield from self._of_receipt(receipt)

    def _of_receipt(self, receipt: Receipt) -> Iterator[Mark]:
        words = f"the receipt of {receipt.person}"
        seq = receipt.head.seq
        if not receipt.is_signed():
            yield Mark(seq, "receipt.bad", None, f"the signature of {words} is wrong")
        elif not trusted(receipt.key, self.keys):
            yield Mark(seq, "receipt.key", None, f"{words} was signed with a key that is not trusted")
        else:
            yield Mark(seq, "receipt.differs", bytes.fromhex(receipt.head.hash), words)
            for own in receipt.entries:
                yield Mark(own.seq, "receipt.entry", bytes.fromhex(own.commit), words, receipt.person)
            if receipt.checkpoint is not None:
                yield from checkpoint_marks([receipt.checkpoint], self.keys, words)


def trusted(key: str, keys: Collection[bytes] | None) -> bool:
    return keys is None or key in {each.hex() for each in keys}


def checkpoint_marks(
    checkpoints: Sequence[Checkpoint], keys: Collection[bytes] | None, source: str
) -> Iterator[Mark]:
    """Each checkpoint as what it says of its entry, or as the bad place that it is itself."""
    for each in checkpoints:
        words = f"checkpoint {each.n} of {source}"
        if not each.is_signed():
            yield Mark(each.seq, "checkpoint.bad", None, f"the signature of {words} is wrong")
        elif not trusted(each.key, keys):
            key = each.key[:16]
            yield Mark(each.seq, "checkpoint.key", None, f"{words} was signed with {key}, a key not trusted")
        else:
            yield Mark(each.seq, "checkpoint.differs", bytes.fromhex(each.hash), words)


def gap_marks(checkpoints: Sequence[Checkpoint]) -> Iterator[Mark]:
    """Where a checkpoint was taken out of the middle, or put in a wrong place."""
    before, seq = 0, 0
    for each in checkpoints:
        if each.n != before + 1 or each.seq < seq:
            yield Mark(each.seq, "checkpoint.gap", None, f"checkpoint {before + 1} is not there")
        before, seq = each.n, each.seq


async def verify(store: Store, known: Known | None = None) -> Report:
    """Check the whole trace of `store`, as of one moment."""
    known = known or Known()
    if store.is_sqlite:
        return await asyncio.to_thread(_sqlite, Path(store.where), store.is_copy, known)
    return await _sqlalchemy(store, known)


def _verifier(known: Known, checkpoints: Sequence[Checkpoint]) -> Verifier:
    in_table = checkpoint_marks(checkpoints, known.keys, "the trace")
    return Verifier([*known.marks(), *in_table, *gap_marks(checkpoints)])


def _signed(report: Report, checkpoints: Sequence[Checkpoint]) -> Report:
    report.signed = max((each.seq for each in checkpoints), default=0)
    return report


def _sqlite(path: Path, is_copy: bool, known: Known) -> Report:
    verifier = Verifier()
    query = "mode=rw"  # as the server's readers: SQLite may have to make the files beside it
    if is_copy:
        query = "mode=ro" if path.with_name(path.name + "-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True, timeout=10)) as db:
            # bytes that are no text become surrogates, which the verifier names where they stand
            db.text_factory = lambda raw: raw.decode(errors="surrogateescape")
            db.isolation_level = None
            db.execute("PRAGMA query_only = ON")
            db.execute("BEGIN")
            checkpoints = _checkpoints_of(db)
            verifier = _verifier(known, checkpoints)
            cursor = db.execute(_SQL)
            while found := cursor.fetchmany(PAGE):
                if not verifier.feed(found):
                    return verifier.report
            if verifier.finish().good:
                _orphans(verifier, {name: db.execute(sql).fetchone()[0] for name, sql in _ORPHANS})
    except sqlite3.Error as error:
        _unreadable(verifier, str(error))
        return verifier.report
    return _signed(verifier.report, [*checkpoints, *known.checkpoints])


def _checkpoints_of(db: sqlite3.Connection) -> list[Checkpoint]:
    """Of the table; a copy from before there was one has none."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'trace_checkpoints'").fetchone() is None:
        return []
    columns = "n, seq, time, CAST(hash AS BLOB), CAST(key AS BLOB), CAST(signature AS BLOB)"
    found = db.execute(f"SELECT {columns} FROM trace_checkpoints ORDER BY n")  # noqa: S608 - no input
    checkpoints = []
    for n, seq, time, *raw in found:
        if not all(type(each) is int for each in (n, seq, time)):
            raise sqlite3.DataError("a checkpoint holds a value of the wrong type")
        checkpoints.append(Checkpoint(n, seq, time, *((each or b"").hex() for each in raw)))
    return checkpoints


async def _sqlalchemy(store: Store, known: Known) -> Report:
    verifier = Verifier()
    statement = (
        entries_with_data()
        .add_columns(KeyRow.digest)
        .outerjoin(KeyRow, KeyRow.seq == EntryRow.seq)
        .order_by(EntryRow.seq)
        .limit(PAGE)
    )
    async with store.read() as db:
        try:
            await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            rows = await db.scalars(select(CheckpointRow).order_by(CheckpointRow.n))
            checkpoints = [Checkpoint.of(row) for row in rows]
            verifier = _verifier(known, checkpoints)
            after = 0
            while True:
                found = (await db.execute(statement.where(EntryRow.seq > after))).all()
                if not verifier.feed([(*row[:13], row[13] or b"") for row in found]):
                    return verifier.report
                if len(found) < PAGE:
                    break
                after = found[-1][0]
            if verifier.finish().good:
                _orphans(verifier, {name: await db.scalar(text(sql)) for name, sql in _ORPHANS})
        except (SQLAlchemyError, UnicodeDecodeError) as error:
            _unreadable(verifier, str(getattr(error, "orig", error)))
            return verifier.report
    return _signed(verifier.report, [*checkpoints, *known.checkpoints])


def _unreadable(verifier: Verifier, reason: str) -> None:
    seq = verifier.report.last + 1
    verifier.bad(seq, "unreadable", f"the database cannot be read: {reason.splitlines()[0]}")


def _orphans(verifier: Verifier, found: dict[str, Any]) -> None:
    """Rows of data or keys without an entry: reading from the entries misses them."""
    for name, seq in found.items():
        if seq is not None:
            words = f"{_ORPHAN_WORDS[name]}: row {seq}"
            verifier.bad(verifier.report.last + 1, f"{name}.orphan", words)
            return


def verify_export(path: Path, known: Known | None = None) -> Report:
    """Check a file that `sabak trace export` wrote. Raises OSError when it cannot be read."""
    known = known or Known()
    with path.open("rb") as file:
        first = file.readline(MAX_LINE)
        try:
            head = decode_strictly(first, ExportHead)
            prev = bytes.fromhex(head.prev)
        except ValueError:
            verifier = Verifier()
            verifier.bad(0, "malformed", "the first line is not the head of an export")
            return verifier.report
        marks = [] if head.checkpoint is None else [head.checkpoint]
        verifier = Verifier(
            [*known.marks(), *checkpoint_marks(marks, known.keys, "the export")],
            first=head.first,
            prev=prev,
            part=not head.is_whole,
        )
        for mark in checkpoint_marks(marks, known.keys, "the export"):
            if mark.digest is None:
                verifier.bad(0, mark.code, mark.words, "checkpoint")
                return verifier.report
        if head.first == 1 and prev != GENESIS:
            verifier.bad(0, "malformed", "an export from the first entry on begins with zeros", "prev")
            return verifier.report
        return _lines(file, verifier, head, hashlib.sha256(first), known)


def _lines(file: Any, verifier: Verifier, head: ExportHead, sum_: Any, known: Known) -> Report:
    report = verifier.report
    seal: ExportSeal | None = None
    while True:
        raw = file.readline(MAX_LINE)
        at = report.last + 1
        try:
            line = decode_line(raw) if raw else None
        except ValueError:
            verifier.bad(at, "malformed", f"line {report.entries + 2} is not an entry")
            return report
        if line is None or isinstance(line, ExportSeal):
            seal = line
            break
        if isinstance(line, Row):
            if not verifier.feed([line]):
                return report
        elif not verifier.feed_hidden(line.seq, bytes.fromhex(line.body), bytes.fromhex(line.hash)):
            return report
        sum_.update(raw)
    short = report.entries - report.hidden < head.shown
    if seal is None or short or (head.entries, head.hash) != (report.entries, report.head.hex()):
        verifier.bad(report.last + 1, "truncated", "the file does not end where its head says")
    elif file.read(1):
        verifier.bad(report.last + 1, "malformed", "something stands behind the end")
    elif not verifier.finish().good:
        return report
    else:
        _seal(verifier, seal, sum_.hexdigest(), known)
        if head.checkpoint is not None:
            report.signed = head.checkpoint.seq
    return report


def _seal(verifier: Verifier, seal: ExportSeal, found: str, known: Known) -> None:
    at = verifier.report.last + 1
    if seal.sha256 != found:
        verifier.bad(at, "seal.bad", "the file is not as it was written: its head was changed", "first line")
    elif not seal.signature and known.keys is None:
        verifier.report.notes.append("the export is not signed")
    elif not trusted(seal.key, known.keys):
        verifier.bad(at, "seal.key", "the file was signed with a key that is not trusted", "key")
    elif not is_signed(
        bytes.fromhex(seal.key), bytes.fromhex(seal.signature), export_bytes(bytes.fromhex(found))
    ):
        verifier.bad(at, "seal.bad", "the signature of the file is wrong", "signature")
