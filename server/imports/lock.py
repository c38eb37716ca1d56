"""One import at a time, whichever process runs it: a lock on a file, gone with the process that held it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import ApiError


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder`.

    Raises:
        ApiError: 409 `import.busy`: somebody else holds it.
    """
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ApiError("import.busy", 409) from None
        yield
    finally:
        os.close(handle)
