"""The room of attendance: plugs the desk and its routes into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.attendance import excuse_routes, routes
from server.attendance.desk import AttendanceDesk
from server.background import background
from server.house import House
from server.keys import load_key

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes, excuse_routes)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    desk = AttendanceDesk(house, load_key(house.settings.keys_dir / "visit-codes.key"))
    house.add(desk)
    async with background(("attendance", desk.run())):
        yield
