"""Recordings under way: how much of a growing file is whole.

The recorder keeps a note beside each file until the trace has it; the notes are part of a backup, so that
the recorder of a restored house mends what was growing and tells of it, as after a power cut.
"""

import mmap
from pathlib import Path

import msgspec

from media.recording import webm
from media.recording.messages import PieceState


def notes(folder: Path) -> dict[Path, bytes]:
    """The recorder's notes as they are now."""
    found: dict[Path, bytes] = {}
    for path in folder.glob("*/*.json"):
        try:
            found[path] = path.read_bytes()
        except FileNotFoundError:  # the trace has it by now
            continue
    return found


def grows(note: bytes) -> bool:
    try:
        return msgspec.json.decode(note, type=PieceState).state == "growing"
    except msgspec.MsgspecError:
        return False


def whole(path: Path) -> int:
    """Bytes of a copy up to its last whole frame (WebM) or fragment (MP4)."""
    size = path.stat().st_size
    if not size:
        return 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if path.suffix == ".mp4":
            return _boxes(data, size)
        with memoryview(data) as view:
            found = webm.read(view)
        return size if found is None or found.finished else found.end


def _boxes(data: mmap.mmap, size: int) -> int:
    """The end of the last whole box that is no `moof`: a fragment is `moof` and `mdat` (ISO 14496-12)."""
    at = end = 0
    while at + 8 <= size:
        length = int.from_bytes(data[at : at + 4], "big")
        if length < 8 or at + length > size:
            break
        at += length
        if data[at - length + 4 : at - length + 8] != b"moof":
            end = at
    return end
