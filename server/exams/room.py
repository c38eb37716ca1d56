"""The room of exams: plugs the desk, its links to vision and its routes into the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from media import control
from proctoring.messages import FromVision
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
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(desk.run(), name="exams"),
            tasks.create_task(desk.write_down(), name="exam flags"),
        ]
        running += [
            tasks.create_task(control.dial(link.path, link, FromVision), name=link.path.name)
            for link in desk.vision.links
        ]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
