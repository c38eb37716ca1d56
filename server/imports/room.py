"""The room of imports: plugs the desk and its routes into the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.imports import routes
from server.imports.desk import ImportDesk

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; people and plan are open already. A job that still runs at the end is cut off."""
    async with asyncio.TaskGroup() as tasks:
        desk = ImportDesk(house, tasks)
        await desk.recover()
        house.add(desk)
        keeping = tasks.create_task(desk.keep(), name="keep imports")
        try:
            yield
        finally:
            keeping.cancel()
            desk.stop()
