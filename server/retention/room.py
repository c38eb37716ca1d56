"""The room of retention: its routes, and the nightly run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.retention import routes
from server.retention.nightly import run_nightly

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(run_nightly(house), name="retention")
        try:
            yield
        finally:
            running.cancel()
