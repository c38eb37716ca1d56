"""The plan's tables: units, people in them over time, the calendar, lessons and their state.

Instants are integer microseconds since 1970 in UTC, as in the trace. Whatever can change while the
past must stay is an interval `[since, until)` with an open end as NULL: a student who leaves a group
today was still in it yesterday. People are named by their account's id alone.
"""

from datetime import date

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base

ID = String(16)
NAME = String(200)


class Faculty(Base):
    __tablename__ = "faculties"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME, unique=True)
    archived: Mapped[bool] = mapped_column(default=False)


class Department(Base):
    """A chair (кафедра) of a faculty."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("faculty", "name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    faculty: Mapped[str] = mapped_column(ForeignKey("faculties.id"), index=True)
    name: Mapped[str] = mapped_column(NAME)
    contact: Mapped[str] = mapped_column(NAME, default="")
    """How to reach it: telephone, room."""
    archived: Mapped[bool] = mapped_column(default=False)


class Group(Base):
    """A study group such as ИТ-21, led by the department that graduates it."""

    __tablename__ = "study_groups"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    department: Mapped[str] = mapped_column(ForeignKey("departments.id"), index=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="ky")
    archived: Mapped[bool] = mapped_column(default=False)


class Discipline(Base):
    """A course. Hours are academic hours by the curriculum: all of them, and the contact hours (R8)."""

    __tablename__ = "disciplines"
    __table_args__ = (UniqueConstraint("department", "name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    department: Mapped[str] = mapped_column(ForeignKey("departments.id"), index=True)
    name: Mapped[str] = mapped_column(NAME)
    language: Mapped[str] = mapped_column(String(2), default="ky")
    hours: Mapped[int] = mapped_column(default=0)
    contact_hours: Mapped[int] = mapped_column(default=0)
    mooc: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)


class Enrolment(Base):
    """A student in a group, over time."""

    __tablename__ = "enrolments"
    __table_args__ = (Index(None, "group", "since"), Index(None, "student", "since"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    group: Mapped[str] = mapped_column(ForeignKey("study_groups.id"))
    student: Mapped[str] = mapped_column(ID)
    since: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int | None] = mapped_column(BigInteger)


class Taking(Base):
    """A whole group, or one student (an exchange student, R30), takes a discipline, over time."""

    __tablename__ = "takings"
    __table_args__ = (
        CheckConstraint('("group" IS NULL) <> (student IS NULL)', name="one_taker"),
        Index(None, "student", "since"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    discipline: Mapped[str] = mapped_column(ForeignKey("disciplines.id"), index=True)
    group: Mapped[str | None] = mapped_column(ForeignKey("study_groups.id"), index=True)
    student: Mapped[str | None] = mapped_column(ID)
    since: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int | None] = mapped_column(BigInteger)


class SemesterRow(Base):
    __tablename__ = "semesters"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    starts: Mapped[date]
    ends: Mapped[date]


class Holiday(Base):
    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), default="")


class Series(Base):
    """One line of the timetable, kept as it was asked for; its lessons live on their own."""

    __tablename__ = "timetable_series"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    discipline: Mapped[str | None] = mapped_column(ForeignKey("disciplines.id"), index=True)
    title: Mapped[str] = mapped_column(NAME, default="")
    kind: Mapped[str] = mapped_column(String(20))
    groups: Mapped[list[str]] = mapped_column(JSON)
    teachers: Mapped[list[str]] = mapped_column(JSON)
    weekday: Mapped[int]
    starts: Mapped[str] = mapped_column(String(5))
    minutes: Mapped[int]
    first: Mapped[date]
    last: Mapped[date]
    weeks: Mapped[str] = mapped_column(String(5))


class Lesson(Base):
    __tablename__ = "lessons"
    __table_args__ = (Index(None, "starts", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    title: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(String(20))
    discipline: Mapped[str | None] = mapped_column(ForeignKey("disciplines.id"), index=True)
    series: Mapped[str | None] = mapped_column(ForeignKey("timetable_series.id"), index=True)
    starts: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int] = mapped_column(BigInteger)


class LessonGroup(Base):
    __tablename__ = "lesson_groups"

    lesson: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str] = mapped_column(ForeignKey("study_groups.id"), primary_key=True, index=True)


class LessonPerson(Base):
    """Somebody named to a lesson. `part`: teacher, substitute, student, proctor, commission, chair,
    secretary. One person has one part in a lesson."""

    __tablename__ = "lesson_people"

    lesson: Mapped[str] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(ID, primary_key=True, index=True)
    part: Mapped[str] = mapped_column(String(12))


class LessonState(Base):
    """Projection of the trace: what became of a lesson. No row means planned.

    `opened` and `closed` are the first opening and the last closing; `session` the latest live run;
    `held` the microseconds for which it was open so far, `since` when it was opened this time.
    """

    __tablename__ = "lesson_states"

    lesson: Mapped[str] = mapped_column(ID, primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    session: Mapped[str] = mapped_column(String(128), default="", index=True)
    opened: Mapped[int | None] = mapped_column(BigInteger)
    closed: Mapped[int | None] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    since: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500), default="")


class CalendarFeed(Base):
    """The secret address of a person's calendar, as a hash; one each."""

    __tablename__ = "calendar_feeds"

    user: Mapped[str] = mapped_column(ID, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created: Mapped[int] = mapped_column(BigInteger)
