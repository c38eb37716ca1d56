"""The room of reviews: plugs the desk and its routes into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.background import background
from server.house import House
from server.review import routes_case, routes_desk, routes_outcome
from server.review.desk import ReviewDesk

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes_desk, routes_case, routes_outcome)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.exams` and `server.recording` are open already."""
    desk = ReviewDesk(house)
    house.add(desk)
    async with background(("reviews", desk.run())):
        yield
