"""Evidence: what stands around each flag, cut out of the recordings as it is, and how it looked.

Flows in: an attempt that is over, its flags, the pieces of its recording. Flows out: items (neighbouring
flags merged, with some seconds around), files of clips, of which nothing is decoded or encoded, and stills,
which are decoded to be pictures.
"""

import asyncio
import importlib
import mmap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from media.recording.cut import Clip, cut
from server.exams.attempt import Episode
from server.exams.files import Files
from server.ids import new_id
from server.recording.tables import RecordingPiece
from server.review.case import Mention, Part, Still

if TYPE_CHECKING:
    from media.recording.still import Still as Taken

SECOND = 1_000_000
BEFORE, AFTER = 6 * SECOND, 4 * SECOND
"""Microseconds shown around a flag."""
NEIGHBOURS = 15 * SECOND
LONGEST = 120 * SECOND
"""Of one item: what lasts longer is cut there; the recording has the rest."""
INSIDE = SECOND
"""How far inside of its flag a still is taken: see `moment_of`."""
STALE = 5 * SECOND
"""A picture that is older than this says nothing of the moment."""
SEEN = ("cam", "screen")
"""Sources that give stills."""


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


def moment_of(flag: Mention) -> int:
    """The moment of a flag's still: a second after its beginning, or the middle of a shorter one. Pure.

    A flag begins with the first look that showed it, perhaps within the very movement that raised it; looks
    are about a second apart, so that a second later stands what the rule saw. Not the middle of a long one:
    flags of a kind less than 10 s apart are one, and between them there may be nothing to see.
    """
    return flag.begin + min(INSIDE, max(0, flag.end - flag.begin) // 2)


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


async def stills(
    files: Files, recordings: Path, pieces: Sequence[RecordingPiece], window: Window, lesson: str, person: str
) -> list[Still]:
    """For each flag of the window a picture of the camera and one of the screen, where there was one."""
    made: list[Still] = []
    for n, flag in enumerate(window.flags):
        moment = moment_of(flag)
        for source in SEEN:
            for row in _candidates(pieces, source, moment):
                found = await asyncio.to_thread(_still, recordings / row.file, row, moment)
                if found is None:
                    continue
                name = f"still.{new_id()}.jpg"
                sha256 = await asyncio.to_thread(files.keep, lesson, person, name, found.jpeg)
                at = row.starts + found.ms * 1000
                made.append(Still(n, source, name, at, sha256, found.width, found.height, row.piece))
                break
    return made


def _candidates(pieces: Sequence[RecordingPiece], source: str, moment: int) -> list[RecordingPiece]:
    """Where the picture of the moment may be, the newest first: a source that was lost began anew."""
    there = [
        row for row in pieces
        if row.source == source and row.codec == "VP8" and row.starts <= moment
        and (row.ends is None or moment - row.ends <= STALE)
    ]  # fmt: skip
    return sorted(there, key=lambda row: row.starts, reverse=True)


def _still(path: Path, row: RecordingPiece, moment: int) -> "Taken | None":
    # Imported when it is first needed: libav takes 16 MB and half a second, and most servers hold no exam.
    take = importlib.import_module("media.recording.still").still
    try:
        with _mapped(path) as view:
            found: Taken | None = take(view, (moment - row.starts) // 1000)
    except (OSError, ValueError):
        return None
    if found is None or moment - row.starts - found.ms * 1000 > STALE:
        return None
    return found


def _cut(path: Path, row: RecordingPiece, window: Window) -> Clip | None:
    begin = max(0, window.begin - row.starts) // 1000
    end = (window.end - row.starts) // 1000
    codec = "opus" if row.codec == "opus" else "VP8"
    try:
        with _mapped(path) as view:
            return cut(view, begin, end, codec=codec, width=row.width, height=row.height)  # type: ignore[arg-type]
    except (OSError, ValueError):
        return None


@contextmanager
def _mapped(path: Path) -> Iterator[memoryview]:
    """Raises:
    OSError: it is not there; ValueError: there is nothing in it.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        view = memoryview(data)
        try:
            yield view
        finally:
            view.release()
