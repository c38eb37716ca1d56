"""The room of talking: plugs the desk, its messages and routes into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.background import background
from server.house import House
from server.talk import messages, routes
from server.talk.desk import TalkDesk

__all__ = ["DECLARES", "open_room"]

DECLARES = (messages, routes)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    desk = TalkDesk(house)
    await desk.polls.load()
    house.add(desk)
    async with background(("talk desk", desk.run())):
        yield
