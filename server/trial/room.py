"""The room of trial classes: plugs the desk and its route into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.background import background
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
    async with background(("trial desk", desk.run())):
        yield
