"""The room of recordings: plugs the desk, its messages and routes into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from media import control
from media.recording.messages import FromRecorder
from server.background import background
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
    async with background(
        ("recorder link", control.dial(desk.link.path, desk.link, FromRecorder)),
        ("recorder news", desk.write_down()),
        ("recordings", desk.run()),
    ):
        yield
