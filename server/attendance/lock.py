"""When a journal is locked: a set number of days after its semester (R6). Reopening is an entry.

Days that lie in no semester are never locked. A class that closes is marked whatever the lock says: what
was computed is no change by a person.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.attendance.tables import JournalReopening
from server.clock import as_datetime
from server.errors import ApiError
from server.house import House
from server.plan.roster import micro
from server.plan.tables import SemesterRow
from server.plan.views import local
from server.plan.weeks import day_bounds, local_date


class Lock(msgspec.Struct):
    """`locked` now; `since` the first locked day; `reopened` until when, "" for not."""

    semester: str
    name: str
    locked: bool
    since: date
    reopened: str


async def lock_of(house: House, db: AsyncSession, group: str, day: date) -> Lock | None:
    """The lock of the group's journal for lessons of that day; None outside of every semester."""
    semester = await db.scalar(
        select(SemesterRow).where(SemesterRow.starts <= day, SemesterRow.ends >= day).limit(1)
    )
    if semester is None:
        return None
    since = semester.ends + timedelta(days=house.settings.journal_lock_days + 1)
    now = house.clock.now()
    past = local_date(as_datetime(now), ZoneInfo(house.settings.time_zone)) >= since
    row = await db.get(JournalReopening, (group, semester.id))
    open_again = past and row is not None and row.until > now
    reopened = local(house, row.until).isoformat() if open_again and row is not None else ""
    return Lock(semester.id, semester.name, past and not open_again, since, reopened)


async def refuse_locked(house: House, db: AsyncSession, group: str, day: date) -> None:
    """Raises:
    ApiError: 409 `journal.locked`.
    """
    lock = await lock_of(house, db, group, day)
    if lock is not None and lock.locked:
        raise ApiError("journal.locked", 409, since=lock.since.isoformat())


async def reopen(house: House, actor: str, group: str, semester: str, until: date, reason: str) -> None:
    """Let a locked journal be changed until the end of a day.

    Raises:
        ApiError: 404 `object.unknown`, 422 `journal.until` (not in the next 31 days), `attendance.reason`.
    """
    zone = ZoneInfo(house.settings.time_zone)
    today = local_date(as_datetime(house.clock.now()), zone)
    reason = " ".join(reason.split())
    if not 0 <= (until - today).days <= 31:
        raise ApiError("journal.until", 422, days=31)
    if len(reason) < 3:
        raise ApiError("attendance.reason", 422)
    async with house.store.read() as db:
        if await db.get(SemesterRow, semester) is None:
            raise ApiError("object.unknown", 404, kind="semester")
    data = {
        "group": group, "semester": semester, "until": micro(day_bounds(until, zone)[1]), "reason": reason,
    }  # fmt: skip
    await house.trace.record("journal.reopened", data, actor=actor)
