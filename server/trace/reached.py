"""Waiting until what follows the trace has taken an entry in: `record` returns at its commit, which may be
before the subscribers have it."""

import asyncio


class Reached:
    """Those who wait for an entry, of one follower. Entries come in order."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def note(self, n: int) -> None:
        """Entry `n` has been taken in."""
        for wanted, future in self._waiting:
            if wanted <= n and not future.done():
                future.set_result(None)
        self._waiting = [each for each in self._waiting if not each[1].done()]

    async def until(self, n: int) -> None:
        """Return with the next `note` of `n` or later; the caller has seen that it is still to come."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((n, future))
        await future
