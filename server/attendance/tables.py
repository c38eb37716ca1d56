"""Tables of attendance, made from the trace. Times are microseconds of session time."""

from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class AttendanceMark(Base):
    """One student's mark in one lesson. `present` in microseconds; `source` is `computed` (from spans), `qr`
    (a scanned code), `room` (at another's device, confirmed; `note` is that room), `excuse` (absent, with an
    excuse) or `corrected` (by a person, with `note` as the reason). `group`: the one through which the
    student was on the roster, "" for none."""

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
    group: Mapped[str] = mapped_column(String(16), default="")
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


class AttendanceTotal(Base):
    """How many of a group had which mark in one lesson: what reports add up."""

    __tablename__ = "attendance_totals"

    lesson: Mapped[str] = mapped_column(String(16), primary_key=True)
    group: Mapped[str] = mapped_column(String(16), primary_key=True)
    present: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)
    absent: Mapped[int] = mapped_column(default=0)
    excused: Mapped[int] = mapped_column(default=0)


class AttendanceExcuse(Base):
    """Days on which a student is excused, both inside. `document`: the name of its file, "" for none."""

    __tablename__ = "attendance_excuses"
    __table_args__ = (Index(None, "student", "last"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    student: Mapped[str] = mapped_column(String(16))
    group: Mapped[str] = mapped_column(String(16))
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    document: Mapped[str] = mapped_column(String(40), default="")
    author: Mapped[str] = mapped_column(String(16))
    time: Mapped[int] = mapped_column(BigInteger)
    withdrawn: Mapped[bool] = mapped_column(default=False)


class AttendanceCount(Base):
    """Heads that the teacher counted in the room, the last time they did."""

    __tablename__ = "attendance_counts"

    lesson: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int]
    author: Mapped[str] = mapped_column(String(16))
    time: Mapped[int] = mapped_column(BigInteger)


class JournalReopening(Base):
    """A locked journal of a group and semester that may be changed again until a moment."""

    __tablename__ = "journal_reopenings"

    group: Mapped[str] = mapped_column(String(16), primary_key=True)
    semester: Mapped[str] = mapped_column(String(16), primary_key=True)
    until: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    author: Mapped[str] = mapped_column(String(16))
    time: Mapped[int] = mapped_column(BigInteger)
