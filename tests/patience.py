"""Waiting in tests, and telling a slow machine from a wrong product.

`until` polls a condition. When its time is over it looks at the kernel's own account of waiting for a
core (/proc/pressure/cpu): on a saturated machine it raises `TooSlow`, so that nobody hunts a product
error that is not there; else an AssertionError that names what was waited for.
"""

import asyncio
import inspect
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SATURATED = 0.5
"""Share of the time in which some runnable task waited for a core, above which waits prove nothing."""


class TooSlow(Exception):
    """The machine was saturated; the run says nothing about the product."""


class Pressure:
    """Share of time since it was made (or asked last) in which somebody waited for a core, 0..1."""

    def __init__(self) -> None:
        self._at, self._total = time.monotonic(), self._read()

    def share(self) -> float:
        now, total = time.monotonic(), self._read()
        share = (total - self._total) / 1e6 / max(now - self._at, 1e-3)
        self._at, self._total = now, total
        return min(share, 1.0)

    @staticmethod
    def _read() -> int:
        try:
            line = Path("/proc/pressure/cpu").read_text().splitlines()[0]
        except OSError:
            return 0
        return int(line.rsplit("total=", 1)[1])


async def until(condition: Callable[[], Any], what: str, within: float = 10.0, every: float = 0.05) -> Any:
    """Wait until `condition` is truthy and return its value; `within` in seconds.

    Raises:
        AssertionError: it did not come true; names `what` and the last value seen.
        TooSlow: it did not come true while the machine was saturated.
    """
    pressure, start = Pressure(), time.monotonic()
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if time.monotonic() - start > within:
            share = pressure.share()
            if share > SATURATED:
                raise TooSlow(f"{what}: not within {within} s, cores were wanted {share:.0%} of the time")
            raise AssertionError(f"{what}: not within {within} s (last seen: {value!r})")
        await asyncio.sleep(every)
