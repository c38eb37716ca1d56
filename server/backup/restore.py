"""Bringing a backup back into an empty data folder: looked at whole before a byte is written.

The database is put in its place last, and until then an empty file stands there: a restore that was cut off
leaves a folder that no server starts from. At the end the trace is verified, with the head that the manifest
names.
"""

import asyncio
import os
import shutil
from pathlib import Path

from server.backup import database
from server.backup.manifest import Manifest, Saved, check, hash_of, read
from server.errors import ServerError
from server.settings import Settings
from server.store import Store
from server.store.store import FILE_NAME

SPARE = 64 * 1024 * 1024
"""Bytes that stay free beside what is restored."""


async def restore(settings: Settings, source: Path) -> Manifest:
    """Restore the backup `source` into the data folder of the settings.

    Raises:
        ServerError: `restore.not_empty`, `restore.space`, `restore.failed`; `backup.incomplete`,
            `backup.changed` (with the first bad file), `backup.format`, `backup.database`, `backup.trace`.
    """
    data, source = settings.data.absolute(), source.absolute()
    manifest = read(source)
    if data.is_dir() and any(each.name != "lost+found" for each in data.iterdir()):
        raise ServerError(
            "restore.not_empty",
            f"The data folder {data} is not empty, and nothing in it was touched. Move it away first.",
        )
    if manifest.database == "sqlite" and settings.database:
        raise ServerError(
            "backup.database",
            "This backup holds an SQLite database: restore it without the setting database.",
        )
    for file in manifest.files:
        await asyncio.to_thread(check, source, file)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(data).free
        if manifest.bytes + SPARE > free:
            raise ServerError(
                "restore.space", f"{data} has {free} bytes free, and {manifest.bytes + SPARE} are needed."
            )
        await asyncio.to_thread(_copy, source, data, manifest)
    except OSError as error:
        raise ServerError(
            "restore.failed", f"Cannot write to {data}: {error}. Empty it and begin again."
        ) from None
    if manifest.database == "postgresql":
        await asyncio.to_thread(database.bring_back, settings, source / database.DUMP)
        store = await Store.open(settings)
    else:
        store = Store.open_copy(data / FILE_NAME)
    await database.head_of(store, "the restored database", manifest.head)
    return manifest


def _copy(source: Path, data: Path, manifest: Manifest) -> None:
    files = [file for file in manifest.files if file.path != database.DUMP]
    if manifest.database == "sqlite":
        (data / FILE_NAME).touch(0o600)  # empty: `Store.open` refuses it until the real one is in its place
    for file in sorted(files, key=lambda file: file.path == FILE_NAME):
        copy = data / file.path
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.path == FILE_NAME:
            os.sync()
            copy = copy.with_name(f"{FILE_NAME}.new")
        _one(source, copy, file)
        if file.path == FILE_NAME:
            os.sync()
            copy.replace(data / FILE_NAME)


def _one(source: Path, copy: Path, file: Saved) -> None:
    shutil.copyfile(source / file.path, copy)
    copy.chmod(0o600)
    if file.mtime:
        os.utime(copy, ns=(file.mtime, file.mtime))
    if hash_of(copy) != file.sha256:
        raise ServerError("restore.failed", f"{copy} was not written as it was read. Check the disk.")
