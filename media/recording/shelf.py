"""The recordings folder: pieces' files, and beside each, until the server has it in the trace, a small
JSON file that says what it is.

Flows in: bytes for files; flows out: the states of what stands there. Everything here may block: the
recorder calls it in a thread of its own. What a recorder that died has left is mended by `recover`:
cut behind the last whole frame, closed, and told as finished.
"""

import contextlib
import errno
import hashlib
import logging
import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from media.recording import webm
from media.recording.messages import Disk, PieceState

log = logging.getLogger(__name__)

RESERVE: Final = 200 * 1024 * 1024
"""Bytes that recordings leave free: the database must never find the disk full."""
HASH_STEP: Final = 1 << 20


class Unwritable(Exception):
    """A file cannot be written; `code` says why, for the alarm."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def _why(error: OSError) -> Unwritable:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Unwritable("recording.full" if full else "recording.unwritable", error.strerror or str(error))


class Shelf:
    """One folder. Methods raise `Unwritable`, nothing else."""

    def __init__(self, folder: Path, reserve: int = RESERVE) -> None:
        self.folder = folder
        self._reserve = reserve

    def disk(self) -> Disk:
        """Makes the folder if need be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            usage = shutil.disk_usage(self.folder)
            probe = self.folder / ".probe"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            return Disk(0, 0, _why(error).code)
        problem = "recording.full" if usage.free < self._reserve else ""
        return Disk(usage.free, usage.total, problem)

    def begin(self, state: PieceState) -> int:
        """Make the file and its note; returns a file descriptor that appends."""
        if self.disk().problem:
            raise Unwritable(self.disk().problem, str(self.folder))
        path = self.folder / state.file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.note(state)
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise _why(error) from None

    def append(self, fd: int, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(fd, view) :]
        except OSError as error:
            raise _why(error) from None

    def finish(self, fd: int, state: PieceState, patches: Iterable[webm.Patch]) -> None:
        """The end of a file: patches, on the disk for sure, its hash, its note."""
        try:
            for patch in patches:
                os.pwrite(fd, patch.data, patch.at)
            os.fsync(fd)
        except OSError as error:
            raise _why(error) from None
        self.let_go(fd)
        self._seal(state)

    def _seal(self, state: PieceState) -> None:
        path = self.folder / state.file
        try:
            state.bytes = path.stat().st_size
            state.sha256 = hash_of(path)
        except OSError as error:
            raise _why(error) from None
        state.state = "finished"
        self.note(state)

    def note(self, state: PieceState) -> None:
        """Write down what a file is; whole or not at all."""
        path = self._note(state.file)
        draft = path.with_suffix(".tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(msgspec.json.encode(state))
            draft.replace(path)
        except OSError as error:
            raise _why(error) from None

    def forget(self, file: str) -> None:
        """The trace has it: the note may go."""
        with contextlib.suppress(OSError):
            self._note(file).unlink(missing_ok=True)

    def let_go(self, fd: int) -> None:
        with contextlib.suppress(OSError):
            os.close(fd)

    def recover(self, growing: Collection[str] = ()) -> list[PieceState]:
        """What a recorder before us has left: mended and finished, or finished already. Pieces of the
        names in `growing` are ours."""
        found: list[PieceState] = []
        for path in sorted(self.folder.glob("*/*.json")):
            if path.stem in growing:
                continue
            try:
                state = msgspec.json.decode(path.read_bytes(), type=PieceState)
            except (OSError, msgspec.MsgspecError):
                log.error("cannot read %s; it is left as it is", path.name)
                continue
            try:
                if state.state == "growing" and not self._mend(state):
                    self.forget(state.file)
                    continue
            except Unwritable as problem:
                log.error("cannot mend %s: %s", state.file, problem)
                continue
            found.append(state)
        return found

    def _mend(self, state: PieceState) -> bool:
        """Close a file that was cut off. False, and it is gone, where it holds no frame."""
        path = self.folder / state.file
        try:
            data = path.read_bytes()
            if state.codec == "H264":
                whole = len(data) > 0
            else:
                found = webm.read(data)
                whole = found is not None and found.blocks > 0
                if found is not None and whole and not found.finished:
                    tail, patches = webm.mended(found)
                    with path.open("r+b") as file:
                        file.truncate(found.end)
                        for patch in patches:
                            file.seek(patch.at)
                            file.write(patch.data)
                        file.seek(found.end)
                        file.write(tail)
                        file.flush()
                        os.fsync(file.fileno())
                if found is not None:
                    state.frames = found.blocks
                    state.ends = state.starts + found.last * 1000
            if not whole:
                path.unlink(missing_ok=True)
                return False
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _why(error) from None
        state.mended = True
        self._seal(state)
        return True

    def _note(self, file: str) -> Path:
        return (self.folder / file).with_suffix(".json")


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASH_STEP):
            digest.update(block)
    return digest.hexdigest()
