"""How the plan plugs into the house: its resolvers, its routes, its projection.

It has no tasks and offers no part; the others ask the judge, or read `facts` and `roster`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.plan import relations, routes
from server.plan.state import LessonStates

__all__ = ["open_room", "projections", "relations", "routes"]


def projections() -> list[LessonStates]:
    """What the trace keeps up to date for this room."""
    return [LessonStates()]


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    yield
