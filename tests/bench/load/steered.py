"""Steer a process of simulated participants (`tests.bench.load.process`) from asyncio."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


class Steered:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def do(self, name: str, value: Any = True) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({name: value}).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load process ended at {name}")
        return dict(json.loads(line))


@contextlib.asynccontextmanager
async def load_process(prefix: tuple[str, ...] = ()) -> AsyncIterator[Steered]:
    """`prefix` is put before the command, such as `ip netns exec NAME`."""
    process = await asyncio.create_subprocess_exec(
        *prefix, sys.executable, "-m", "tests.bench.load.process", cwd=ROOT, limit=1 << 24,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Steered(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
