"""Bringing a model file: from its address or a folder, checked by its hash, put in place in one step.

Flows in: a model, a place to look. Flows out: the file in the data folder, or why not. The only call to
the outside that Sabak knows, and only when somebody runs the command.
"""

import asyncio
import bz2
import hashlib
from pathlib import Path

import aiohttp

from server.errors import ServerError
from server.models.catalogue import MOST_BYTES, Model

PATIENCE = aiohttp.ClientTimeout(total=300, connect=15, sock_read=30)


async def from_address(model: Model, target: Path) -> None:
    """Raises:
    ServerError: `models.unreachable`, `models.too_large`, `models.hash`.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as http,
            http.get(model.url, allow_redirects=True) as answer,
        ):
            if answer.status != 200:
                raise _unreachable(model, f"the answer was {answer.status}")
            async for part in answer.content.iter_chunked(65536):
                size += len(part)
                if size > MOST_BYTES:
                    raise ServerError("models.too_large", f"{model.url} is larger than any model.")
                parts.append(part)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _unreachable(model, str(error) or type(error).__name__) from None
    data = b"".join(parts)
    if model.url.endswith(".bz2"):
        data = await asyncio.to_thread(_unpacked, model, data)
    await asyncio.to_thread(_put, model, data, target)


async def from_folder(model: Model, source: Path, target: Path) -> None:
    """Raises:
    ServerError: `models.missing`, `models.hash`.
    """
    try:
        data = await asyncio.to_thread((source / model.file).read_bytes)
    except OSError as error:
        raise ServerError("models.missing", f"Cannot read {source / model.file}: {error.strerror}.") from None
    await asyncio.to_thread(_put, model, data, target)


def _unpacked(model: Model, data: bytes) -> bytes:
    try:
        return bz2.BZ2Decompressor().decompress(data, max_length=MOST_BYTES)
    except OSError:
        raise ServerError("models.hash", f"{model.url} gave no .bz2 file; it was not kept.") from None


def _put(model: Model, data: bytes, target: Path) -> None:
    if hashlib.sha256(data).hexdigest() != model.sha256:
        raise ServerError(
            "models.hash", f"{model.file} is not the file that is meant (SHA-256 differs); it was not kept."
        )
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target / f"{model.file}.part"
    part.write_bytes(data)
    part.replace(target / model.file)


def _unreachable(model: Model, why: str) -> ServerError:
    return ServerError(
        "models.unreachable",
        f"Cannot get {model.file}: {why}. Bring the file by hand and run: sabak models fetch --from FOLDER. "
        f"Its address is {model.url}",
    )
