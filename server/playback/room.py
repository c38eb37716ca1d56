"""The room of playback: its routes, and the key of its links."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.keys import load_key
from server.playback import routes
from server.playback.links import Links

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.recording` is open already."""
    house.add(Links(load_key(house.settings.keys_dir / "recording-links.key")))
    yield
