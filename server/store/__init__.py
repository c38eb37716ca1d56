"""The database: engines, sessions for reading, migrations, and `Base` for every room's tables.

Reading is `async with store.read() as db`. Writing goes through `server.trace`, the one writer.
"""

import logging

from server.store.base import Base
from server.store.store import Store

__all__ = ["Base", "Store"]

# One line of ours says what happens to the tables; Alembic begins to talk while it is imported.
logging.getLogger("alembic").setLevel(logging.WARNING)
