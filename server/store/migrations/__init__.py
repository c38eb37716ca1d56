"""Alembic's environment and the revisions. `server.store.migrate` runs them."""
