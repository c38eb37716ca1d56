"""The room of slides: plugs the desk, its routes and messages into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.background import background
from server.house import House
from server.slides import messages, routes
from server.slides.decks import DeckMemory
from server.slides.desk import SlidesDesk

__all__ = ["DECLARES", "open_room"]

DECLARES = (messages, routes)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    desk = SlidesDesk(house)
    house.add(desk)
    house.add(DeckMemory(house))
    async with background(("slides desk", desk.run())):
        yield
