"""The projection of decks: what became of uploaded files, entries in, rows of tables.py out."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from server.slides.tables import SlideDeck
from server.trace.chain import Entry


class Decks:
    """The projection `slides.decks`."""

    name = "slides.decks"
    version = 1
    kinds = (
        "slides.added", "slides.ready", "slides.failed", "slides.allowed", "slides.removed", "slides.shown",
    )  # fmt: skip

    async def apply(self, db: AsyncSession, entry: Entry, data: Any) -> None:
        if entry.kind == "slides.added":
            db.add(
                SlideDeck(
                    id=data["deck"], lesson=data["lesson"], author=entry.actor, name=data["name"],
                    kind=data["kind"], ending=data["ending"], size=data["size"], sha256=data["sha256"],
                    created=entry.time, sizes=[],
                )
            )  # fmt: skip
            await db.flush()
            return
        row = await db.get(SlideDeck, data["deck"])
        if row is None:
            return
        match entry.kind:
            case "slides.ready":
                row.state, row.sizes = "ready", data["sizes"]
            case "slides.failed":
                row.state, row.problem = "failed", data["problem"]
            case "slides.allowed":
                row.download = data["download"]
            case "slides.removed":
                row.state = "removed"
            case "slides.shown":
                row.shown = True
        await db.flush()

    async def clear(self, db: AsyncSession) -> None:
        await db.execute(delete(SlideDeck))


PROJECTIONS = (Decks(),)
