"""Every projection of the house: imports `projections` of each room that has one.

A room with projections has a module `<room>/projections.py` with `PROJECTIONS`, a sequence of
`server.trace.Projection`. `server.app` and `sabak trace rebuild` take them from here, so that both
always mean the same ones.
"""

import importlib
from pathlib import Path

import server
from server.trace.projections import Projection


def all_projections() -> list[Projection]:
    """The projections of all rooms, in the order of the rooms' names."""
    found: list[Projection] = []
    for path in sorted(Path(server.__path__[0]).glob("*/projections.py")):
        if path.parent.name != "trace":
            found.extend(importlib.import_module(f"server.{path.parent.name}.projections").PROJECTIONS)
    return found
