"""The trace, or a slice of it, as a file for others: JSON Lines, a head, entries, and a seal.

docs/trace.md describes it. What an entry says is a JSON string that holds the exact bytes that were
committed to, so that a reader need not write JSON the way we do. A slice holds every entry from the
first that was asked for up to the next checkpoint; those that were not asked for are given by their
body and hash only, so that the chain can be followed and nothing of them is known.
"""

import hashlib
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from sqlalchemy import ColumnElement, RowMapping, and_, func, select

from server.store import Store
from server.trace import rows
from server.trace.chain import GENESIS, body_of_entry, first_form
from server.trace.checkpoints import Checkpoint, Checkpoints, Digits, Hash
from server.trace.signing import export_bytes
from server.trace.tables import EntryRow
from server.trace.verifier import Row

FORMAT: Literal["sabak.trace.2"] = "sabak.trace.2"
MAX_LINE = 2 * 1024 * 1024
"""Bytes. An entry has at most 256 KiB of data; escapes may make it twice as long."""

PAGE = 1000

T = TypeVar("T")


class Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries are wanted: of this session, kind (also ``chat.`` for every kind that begins so),
    actor, and from `since` until before `until` (session time in microseconds). None: any."""

    session: str | None = None
    kind: str | None = None
    actor: str | None = None
    since: int | None = None
    until: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.session is not None:
            found.append(EntryRow.session == self.session)
        if self.kind is not None:
            found.append(
                EntryRow.kind.startswith(self.kind, autoescape=True)
                if self.kind.endswith(".")
                else EntryRow.kind == self.kind
            )
        if self.actor is not None:
            found.append(EntryRow.actor == self.actor)
        if self.since is not None:
            found.append(EntryRow.time >= self.since)
        if self.until is not None:
            found.append(EntryRow.time < self.until)
        return found


EVERYTHING = Filter()


class ExportHead(msgspec.Struct, forbid_unknown_fields=True):
    """First line. `entries` follow, from number `first` on, `shown` of them were asked for; `prev` is the
    hash of the entry before the first, `hash` that of the last. `checkpoint` covers them, or most."""

    format: Literal["sabak.trace.2"]
    first: Annotated[int, msgspec.Meta(ge=1)]
    prev: Hash
    entries: Annotated[int, msgspec.Meta(ge=0)]
    shown: int
    hash: Hash
    filter: Filter
    checkpoint: Checkpoint | None

    @property
    def is_whole(self) -> bool:
        return self.filter == EVERYTHING


class ExportLine(msgspec.Struct, forbid_unknown_fields=True):
    """One entry; bytes as hexadecimal digits. `key`, `idem` and `data` are null once erased."""

    seq: int
    session: str
    session_seq: int
    time: int
    mono: int
    actor: str
    kind: str
    commit: Hash
    prev: Hash
    hash: Hash
    key: Digits | None
    idem: str | None
    data: str | None


class HiddenLine(msgspec.Struct, forbid_unknown_fields=True):
    """One entry that was not asked for."""

    seq: int
    body: Hash
    hash: Hash


class ExportSeal(msgspec.Struct, forbid_unknown_fields=True):
    """Last line: SHA-256 of all bytes before it, signed. Key and signature are empty without a key."""

    sha256: Hash
    key: Digits
    signature: Digits


_decoders: dict[str, msgspec.json.Decoder[Any]] = {
    "session": msgspec.json.Decoder(ExportLine),
    "body": msgspec.json.Decoder(HiddenLine),
    "sha256": msgspec.json.Decoder(ExportSeal),
}
_LINE = re.compile(rb'\{(?:"seq":-?\d+,)?"(session|body|sha256)":')
_encoder = msgspec.json.Encoder()


def decode_strictly(raw: bytes, kind: type[T]) -> T:
    """A line that is written in the one way there is: no white space, fields in order, all of them.

    Raises:
        ValueError: it is not.
    """
    try:
        found = msgspec.json.decode(raw, type=kind)
        same = _encoder.encode(found) + b"\n" == raw
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not same:
        raise ValueError("written in another way")
    return found


def decode_line(raw: bytes) -> Row | HiddenLine | ExportSeal:
    """A line behind the head. Raises ValueError as `decode_strictly`."""
    match = _LINE.match(raw)
    if match is None:
        raise ValueError("not a line of an export")
    try:
        line = _decoders[match[1].decode()].decode(raw)
        same = _encoder.encode(line) + b"\n" == raw
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not same:
        raise ValueError("written in another way")
    return _row_of(line) if isinstance(line, ExportLine) else line


def _row_of(line: ExportLine) -> Row:
    of = bytes.fromhex
    return Row(
        line.seq, line.session, line.session_seq, line.time, line.mono, line.actor, line.kind,
        of(line.commit), of(line.prev), of(line.hash),
        None if line.data is None else line.data.encode(),
        line.idem,
        None if line.key is None else of(line.key),
    )  # fmt: skip


async def export(
    store: Store, checkpoints: Checkpoints | None = None, wanted: Filter = EVERYTHING
) -> AsyncIterator[bytes]:
    """The lines of the trace or of a slice of it, as of one moment, each with its line end.

    Without `checkpoints` (no key) the file carries the newest checkpoint of the table and no signature.

    Raises:
        TraceError: a new checkpoint could not be written. SettingsError: `trace.key`.
    """
    conditions = wanted.conditions()
    async with store.read() as db:
        asked = select(func.min(EntryRow.seq), func.max(EntryRow.seq)).where(*conditions)
        low, high = (await db.execute(asked)).one()
        end, _ = await rows.head(db)
    checkpoint = None
    if checkpoints is not None:
        checkpoint = await checkpoints.behind(high if conditions and high else end) if end else None
    first = 1 if not conditions else low or end + 1
    last = end
    if conditions and low:
        last = checkpoint.seq if checkpoint else high
    elif not conditions and checkpoint:
        last = max(end, checkpoint.seq)
    async with store.read() as db:
        if not store.is_sqlite:
            await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        inside = [EntryRow.seq >= first, EntryRow.seq <= last]
        shown = await db.scalar(select(func.count()).select_from(EntryRow).where(*inside, *conditions))
        prev = await db.scalar(select(EntryRow.hash).where(EntryRow.seq == first - 1))
        digest = await db.scalar(select(EntryRow.hash).where(EntryRow.seq == last))
        prev = prev or GENESIS
        head = ExportHead(
            FORMAT,
            first,
            prev.hex(),
            last - first + 1,
            shown or 0,
            (digest or prev).hex(),
            wanted,
            checkpoint,
        )
        total = hashlib.sha256()
        line = _encoder.encode(head) + b"\n"
        total.update(line)
        yield line
        page = rows.entries_with_data()
        if conditions:
            page = page.add_columns(_chosen(conditions))
        after = first - 1
        while after < last:
            part = page.where(EntryRow.seq > after, EntryRow.seq <= min(last, after + PAGE))
            found = (await db.execute(part.order_by(EntryRow.seq))).mappings().all()
            for each in found:
                line = _line(each, not conditions or each["chosen"])
                total.update(line)
                yield line
            after += PAGE
    seal = ExportSeal(total.hexdigest(), "", "")
    if checkpoints is not None:
        signer = checkpoints.signer
        seal.key, seal.signature = signer.key.hex(), signer.sign(export_bytes(total.digest())).hex()
    yield _encoder.encode(seal) + b"\n"


def _chosen(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(*conditions).label("chosen")


def _line(row: RowMapping, chosen: bool) -> bytes:
    entry = rows.entry_of(row)
    if not chosen and entry.hash != first_form(entry):
        return _encoder.encode(HiddenLine(entry.seq, body_of_entry(entry).hex(), entry.hash.hex())) + b"\n"
    key, idem, data = row["data_key"], row["idem"], row["data"]
    if not chosen:  # of the first form: its hash cannot be followed without its columns
        key = idem = data = None
    line = ExportLine(
        entry.seq,
        entry.session,
        entry.session_seq,
        entry.time,
        entry.mono,
        entry.actor,
        entry.kind,
        entry.commit.hex(),
        entry.prev.hex(),
        entry.hash.hex(),
        None if key is None else key.hex(),
        idem,
        None if data is None else data.decode(),
    )
    return _encoder.encode(line) + b"\n"
