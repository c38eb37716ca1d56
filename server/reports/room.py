"""The room of reports: its routes. It keeps nothing of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.reports import routes

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; it reads what `server.plan` and `server.attendance` keep."""
    yield
