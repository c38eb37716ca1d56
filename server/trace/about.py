"""What the trace holds about one person, for that person: what they did, and what was done about them.

Of the own entries everything is told. Of those by others only that they are there, and only of the
kinds that the person may know of: what a commission looks at is told by the commission, in its time.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import ColumnElement, func

from server.clock import as_datetime
from server.store import Store
from server.trace import rows
from server.trace.chain import Recorded
from server.trace.tables import DataRow, EntryRow

if TYPE_CHECKING:
    from server.house import House

PAGE = 200

TOLD = (
    "attendance.computed",
    "attendance.corrected",
    "attendance.excused",
    "attendance.excuse_withdrawn",
    "discipline.left",
    "discipline.taken",
    "group.enrolled",
    "group.left",
    "password.reset",
    "role.granted",
    "role.revoked",
    "user.changed",
    "user.created",
)
"""Kinds by others that somebody named in them is told of."""

AT_ONCE = asyncio.Semaphore(2)
"""Looking for a name in what entries say reads many of them: classes go on meanwhile."""


class AboutEntry(msgspec.Struct):
    """One entry. `data` is what it says, of the own ones and until erased. `session` is empty for what
    happened outside a class."""

    seq: int
    time: str
    kind: str
    session: str
    own: bool
    erased: bool
    data: Any


class AboutMe(msgspec.Struct):
    """The newest first. `more`: there are earlier ones, before the last `seq`."""

    items: list[AboutEntry]
    more: bool


async def about(house: "House", person: str, before: int | None) -> AboutMe:
    """Up to `PAGE` entries of and about `person`, those with numbers under `before`."""
    earlier: list[ColumnElement[bool]] = [] if before is None else [EntryRow.seq < before]
    async with AT_ONCE, house.store.read() as db:
        newest = EntryRow.seq.desc()
        own = await rows.page(db, EntryRow.actor == person, *earlier, limit=PAGE + 1, order=newest)
        others = await rows.page(
            db,
            EntryRow.kind.in_(TOLD),
            EntryRow.actor != person,
            names(house.store, person),
            *earlier,
            limit=PAGE + 1,
            order=newest,
        )
    found = sorted([*own, *others], key=lambda each: -each.entry.seq)
    return AboutMe([_view(each, person) for each in found[:PAGE]], len(found) > PAGE)


def names(store: Store, person: str) -> ColumnElement[bool]:
    """That an entry's data holds the id as a JSON string."""
    needle = f'"{person}"'.encode()
    if store.is_sqlite:
        return func.instr(DataRow.data, needle) > 0
    return func.pg_catalog.position(DataRow.data, needle) > 0


def _view(recorded: Recorded, person: str) -> AboutEntry:
    entry = recorded.entry
    own = entry.actor == person
    return AboutEntry(
        entry.seq,
        as_datetime(entry.time).isoformat(),
        entry.kind,
        entry.session,
        own,
        recorded.data is None,
        recorded.data if own else None,
    )
