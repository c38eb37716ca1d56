"""Alembic's environment: works on the connection that `server.store.migrate` hands over.

The transaction belongs to the caller, who commits everything or nothing.
"""

from alembic import context
from sqlalchemy import Connection

from server.store.metadata import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
context.run_migrations()
