"""Every kind of record of the house: imports `records` of each room that has one."""

import functools
import importlib
from pathlib import Path

import server
from server.retention.kinds import RecordKind


@functools.cache
def registered() -> tuple[RecordKind, ...]:
    """The kinds of all rooms, in the order of the rooms' names."""
    found: list[RecordKind] = []
    for path in sorted(Path(server.__path__[0]).glob("*/records.py")):
        found.extend(importlib.import_module(f"server.{path.parent.name}.records").RECORDS)
    names = [each.name for each in found]
    assert len(set(names)) == len(names), "two kinds of one name"
    return tuple(found)


def kind_of(name: str) -> RecordKind | None:
    return next((each for each in registered() if each.name == name), None)


def forced_kinds() -> list[str]:
    """Names of the kinds that rules force the university to keep until their term."""
    return [each.name for each in registered() if each.forced]
