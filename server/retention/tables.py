"""Tables of retention, all made from the trace. Times are microseconds of session time."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class RetentionTerm(Base):
    """A term that somebody set. `lesson`: for one lesson or exam; "" for the whole kind."""

    __tablename__ = "retention_terms"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(16), primary_key=True)
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    protocol: Mapped[str] = mapped_column(String(200), default="")
    author: Mapped[str] = mapped_column(String(128))
    time: Mapped[int] = mapped_column(BigInteger)


class RetentionHold(Base):
    """What must not go, whatever its term. `scope`: lesson, exam or person; `released`: when it ended."""

    __tablename__ = "retention_holds"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    scope: Mapped[str] = mapped_column(String(8))
    object: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    author: Mapped[str] = mapped_column(String(128))
    time: Mapped[int] = mapped_column(BigInteger)
    released: Mapped[int | None] = mapped_column(BigInteger)
    released_by: Mapped[str] = mapped_column(String(128), default="")
    release_reason: Mapped[str] = mapped_column(String(500), default="")


class RetentionRun(Base):
    """A run. `n` is the trace's number of its entry; `as_of`: the day it took for today; `trigger`:
    nightly, hand, or postponed (nothing was removed: the clock had jumped). `counts` by kind."""

    __tablename__ = "retention_runs"

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    as_of: Mapped[date] = mapped_column(index=True)
    trigger: Mapped[str] = mapped_column(String(10))
    time: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    problems: Mapped[list[str]] = mapped_column(JSON)


class RetentionRequest(Base):
    """Somebody asks that what is recorded of a person is erased. `state`: asked, approved, declined."""

    __tablename__ = "retention_requests"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    person: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    author: Mapped[str] = mapped_column(String(128))
    time: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    decided_by: Mapped[str] = mapped_column(String(128), default="")
    decided: Mapped[int | None] = mapped_column(BigInteger)
    answer: Mapped[str] = mapped_column(String(500), default="")
    removed: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    kept: Mapped[list[str]] = mapped_column(JSON, default=list)
