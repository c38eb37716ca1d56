"""Is this SQLite file ours and whole? Looked at before SQLite opens it, so that it stays untouched.

In flows a path, out flows "absent" or "ours", or a `StoreError`. The header of a SQLite file tells
its page size, its length in pages and our application id (https://sqlite.org/fileformat.html, 1.3);
a file cut short, overwritten, or of another program is recognised by these 100 bytes and its length.
"""

import sqlite3
import struct
from pathlib import Path
from typing import Literal

from server.errors import StoreError
from server.store.engines import APPLICATION_ID

MAGIC = b"SQLite format 3\0"
HEADER = 100

CHECK_BYTES = 64 * 1024 * 1024
"""Files up to this size are checked whole at each start (well under a second); larger ones by
`sabak trace verify`."""


def inspect(path: Path) -> Literal["absent", "ours"]:
    """Look at the file at `path` without changing it.

    Raises:
        StoreError: `store.foreign` when another program wrote it, `store.broken` when it is cut
            short or damaged, `store.failed` when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            header = file.read(HEADER)
        size = path.stat().st_size
    except FileNotFoundError:
        return "absent"
    except OSError as error:
        raise StoreError("store.failed", f"Cannot read the database {path}: {error.strerror}.") from None
    if not size:
        raise _broken(path, "it is empty")
    if not header.startswith(MAGIC[: len(header)]):
        raise StoreError(
            "store.foreign",
            f"{path} is not a Sabak database and is left as it is. "
            "Move it away, or name another folder with the setting data.",
        )
    if len(header) < HEADER:
        raise _broken(path, "it ends within its header")
    page = struct.unpack_from(">H", header, 16)[0]
    page = 65536 if page == 1 else page
    pages, application = struct.unpack_from(">I", header, 28)[0], struct.unpack_from(">I", header, 68)[0]
    if application != APPLICATION_ID:
        raise StoreError(
            "store.foreign",
            f"{path} belongs to another program and is left as it is. "
            "Move it away, or name another folder with the setting data.",
        )
    log = path.with_name(path.name + "-wal")
    if pages * page > size and not log.exists():
        raise _broken(path, f"it has {size} bytes of {pages * page}")
    if size <= CHECK_BYTES:
        _check_whole(path)
    return "ours"


def _check_whole(path: Path) -> None:
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _broken(path, str(error)) from None
    if found != "ok":
        raise _broken(path, found.splitlines()[-1])


def _broken(path: Path, what: str) -> StoreError:
    return StoreError(
        "store.broken",
        f"The database {path} is damaged ({what}) and is left as it is. "
        "Restore a backup, or move the file away to begin empty.",
    )
