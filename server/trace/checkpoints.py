"""Checkpoints: heads of the trace that the house signed, on a schedule and when somebody asks.

In flows the head as committed, out flows a `Checkpoint`, kept twice: in the table `trace_checkpoints`,
and as a line of a file beside the key. Whoever can bend the database alone leaves the file as it was,
and `sabak trace verify` reads both. They are numbered, so that one taken out of the middle is missed.
"""

import asyncio
import logging
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ServerError
from server.settings import Settings
from server.trace import rows
from server.trace.log import Trace
from server.trace.signing import Signer, checkpoint_bytes, is_signed, open_signer
from server.trace.tables import CheckpointRow

if TYPE_CHECKING:
    from server.house import House

log = logging.getLogger(__name__)


Hash = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Digits = Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9a-f]{2})*\Z")]


class Checkpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed head: entry `seq` has `hash`. Bytes are hexadecimal digits, `time` is session time."""

    n: int
    seq: int
    time: int
    hash: Hash
    key: Digits
    signature: Digits

    @classmethod
    def of(cls, row: CheckpointRow) -> "Checkpoint":
        return cls(row.n, row.seq, row.time, row.hash.hex(), row.key.hex(), row.signature.hex())

    def is_signed(self) -> bool:
        """Whether the signature is that of the key named here; whose key it is, is another question."""
        try:
            key, signature, digest = (bytes.fromhex(text) for text in (self.key, self.signature, self.hash))
            return is_signed(key, signature, checkpoint_bytes(self.n, self.seq, self.time, digest))
        except (ValueError, struct.error):
            return False


class Checkpoints:
    """A part of the house. The key is opened at the first signature, or by `open`."""

    def __init__(self, settings: Settings, trace: Trace) -> None:
        self._path = settings.trace_key_file
        self._trace = trace
        self._signer: Signer | None = None
        self._lock = asyncio.Lock()

    @property
    def signer(self) -> Signer:
        """The key.

        Raises:
            SettingsError: `trace.key`.
        """
        if self._signer is None:
            self._signer = open_signer(self._path)
        return self._signer

    def now(self) -> int:
        """Session time."""
        return self._trace.clock.now()

    async def open(self) -> None:
        """Open the key, and write to the file what a crash kept from it. Raises SettingsError."""
        _ = self.signer
        async with self._lock:
            await self._write_down()

    async def sign(self) -> Checkpoint | None:
        """Sign the head as it stands now. Nothing new since the last: that one. Empty trace: None.

        Raises:
            TraceError: as `Trace.record`. SettingsError: `trace.key`.
        """
        signer = self.signer

        async def work(db: AsyncSession) -> CheckpointRow | None:
            seq, digest = await rows.head(db)
            last = await db.scalar(select(CheckpointRow).order_by(CheckpointRow.n.desc()).limit(1))
            if seq == 0 or (last is not None and (last.seq, last.hash) == (seq, digest)):
                return last
            n = 1 if last is None else last.n + 1
            time = self.now()
            signature = signer.sign(checkpoint_bytes(n, seq, time, digest))
            row = CheckpointRow(n=n, seq=seq, time=time, hash=digest, key=signer.key, signature=signature)
            db.add(row)
            return row

        async with self._lock:
            row = await self._trace.unrecorded(work)
            if row is None:
                return None
            await self._write_down()
        return Checkpoint.of(row)

    async def latest(self) -> Checkpoint | None:
        """The newest there is."""
        async with self._trace.store.read() as db:
            row = await db.scalar(select(CheckpointRow).order_by(CheckpointRow.n.desc()).limit(1))
        return None if row is None else Checkpoint.of(row)

    async def behind(self, seq: int) -> Checkpoint:
        """The first that covers entry `seq`; signs one where there is none.

        Raises:
            LookupError: there is no such entry. TraceError: as `Trace.record`.
        """
        asked = select(CheckpointRow).where(CheckpointRow.seq >= seq).order_by(CheckpointRow.n).limit(1)
        async with self._trace.store.read() as db:
            row = await db.scalar(asked)
        if row is not None:
            return Checkpoint.of(row)
        made = await self.sign()
        if made is None or made.seq < seq:
            raise LookupError(f"there is no entry {seq}")
        return made

    async def _write_down(self) -> None:
        """Bring the file up to the table. A disk that refuses it costs a line of the log, no entry."""
        path = checkpoint_file(self._path)
        try:
            kept = await asyncio.to_thread(read_last, path)
            newest = await self.latest()
            if kept is not None and (newest is None or newest.n < kept.n):
                log.error("%s knows a later checkpoint than the database: see `sabak trace verify`", path)
            asked = select(CheckpointRow).order_by(CheckpointRow.n)
            async with self._trace.store.read() as db:
                found = (await db.scalars(asked.where(CheckpointRow.n > (kept.n if kept else 0)))).all()
            if found:
                await asyncio.to_thread(append, path, [Checkpoint.of(row) for row in found])
        except (OSError, ValueError) as error:
            log.error("the checkpoints cannot be written to %s: %s", path, error)


async def sign_now(house: "House") -> Checkpoint | None:
    """Sign the head of the trace: for the end of an exam, when everything of it is recorded.

    Raises:
        TraceError: as `Trace.record`. SettingsError: `trace.key`.
    """
    return await house.part(Checkpoints).sign()


async def sign_for_ever(checkpoints: Checkpoints, seconds: float) -> None:
    """Sign every so often, if something was written. One that fails is tried again with the next."""
    while True:
        await asyncio.sleep(seconds)
        await sign_or_log(checkpoints)


async def sign_or_log(checkpoints: Checkpoints) -> None:
    """Sign; a failure costs a line of the log and no class."""
    try:
        await checkpoints.sign()
    except ServerError as error:
        log.error("no checkpoint could be signed: %s", error)
    except Exception:
        log.exception("no checkpoint could be signed")


def checkpoint_file(key: Path) -> Path:
    """The second copy of the checkpoints, beside the key in `key`."""
    return key.with_name(key.name + ".checkpoints")


def append(path: Path, checkpoints: Sequence[Checkpoint]) -> None:
    """Add lines, flushed to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+b") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)  # what a crash left of a line
        file.write(b"".join(msgspec.json.encode(each) + b"\n" for each in checkpoints))
        file.flush()
        os.fsync(file.fileno())


def read_file(path: Path) -> list[Checkpoint]:
    """Every checkpoint of a file.

    Raises:
        OSError: it cannot be read.
        ValueError: a line is no checkpoint; a last one without its end, from a crash, is passed over.
    """
    lines = path.read_bytes().split(b"\n")
    return [msgspec.json.decode(line, type=Checkpoint) for line in lines[:-1] if line]


def read_last(path: Path) -> Checkpoint | None:
    """The last checkpoint of a file; None of one that is not there. Raises as `read_file`."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 8192))
            lines = [line for line in file.read().split(b"\n")[:-1] if line.startswith(b"{")]
    except FileNotFoundError:
        return None
    return msgspec.json.decode(lines[-1], type=Checkpoint) if lines else None
