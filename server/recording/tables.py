"""Tables of recordings, made from the trace. Times are microseconds of session time."""

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class RecordingPiece(Base):
    """One file of a session: one layer of one track of one person, in one codec and size.

    `file` is relative to the folder of recordings; `state` is `growing`, `finished` (its hash is known)
    or `deleted` (the file is gone, the row stays). `gaps` are stretches of which something is missing, in
    milliseconds of the piece.
    """

    __tablename__ = "recording_pieces"
    __table_args__ = (Index(None, "lesson", "starts"), Index(None, "session", "starts"))

    piece: Mapped[str] = mapped_column(String(16), primary_key=True)
    session: Mapped[str] = mapped_column(String(64))
    lesson: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(128))
    source: Mapped[str] = mapped_column(String(8))
    codec: Mapped[str] = mapped_column(String(8))
    file: Mapped[str] = mapped_column(String(120))
    starts: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int | None] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    gaps: Mapped[list[tuple[int, int]]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default="growing")


class RecordingAgreement(Base):
    """Somebody agrees that a meeting is recorded."""

    __tablename__ = "recording_agreements"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(128), primary_key=True)


class RecordingPause(Base):
    """A session whose recording its teacher has paused."""

    __tablename__ = "recording_pauses"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[int] = mapped_column(BigInteger)
