"""A clip out of a recorded file, without decoding or encoding anything: bytes in, a WebM file out. Pure.

A clip begins at the last keyframe at or before the moment that is asked for, and holds the very frames of
the recording. Finished files have a list of cues, so that the cost is that of the clip and not of the
recording; a file that still grows, or was cut off, is read through.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from media.recording import webm
from media.recording.ebml import children, head
from media.recording.webm import Codec, Cue


class Clip(NamedTuple):
    """`begins`: milliseconds of the recording at which its first frame stands; `length` of it."""

    data: bytes
    begins: int
    length: int
    frames: int


class Frame(NamedTuple):
    """`ms` of the file; `data` is encoded."""

    ms: int
    key: bool
    data: bytes


class _File(NamedTuple):
    video: bool
    cues: list[Cue]


def frames(data: bytes | memoryview, begin: int, end: int) -> Iterator[Frame]:
    """The frames of the file from the last place to start from, at or before `begin`, to `end` (ms)."""
    found = _cues(data)
    if found is not None and found.cues and begin <= end:
        yield from _frames(data, found, begin, end)


def cut(
    data: bytes | memoryview, begin: int, end: int, *, codec: Codec, width: int = 0, height: int = 0
) -> Clip | None:
    """The frames from `begin` to `end`, in milliseconds of the file.

    Returns:
        None where the file holds no frame of that time.
    """
    found = _cues(data)
    if found is None or not found.cues or end < begin:
        return None
    start = webm.opening(codec, width, height)
    clusters = webm.Clusters(len(start.data))
    body = bytearray(start.data)
    first = count = 0
    for frame in _frames(data, found, begin, end):
        if not count:
            first = frame.ms
        count += 1
        body += clusters.block(frame.ms - first, frame.key, frame.data, video=found.video)
    if not count:
        return None
    tail, patches = webm.closing(start, clusters, clusters.last)
    body += tail
    for patch in patches:
        body[patch.at : patch.at + len(patch.data)] = patch.data
    return Clip(bytes(body), first, clusters.last, count)


def _frames(data: bytes | memoryview, found: _File, begin: int, end: int) -> Iterator[Frame]:
    place = max(0, bisect_right([cue.ms for cue in found.cues], begin) - 1)
    cluster = 0
    at = found.cues[place].at
    while (element := head(data, at)) is not None:
        at = element.data
        if element.name == webm.CLUSTER:
            continue
        if element.length < 0 or element.data + element.length > len(data):
            break
        at = element.data + element.length
        if element.name == webm.TIMESTAMP:
            cluster = int.from_bytes(data[element.data : at], "big")
        elif element.name == webm.BLOCK and element.length >= 4:
            step, flags = struct.unpack_from("!hB", data, element.data + 1)
            ms = cluster + step
            if ms > end:
                break
            yield Frame(ms, bool(flags & 0x80), bytes(data[element.data + 4 : at]))
        else:
            break


def _cues(data: bytes | memoryview) -> _File | None:
    """Where a file can be started from."""
    quick = _written_cues(data)
    if quick is not None:
        return quick
    found = webm.read(data)
    if found is None:
        return None
    video = b"V_VP8" in bytes(data[: found.cues[0].at if found.cues else found.end])
    return _File(video, found.cues)


def _written_cues(data: bytes | memoryview) -> _File | None:
    """The list at the end of a finished file, by the way to it at its start."""
    first = head(data, 0)
    if first is None or first.name != webm.EBML or first.length < 0:
        return None
    segment = head(data, first.data + first.length)
    if segment is None or segment.name != webm.SEGMENT:
        return None
    at, place, video = segment.data, 0, False
    while (element := head(data, at)) is not None and element.length >= 0:
        behind = element.data + element.length
        if behind > len(data):
            return None
        if element.name == webm.SEEK_HEAD:
            for seek in children(data, element.data, behind):
                for part in children(data, seek.data, seek.data + seek.length):
                    if part.name == 0x53AC:
                        place = int.from_bytes(data[part.data : part.data + part.length], "big")
        elif element.name == webm.TRACKS:
            video = b"V_VP8" in bytes(data[element.data : behind])
            break
        at = behind
    listed = head(data, segment.data + place) if place else None
    if listed is None or listed.name != webm.CUES or listed.length < 0:
        return None
    cues: list[Cue] = []
    for point in children(data, listed.data, min(len(data), listed.data + listed.length)):
        ms = where = -1
        for part in children(data, point.data, point.data + point.length):
            if part.name == 0xB3:
                ms = int.from_bytes(data[part.data : part.data + part.length], "big")
            elif part.name == 0xB7:
                for inner in children(data, part.data, part.data + part.length):
                    if inner.name == 0xF1:
                        where = int.from_bytes(data[inner.data : inner.data + inner.length], "big")
        if ms >= 0 and 0 <= where < len(data):
            cues.append(Cue(ms, where + segment.data))
    return _File(video, cues) if cues else None
