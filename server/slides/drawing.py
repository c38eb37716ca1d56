"""Drawing a deck's pages: the process of render.py, watched. A file in, steps of progress out."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

import server
from server.slides.office import end_group

STUCK = 30.0
"""Seconds in which the next page must be there. A heavy page of a plan takes about 5."""

LONGEST = 900.0
"""Seconds for a whole file: 300 pages on a slow machine take about 100."""

LINE = 64 * 1024


class Step(msgspec.Struct):
    """A line of render.py: the number of pages, or one page that is there, or why it failed."""

    pages: int = 0
    page: int = 0
    width: int = 0
    height: int = 0
    text: str = ""
    failed: str = ""


def _environment() -> dict[str, str]:
    """Nothing of the server's own settings, which hold secrets."""
    kept = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {**found, "PYTHONPATH": str(Path(server.__path__[0]).parent)}


async def draw(source: Path, folder: Path, kind: str, most: int) -> AsyncGenerator[Step, None]:
    """Draw every page of `source` into `folder`, a step at a time.

    The last step has `failed` when something went wrong: `slides.encrypted`, `slides.broken`,
    `slides.pages`, or `slides.heavy` when the limits ended it. Closing the iterator ends the process.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.slides.render", str(source), str(folder),
        "--kind", kind, "--pages", str(most),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, start_new_session=True, env=_environment(), limit=LINE,
    )  # fmt: skip
    assert process.stdout is not None
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LONGEST
    count = done = 0
    try:
        while True:
            async with asyncio.timeout_at(min(deadline, loop.time() + STUCK)):
                line = await process.stdout.readline()
            if not line:
                break
            step = msgspec.json.decode(line, type=Step)
            count, done = step.pages or count, step.page or done
            yield step
            if step.failed:
                return
        async with asyncio.timeout(STUCK):
            await process.wait()
    except (TimeoutError, ValueError):
        yield Step(failed="slides.heavy")
        return
    finally:
        end_group(process)
        await process.wait()
    if process.returncode != 0 or done != count or not count:
        yield Step(failed="slides.heavy" if (process.returncode or 0) < 0 else "slides.broken")
