"""The tables of notices and of the mail that waits.

They are written beside entries of the trace and are not made from it: the trace says that and how many
were told, these say who, so that a notice can be removed without a trace of the person. Instants of
notices are session time in microseconds; those of letters are seconds of the real clock, since a mail
server knows no demo clock.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class NoticeRow(Base):
    """One notice to one person. `read` is 0 until then; `mail`: ``no``, ``due`` or ``taken``."""

    __tablename__ = "notices"
    __table_args__ = (
        Index(None, "person", "created"),
        Index(None, "mail"),
        Index(None, "kind", "subject"),
        Index(None, "created"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    person: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(16))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[int] = mapped_column(BigInteger)
    read: Mapped[int] = mapped_column(BigInteger)
    mail: Mapped[str] = mapped_column(String(8))


class NoticeChoice(Base):
    """What one person wants of one group of notices, where it differs from what everybody gets."""

    __tablename__ = "notice_choices"

    person: Mapped[str] = mapped_column(String(16), primary_key=True)
    topic: Mapped[str] = mapped_column(String(32), primary_key=True)
    page: Mapped[bool] = mapped_column(Boolean)
    mail: Mapped[bool] = mapped_column(Boolean)


class NoticeZone(Base):
    """The time zone in which a person's mails tell the time."""

    __tablename__ = "notice_zones"

    person: Mapped[str] = mapped_column(String(16), primary_key=True)
    zone: Mapped[str] = mapped_column(String(64))


class NoticeReached(Base):
    """How far the trace was read for notices: one row."""

    __tablename__ = "notice_reached"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class LetterRow(Base):
    """One mail that waits, or was given up. What was sent is removed.

    `person` is empty for letters to the university's own mailbox. `state`: ``waiting`` or ``given_up``;
    a letter that was given up keeps neither text nor address.
    """

    __tablename__ = "letters"
    __table_args__ = (Index(None, "state", "due"), Index(None, "person"))

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    person: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(254))
    reply_to: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(Integer)
    due: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[int] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(String(200))
