"""The room of trial classes: plugs the desk and its route into the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.trial import routes
from server.trial.desk import TrialDesk

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    desk = TrialDesk(house)
    house.add(desk)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(desk.run(), name="trial desk")
        try:
            yield
        finally:
            running.cancel()
