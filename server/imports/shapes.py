"""What clients of imports send and get."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from server.imports.fields import Kind
from server.people.slips import SlipLanguage

Text = Annotated[str, Meta(max_length=220)]
MappingName = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^\S([^\x00-\x1f\x7f]*\S)?$")]
Mapping = Annotated[dict[Annotated[str, Meta(max_length=40)], Text], Meta(max_length=60)]


class UploadQuery(msgspec.Struct):
    """`mapping`: name of a kept mapping to begin with."""

    kind: Kind
    name: Annotated[str, Meta(max_length=400)] = ""
    mapping: Annotated[str, Meta(max_length=80)] = ""


class KindQuery(msgspec.Struct):
    kind: Kind


class Check(msgspec.Struct):
    mapping: Mapping


class Apply(msgspec.Struct):
    skip_errors: bool = False


class SlipsWanted(msgspec.Struct):
    group: Annotated[str, Meta(max_length=16)] = ""
    language: SlipLanguage = "ky"


class NewMapping(msgspec.Struct):
    kind: Kind
    name: MappingName
    mapping: Mapping


class FieldView(msgspec.Struct):
    name: str
    required: bool


class KindView(msgspec.Struct):
    """A kind of file, and the fields it has."""

    kind: str
    fields: list[FieldView]


class KindList(msgspec.Struct):
    items: list[KindView]


class MappingView(msgspec.Struct):
    id: str
    kind: str
    name: str
    mapping: dict[str, str]


class MappingList(msgspec.Struct):
    items: list[MappingView]


class ProblemView(msgspec.Struct):
    """`row` as a spreadsheet counts, `message` in the language of the request."""

    row: int
    column: str
    code: str
    value: str
    message: str


class ReportView(msgspec.Struct):
    """Rows by what becomes of them; `problems` and `notes` are the first of `errors` and `warnings`."""

    rows: int
    new: int
    changed: int
    unchanged: int
    errors: int
    warnings: int
    problems: list[ProblemView]
    notes: list[ProblemView]


class Preview(msgspec.Struct):
    headings: list[str]
    encoding: str
    delimiter: str
    rows: list[list[str]]


class GroupSlips(msgspec.Struct):
    id: str
    name: str
    count: int


class SlipsLeft(msgspec.Struct):
    """Accounts of an import that wait for a password: all, and those in groups."""

    count: int
    groups: list[GroupSlips]


class ImportListed(msgspec.Struct):
    id: str
    kind: str
    name: str
    sha256: str
    author: str
    created: int
    """Seconds since 1970."""
    state: Literal["uploaded", "checked", "running", "done", "stopped", "failed", "expired"]
    done: int
    total: int


class ImportView(ImportListed):
    """`problem` and `message` say why it failed."""

    problem: str
    message: str
    mapping: dict[str, str]
    preview: Preview
    report: ReportView | None
    slips: SlipsLeft


class ImportList(msgspec.Struct):
    items: list[ImportListed]
