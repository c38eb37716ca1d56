"""The database: engines, sessions for reading, migrations, and `Base` for every room's tables.

Reading is `async with store.read() as db`. Writing goes through `server.trace`, the one writer.
"""

from server.store.base import Base
from server.store.store import Store

__all__ = ["Base", "Store"]
