"""The projection of reviews: their lines."""

from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.review.tables import ReviewLine
from server.trace.chain import Entry


class Lines:
    """The projection `review.lines`."""

    name = "review.lines"
    version = 1
    kinds = (
        "review.item", "review.gathered", "review.looked", "review.recused", "review.noticed",
        "review.stated", "review.found", "review.signed", "review.measured", "review.appealed",
        "review.appeal_decided",
    )  # fmt: skip

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        await db.execute(
            insert(ReviewLine).values(
                n=entry.seq, lesson=data["lesson"], person=data["person"], kind=entry.kind,
                actor=entry.actor, time=entry.time, data=data,
            )
        )  # fmt: skip

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(ReviewLine))


PROJECTIONS = (Lines(),)
