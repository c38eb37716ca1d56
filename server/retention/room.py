"""The room of retention: its routes, and the nightly run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.background import background
from server.house import House
from server.retention import routes
from server.retention.nightly import run_nightly

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    async with background(("retention", run_nightly(house))):
        yield
