"""Tables of exams, all made from the trace. Instants are integer microseconds of session time.

An exam is a lesson of kind `exam` with settings; what happens in it is kept line by line in `exam_lines`,
from which the desk folds the attempts in memory (attempt.py).
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class ExamRulesRow(Base):
    """One version of the exam rules: a document of the university's council (R18)."""

    __tablename__ = "exam_rules"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    protocol: Mapped[str] = mapped_column(String(100), default="")
    date: Mapped[Any] = mapped_column(Date, nullable=True)
    author: Mapped[str] = mapped_column(String(16))
    approved_by: Mapped[str] = mapped_column(String(16), default="")
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    time: Mapped[int] = mapped_column(BigInteger)


class ExamRow(Base):
    """The settings of an exam; `lesson` is its id. `rehearsal`: a student's own."""

    __tablename__ = "exams"

    lesson: Mapped[str] = mapped_column(String(16), primary_key=True)
    rules: Mapped[str] = mapped_column(String(16), default="")
    rehearsal: Mapped[bool] = mapped_column(Boolean, default=False)
    pages: Mapped[int] = mapped_column(Integer, default=0)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    time: Mapped[int] = mapped_column(BigInteger)


class ExamCandidate(Base):
    """What is different for one student: more time, kinds that are not judged, a seat."""

    __tablename__ = "exam_candidates"

    lesson: Mapped[str] = mapped_column(String(16), primary_key=True)
    person: Mapped[str] = mapped_column(String(16), primary_key=True)
    extra: Mapped[int] = mapped_column(Integer, default=0)
    off: Mapped[list[str]] = mapped_column(JSON)
    place: Mapped[str] = mapped_column(String(10), default="home")
    seat: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    asked: Mapped[str] = mapped_column(String(20), default="", server_default="")
    room: Mapped[str] = mapped_column(String(100), default="", server_default="")
    proctor: Mapped[str] = mapped_column(String(16), default="", server_default="")


class RegisteredPhoto(Base):
    """The photo of a person that later ones are compared with; the picture is a file. `objection`: what
    the person says against it, until somebody puts another one in its place."""

    __tablename__ = "registered_photos"

    person: Mapped[str] = mapped_column(String(16), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(128))
    time: Mapped[int] = mapped_column(BigInteger)
    objection: Mapped[str] = mapped_column(String(500), default="")
    objected: Mapped[int] = mapped_column(BigInteger, default=0)


class ExamLine(Base):
    """One entry of an exam: everything that happened, in order. `person` is the examinee it is about."""

    __tablename__ = "exam_lines"
    __table_args__ = (Index(None, "lesson", "n"), Index(None, "person", "kind"))

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lesson: Mapped[str] = mapped_column(String(16))
    person: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(128))
    time: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
