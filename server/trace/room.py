"""The room of the trace: opens its key, signs on a schedule and when the house closes; its routes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.errors import ServerError
from server.house import House
from server.trace import routes
from server.trace.checkpoints import Checkpoints, sign_for_ever

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)

log = logging.getLogger(__name__)


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
            try:
                await checkpoints.sign()
            except ServerError as error:
                log.error("the end of the trace could not be signed: %s", error)
