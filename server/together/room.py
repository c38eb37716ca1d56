"""The room of classes in a room: plugs its messages and routes into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.together import messages, routes

__all__ = ["DECLARES", "open_room"]

DECLARES = (messages, routes)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    yield
