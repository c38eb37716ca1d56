"""The shapes of the plan's units and of the people in them: what clients send and get.

Struct fields say lengths and ranges, so that a body out of bounds is refused before any handler runs.
The shapes of lessons and the timetable are in `lesson_shapes`.
"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Id = Annotated[str, Meta(min_length=16, max_length=16, pattern="^[0-9a-z]+$")]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^\S([^\x00-\x1f\x7f]*\S)?$")]
ShortName = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^\S([^\x00-\x1f\x7f]*\S)?$")]
Title = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Language = Literal["ky", "ru", "en"]
Hours = Annotated[int, Meta(ge=0, le=2000)]
"""Academic hours of a discipline."""
Moment = Annotated[datetime, Meta(tz=True)]
Limit = Annotated[int, Meta(ge=1, le=200)]
After = Annotated[str, Meta(max_length=64)]


class Named(msgspec.Struct, frozen=True):
    id: str
    name: str


# --- units -----------------------------------------------------------------------------------------


class NewFaculty(msgspec.Struct):
    name: Name


class FacultyChange(msgspec.Struct):
    name: Name | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class FacultyView(msgspec.Struct):
    id: str
    name: str
    archived: bool


class NewDepartment(msgspec.Struct):
    """`contact`: how to reach it, such as a telephone and a room."""

    faculty: Id
    name: Name
    contact: Title = ""


class DepartmentChange(msgspec.Struct):
    name: Name | UnsetType = UNSET
    contact: Title | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class DepartmentView(msgspec.Struct):
    id: str
    name: str
    faculty: str
    contact: str
    archived: bool


class NewGroup(msgspec.Struct):
    department: Id
    name: ShortName
    language: Language = "ky"


class GroupChange(msgspec.Struct):
    name: ShortName | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class GroupView(msgspec.Struct):
    id: str
    name: str
    department: str
    language: str
    archived: bool


class NewDiscipline(msgspec.Struct):
    department: Id
    name: Name
    language: Language = "ky"
    hours: Hours = 0
    contact_hours: Hours = 0
    mooc: bool = False


class DisciplineChange(msgspec.Struct):
    name: Name | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    hours: Hours | UnsetType = UNSET
    contact_hours: Hours | UnsetType = UNSET
    mooc: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class DisciplineView(msgspec.Struct):
    id: str
    name: str
    department: str
    language: str
    hours: int
    contact_hours: int
    mooc: bool
    archived: bool


class UnitQuery(msgspec.Struct):
    """`of` narrows to one faculty (departments) or department (groups, disciplines)."""

    query: Annotated[str, Meta(max_length=100)] = ""
    of: Annotated[str, Meta(max_length=16)] = ""
    archived: bool = False
    after: After = ""
    limit: Limit = 100


class PageQuery(msgspec.Struct):
    after: After = ""
    limit: Limit = 100


# --- people in units -------------------------------------------------------------------------------


class Enrol(msgspec.Struct, rename={"since": "from"}):
    """Days by the university's calendar; without `from` it begins now."""

    students: Annotated[list[Id], Meta(min_length=1, max_length=300)]
    since: date | None = None
    until: date | None = None


class StudentView(msgspec.Struct, rename={"since": "from"}):
    id: str
    name: str
    since: Moment
    until: Moment | None


class StudentQuery(msgspec.Struct):
    """`on`: who was in it on that day; today by default."""

    on: date | None = None
    after: After = ""
    limit: Limit = 200


class NewTaking(msgspec.Struct, rename={"since": "from"}):
    """Exactly one of `group` and `student`."""

    group: Id | None = None
    student: Id | None = None
    since: date | None = None
    until: date | None = None


class TakingView(msgspec.Struct, rename={"since": "from"}):
    id: str
    group: Named | None
    student: Named | None
    since: Moment
    until: Moment | None


class Enrolled(msgspec.Struct):
    """How many were enrolled; who was already in it is not counted."""

    added: int


class FacultyPage(msgspec.Struct):
    items: list[FacultyView]
    next: str


class DepartmentPage(msgspec.Struct):
    items: list[DepartmentView]
    next: str


class GroupPage(msgspec.Struct):
    items: list[GroupView]
    next: str


class DisciplinePage(msgspec.Struct):
    items: list[DisciplineView]
    next: str


class StudentPage(msgspec.Struct):
    items: list[StudentView]
    next: str


class TakingPage(msgspec.Struct):
    items: list[TakingView]
    next: str
