"""The desk of slides: takes files in, has their pages drawn one file after another, tells how that goes.

Flows in: uploads, the decks that a stopped server left waiting. Flows out: entries `slides.added`,
`slides.ready`, `slides.failed`, `slides.allowed`, `slides.removed`; files under `data/slides`; and passing
news to the teacher in the class. A deck that was being drawn when the server died is drawn again.
"""

import asyncio
import logging
import os
from contextlib import aclosing
from pathlib import Path

from sqlalchemy import select

from server.errors import ApiError, TraceError
from server.house import House
from server.ids import new_id
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.live.words import encode
from server.slides import files, office
from server.slides.decks import MOST, DeckView, Progress, decks_of, find_deck, open_to_class, view
from server.slides.drawing import draw
from server.slides.tables import SlideDeck
from server.slides.words import SlidesDeckNews

log = logging.getLogger(__name__)

AT_ONCE = max(1, min(2, (os.cpu_count() or 1) - 1))
"""Files drawn at a time; the class must not feel it."""


class SlidesDesk:
    """A part of the house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._progress: dict[str, Progress] = {}
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._unwanted: set[str] = set()

    # --- what people do -------------------------------------------------------------------------------

    def progress(self, deck: str) -> Progress | None:
        return self._progress.get(deck)

    def shows(self, row: SlideDeck) -> DeckView:
        return view(row, self._progress.get(row.id))

    async def room_for_more(self, lesson: str) -> None:
        """Raises:
        ApiError: 409 `slides.too_many`.
        """
        async with self._house.store.read() as db:
            if len(await decks_of(db, lesson)) >= MOST:
                raise ApiError("slides.too_many", 409, limit=MOST)

    def place(self) -> tuple[str, Path]:
        """The id of a new deck, and where its file goes."""
        deck = new_id()
        return deck, files.folder_of(self._house, deck) / files.SOURCE

    async def add(self, actor: str, lesson: str, deck: str, name: str, file: files.Received) -> DeckView:
        """Take in a file that has come; its pages are drawn later.

        Raises:
            ApiError: 422 `slides.kind`, `slides.office`.
        """
        kind = files.kind_of(file.first, name)
        if kind is None:
            raise ApiError("slides.kind", 422)
        if kind.kind == "office" and not office.program():
            raise ApiError("slides.office", 422)
        data = {
            "deck": deck, "lesson": lesson, "name": name, "kind": kind.kind, "ending": kind.ending,
            "size": file.size, "sha256": file.sha256,
        }  # fmt: skip
        await self._house.trace.record("slides.added", data, actor=actor)
        self._progress[deck] = Progress()
        self._waiting.put_nowait(deck)
        return await self._tell(lesson, deck)

    async def allow(self, actor: str, lesson: str, deck: str, download: bool) -> DeckView:
        """Let everybody in the class take the file along, or no longer.

        Raises:
            ApiError: 404 `slides.unknown`.
        """
        async with self._house.store.read() as db:
            row = await find_deck(db, lesson, deck)
        if row.download != download:
            data = {"deck": deck, "lesson": lesson, "download": download}
            await self._house.trace.record("slides.allowed", data, actor=actor)
        return await self._tell(lesson, deck)

    async def remove(self, actor: str, lesson: str, deck: str) -> None:
        """Throw a deck away.

        Raises:
            ApiError: 404 `slides.unknown`; 409 `slides.kept` for one that the recording needs.
        """
        async with self._house.store.read() as db:
            row = await find_deck(db, lesson, deck)
        if row.shown:
            raise ApiError("slides.kept", 409)
        await self._house.trace.record("slides.removed", {"deck": deck, "lesson": lesson}, actor=actor)
        self._unwanted.add(deck)
        await asyncio.to_thread(files.forget, files.folder_of(self._house, deck))
        await self._tell(lesson, deck)

    # --- drawing --------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Draw what waits, for ever."""
        await self._restore()
        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(self._work(), name=f"slides {number}")

    async def _restore(self) -> None:
        """Queue what a stopped server left, and remove files whose deck was never written down."""
        async with self._house.store.read() as db:
            rows = list(await db.execute(select(SlideDeck.id, SlideDeck.state)))
        wanted = {deck for deck, state in rows if state in ("waiting", "ready")}
        for deck, state in rows:
            if state == "waiting":
                self._progress[deck] = Progress()
                self._waiting.put_nowait(deck)
        await asyncio.to_thread(_sweep, files.folder_of(self._house, ""), wanted)

    async def _work(self) -> None:
        while True:
            deck = await self._waiting.get()
            try:
                await self._draw(deck)
            except (TraceError, OSError) as error:
                log.warning("slides %s could not be made ready, the next start tries again: %s", deck, error)
            finally:
                self._progress.pop(deck, None)

    async def _draw(self, deck: str) -> None:
        async with self._house.store.read() as db:
            row = await db.get(SlideDeck, deck)
        if row is None or row.state != "waiting":
            return
        folder = files.folder_of(self._house, deck)
        texts: list[str] = []
        try:
            await self._draw_pages(row, folder, texts)
        except ApiError as error:
            if deck in self._unwanted:
                return
            data = {"deck": deck, "lesson": row.lesson, "problem": error.code}
            await self._house.trace.record("slides.failed", data, actor="system")
            await asyncio.to_thread(files.forget, folder)
        else:
            if deck in self._unwanted:
                return
            await asyncio.to_thread(files.write_texts, folder, texts)
            ready = {"deck": deck, "lesson": row.lesson, "sizes": self._progress[deck].sizes}
            await self._house.trace.record("slides.ready", ready, actor="system")
        await self._tell(row.lesson, deck)

    async def _draw_pages(self, row: SlideDeck, folder: Path, texts: list[str]) -> None:
        source, kind = folder / files.SOURCE, row.kind
        if not source.is_file():
            raise ApiError("slides.broken", 422)
        if kind == "office":
            made = folder / "made.pdf"
            await office.to_pdf(source, row.ending, made)
            source, kind = made, "pdf"
        progress = self._progress[row.id] = Progress()
        async with aclosing(draw(source, folder, kind, self._house.settings.slides_pages)) as steps:
            async for step in steps:
                if row.id in self._unwanted:
                    return
                if step.failed:
                    raise ApiError(step.failed, 422)
                if step.pages:
                    progress.pages = step.pages
                else:
                    progress.sizes.append((step.width, step.height))
                    texts.append(step.text)
                await self._tell(row.lesson, row.id)

    # --- telling --------------------------------------------------------------------------------------

    def _room(self, lesson: str) -> Classroom | None:
        return self._house.part(LiveDesk).of_lesson(lesson)

    async def _tell(self, lesson: str, deck: str) -> DeckView:
        """Tell how the deck is: those who show slides always, the others once it is theirs to see."""
        async with self._house.store.read() as db:
            row = await db.get(SlideDeck, deck)
        assert row is not None
        shown = self.shows(row)
        room = self._room(lesson)
        if room is not None:
            frame = encode(SlidesDeckNews(shown))
            for seat in room.seats.values():
                if seat.rights.slides or open_to_class(row):
                    seat.tell(f"slides.deck {deck}", frame)
        return shown


def _sweep(folder: Path, wanted: set[str]) -> None:
    for each in folder.glob("*"):
        if each.name not in wanted:
            files.forget(each)
