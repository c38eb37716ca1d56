"""Every projection of the house: imports `projections` of each room that has one.

A room with projections has a module `<room>/projections.py` with `PROJECTIONS`, a sequence of
`server.trace.Projection`. `server.app` and `sabak trace rebuild` take them from here, so that both
always mean the same ones.
"""

import importlib
import importlib.util
import pkgutil

import server
from server.trace.projections import Projection


def all_projections() -> list[Projection]:
    """The projections of all rooms, in the order of the rooms' names."""
    found: list[Projection] = []
    for room in pkgutil.iter_modules(server.__path__, "server."):
        name = f"{room.name}.projections"
        if room.ispkg and room.name != "server.trace" and importlib.util.find_spec(name):
            found.extend(importlib.import_module(name).PROJECTIONS)
    return found
