"""WebM for one track, written so that it can be cut off at any byte: frames in, bytes out. Pure.

The file only grows while it is written: a segment and clusters of unknown size, a block a frame. Six
to eight bytes a frame are spent. When it is finished, the places kept free at its start get the length
and the way to the list of cues at its end, which a player needs to seek.

Source: RFC 9559 (Matroska), the WebM guidelines, RFC 7845 (OpusHead).
"""

import struct
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from media.recording.ebml import UNKNOWN, children, double, element, head, identifier, size, text, unsigned

EBML: Final = 0x1A45DFA3
SEGMENT: Final = 0x18538067
SEEK_HEAD: Final = 0x114D9B74
VOID: Final = 0xEC
INFO: Final = 0x1549A966
DURATION: Final = 0x4489
TRACKS: Final = 0x1654AE6B
CLUSTER: Final = 0x1F43B675
TIMESTAMP: Final = 0xE7
BLOCK: Final = 0xA3
CUES: Final = 0x1C53BB6B

LONGEST: Final = 5000
"""Milliseconds of a cluster: a block's time is 16 bits, and a player that seeks reads a cluster's worth."""
PREROLL: Final = 80_000_000
"""Nanoseconds of sound that Opus wants decoded before it is right (RFC 7845 section 4.6)."""
_SEEK_ROOM: Final = 40
"""Bytes kept free for the way to the cues."""

Codec = Literal["opus", "VP8"]


class Cue(NamedTuple):
    """A place to start from: milliseconds of the piece, and the offset of its cluster in the file."""

    ms: int
    at: int


class Opening(NamedTuple):
    """The start of a file. Offsets are where the later patches go; `segment` is what cues count from."""

    data: bytes
    segment: int
    seek: int
    duration: int


def opening(codec: Codec, width: int = 0, height: int = 0) -> Opening:
    """Everything before the first cluster."""
    before = element(
        EBML,
        unsigned(0x4286, 1) + unsigned(0x42F7, 1) + unsigned(0x42F2, 4) + unsigned(0x42F3, 8)
        + text(0x4282, "webm") + unsigned(0x4287, 4) + unsigned(0x4285, 2),
    ) + identifier(SEGMENT) + UNKNOWN  # fmt: skip
    room = element(VOID, bytes(_SEEK_ROOM - 2))
    info = unsigned(0x2AD7B1, 1_000_000) + text(0x4D80, "Sabak") + text(0x5741, "Sabak")
    info += double(DURATION, 0.0)
    information = element(INFO, info)
    duration = len(before) + len(room) + len(information) - 8
    kind, name = (2, "A_OPUS") if codec == "opus" else (1, "V_VP8")
    track = unsigned(0xD7, 1) + unsigned(0x73C5, 1) + unsigned(0x83, kind) + unsigned(0x9C, 0)
    track += text(0x86, name)
    if codec == "opus":
        # channels, pre-skip, input rate, gain, mapping family
        track += element(0x63A2, b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48_000, 0, 0))
        track += unsigned(0x56BB, PREROLL)
        track += element(0xE1, double(0xB5, 48_000.0) + unsigned(0x9F, 2))
    else:
        track += element(0xE0, unsigned(0xB0, width) + unsigned(0xBA, height))
    tracks = element(TRACKS, element(0xAE, track))
    return Opening(before + room + information + tracks, len(before), len(before), duration)


