"""All tables of the house in one MetaData: imports `tables` of every room that has one.

Only migrations and tests need it; the rooms import `store.base` and know nothing of one another.
"""

import importlib
from pathlib import Path

from sqlalchemy import MetaData

import server
from server.store.base import Base


def metadata() -> MetaData:
    """`Base.metadata` with the tables of every room in it."""
    for path in sorted(Path(server.__path__[0]).glob("*/tables.py")):
        importlib.import_module(f"server.{path.parent.name}.tables")
    return Base.metadata
