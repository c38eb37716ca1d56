"""The trace as a file for others: JSON Lines, a head and then one line for each entry.

docs/trace.md describes it. What an entry says is a JSON string that holds the exact bytes that were
committed to, so that a reader need not write JSON the way we do.
"""

from collections.abc import AsyncIterator
from typing import Literal

import msgspec

from server.store import Store
from server.trace import rows
from server.trace.chain import Entry
from server.trace.tables import EntryRow
from server.trace.verifier import Row

FORMAT: Literal["sabak.trace.1"] = "sabak.trace.1"
MAX_LINE = 2 * 1024 * 1024
"""Bytes. An entry has at most 256 KiB of data; escapes may make it twice as long."""

PAGE = 1000


class ExportHead(msgspec.Struct):
    """First line. `entries` follow, the last of them with this `hash`."""

    format: Literal["sabak.trace.1"]
    entries: int
    hash: str


class ExportLine(msgspec.Struct):
    """One entry; bytes as hexadecimal digits. `key`, `idem` and `data` are null once erased."""

    seq: int
    session: str
    session_seq: int
    time: int
    mono: int
    actor: str
    kind: str
    commit: str
    prev: str
    hash: str
    key: str | None
    idem: str | None
    data: str | None


def row_of(line: ExportLine) -> Row:
    """The values of a line for the verifier.

    Raises:
        ValueError: bytes that are not hexadecimal.
    """
    entry = Entry(
        line.seq,
        line.session,
        line.session_seq,
        line.time,
        line.mono,
        line.actor,
        line.kind,
        bytes.fromhex(line.commit),
        bytes.fromhex(line.prev),
        bytes.fromhex(line.hash),
    )
    data = None if line.data is None else line.data.encode()
    return Row(entry, data, line.idem, None if line.key is None else bytes.fromhex(line.key))


async def export(store: Store) -> AsyncIterator[bytes]:
    """The lines of the whole trace as of one moment, each with its line end."""
    async with store.read() as db:
        if not store.is_sqlite:
            await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        seq, digest = await rows.head(db)
        yield msgspec.json.encode(ExportHead(FORMAT, seq, digest.hex())) + b"\n"
        statement = rows.entries_with_data().order_by(EntryRow.seq).limit(PAGE)
        after = 0
        while True:
            found = (await db.execute(statement.where(EntryRow.seq > after))).mappings().all()
            for each in found:
                entry = rows.entry_of(each)
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
                    None if each["data_key"] is None else each["data_key"].hex(),
                    each["idem"],
                    None if each["data"] is None else each["data"].decode(),
                )
                yield msgspec.json.encode(line) + b"\n"
            if len(found) < PAGE:
                return
            after = found[-1]["seq"]
