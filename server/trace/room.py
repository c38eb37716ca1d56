"""The room of the trace: opens its key, signs on a schedule and when the house closes; its routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.trace import routes
from server.trace.checkpoints import Checkpoints, sign_for_ever, sign_or_log

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room. Raises SettingsError when the key cannot be opened."""
    checkpoints = house.part(Checkpoints)
    await checkpoints.open()
    async with asyncio.TaskGroup() as tasks:
        signing = tasks.create_task(
            sign_for_ever(checkpoints, house.settings.checkpoint_minutes * 60), name="checkpoints"
        )
        try:
            yield
        finally:
            signing.cancel()
            await sign_or_log(checkpoints)
