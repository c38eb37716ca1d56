"""Writes 2,000 entries a second into a house's trace, beside its server: `python -m tests.e2e.trace_load S`.

A writer of its own on the same database, as every `sabak` command is; prints the rate reached and the
waits as JSON.
"""

import asyncio
import json
import sys
from typing import Any

from server.settings import load
from server.store import Store
from server.trace import Trace
from server.trace.registry import all_projections
from tests.bench.trace import paced


async def main(seconds: float) -> dict[str, float]:
    store = await Store.open(load())
    async with await Trace.open(store, all_projections()) as trace:

        async def say(n: int) -> Any:
            return await trace.record(
                "load.said", {"n": n}, actor=f"actor {n % 300}", session=f"load {n % 20}"
            )

        found = await paced(trace, say, seconds)
    await store.close()
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(float(sys.argv[1])))))
