"""Tables of attendance, made from the trace. Times are microseconds of session time."""

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class AttendanceMark(Base):
    """One student's mark in one lesson. `present` in microseconds; `source` is `computed` (from spans),
    `qr` (a scanned code) or `corrected` (by a person, with `note` as the reason)."""

    __tablename__ = "attendance_marks"
    __table_args__ = (Index(None, "student", "lesson"),)

    lesson: Mapped[str] = mapped_column(String(16), primary_key=True)
    student: Mapped[str] = mapped_column(String(16), primary_key=True)
    mark: Mapped[str] = mapped_column(String(8))
    computed: Mapped[str] = mapped_column(String(8), default="")
    """What the spans alone say; kept beside a correction."""
    present: Mapped[int] = mapped_column(BigInteger, default=0)
    share: Mapped[float] = mapped_column(default=0.0)
    late_by: Mapped[int] = mapped_column(BigInteger, default=0)
    source: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(500), default="")
    author: Mapped[str] = mapped_column(String(16), default="")


class AttendanceScan(Base):
    """A code of the class that a student has scanned, once. `login` is the login it was scanned with;
    `in_class`: the student was connected to the class at that moment."""

    __tablename__ = "attendance_scans"

    session: Mapped[str] = mapped_column(String(16), primary_key=True)
    student: Mapped[str] = mapped_column(String(16), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(16))
    time: Mapped[int] = mapped_column(BigInteger)
    login: Mapped[str] = mapped_column(String(64))
    in_class: Mapped[bool]
