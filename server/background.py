"""What a room does by itself while it is open: its tasks begin with it and end with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def background(*work: tuple[str, Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run each coroutine as a task of its name until the block is left; one that fails ends the block."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(each, name=name) for name, each in work]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
