"""The room of recordings: plugs the desk, its messages and routes into the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from media import control
from media.recording.messages import FromRecorder
from server.house import House
from server.recording import messages, routes
from server.recording.desk import RecordingDesk

__all__ = ["DECLARES", "open_room"]

DECLARES = (messages, routes)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    desk = RecordingDesk(house)
    house.add(desk)
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(control.dial(desk.link.path, desk.link, FromRecorder), name="recorder link"),
            tasks.create_task(desk.write_down(), name="recorder news"),
            tasks.create_task(desk.run(), name="recordings"),
        ]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
