"""What other rooms plug in: kinds of records, each with a term, what of it is due, and what goes with it.

A room describes and never deletes: `due` finds items, `prepare` says which files, entries and rows an
item consists of. `server.retention.run` takes them away, in the one order that a crash cannot harm.
A room with kinds has a module `<room>/records.py` with `RECORDS`, a sequence of `RecordKind`.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House

DAY = 86_400_000_000
"""Microseconds."""

FOREVER = 2**62
"""A `before` that nothing is later than (SQLite's integers have 64 bits)."""

Language = Literal["ky", "ru", "en"]
Rows = Callable[[AsyncSession], Awaitable[int]]


class Words(msgspec.Struct, frozen=True):
    """What a kind is called, and what it holds, for people."""

    name: str
    holds: str


class Item(msgspec.Struct, frozen=True):
    """What goes together. `ended` is session time (µs); the term counts from there.

    `lessons` (exams are lessons) and `people` are what a hold can name; of people only those among whom
    `due` was asked. `bytes` are those of files, or of what the trace says.
    """

    key: str
    ended: int
    lessons: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    bytes: int = 0


class File(msgspec.Struct, frozen=True):
    """A file to remove. `sha256` in hex; empty: not known, and taken before it goes."""

    path: Path
    sha256: str = ""


class Removal(msgspec.Struct):
    """What some items consist of.

    files:   they go first; one that is gone already is no error. `beside` go too, unhashed.
    entries: numbers of entries of the trace whose data is erased.
    rows:    changes tables, and returns how many rows went. Runs with the entry `retention.removed`.
    note:    small and without anything personal: what projections must know when they are made again.
    """

    files: list[File]
    entries: list[int]
    rows: Rows
    beside: list[Path] = []
    note: dict[str, Any] = {}


class RecordKind(Protocol):
    """One kind.

    days:   the term unless one was set. `least`: the shortest that needs no protocol.
    rule:   what asks for it, such as ``R20``.
    forced: rules force the university to keep it until its term, also when a person asks for erasure.
    """

    @property
    def name(self) -> str: ...
    @property
    def days(self) -> int: ...
    @property
    def least(self) -> int: ...
    @property
    def rule(self) -> str: ...
    @property
    def forced(self) -> bool: ...
    @property
    def words(self) -> Mapping[Language, Words]: ...

    async def terms(self, db: AsyncSession) -> Mapping[str, int]:
        """Days by lesson, where a document of the university names them. What the office has set for the
        same lesson goes before."""

    async def due(
        self, house: House, db: AsyncSession, before: int, among: Collection[str]
    ) -> Sequence[Item]:
        """Items that ended at or before `before`, with those of their people who are `among`."""

    async def of_person(self, house: House, db: AsyncSession, person: str) -> Sequence[Item]:
        """Items that are one person's alone. Not asked where `forced`."""

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        """What these items consist of, now."""
