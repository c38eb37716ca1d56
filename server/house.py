"""What every room of the server stands on: settings, clock, store, trace, and the other rooms' parts.

Made once in `server.app`; handed to resolvers, handlers and rooms. A room that offers something to the
others adds it (`house.add(desk)`), and they ask for it by its type (`house.part(Desk)`).
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from server.clock import Clock
from server.settings import Settings
from server.store import Store
from server.trace import Trace

T = TypeVar("T")


class House:
    """The running server, without its sockets."""

    def __init__(self, settings: Settings, clock: Clock, store: Store, trace: Trace) -> None:
        self.settings = settings
        self.clock = clock
        self.store = store
        self.trace = trace
        self.checks: dict[str, Callable[[], Awaitable[bool]]] = {}
        """Asked by `/readyz`, by name; a room adds what must work before people may come."""
        self.on_stop: list[Callable[[], None]] = []
        """Called first when the server stops, while its sockets still stand."""
        self._parts: dict[type, object] = {}

    def add(self, part: object) -> None:
        """Offer `part` to the other rooms under its own type."""
        assert type(part) not in self._parts, f"two parts of type {type(part).__name__}"
        self._parts[type(part)] = part

    def part(self, kind: type[T]) -> T:
        """The part of exactly this type.

        Raises:
            KeyError: no room has added one; the order of rooms in `server.app` is wrong.
        """
        part = self._parts[kind]
        assert isinstance(part, kind)
        return part

    def find(self, kind: type[T]) -> T | None:
        """The part of this type, where a room that is not needed has added it."""
        part = self._parts.get(kind)
        return part if isinstance(part, kind) else None
