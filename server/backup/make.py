"""Making a backup of a house that may run meanwhile.

Flows in: the settings and an empty folder. Flows out: in it a copy of the data folder as of one moment.
First the recorder's notes, then the database, then all other files: a file that the database knows is
there by then, and what came later does no harm. No run of retention can meet it (`retention.lock`).
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import msgspec
from sqlalchemy import select

from server.backup import database, growing
from server.backup.manifest import FORMAT, NAME, Manifest, Saved, check, hash_of, read, write
from server.errors import ServerError
from server.recording.tables import RecordingPiece
from server.retention import lock
from server.settings import Settings
from server.store import Store
from server.store.store import FILE_NAME
from server.trace.signing import public_file

log = logging.getLogger(__name__)

KEYS = ("keys", "tls")
"""Folders that go only by choice: who has them can make links and codes that this house believes."""

SPARE = 64 * 1024 * 1024
"""Bytes that stay free beside a backup."""

NOT_KEPT = ("run",)
LEFT_OUT = (".tmp", ".new", ".lock", ".probe")


class Made(msgspec.Struct):
    """`linked` of the files stand in an earlier backup too; `differing`: recordings that are not what the
    trace says, by their path; `missing`: recordings that the trace has and the disk has not."""

    manifest: Manifest
    sha256: str
    linked: int
    differing: list[str]
    missing: list[str]


async def make(settings: Settings, target: Path, *, keys: bool = False, since: Path | None = None) -> Made:
    """Make a backup in `target`, which must not be there or be empty.

    Args:
        keys: take the house's keys and certificates along.
        since: an earlier backup on the same disk; files that have not changed become hard links to it.

    Raises:
        ServerError: `backup.target`, `backup.space`, `backup.database`, `backup.trace`, `backup.changed`,
            `retention.busy`.
    """
    target = target.absolute()
    before = {file.path: file for file in read(since).files} if since is not None else {}
    if target.is_relative_to(settings.data.absolute()):
        raise ServerError("backup.target", "The backup cannot stand inside the data folder.")
    if not settings.database and not (settings.data / FILE_NAME).is_file():
        raise ServerError(
            "backup.database", f"There is no database in {settings.data}: is this the right data folder?"
        )
    with lock.held(settings):
        try:
            _empty_folder(target)
            _room(settings, target, keys, before)
            head = ""
            if settings.database:  # before the dump, so that the dump holds it
                head = await database.head_of(await Store.open(settings), "the database")
            saved, linked = await asyncio.to_thread(_copy, settings, target, keys, since, before)
            if not settings.database:
                head = await database.head_of(Store.open_copy(target / FILE_NAME), "the copy")
            differing, missing = await _recordings(settings, target, saved)
            await asyncio.to_thread(os.sync)
            for file in saved:
                if file.path not in linked:
                    await asyncio.to_thread(check, target, file)
            manifest = Manifest(
                FORMAT, metadata.version("sabak"), datetime.now(UTC).isoformat(timespec="seconds"),
                "postgresql" if settings.database else "sqlite", head, keys, saved,
            )  # fmt: skip
            digest = write(target, manifest)
        except OSError as error:
            raise ServerError("backup.target", f"Cannot write the backup: {error}.") from None
    return Made(manifest, digest, len(linked), differing, missing)


def _empty_folder(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(target.iterdir()):
        raise ServerError("backup.target", f"{target} is not empty. Name a new folder for each backup.")


def _room(settings: Settings, target: Path, keys: bool, before: dict[str, Saved]) -> None:
    """Whether what is to be copied fits; a growing file may grow a little more, the database too."""
    size = SPARE
    for path in [*_files(settings, keys), settings.data / FILE_NAME]:
        with suppress(FileNotFoundError):
            found = path.stat()
            if not _same(before.get(str(path.relative_to(settings.data))), found):
                size += found.st_size
    free = shutil.disk_usage(target).free
    if size > free:
        raise ServerError("backup.space", f"{target} has {free} bytes free, and up to {size} are needed.")


def _files(settings: Settings, keys: bool) -> Iterator[Path]:
    """What is to be kept, without the database. The public half of the trace's key is no secret: a restored
    house that makes a new key goes on believing what the old one signed."""
    data = settings.data.absolute()
    public = public_file(settings.trace_key_file.absolute())
    if not keys and public.is_relative_to(data) and public.is_file():
        yield public
    skipped = NOT_KEPT if keys else (*NOT_KEPT, *KEYS)
    for folder, folders, names in os.walk(data):
        here = Path(folder)
        if here == data:
            folders[:] = [name for name in folders if name not in skipped]
        for name in names:
            path = here / name
            own = here == data and name.startswith(FILE_NAME)
            if not own and not name.endswith(LEFT_OUT) and path.is_file() and not path.is_symlink():
                yield path


def _copy(
    settings: Settings, target: Path, keys: bool, since: Path | None, before: dict[str, Saved]
) -> tuple[list[Saved], set[str]]:
    data, linked = settings.data.absolute(), set[str]()
    notes = growing.notes(settings.recordings_dir)
    saved = [_saved(target, database.copy(settings, target))]
    notes = growing.notes(settings.recordings_dir) | notes
    for path, body in notes.items():
        copy = _place(target, data, path)
        copy.write_bytes(body)
        saved.append(_saved(target, str(path.relative_to(data))))
    growing_files = {path.with_suffix("") for path, body in notes.items() if growing.grows(body)}
    for path in sorted(_files(settings, keys)):
        name = str(path.relative_to(data))
        if path in notes or (path.suffix == ".json" and path.is_relative_to(settings.recordings_dir)):
            continue
        copy = _place(target, data, path)
        try:
            found = path.stat()
            known = before.get(name)
            if since is not None and known is not None and _same(known, found) and _link(since / name, copy):
                linked.add(name)
                saved.append(known)
                continue
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            copy.unlink(missing_ok=True)
            continue  # it was removed meanwhile; if it should be here, the check of the recordings tells
        cut = 0
        if path.with_suffix("") in growing_files:
            upto, size = growing.whole(copy), copy.stat().st_size
            os.truncate(copy, upto)
            cut = size - upto
        saved.append(_saved(target, name, found.st_mtime_ns, cut))
    return saved, linked


def _place(target: Path, data: Path, path: Path) -> Path:
    copy = target / path.relative_to(data)
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return copy


def _same(known: Saved | None, found: os.stat_result) -> bool:
    """Whether a file is the one of an earlier backup, by its size and time."""
    if known is None:
        return False
    return (known.bytes, known.mtime, known.cut) == (found.st_size, found.st_mtime_ns, 0)


def _link(old: Path, new: Path) -> bool:
    """Hard links need the same file system; anything else is copied."""
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


def _saved(target: Path, name: str, mtime: int = 0, cut: int = 0) -> Saved:
    copy = target / name
    copy.chmod(0o600)
    return Saved(name, copy.stat().st_size, hash_of(copy), mtime, cut)


async def _recordings(settings: Settings, target: Path, saved: list[Saved]) -> tuple[list[str], list[str]]:
    """Finished recordings against the hashes that the trace has of them."""
    prefix = settings.recordings_dir.absolute().relative_to(settings.data.absolute())
    found = {file.path: file.sha256 for file in saved}
    store = await Store.open(settings) if settings.database else Store.open_copy(target / FILE_NAME)
    differing, missing = [], []
    try:
        async with store.read() as db:
            asked = select(RecordingPiece.file, RecordingPiece.sha256)
            for file, sha256 in await db.execute(asked.where(RecordingPiece.state == "finished")):
                name = str(prefix / file)
                if name not in found:
                    missing.append(name)
                elif found[name] != sha256:
                    differing.append(name)
    finally:
        await store.close()
    return differing, missing


__all__ = ["NAME", "Made", "make"]
