"""The nightly run: once a day, at a quiet hour of the university, while the server runs.

A clock that is set wrong must not delete. Set back: a day that had its run gets no second one, and an
earlier day finds nothing that was not due already. Set forward, or a machine that was off for long: the
first night only writes `retention.ran` with the trigger `postponed`, so that somebody has a day to see it;
the next night removes.
"""

import asyncio
import logging
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server.errors import ServerError
from server.house import House
from server.live.desk import LiveDesk
from server.retention.plan import today
from server.retention.run import run
from server.retention.tables import RetentionRun
from server.store.store import FILE_NAME
from server.trace import rows

log = logging.getLogger(__name__)

TICK = 60.0
JUMP = 31
"""Days without a night after which the first one only says so."""
BEHIND = 3_600_000_000
"""Microseconds by which the newest entry may lie in the future before the clock counts as set back."""

SWEPT = 512 * 1024 * 1024
"""Bytes of a database that is written anew in the night: some seconds in which nothing can be written."""

Verdict = Literal["run", "postpone", "wait"]


def judge(hour: int, quiet: int, day: date, nights: list[date], newest: int, now: int) -> Verdict:
    """What to do now. Pure.

    Args:
        hour, day: of the university's clock. `quiet`: the hour at which runs are made.
        nights: days of the nightly and postponed runs, in the order in which they were made.
        newest, now: times (µs) of the trace's newest entry, and of the clock.
    """
    if hour != quiet or day in nights or newest > now + BEHIND:
        return "wait"
    if nights and (day - nights[-1]).days > JUMP:
        return "postpone"
    return "run"


async def run_nightly(house: House) -> None:
    """Look once a minute, for ever. The owner cancels."""
    while True:
        await asyncio.sleep(TICK)
        try:
            await look(house)
        except ServerError as error:
            log.error("the nightly run of retention: %s [%s]", error, error.code)
        except Exception:
            log.exception("the nightly run of retention failed; it is tried again")


async def look(house: House) -> Verdict:
    """Run if it is time to."""
    zone = ZoneInfo(house.settings.time_zone)
    hour, day = house.clock.datetime().astimezone(zone).hour, today(house)
    if hour != house.settings.retention_hour:
        return "wait"
    async with house.store.read() as db:
        asked = select(RetentionRun.as_of).where(RetentionRun.trigger != "hand").order_by(RetentionRun.n)
        nights = list(await db.scalars(asked))
        seq, _ = await rows.head(db)
        found = await rows.by_seq(db, [seq])
    newest = found[seq].entry.time if seq in found else 0
    verdict = judge(hour, house.settings.retention_hour, day, nights, newest, house.clock.now())
    if verdict == "postpone":
        log.warning("the clock jumped from %s to %s: nothing is removed this night", nights[-1], day)
        data = {
            "run": "", "as_of": day.isoformat(), "trigger": "postponed", "counts": {},
            "problems": [f"clock: {nights[-1].isoformat()}"],
        }  # fmt: skip
        await house.trace.record("retention.ran", data, actor="system")
    elif verdict == "run":
        busy = any(room.open for room in house.part(LiveDesk).running())
        small = await asyncio.to_thread(_size, house) <= SWEPT
        outcome = await run(house, day, trigger="nightly", vacuum=small and not busy)
        log.info("retention as of %s: %d items are gone", day, outcome.total.items)
    return verdict


def _size(house: House) -> int:
    """Of the SQLite file; a PostgreSQL database is larger than any."""
    return (house.settings.data / FILE_NAME).stat().st_size if house.store.is_sqlite else SWEPT + 1
