"""What each person has watched of a lesson's recording, made from the trace."""

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class WatchedRanges(Base):
    """`ranges` is a union of [begin, end) in milliseconds of the recording; `last` is session time (µs)."""

    __tablename__ = "watched_ranges"

    lesson: Mapped[str] = mapped_column(String(16), primary_key=True)
    person: Mapped[str] = mapped_column(String(16), primary_key=True)
    ranges: Mapped[list[tuple[int, int]]] = mapped_column(JSON)
    last: Mapped[int] = mapped_column(BigInteger)
