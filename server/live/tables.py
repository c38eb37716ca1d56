"""Tables of the running class, all made from the trace but the last two.

Instants are integer microseconds of session time. `live_sessions` says which session a lesson has;
`live_spans` who was in it from when to when, for attendance (R6).
"""

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class LiveSession(Base):
    """The live run of one lesson. A lesson that is opened again goes on in the same session."""

    __tablename__ = "live_sessions"

    session: Mapped[str] = mapped_column(String(16), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(64), unique=True)
    opened: Mapped[int] = mapped_column(BigInteger)
    closed: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(20), default="")


class LiveSpan(Base):
    """One interval of presence by signalling. `left` is the last sign of life, NULL while here.

    `n` is the session's number of the entry that began it.
    """

    __tablename__ = "live_spans"
    __table_args__ = (Index(None, "person", "joined"), Index(None, "session", "person", "left"))

    session: Mapped[str] = mapped_column(String(16), primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    lesson: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(32))
    joined: Mapped[int] = mapped_column(BigInteger)
    left: Mapped[int | None] = mapped_column(BigInteger)


class LiveVisit(Base):
    """Somebody without a part in the lesson said why they come. `n` is the trace's number of it."""

    __tablename__ = "live_visits"
    __table_args__ = (Index(None, "lesson", "person"),)

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lesson: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(16))
    time: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))


class LivePulse(Base):
    """When the server last knew an open class to be alive, and since when the away were not heard.

    Not from the trace: it only matters when the server was killed, to end the spans of those who never
    came back at their last sign of life. `away` maps a person to microseconds.
    """

    __tablename__ = "live_pulses"

    session: Mapped[str] = mapped_column(String(16), primary_key=True)
    time: Mapped[int] = mapped_column(BigInteger)
    away: Mapped[dict[str, int]] = mapped_column(JSON)


class LiveIngest(Base):
    """A teacher's token for an encoder in one lesson. One per person and lesson; times as above."""

    __tablename__ = "live_ingests"
    __table_args__ = (UniqueConstraint("lesson", "user"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    lesson: Mapped[str] = mapped_column(String(16))
    user: Mapped[str] = mapped_column(String(16))
    created: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)
