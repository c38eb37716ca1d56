"""Long work in a thread, such that the classes notice little: it lets the other threads have their turn.

Python runs one thread at a time and takes it away only every 5 ms; a commit of the trace changes threads a
dozen times, so beside a thread that never rests it takes a second instead of ten milliseconds.
"""

import time

WORK = 0.002
PAUSE = 0.0003
"""Seconds. Measured: a tenth more time for the import."""


class Rest:
    """Called often; sleeps a moment after each 2 ms of work."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def __call__(self) -> None:
        if time.perf_counter() - self._since > WORK:
            time.sleep(PAUSE)
            self._since = time.perf_counter()
