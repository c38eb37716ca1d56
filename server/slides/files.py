"""The files of decks under `data/slides/<deck>`: what was uploaded, the pages drawn from it, their text.

Uploads flow to the disk as they come, never as a whole through memory; what a file is, is told by its first
bytes and not by its name.
"""

import asyncio
import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import msgspec
from aiohttp import web

from server.errors import ApiError
from server.house import House

SILENT = 30.0
"""Seconds in which something of an upload must come; a phone's uplink may be slow, but it moves."""

LONGEST = 30 * 60.0
"""Seconds of a whole upload."""

SOURCE = "source"
TEXTS = "texts.json"

OFFICE = ("pptx", "ppt", "odp", "docx", "doc", "odt")
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
)
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "ppt": "application/vnd.ms-powerpoint",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "odt": "application/vnd.oasis.opendocument.text",
}


class Kind(NamedTuple):
    """`kind` as in tables.py; `ending` of the file's name when it is taken along."""

    kind: str
    ending: str


def kind_of(first: bytes, name: str) -> Kind | None:
    """What a file is by its first bytes; of office files the name says which. Pure."""
    if b"%PDF-" in first[:1024]:  # ISO 32000 appendix H: readers look that far
        return Kind("pdf", "pdf")
    for begins, ending in _PICTURES:
        if first.startswith(begins):
            return Kind("picture", ending)
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return Kind("picture", "webp")
    ending = name.rpartition(".")[2].lower()
    if first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) and ending in OFFICE:
        return Kind("office", ending)
    return None


class Received(NamedTuple):
    size: int
    sha256: str
    first: bytes


def folder_of(house: House, deck: str) -> Path:
    return house.settings.data / "slides" / deck


def page_file(house: House, deck: str, page: int, width: int) -> Path:
    return folder_of(house, deck) / f"p{page}-{width}.webp"


async def receive(http: web.Request, path: Path, limit: int) -> Received:
    """Write the body of a request to `path`.

    Raises:
        ApiError: 413 `body.too_large`, 408 `body.slow`, 400 `body.malformed`, 415 `body.type`, 422
            `slides.kind` for nothing at all.
    """
    if http.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ApiError("body.type", 415, expected="identity")
    if http.content_length is not None and http.content_length > limit:
        raise ApiError("body.too_large", 413, limit=limit)
    hashed, size, first = hashlib.sha256(), 0, b""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        async with asyncio.timeout(LONGEST):
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                while True:
                    async with asyncio.timeout(SILENT):
                        part = await http.content.readany()
                    if not part:
                        break
                    size += len(part)
                    if size > limit:
                        raise ApiError("body.too_large", 413, limit=limit)
                    first += part[: 1024 - len(first)] if len(first) < 1024 else b""
                    hashed.update(part)
                    file.write(part)
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
    except TimeoutError:
        raise ApiError("body.slow", 408) from None
    except (web.PayloadAccessError, ValueError):
        raise ApiError("body.malformed", 400) from None
    if size == 0:
        raise ApiError("slides.kind", 422)
    return Received(size, hashed.hexdigest(), first)


def forget(folder: Path) -> None:
    """Remove a deck's files. Blocks."""
    shutil.rmtree(folder, ignore_errors=True)


def write_texts(folder: Path, texts: list[str]) -> None:
    """Keep the text of every page. Blocks."""
    (folder / TEXTS).write_bytes(msgspec.json.encode(texts))


def read_texts(folder: Path) -> list[str]:
    """The text of every page, empty where there is none. Blocks."""
    try:
        return msgspec.json.decode((folder / TEXTS).read_bytes(), type=list[str])
    except (OSError, msgspec.MsgspecError):
        return []
