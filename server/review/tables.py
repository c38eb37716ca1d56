"""What became of every exam's flags, line by line, made from the trace; folded in memory (case.py)."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class ReviewLine(Base):
    """One entry of a review. `person` is the student it is about."""

    __tablename__ = "review_lines"
    __table_args__ = (Index(None, "lesson", "n"), Index(None, "person"))

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lesson: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(128))
    time: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
