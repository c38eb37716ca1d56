"""Files of recordings as a browser gets them, whole or by ranges, finished or still growing.

A finished file is sent as it is. Of one that grows a snapshot is sent: a new opening with its length
and cues in front (media/recording/webm.py), then the clusters there were at that size; the same link
always gives the same bytes.

A request for a range gets at most `MOST` bytes of it, and the player asks for the next: a browser opens
six connections to one server, and a lesson has more tracks than that.
"""

import asyncio
import mmap
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from aiohttp import hdrs, web

from media.recording import webm
from server.errors import ApiError

STEP = 256 * 1024
MOST = 2 * 1024 * 1024
"""Bytes: half a minute of a camera, some minutes of sound."""
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})$")


class Snapshot(NamedTuple):
    """`front`, then the file's bytes from `begin` to `end`."""

    front: bytes
    begin: int
    end: int
    last: int
    """Milliseconds of the newest frame."""

    @property
    def size(self) -> int:
        return len(self.front) + self.end - self.begin


@lru_cache(maxsize=64)
def snapshot(path: Path, upto: int) -> Snapshot | None:
    """A growing file as it was at `upto` bytes; None where that holds no frame yet. Blocks."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            seen = memoryview(data)[: min(upto, len(data))]
            try:
                found = webm.read(seen)
                if found is None or not found.cues:
                    return None
                return Snapshot(webm.seekable(seen, found), found.cues[0].at, found.end, found.last)
            finally:
                seen.release()
    except (OSError, ValueError):
        return None


def _whole(path: Path) -> Snapshot | None:
    try:
        return Snapshot(b"", 0, path.stat().st_size, 0)
    except OSError:
        return None


async def send(http: web.Request, path: Path, mime: str, upto: int) -> web.StreamResponse:
    """The response for one file.

    Raises:
        ApiError: 404 `recording.gone`; 416 `recording.range`.
    """
    headers = {
        hdrs.CONTENT_TYPE: mime,
        hdrs.CACHE_CONTROL: "private, max-age=3600",
        hdrs.ACCEPT_RANGES: "bytes",
    }
    if upto and mime.endswith("webm"):
        found = await asyncio.to_thread(snapshot, path, upto)
    else:
        found = await asyncio.to_thread(_whole, path)
    if found is None:
        raise ApiError("recording.gone", 404)
    begin, end = _range(http.headers.get(hdrs.RANGE, ""), found.size)
    partial = hdrs.RANGE in http.headers
    if partial:
        end = min(end, begin + MOST)
        headers[hdrs.CONTENT_RANGE] = f"bytes {begin}-{end - 1}/{found.size}"
    response = web.StreamResponse(status=206 if partial else 200, headers=headers)
    response.content_length = end - begin
    await response.prepare(http)
    front = len(found.front)
    if begin < front:
        await response.write(found.front[begin:end])
    at, until = found.begin + max(0, begin - front), found.begin + max(0, end - front)
    with path.open("rb") as file:
        file.seek(at)
        while at < until:
            block = await asyncio.to_thread(file.read, min(STEP, until - at))
            if not block:
                break
            await response.write(block)
            at += len(block)
    await response.write_eof()
    return response


def _range(asked: str, size: int) -> tuple[int, int]:
    """First and behind the last byte of a Range header of one range (RFC 9110 section 14)."""
    if not asked:
        return 0, size
    found = RANGE.match(asked.strip())
    if found is None or found[0] == "bytes=-":
        raise ApiError("recording.range", 416)
    if not found[1]:
        begin, end = max(0, size - int(found[2])), size
    else:
        begin, end = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
    if begin >= end:
        raise ApiError("recording.range", 416)
    return begin, end
