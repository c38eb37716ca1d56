"""The projection of retention: terms, holds, runs and requests for erasure."""

from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from server.retention.tables import RetentionHold, RetentionRequest, RetentionRun, RetentionTerm
from server.trace.chain import Entry

TABLES = (RetentionTerm, RetentionHold, RetentionRun, RetentionRequest)


class Retention:
    """The projection `retention`."""

    name = "retention"
    version = 1
    kinds = (
        "retention.term_set",
        "retention.held",
        "retention.released",
        "retention.ran",
        "retention.requested",
        "retention.decided",
    )

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        who = {"author": entry.actor, "time": entry.time}
        match entry.kind:
            case "retention.term_set":
                await db.merge(RetentionTerm(**data, **who))
            case "retention.held":
                hold = {name: data[name] for name in ("scope", "object", "reason")}
                db.add(RetentionHold(id=data["hold"], **hold, **who))
            case "retention.released":
                row = await db.get(RetentionHold, data["hold"])
                if row is not None:
                    row.released, row.released_by = entry.time, entry.actor
                    row.release_reason = data["reason"]
            case "retention.ran":
                db.add(
                    RetentionRun(
                        n=entry.seq, as_of=date.fromisoformat(data["as_of"]), trigger=data["trigger"],
                        time=entry.time, counts=data["counts"], problems=data["problems"],
                    )
                )  # fmt: skip
            case "retention.requested":
                request = {name: data[name] for name in ("person", "reason")}
                db.add(RetentionRequest(id=data["request"], **request, **who))
            case "retention.decided":
                asked = await db.get(RetentionRequest, data["request"])
                if asked is not None:
                    asked.state = "approved" if data["approved"] else "declined"
                    asked.decided_by, asked.decided = entry.actor, entry.time
                    asked.answer, asked.removed, asked.kept = data["answer"], data["removed"], data["kept"]
        await db.flush()

    async def clear(self, db: AsyncSession) -> None:
        for table in TABLES:
            await db.execute(delete(table))


PROJECTIONS = (Retention(),)
