"""All tables of the house in one MetaData: imports `tables` of every room that has one.

Only migrations and tests need it; the rooms import `store.base` and know nothing of one another.
"""

import importlib
import importlib.util
import pkgutil

from sqlalchemy import MetaData

import server
from server.store.base import Base


def metadata() -> MetaData:
    """`Base.metadata` with the tables of every room in it."""
    for room in pkgutil.iter_modules(server.__path__, "server."):
        if room.ispkg and importlib.util.find_spec(f"{room.name}.tables"):
            importlib.import_module(f"{room.name}.tables")
    return Base.metadata
