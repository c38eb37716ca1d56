"""How the plan plugs into the house: its resolvers and routes, declared at import.

It has no tasks and offers what it remembers of lessons; the others ask the judge, or read `facts` and
`roster`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.plan import relations, routes
from server.plan.memory import LessonMemory

__all__ = ["open_room", "relations", "routes"]


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    house.add(LessonMemory(house))
    yield
