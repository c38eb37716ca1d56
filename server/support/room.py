"""The room of support."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.support import routes
from server.support.desk import SupportDesk

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.notices` is open already."""
    house.add(SupportDesk(house))
    yield
