"""Evidence: what stands around each flag, cut out of the recordings as it is.

Flows in: an attempt that is over, its flags, the pieces of its recording. Flows out: items (neighbouring
flags merged, with some seconds around) and files of clips; nothing is decoded or encoded.
"""

import asyncio
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from media.recording.cut import Clip, cut
from server.exams.attempt import Episode
from server.exams.files import Files
from server.ids import new_id
from server.recording.tables import RecordingPiece
from server.review.case import Mention, Part

SECOND = 1_000_000
BEFORE, AFTER = 6 * SECOND, 4 * SECOND
"""Microseconds shown around a flag."""
NEIGHBOURS = 15 * SECOND
LONGEST = 120 * SECOND
"""Of one item: what lasts longer is cut there; the recording has the rest."""


class Window(NamedTuple):
    """One item before it is cut."""

    begin: int
    end: int
    flags: list[Mention]


def windows(flags: Sequence[Episode], ended: int) -> list[Window]:
    """Neighbouring flags as one, each with some time around. Pure."""
    found: list[Window] = []
    for flag in sorted(flags, key=lambda each: (each.begin, each.n)):
        end = min(flag.end if flag.end is not None else ended, flag.begin + LONGEST)
        mention = Mention(flag.kind, flag.begin, max(end, flag.begin))
        last = found[-1] if found else None
        close = last is not None and flag.begin - BEFORE <= last.end - AFTER + NEIGHBOURS
        if last is not None and close and end - last.begin <= LONGEST:
            last.flags.append(mention)
            found[-1] = Window(last.begin, max(last.end, end + AFTER), last.flags)
        else:
            found.append(Window(flag.begin - BEFORE, end + AFTER, [mention]))
    return found


async def pieces_of(db: AsyncSession, lesson: str, person: str) -> list[RecordingPiece]:
    asked = (
        select(RecordingPiece)
        .where(RecordingPiece.lesson == lesson, RecordingPiece.person == person)
        .order_by(RecordingPiece.starts)
    )
    return list(await db.scalars(asked))


async def clip(
    files: Files, recordings: Path, pieces: Sequence[RecordingPiece], window: Window, lesson: str, person: str
) -> list[Part]:
    """Cut every source of the window. A piece that is gone or damaged gives nothing."""
    parts: list[Part] = []
    for row in pieces:
        ends = row.ends if row.ends is not None else window.end
        if row.codec not in ("VP8", "opus") or row.starts >= window.end or ends <= window.begin:
            continue
        found = await asyncio.to_thread(_cut, recordings / row.file, row, window)
        if found is None:
            continue
        name = f"clip.{new_id()}.webm"
        sha256 = await asyncio.to_thread(files.keep, lesson, person, name, found.data)
        starts = row.starts + found.begins * 1000
        parts.append(
            Part(row.source, name, starts, found.length, sha256, row.width, row.height, row.piece)
        )  # fmt: skip
    return parts


def _cut(path: Path, row: RecordingPiece, window: Window) -> Clip | None:
    begin = max(0, window.begin - row.starts) // 1000
    end = (window.end - row.starts) // 1000
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            view = memoryview(data)
            try:
                codec = "opus" if row.codec == "opus" else "VP8"
                return cut(view, begin, end, codec=codec, width=row.width, height=row.height)  # type: ignore[arg-type]
            finally:
                view.release()
    except (OSError, ValueError):
        return None
