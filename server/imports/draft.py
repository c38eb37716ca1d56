"""What an import would do: steps to write, and findings to show. Values only; nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from server.imports.reading import Problem
from server.store.base import Base

MAX_PROBLEMS = 1000
"""Kept and shown; all are counted."""

MAX_WARNINGS = 200


class Write(NamedTuple):
    """One row of a table. `key` is empty for a new one, else the value of its primary key."""

    table: type[Base]
    values: Mapping[str, Any]
    key: Any = None


@dataclass
class Step:
    """All that one row of the file changes: written together or not at all.

    `made` are the things it makes for the report and the slips: accounts and lines of the timetable.
    """

    row: int
    writes: list[Write] = field(default_factory=list)
    new: bool = False

    def insert(self, table: type[Base], **values: Any) -> None:
        self.writes.append(Write(table, values))

    def update(self, table: type[Base], key: Any, **values: Any) -> None:
        """Change what differs; nothing to change writes nothing."""
        if values:
            self.writes.append(Write(table, values, key))


class Report(msgspec.Struct):
    """What a dry run found: rows by what becomes of them, errors and warnings by row.

    `errors` and `warnings` are all there are; `problems` and `notes` the first of them.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: int = 0
    warnings: int = 0
    problems: list[Problem] = []
    notes: list[Problem] = []

    def refuse(self, found: Problem) -> None:
        self.errors += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(found)

    def warn(self, found: Problem) -> None:
        self.warnings += 1
        if len(self.notes) < MAX_WARNINGS:
            self.notes.append(found)


@dataclass
class Draft:
    report: Report
    steps: list[Step]
