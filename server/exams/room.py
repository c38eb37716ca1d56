"""The room of exams: plugs the desk, its links to vision and its routes into the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from media import control
from proctoring.messages import FromVision
from server.background import background
from server.exams import routes_attempt, routes_photos, routes_plan, routes_rules, routes_wall
from server.exams.desk import ExamDesk
from server.house import House
from server.keys import load_key

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes_rules, routes_plan, routes_attempt, routes_wall, routes_photos)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.live` is open already."""
    desk = ExamDesk(house, load_key(house.settings.keys_dir / "beacon.key"))
    house.add(desk)
    await desk.know()
    links = [(link.path.name, control.dial(link.path, link, FromVision)) for link in desk.vision.links]
    async with background(("exams", desk.run()), ("exam flags", desk.write_down()), *links):
        yield
