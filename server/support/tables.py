"""The reports of people for whom something does not work. Written beside entries of the trace, not made
from it: the trace says that somebody asked, this says what."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class SupportReport(Base):
    """`diagnostics`: what the person saw before sending, in sections of lines. Instants are session time."""

    __tablename__ = "support_reports"
    __table_args__ = (Index(None, "done", "created"), Index(None, "person"))

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    person: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    diagnostics: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[bool] = mapped_column(Boolean)
    answer: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(16))
    answered: Mapped[int] = mapped_column(BigInteger)
