"""What the playback page gets: shapes, and how they are put together from rows, files and the trace."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.live.tables import LiveSession, LiveSpan
from server.playback.links import Links
from server.playback.ranges import Range
from server.playback.timeline import Moment
from server.recording.desk import RecordingDesk
from server.recording.tables import RecordingPiece

MIME = {"opus": "audio/webm", "VP8": "video/webm", "H264": "video/mp4"}


class PieceView(msgspec.Struct):
    """One file. Times in milliseconds of the recording. `url` is good for some hours."""

    piece: str
    person: str
    source: str
    starts: int
    ends: int
    url: str
    mime: str
    width: int
    height: int
    growing: bool
    gaps: list[Range]


class PersonView(msgspec.Struct):
    id: str
    name: str
    role: str


class RecordingView(msgspec.Struct):
    """`length` in milliseconds; `live`: the lesson still runs and more will come; `finishing`: it is over,
    and its last files are being closed or mended. `watched` is what the server has noted of the caller.
    `download`: whether the files may be taken along."""

    lesson: str
    title: str
    starts: str
    length: int
    live: bool
    finishing: bool
    pieces: list[PieceView]
    people: list[PersonView]
    moments: list[Moment]
    watched: list[Range]
    download: bool


async def session_of(db: AsyncSession, lesson: str) -> LiveSession | None:
    return await db.scalar(select(LiveSession).where(LiveSession.lesson == lesson))


async def pieces_of(db: AsyncSession, session: str) -> Sequence[RecordingPiece]:
    """The session's files that are there, in order."""
    asked = (
        select(RecordingPiece)
        .where(RecordingPiece.session == session, RecordingPiece.state != "deleted")
        .order_by(RecordingPiece.starts, RecordingPiece.piece)
    )
    return (await db.scalars(asked)).all()


async def people_of(db: AsyncSession, session: str) -> list[PersonView]:
    """Everybody who was there, by the name and role of then."""
    asked = select(LiveSpan.person, LiveSpan.name, LiveSpan.role).where(LiveSpan.session == session)
    rows = await db.execute(asked.order_by(LiveSpan.n))
    return list({person: PersonView(person, name, role) for person, name, role in rows}.values())


def piece_views(
    house: House, links: Links, rows: Sequence[RecordingPiece], begins: int, person: str
) -> list[PieceView]:
    """The files as the page plays them; a growing one up to what is on the disk now."""
    growing = {each.state.piece: each.state for each in house.part(RecordingDesk).link.growing.values()}
    now = house.clock.now()
    found: list[PieceView] = []
    for row in rows:
        state, upto, ends = growing.get(row.piece), 0, row.ends
        if row.state == "growing":
            if state is None or not state.frames:
                continue  # being mended, or nothing in it yet
            upto = state.bytes
            ends = row.starts + (state.ends - state.starts)
        assert ends is not None
        found.append(
            PieceView(
                piece=row.piece,
                person=row.person,
                source=row.source,
                starts=(row.starts - begins) // 1000,
                ends=(ends - begins) // 1000,
                url=links.path(row.piece, person, upto, now),
                mime=MIME[row.codec],
                width=row.width,
                height=row.height,
                growing=row.state == "growing",
                gaps=[(begin, end) for begin, end in row.gaps],
            )
        )
    return found
