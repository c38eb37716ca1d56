"""Decks of a lesson as people see them: rows and progress in, views out; and finding one that may be seen."""

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.slides.tables import SlideDeck
from server.trace.remembered import Remembered

MOST = 30
"""Decks of one lesson that are there at a time."""


class DeckView(msgspec.Struct):
    """`state`: `waiting` (`done` of `pages` are drawn, `pages` 0 until it is known), `ready`, `failed`
    (`problem` is a code), `removed`. `sizes`: width and height of each page that is drawn. `download`:
    everybody in the class may take the file along. `shown`: it was on the stage once."""

    id: str
    name: str
    kind: str
    size: int
    state: str
    problem: str
    done: int
    pages: int
    sizes: list[tuple[int, int]]
    download: bool
    shown: bool


class Progress(msgspec.Struct):
    """How far the drawing of a deck is, while it goes on."""

    pages: int = 0
    sizes: list[tuple[int, int]] = []


def view(row: SlideDeck, progress: Progress | None) -> DeckView:
    sizes = [(width, height) for width, height in row.sizes]
    pages = len(sizes)
    if row.state == "waiting" and progress is not None:
        pages, sizes = progress.pages, list(progress.sizes)
    return DeckView(
        row.id, row.name, row.kind, row.size, row.state, row.problem, len(sizes), pages, sizes,
        row.download, row.shown,
    )  # fmt: skip


async def decks_of(db: AsyncSession, lesson: str) -> list[SlideDeck]:
    """Those that are there, the oldest first."""
    asked = (
        select(SlideDeck)
        .where(SlideDeck.lesson == lesson, SlideDeck.state != "removed")
        .order_by(SlideDeck.created, SlideDeck.id)
    )
    return list(await db.scalars(asked))


def open_to_class(row: SlideDeck) -> bool:
    """Whether others than the teacher may see it: what waits for its hour is the teacher's own."""
    return row.shown or row.download


async def find_deck(db: AsyncSession, lesson: str, deck: str) -> SlideDeck:
    """A deck of exactly this lesson.

    Raises:
        ApiError: 404 `slides.unknown`.
    """
    return _there(await db.get(SlideDeck, deck), lesson)


class DeckMemory(Remembered[SlideDeck]):
    """A part of the house: decks for a class that loads the same page. Their rows are for looking only."""

    def __init__(self, house: House) -> None:
        super().__init__(house.trace)
        self._store = house.store

    async def read(self, key: str) -> SlideDeck | None:
        async with self._store.read() as db:
            return await db.get(SlideDeck, key)

    async def find(self, lesson: str, deck: str) -> SlideDeck:
        """As `find_deck`."""
        return _there(await self.of(deck), lesson)


def _there(row: SlideDeck | None, lesson: str) -> SlideDeck:
    if row is None or row.lesson != lesson or row.state == "removed":
        raise ApiError("slides.unknown", 404)
    return row
