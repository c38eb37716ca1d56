"""A run: what is due on a day goes, for good (R20).

The order is one that a crash at any moment cannot harm, since whatever is not finished is due again:
first the files, then the data and keys of the trace's entries, at last the rows, together with the entry
`retention.removed` that says how many of what went, with the hashes of the files. Nobody can read
the rest of it: SQLite overwrites what is erased, the write-ahead log is emptied and, when something
went, the database is written anew.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from server.house import House
from server.ids import new_id
from server.retention import lock
from server.retention.kinds import File, Item, RecordKind
from server.retention.plan import due_of
from server.retention.registry import registered
from server.trace.erase import erase

log = logging.getLogger(__name__)

BATCH = 200
"""Items that go with one entry."""

HASHES = 2000
"""Hashes in one entry: well below what an entry can hold."""


class Count(msgspec.Struct):
    """What went of a kind. `held`: items that were due and stay."""

    items: int = 0
    files: int = 0
    bytes: int = 0
    rows: int = 0
    entries: int = 0
    held: int = 0

    def add(self, other: "Count") -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Outcome(msgspec.Struct):
    """`problems`: kinds that could not be removed, with why; they are due again."""

    as_of: date
    counts: dict[str, Count]
    problems: list[str]

    @property
    def total(self) -> Count:
        found = Count()
        for each in self.counts.values():
            found.add(each)
        return found


async def run(
    house: House,
    as_of: date,
    *,
    trigger: str,
    actor: str = "system",
    dry: bool = False,
    vacuum: bool | None = None,
) -> Outcome:
    """Remove what is due on `as_of`; with `dry` only count it.

    Args:
        vacuum: write the database anew at the end; None: when something went.

    Raises:
        ServerError: `retention.busy`.
        TraceError: the trace cannot be written.
    """
    outcome = Outcome(as_of, {}, [])
    with lock.held(house.settings):
        key = new_id()
        for kind in registered():
            async with house.store.read() as db:
                due = await due_of(house, db, kind, as_of)
            count = outcome.counts[kind.name] = Count(held=due.held)
            if dry:
                count.items, count.bytes = len(due.items), sum(item.bytes for item in due.items)
                continue
            try:
                count.add(await remove(house, kind, due.items, actor=actor, run=key))
            except OSError as error:
                log.error("%s cannot be removed: %s", kind.name, error)
                outcome.problems.append(f"{kind.name}: {error.strerror or error}")
        if not dry:
            total = outcome.total
            went = bool(total.entries or total.rows)
            if went or vacuum:
                try:
                    await wipe(house, went if vacuum is None else vacuum)
                except Exception as error:
                    reason = str(getattr(error, "orig", error))
                    log.error("the database cannot be written anew: %s", reason)
                    outcome.problems.append(f"database: {reason}")
            data = {
                "run": key, "as_of": as_of.isoformat(), "trigger": trigger, "problems": outcome.problems,
                "counts": {name: msgspec.to_builtins(count) for name, count in outcome.counts.items()},
            }  # fmt: skip
            await house.trace.record("retention.ran", data, actor=actor)
    return outcome


async def remove(
    house: House, kind: RecordKind, items: Sequence[Item], *, actor: str, run: str, reason: str = "retention"
) -> Count:
    """Remove these items, a batch at a time. The caller holds the lock, and has looked at the holds.

    Raises:
        OSError: a file cannot be removed; the batches before are gone, the rest is as it was.
    """
    total = Count()
    for start in range(0, len(items), BATCH):
        total.add(await _batch(house, kind, items[start : start + BATCH], actor, run, reason))
    return total


async def _batch(
    house: House, kind: RecordKind, items: Sequence[Item], actor: str, run: str, reason: str
) -> Count:
    async with house.store.read() as db:
        removal = await kind.prepare(house, db, items)
    gone = await asyncio.to_thread(_unlink, removal.files, removal.beside)
    entries = await erase(house.trace, removal.entries, actor=actor, reason=f"{reason}: {kind.name}")
    hashes = [digest for digest, _ in gone]
    for at in range(HASHES, len(hashes), HASHES):
        more = {"kind": kind.name, "run": run, "sha256": hashes[at : at + HASHES]}
        await house.trace.record("retention.files", more, actor=actor)
    count = Count(len(items), len(gone), sum(size for _, size in gone), 0, entries)
    data: dict[str, Any] = {
        "kind": kind.name, "run": run, "reason": reason, "items": count.items, "files": count.files,
        "bytes": count.bytes, "entries": count.entries, "sha256": hashes[:HASHES], "note": removal.note,
    }  # fmt: skip
    recorded = await house.trace.record("retention.removed", data, actor=actor, work=removal.rows)
    count.rows = int(recorded.result or 0)
    return count


def _unlink(files: Sequence[File], beside: Sequence[Path]) -> list[tuple[str, int]]:
    """Remove files; the hash and size of each that was there."""
    found: list[tuple[str, int]] = []
    for file in files:
        try:
            size = file.path.stat().st_size
            digest = file.sha256 or _hash(file.path)
            file.path.unlink()
        except FileNotFoundError:
            continue
        found.append((digest, size))
    for path in beside:
        path.unlink(missing_ok=True)
    for folder in {file.path.parent for file in files}:
        try:
            folder.rmdir()
        except OSError:
            continue  # others stand in it
    return found


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def wipe(house: House, vacuum: bool) -> None:
    """Leave nothing of what was erased in the database's log, and with `vacuum` in its free space."""
    if vacuum:
        await house.store.vacuum()
    else:
        await house.store.truncate_log()
