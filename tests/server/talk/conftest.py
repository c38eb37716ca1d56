"""The campus of the class's tests."""

from tests.server.live.conftest import campus, settings

__all__ = ["campus", "settings"]