class Clusters:
    """The growing part. `at` is the offset of the next byte in the file."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.cues: list[Cue] = []
        self.last = 0
        """Milliseconds of the newest block."""
        self._began: int | None = None

    def block(self, ms: int, key: bool, data: bytes, *, video: bool) -> bytes:
        """One frame at `ms` of the piece, which never goes back."""
        ms = max(ms, self.last)
        out = b""
        began = self._began
        if began is None or (video and key) or ms - began >= LONGEST:
            # A picture is sought by its keyframes, sound by any cluster.
            if not video or key or began is None:
                self.cues.append(Cue(ms, self.at))
            out = identifier(CLUSTER) + UNKNOWN + unsigned(TIMESTAMP, ms)
            self._began = began = ms
        self.last = ms
        flags = 0x80 if key else 0
        out += b"\xa3" + size(len(data) + 4) + struct.pack("!BhB", 0x81, ms - began, flags) + data
        self.at += len(out)
        return out


class Patch(NamedTuple):
    at: int
    data: bytes


def closing(start: Opening, clusters: Clusters, length: int) -> tuple[bytes, list[Patch]]:
    """What a finished file gets: bytes for its end, and what is written over its start. `length`: ms."""
    points = b"".join(
        element(0xBB, unsigned(0xB3, ms) + element(0xB7, unsigned(0xF7, 1) + unsigned(0xF1, place)))
        for ms, place in ((cue.ms, cue.at - start.segment) for cue in clusters.cues)
    )
    seek = element(
        SEEK_HEAD,
        element(0x4DBB, element(0x53AB, identifier(CUES)) + unsigned(0x53AC, clusters.at - start.segment, 8)),
    )
    seek += element(VOID, bytes(_SEEK_ROOM - len(seek) - 2))
    patches = [Patch(start.seek, seek), Patch(start.duration, struct.pack("!d", float(length)))]
    return element(CUES, points), patches


class Read(NamedTuple):
    """What `read` found in a file: the whole part of it."""

    segment: int
    seek: int
    duration: int
    end: int
    """Offset behind the last whole block."""
    cues: list[Cue]
    last: int
    """Milliseconds of the newest block."""
    blocks: int
    finished: bool


def read(data: bytes | memoryview) -> Read | None:
    """Read a file of ours, cut off wherever it may be; None where it has no whole opening."""
    first = head(data, 0)
    if first is None or first.name != EBML or first.length < 0:
        return None
    segment = head(data, first.data + first.length)
    if segment is None or segment.name != SEGMENT:
        return None
    at, end = segment.data, len(data)
    seek = duration = cluster_at = 0
    cues: list[Cue] = []
    ms = last = blocks = 0
    video = tracks = finished = pending = False
    while (found := head(data, at)) is not None:
        if found.name == CLUSTER:
            cluster_at, pending = at, True
            at = found.data
            continue
        behind = found.data + found.length
        if found.length < 0 or behind > end:
            break
        match found.name:
            case name if name in (SEEK_HEAD, VOID) and not tracks:
                seek = seek or at
            case 0x1549A966:
                duration = next((c.data for c in children(data, found.data, behind) if c.name == DURATION), 0)
            case 0x1654AE6B:
                tracks = True
                video = b"V_VP8" in bytes(data[found.data : behind])
            case 0xE7:
                ms = int.from_bytes(data[found.data : behind], "big")
            case 0xA3 if found.length >= 4:
                step, flags = struct.unpack_from("!hB", data, found.data + 1)
                last = ms + step
                if pending and (not video or flags & 0x80 or not cues):
                    cues.append(Cue(last, cluster_at))
                pending = False
                blocks += 1
            case 0x1C53BB6B:
                finished = True
                break
            case _:
                break
        at = behind
    if not tracks or not duration:
        return None
    return Read(segment.data, seek, duration, at, cues, last, blocks, finished)


def mended(found: Read) -> tuple[bytes, list[Patch]]:
    """As `closing`, for a file that was cut off; it is to be cut at `found.end` first."""
    clusters = Clusters(found.end)
    clusters.cues = found.cues
    return closing(Opening(b"", found.segment, found.seek, found.duration), clusters, found.last)


def seekable(data: bytes | memoryview, found: Read) -> bytes:
    """The opening of a file that still grows, as a player gets it: length and cues at its front.

    The clusters follow as they are, from the first one on: `found.cues[0].at` of the file.
    """
    first = found.cues[0].at if found.cues else found.end
    start = bytearray(data[: found.segment])
    kept = bytearray(data[found.segment : first])
    kept[found.duration - found.segment : found.duration - found.segment + 8] = struct.pack(
        "!d", float(found.last)
    )
    # The cues' own length moves the clusters; positions of eight bytes each keep it from depending on them.
    shift = len(_front(found.cues, found.segment, 0))
    return bytes(start + kept) + _front(found.cues, found.segment, shift)


def _front(cues: Iterable[Cue], segment: int, shift: int) -> bytes:
    return element(
        CUES,
        b"".join(
            element(
                0xBB,
                unsigned(0xB3, ms, 8)
                + element(0xB7, unsigned(0xF7, 1) + unsigned(0xF1, at - segment + shift, 8)),
            )
            for ms, at in cues
        ),
    )
