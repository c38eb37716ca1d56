"""The manifest of a backup: every file with its size and SHA-256. It is written last and moved into its
place whole, so a backup without one was cut off."""

import hashlib
import os
from pathlib import Path
from typing import Literal

import msgspec

from server.errors import ServerError

NAME = "manifest.json"
FORMAT: Literal["sabak.backup.1"] = "sabak.backup.1"
STEP = 1 << 20


class Saved(msgspec.Struct):
    """One file, by its path in the data folder. `mtime` in nanoseconds, of the original; `cut`: bytes of a
    growing recording left out behind its last whole frame."""

    path: str
    bytes: int
    sha256: str
    mtime: int
    cut: int = 0


class Manifest(msgspec.Struct):
    """`made` in ISO 8601; `head` is the trace's, as `SEQ:HASH`; `keys`: the house's keys are in it."""

    format: str
    version: str
    made: str
    database: Literal["sqlite", "postgresql"]
    head: str
    keys: bool
    files: list[Saved]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def write(folder: Path, manifest: Manifest) -> str:
    """Put the manifest in its place; returns its own SHA-256."""
    body = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    draft = folder / f"{NAME}.new"
    with draft.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NAME)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return hashlib.sha256(body).hexdigest()


def read(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        ServerError: `backup.incomplete`, `backup.format`.
    """
    try:
        found = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise ServerError(
            "backup.incomplete",
            f"{folder} has no {NAME}: it is no backup, or one that was cut off. Take another.",
        ) from None
    except OSError as error:
        raise ServerError("backup.unreadable", f"Cannot read {folder / NAME}: {error.strerror}.") from None
    except msgspec.MsgspecError as error:
        raise ServerError(
            "backup.incomplete", f"{folder / NAME} is broken ({error}). Take another backup."
        ) from None
    if found.format != FORMAT:
        raise ServerError("backup.format", f"{folder} was made by another Sabak ({found.format}).")
    for file in found.files:
        parts = Path(file.path).parts
        if not parts or Path(file.path).is_absolute() or ".." in parts:
            raise ServerError("backup.changed", f"{NAME} names a path outside of a data folder: {file.path}.")
    return found


def check(folder: Path, file: Saved) -> None:
    """Look whether a file of a backup is as it was written.

    Raises:
        ServerError: `backup.changed`, with the name of the file.
    """
    path = folder / file.path
    try:
        size = path.stat().st_size
        if size != file.bytes:
            raise _changed(path, f"it has {size} bytes of {file.bytes}")
        if hash_of(path) != file.sha256:
            raise _changed(path, "its SHA-256 is another")
    except FileNotFoundError:
        raise _changed(path, "it is missing") from None
    except OSError as error:
        raise _changed(path, f"it cannot be read: {error.strerror}") from None


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _changed(path: Path, what: str) -> ServerError:
    return ServerError("backup.changed", f"The backup is damaged: {path}: {what}. Take another.")
