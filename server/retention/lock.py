"""One at a time, whichever process it is: a run of retention or a backup, which must not meet."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from server.errors import ServerError
from server.settings import Settings


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Hold the lock of the data folder.

    Raises:
        ServerError: `retention.busy`: a run or a backup is under way.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(settings.data / ".retention.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ServerError(
                "retention.busy", "A run of retention or a backup is under way. Try again when it has ended."
            ) from None
        yield
    finally:
        os.close(handle)
