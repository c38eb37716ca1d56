"""The room of captions: plugs the desk, its messages and routes into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.captions import messages, routes
from server.captions.desk import CaptionsDesk
from server.house import House

__all__ = ["DECLARES", "open_room"]

DECLARES = (messages, routes)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    house.add(CaptionsDesk(house))
    yield
