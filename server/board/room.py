"""The room of the board: its routes. It keeps nothing of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.board import lesson_routes, routes
from server.house import House

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes, lesson_routes)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    yield
